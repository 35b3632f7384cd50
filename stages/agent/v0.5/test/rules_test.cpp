// The rules, with one module and a clock of the test's own.
#include "rules.h"

// Without the limit of a row, as balancing.md has it.
TEST(Rules, FailuresThatItTakes)
{
    with_config config;
    lb_config.contin_err_limit = 1000000;
    const std::vector<std::pair<int, int>> table = {{0, 21}, {1, 21}, {10, 22}, {20, 23}, {90, 31}, {200, 43}, {500, 76}, {1000, 132}};
    for (const auto &row : table) {
        module_with with({10});
        with.report(10, 0, row.first);
        int failures = 0;
        while (!with.host(10)->overload && failures < 1000) {
            with.report(10, 1);
            failures++;
        }
        EXPECT_EQ(row.second, failures) << "after " << row.first << " successes";
    }
}

TEST(Rules, FifteenFailuresInARowSuffice)
{
    with_config config;
    module_with with({10});
    with.report(10, 0, 100000);
    with.report(10, 1, 14);
    EXPECT_FALSE(with.host(10)->overload);
    with.report(10, 0);   // breaks the row
    with.report(10, 1, 14);
    EXPECT_FALSE(with.host(10)->overload);
    with.report(10, 1);
    EXPECT_TRUE(with.host(10)->overload);
}

TEST(Rules, SuccessesThatItTakesToComeBack)
{
    with_config config;
    lb_config.contin_succ_limit = 1000000;
    const std::vector<std::pair<float, int>> table = {{0.95f, 96}, {0.92f, 58}, {0.5f, 6}};
    for (const auto &row : table) {
        lb_config.succ_rate = row.first;
        module_with with({10});
        with.make_overload(10);
        int successes = 0;
        while (with.host(10)->overload && successes < 1000) {
            with.report(10, 0);
            successes++;
        }
        EXPECT_EQ(row.second, successes) << "at " << row.first;
    }
}

TEST(Rules, FifteenSuccessesInARowBringItBack)
{
    with_config config;
    module_with with({10});
    with.make_overload(10);
    with.report(10, 0, 14);
    with.report(10, 1);
    with.report(10, 0, 14);
    EXPECT_TRUE(with.host(10)->overload);
    with.report(10, 0);
    EXPECT_FALSE(with.host(10)->overload);
}

TEST(Rules, Trap_A6_TheFirstFailureIsOnlyCounted)
{
    with_config config;
    module_with with({10});
    with.report(10, 1);
    EXPECT_FALSE(with.host(10)->overload);
    EXPECT_EQ("vsucc 180 verr 1 rsucc 0 rerr 1 row 0 1", with.counts(10));
    with.report(10, 0);
    EXPECT_EQ("vsucc 181 verr 1 rsucc 1 rerr 1 row 1 0", with.counts(10));
    with.report(10, 2);   // whatever is not 0 is a failure
    with.report(10, -1);
    EXPECT_EQ("vsucc 181 verr 3 rsucc 1 rerr 3 row 0 2", with.counts(10));
}

TEST(Rules, ANewStateBeginsWithNewCounts)
{
    with_config config;
    module_with with({10});
    with.make_overload(10);
    EXPECT_EQ("vsucc 0 verr 5 rsucc 0 rerr 0 row 0 0", with.counts(10));
    with.report(10, 0, 15);
    EXPECT_EQ("vsucc 180 verr 0 rsucc 0 rerr 0 row 0 0", with.counts(10));
}

TEST(Rules, OnlyAFailureMakesItWorseAndOnlyASuccessBetter)
{
    with_config config;
    module_with with({10});
    with.report(10, 1, 10);
    lb_config.err_rate = 0.01f;   // it is above this now
    with.report(10, 0);
    EXPECT_FALSE(with.host(10)->overload);
    with.report(10, 1);
    EXPECT_TRUE(with.host(10)->overload);
    with.report(10, 0, 10);
    lb_config.succ_rate = 0.1f;
    with.report(10, 1);
    EXPECT_TRUE(with.host(10)->overload);
    with.report(10, 0);
    EXPECT_FALSE(with.host(10)->overload);
}

TEST(Rules, Trap_A5_EveryEleventhChoiceTriesAnOverloadedHost)
{
    with_config config;
    module_with with({10, 11, 12});
    with.make_overload(12);
    for (int round = 0; round < 3; round++) {
        EXPECT_EQ("10 11 10 11 10 11 10 11 10 11 12 ", with.choices(11));
    }
}

TEST(Rules, OverloadedHostsTakeTurns)
{
    with_config config;
    module_with with({10, 11, 12});
    with.make_overload(12);
    with.make_overload(10);
    EXPECT_EQ("11 11 11 11 11 11 11 11 11 11 12 11 11 11 11 11 11 11 11 11 11 10 ", with.choices(22));
    with.make_overload(11);
    EXPECT_EQ("- - - - - - - - - - 12 - - - - - - - - - - 10 - - - - - - - - - - 11 ", with.choices(33));
}

TEST(Rules, AHostThatComesBackIsTheLastInTurn)
{
    with_config config;
    module_with with({10, 11, 12});
    with.make_overload(10);
    with.report(10, 0, 15);
    EXPECT_EQ("11 12 10 11 12 10 ", with.choices(6));
}

TEST(Rules, HostsThatStayKeepTheirState)
{
    with_config config;
    module_with with({10, 11});
    with.make_overload(10);
    with.report(11, 1, 3);
    with.update({11, 10, 12});
    EXPECT_TRUE(with.host(10)->overload);
    EXPECT_EQ("vsucc 180 verr 3 rsucc 0 rerr 3 row 0 3", with.counts(11));
    with.update({12});
    with.update({10, 12});   // it has been forgotten in between
    EXPECT_FALSE(with.host(10)->overload);
    EXPECT_EQ("12 10 12 10 ", with.choices(4));
}

TEST(Rules, WhatIsSaidOfOthersIsNothing)
{
    with_config config;
    module_with with({10});
    with.report(99, 1, 100);
    with.lb.report(10, 81, 1);
    EXPECT_EQ("vsucc 180 verr 0 rsucc 0 rerr 0 row 0 0", with.counts(10));
}

TEST(Rules, CommitSendsTheRealCounts)
{
    with_config config;
    module_with with({10, 11});
    with.lb.commit();   // there is no queue: nothing happens
    report_queue = new thread_queue<lars::ReportStatusRequest>;
    lb_config.local_ip = 0x7f000001;
    with.make_overload(11);
    with.report(10, 0, 7);
    with.report(10, 1, 2);
    with.lb.commit();
    std::queue<lars::ReportStatusRequest> all;
    report_queue->recv(all);
    ASSERT_EQ(1u, all.size());
    const lars::ReportStatusRequest &req = all.front();
    EXPECT_EQ(0x7f000001, req.caller());
    EXPECT_EQ(static_cast<uint32_t>(time(NULL)), req.ts());
    EXPECT_EQ(1, req.modid());
    EXPECT_EQ(2, req.cmdid());
    ASSERT_EQ(2, req.results_size());
    EXPECT_EQ(7u, req.results(0).succ());
    EXPECT_EQ(2u, req.results(0).err());
    EXPECT_FALSE(req.results(0).overload());
    EXPECT_TRUE(req.results(1).overload());
    delete report_queue;
    report_queue = NULL;
}

TEST(Rules, AModuleOfThousandsIsSentInParts)
{
    with_config config;
    std::vector<int> ips;
    for (uint32_t i = 0; i < 3800; i++) {
        ips.push_back(static_cast<int>(kit::FIRST_IP + i));
    }
    module_with with(ips);
    for (int ip : ips) {
        with.report(ip, 0);
        with.report(ip, 1);
    }
    report_queue = new thread_queue<lars::ReportStatusRequest>;
    with.lb.commit();
    std::queue<lars::ReportStatusRequest> all;
    report_queue->recv(all);
    int results = 0;
    for (; !all.empty(); all.pop()) {
        EXPECT_LE(all.front().ByteSizeLong(), 65527u);
        results += all.front().results_size();
    }
    EXPECT_EQ(3800, results);
    delete report_queue;
    report_queue = NULL;
}

// The same history as in v0.4's limit test; 100 calls a second.
TEST(Rules, AHostWithALongHistoryIsFoundAsSoonAsAnother)
{
    with_config config;
    module_with with({10});
    for (int second = 0; second < 1000; second++) {
        scripted_time++;
        with.report(10, 0, 100);
    }
    int calls = 0;
    while (!with.host(10)->overload && calls < 10000) {
        scripted_time += calls % 100 == 0;
        with.report(10, ++calls % 3 == 0 ? 1 : 0);
    }
    EXPECT_LE(calls, 1500 + 78);   // what is left of the old window, then as a fresh one
}

TEST(Rules, FourteenFailuresOfTwentyTripAtTheWindowsEnd)
{
    with_config config;
    module_with with({10});
    with.report(10, 0, 6);
    with.report(10, 1, 13);
    EXPECT_FALSE(with.host(10)->overload);
    scripted_time += 14;
    EXPECT_FALSE(with.host(10)->overload);
    with.report_each(1, 10, 1);
    EXPECT_TRUE(with.host(10)->overload);
}

TEST(Rules, ThirteenFailuresOfTwentyDoNot)
{
    with_config config;
    module_with with({10});
    with.report(10, 1, 13);
    with.report(10, 0, 6);
    scripted_time += 14;
    with.report_each(1, 10, 0);
    EXPECT_FALSE(with.host(10)->overload);
    EXPECT_EQ("vsucc 180 verr 0 rsucc 0 rerr 0 row 0 0", with.counts(10));   // a new window
    EXPECT_EQ(scripted_time, with.host(10)->idle_ts);
}

TEST(Rules, CheckWindowLooksAtTheRealCounts)
{
    with_config config;
    host_info host(10, 80, 180);
    EXPECT_FALSE(host.check_window());   // no call at all is not bad
    host.rsucc = 6;
    host.rerr = 14;
    EXPECT_TRUE(host.check_window());
    host.rsucc = 7;
    host.rerr = 13;
    EXPECT_FALSE(host.check_window());
    host.rsucc = 0;
    host.rerr = 1;
    EXPECT_TRUE(host.check_window());
}

TEST(Rules, Trap_A11_AnOverloadedHostGetsAnotherChance)
{
    with_config config;
    module_with with({10});
    with.make_overload(10);
    scripted_time += 14;
    with.report(10, 0);
    EXPECT_TRUE(with.host(10)->overload);
    with.report_each(1, 10, 0);
    EXPECT_FALSE(with.host(10)->overload);
}

TEST(Rules, Trap_A11_AFailedProbeBeginsTheTimeAnew)
{
    with_config config;
    module_with with({10});
    with.make_overload(10);
    with.report_each(5, 10, 1);
    with.report_each(10, 10, 0);   // the 15 s are over, but it failed within them
    EXPECT_TRUE(with.host(10)->overload);
    with.report_each(14, 10, 0);
    EXPECT_TRUE(with.host(10)->overload);
    with.report_each(1, 10, 0);
    EXPECT_FALSE(with.host(10)->overload);
}

TEST(Rules, Trap_A11_AFailureNeverBringsAHostBack)
{
    with_config config;
    module_with with({10});
    with.make_overload(10);
    for (int i = 0; i < 10; i++) {
        with.report_each(20, 10, 1);
        EXPECT_TRUE(with.host(10)->overload);
    }
}

TEST(Rules, AnOverloadedHostBeginsWithTheFailuresOfTheFile)
{
    with_config config;
    lb_config.init_err_cnt = 7;
    module_with with({10});
    with.make_overload(10);
    EXPECT_EQ("vsucc 0 verr 7 rsucc 0 rerr 0 row 0 0", with.counts(10));
}
