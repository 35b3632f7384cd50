// What a scenario's file says, and what is no scenario.
#include "scenario.h"

#include <gtest/gtest.h>

#include "plain_text.h"
#include "temp_dir.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string GOOD = "duration 60s\ncalls 100\nhosts 10\n";

class Scenario : public testing::Test {
protected:
    // The error, without the folder; "" if there is none.
    std::string read(const std::string &text)
    {
        const std::string path = _folder.write("x", text);
        scenario before;
        before.title = "untouched";
        scenario out = before;
        const std::string message = read_scenario(path, &out).message();
        if (message.empty()) {
            _read = out;
            return "";
        }
        EXPECT_EQ(out.title, before.title);
        EXPECT_EQ(message.compare(0, path.size(), path), 0) << message;
        return message.substr(_folder.path().size() + 1);
    }
    // The text is refused, and the message says so of this line.
    void refused(const std::string &text, int line, const std::string &why)
    {
        const std::string message = read(text);
        EXPECT_EQ(message.find("x:" + std::to_string(line) + ": "), 0u) << message;
        EXPECT_NE(message.find(why), std::string::npos) << message << "\n" << why;
        EXPECT_LT(message.size(), 300u);
    }

    temp_dir _folder;
    scenario _read;
};

TEST_F(Scenario, EveryWordIsRead)
{
    ASSERT_EQ(read("# Two kinds of hosts.\nduration 90s\ncalls 12.5\nagents 3\nrepeat 10s\n\n"
                   "hosts 2 weight 300 bears 110.5 cold 5% for 2s  # strong ones\nhosts 1\n"
                   "at 5s host 2-3 fails 12.5% takes 1.5s\nat 250ms host 1 fails 100%\n"),
              "");
    EXPECT_EQ(_read.title, "Two kinds of hosts.");
    EXPECT_EQ(_read.duration, seconds(90));
    EXPECT_EQ(_read.calls, 12.5);
    EXPECT_EQ(_read.total_calls(), 1125u);
    EXPECT_EQ(_read.agents, 3u);
    EXPECT_EQ(_read.repeat, seconds(10));
    ASSERT_EQ(_read.hosts.size(), 3u);
    EXPECT_EQ(_read.hosts[1].weight, 300u);
    EXPECT_EQ(_read.hosts[1].bears, 110.5);
    EXPECT_EQ(_read.hosts[1].cold_part, 0.05);
    EXPECT_EQ(_read.hosts[1].warm_after, seconds(2));
    EXPECT_EQ(_read.hosts[2].weight, 100u);
    EXPECT_EQ(_read.hosts[2].bears, 0);
    ASSERT_EQ(_read.events.size(), 2u);  // in order of time
    EXPECT_EQ(_read.events[0].at, milliseconds(250));
    EXPECT_EQ(_read.events[0].fails, 1);
    EXPECT_EQ(_read.events[0].takes, milliseconds(2));
    EXPECT_EQ(_read.events[1].first, 1u);
    EXPECT_EQ(_read.events[1].last, 2u);
    EXPECT_EQ(_read.events[1].fails, 0.125);
    EXPECT_EQ(_read.events[1].takes, milliseconds(1500));
}

TEST_F(Scenario, LineEndsOfAnyKindAndNoLastOneAreFine)
{
    EXPECT_EQ(read("# Title\r\nduration 60s\r\ncalls 100\r\n\r\nhosts 10\r\n"), "");
    EXPECT_EQ(_read.title, "Title");
    EXPECT_EQ(read("duration 60s\ncalls 100\nhosts 10"), "");
    EXPECT_EQ(_read.title, "");
    EXPECT_EQ(read("# \n" + GOOD), "");
    EXPECT_EQ(_read.title, "");
}

TEST_F(Scenario, TheEndsOfEachRangeAreAllowed)
{
    EXPECT_EQ(read("duration 60s\ncalls 1\nhosts 1 weight 4294967295\nhosts 1 weight 0\n"
                   "at 0s host 1 fails 0%\nat 60s host 1-2 fails 100%\n"),
              "");
    EXPECT_EQ(_read.hosts[0].weight, 4294967295u);
    EXPECT_EQ(_read.fair_shares()[1], 0);
}

TEST_F(Scenario, NumbersThatAreNoneAreRefused)
{
    for (const char *number : {"-1", "nan", "inf", "-inf", "1e309", "1e3", "", "x", "0x10", "1,5",
                               "1.5.2", "--1", "+1"}) {
        const std::string n = number;
        refused("calls " + n + "\n", 1, "calls");
        refused("duration " + n + "s\n", 1, "duration");
        refused("duration " + n + "ms\n", 1, "duration");
        refused("hosts " + n + "\n", 1, "number of hosts");
        refused("agents " + n + "\n", 1, "agents");
        refused("repeat " + n + "s\n", 1, "repeat");
        refused("hosts 1 weight " + n + "\n", 1, "weight");
        refused("hosts 1 bears " + n + "\n", 1, "bears");
        refused("hosts 1 bears 1 cold " + n + "% for 1s\n", 1, "cold");
        refused("hosts 1 bears 1 cold 1% for " + n + "s\n", 1, "cold");
        refused(GOOD + "at " + n + "s host 1 fails 1%\n", 4, "the time");
        refused(GOOD + "at 1s host 1 fails " + n + "%\n", 4, "fails");
        refused(GOOD + "at 1s host 1 fails 1% takes " + n + "s\n", 4, "takes");
        if (n != "")
            refused(GOOD + "at 1s host " + n + " fails 1%\n", 4, "not the number of a host");
    }
    const std::string huge(400, '9');
    refused("calls " + huge + "\n", 1, "calls: '9999");
    refused("duration " + huge + "s\n", 1, "duration: '9999");
    refused(GOOD + "at 1s host " + huge + " fails 1%\n", 4, "not the number of a host");
}

TEST_F(Scenario, NumbersOutOfRangeAreRefused)
{
    refused("hosts 1 weight 4294967296\n", 1, "weight: '4294967296' is not a number from 0 to");
    refused("hosts 1 weight 1.5\n", 1, "weight is not a whole number");
    refused("hosts 0\n", 1, "number of hosts");
    refused("hosts 10001\n", 1, "number of hosts");
    refused("hosts 9999\nhosts 2\n", 2, "more than 10000 hosts");
    refused("hosts 1.5\n", 1, "whole number");
    refused("agents 0\n", 1, "agents");
    refused("calls 0\n", 1, "calls");
    refused("calls 1000001\n", 1, "calls");
    refused("duration 0s\n", 1, "duration");
    refused("duration 2592001s\n", 1, "30 days");
    refused("hosts 1 bears 0\n", 1, "bears");
    refused(GOOD + "at 1s host 1 fails 100.1%\n", 4, "fails: '100.1%'");
    refused(GOOD + "at 1s host 0 fails 1%\n", 4, "'0' is not the number of a host: 1 to 10");
    refused(GOOD + "at 1s host 11 fails 1%\n", 4, "'11' is not the number");
    refused(GOOD + "at 1s host 5-11 fails 1%\n", 4, "'11' is not the number");
    refused(GOOD + "at 1s host 5-4 fails 1%\n", 4, "'5-4' ends before it begins");
    refused(GOOD + "at 1s host 5- fails 1%\n", 4, "'' is not the number");
    refused(GOOD + "at 1s host -5 fails 1%\n", 4, "'' is not the number");
    refused(GOOD + "at 1s host 1-2-3 fails 1%\n", 4, "'2-3' is not the number");
    refused("calls 1\nduration 1s\nat 0s host 1 fails 1%\n", 3, "the hosts must come before");
}

TEST_F(Scenario, TooMuchAltogetherIsRefused)
{
    refused("calls 1000000\nduration 1000s\nhosts 1\n", 1, "1 to 100000000");
    refused("duration 1s\ncalls 0.5\nhosts 1\n", 2, "0 calls");
    refused("duration 1s\ncalls 1\nagents 10000\nhosts 101\n", 3, "agents times hosts");
    refused("duration 100000s\ncalls 1\nhosts 100\nrepeat 1s\nat 0s host 1-100 fails 1%\n", 4,
            "more than 1000000 changes");
    std::string events = "duration 1s\ncalls 1\nhosts 10000\n";
    for (int i = 0; i < 101; ++i)
        events += "at 0s host 1-10000 fails 1%\n";
    refused(events, 104, "more than 1000000 changes");
    refused("duration 1000s\ncalls 1000\nhosts 1\nat 0s host 1 fails 0% takes 10001s\n", 4,
            "more than 10000000 calls would be under way");
}

TEST_F(Scenario, MissingAndSurplusWordsAreRefused)
{
    refused("duration\n", 1, "duration is missing");
    refused("hosts\n", 1, "the number of hosts is missing");
    refused("hosts 1 weight\n", 1, "weight is missing");
    refused("hosts 1 bears 5 cold 5%\n", 1, "'for' and a time are missing");
    refused("hosts 1 bears 5 cold 5% for\n", 1, "is missing");
    refused("hosts 1 cold 5% for 1s\n", 1, "cold needs bears");
    refused(GOOD + "at\n", 4, "the time is missing");
    refused(GOOD + "at 1s\n", 4, "'host' is missing");
    refused(GOOD + "at 1s host\n", 4, "the host's number is missing");
    refused(GOOD + "at 1s host 1\n", 4, "'fails' is missing");
    refused(GOOD + "at 1s host 1 fails\n", 4, "fails is missing");
    refused(GOOD + "at 1s host 1 fails 1% takes\n", 4, "takes is missing");
    refused(GOOD + "at 1s host 1 fails 1 %\n", 4, "with % behind it");
    refused(GOOD + "at 1 host 1 fails 1%\n", 4, "not a time such as");
    refused("duration 1s 2s\n", 1, "'2s' is too much");
    refused("hosts 1 2\n", 1, "'2' is no word for hosts");
    refused(GOOD + "at 1s host 1 fails 1% takes 1s more\n", 4, "'more' is too much");
    refused("host 1\n", 1, "'host' is none of duration");
}

TEST_F(Scenario, WhatStandsTwiceIsRefused)
{
    for (const std::string line : {"duration 60s", "calls 100", "agents 1", "repeat 1s"})
        refused(line + "\n" + line + "\n", 2, "is there twice");
    refused("hosts 1 weight 1 weight 2\n", 1, "'weight' is no word for hosts, or there twice");
    refused("hosts 1 bears 1 bears 2\n", 1, "or there twice");
}

TEST_F(Scenario, WhatIsMissingAltogetherIsRefusedAtTheEnd)
{
    refused("", 1, "duration is missing");
    refused("# nothing\n\n", 2, "duration is missing");
    refused("duration 1s\nhosts 1\n", 2, "calls are missing");
    refused("duration 1s\ncalls 5\n", 2, "hosts are missing");
    refused("hosts 2 weight 0\nduration 1s\ncalls 5\n", 1, "all hosts have weight 0");
    refused(GOOD + "repeat 1s\n", 4, "nothing to repeat");
}

TEST_F(Scenario, EventsAfterTheEndAreRefused)
{
    refused("hosts 1\nat 61s host 1 fails 1%\nduration 60s\ncalls 5\n", 2, "after the end");
    refused(GOOD + "repeat 4s\nat 1s host 1 fails 1%\nat 4s host 1 fails 0%\n", 6,
            "repeated already");
}

TEST_F(Scenario, WhatIsNoTextIsRefusedAndNotShownAsItIs)
{
    std::string garbage = "\x1b[2J";
    for (int i = 0; i < 500; ++i)
        garbage += static_cast<char>(i * 7 % 256 == '\n' ? 1 : i * 7 % 256);
    refused(garbage, 1, "'?[2J");
    EXPECT_EQ(read(garbage).find('\x1b'), std::string::npos);
    refused(std::string("duration 6\0s\n", 13), 1, "duration: '6?s'");
    refused(std::string(3, '\0'), 1,
            "'??"
            "?' is none of");
}

TEST_F(Scenario, LongLinesAreRefused)
{
    const std::string ten_megabytes(10 << 20, 'x');
    refused(GOOD + ten_megabytes, 4, "longer than 1000 characters");
    refused("# " + ten_megabytes + "\n" + GOOD, 1, "longer than 1000 characters");
    EXPECT_EQ(read("# " + std::string(998, 'x') + "\n" + GOOD), "");
    EXPECT_EQ(_read.title, std::string(200, 'x') + "...");
    refused("# " + std::string(999, 'x') + "\n" + GOOD, 1, "longer than 1000 characters");
}

TEST_F(Scenario, WhatIsNoFileIsRefused)
{
    for (const std::string &path : {_folder.path(), _folder.file("absent")}) {
        scenario out;
        EXPECT_EQ(read_scenario(path, &out).message(), "cannot read " + path);
    }
    scenario out;
    EXPECT_EQ(read_scenario("/dev/zero", &out).message(),
              "/dev/zero:1: the line is longer than 1000 characters");
}

TEST(PlainText, KeepsLettersAndReplacesWhatIsNone)
{
    EXPECT_EQ(plain_text("h\xc3\xb6st \xe4\xb8\xbb \xf0\x9f\x98\x80"),
              "h\xc3\xb6st \xe4\xb8\xbb \xf0\x9f\x98\x80");
    EXPECT_EQ(plain_text("\x7f\t\xc2\x9b|"), "???"
                                             "?|");
    EXPECT_EQ(plain_text("\xc0\xaf|\xed\xa0\x80|\xef\xbf\xbf|\xff|\xe4\xb8"), "??|??"
                                                                              "?|??"
                                                                              "?|?|??");
    EXPECT_EQ(plain_text("abcdef", 3), "abc...");
    EXPECT_EQ(plain_text("ab\xc3\xb6", 3), "ab...");
    EXPECT_EQ(plain_text("abc", 3), "abc");
}

}  // namespace
}  // namespace lars
