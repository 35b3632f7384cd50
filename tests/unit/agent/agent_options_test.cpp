#include "agent_options.h"

#include <gtest/gtest.h>

#include "paths.h"
#include "read_options.h"

namespace lars {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The error, without the folder; "" if there is none.
std::string read(const std::string &text, agent_options *options)
{
    return test::read_options(read_agent_options, "a.conf", text, options);
}

std::string refusal(const std::string &text)
{
    agent_options options;
    options.route_cache = "untouched";
    const std::string message = read(text, &options);
    EXPECT_FALSE(message.empty()) << "was taken:\n" << text;
    EXPECT_EQ(options.route_cache, "untouched");
    return message;
}

std::vector<std::string> texts(const std::vector<server_address> &addresses)
{
    std::vector<std::string> all;
    for (const server_address &address : addresses)
        all.push_back(address.to_string());
    return all;
}
using list = std::vector<std::string>;

void expect_default_balance(const lb_config &b)
{
    EXPECT_EQ(b.policy, balance_policy::adaptive);
    EXPECT_EQ(b.evidence_limit, 8);
    EXPECT_EQ(b.recent_calls, 200u);
    EXPECT_EQ(b.probe_credit, 0.5);
    EXPECT_EQ(b.probe_num_max, 100u);
    EXPECT_EQ(b.probe_wait, milliseconds(1000));
    EXPECT_EQ(b.probe_wait_max, milliseconds(5000));
    EXPECT_EQ(b.slow_start, milliseconds(10000));
    EXPECT_EQ(b.slow_start_share, 0.1);
    EXPECT_EQ(b.panic_err_rate, 0.6);
    EXPECT_EQ(b.panic_calls, 10u);
    EXPECT_EQ(b.probe_num, 10u);
    EXPECT_EQ(b.init_succ_cnt, 180u);
    EXPECT_EQ(b.init_err_cnt, 5u);
    EXPECT_EQ(b.contin_err_limit, 15u);
    EXPECT_EQ(b.contin_succ_limit, 15u);
    EXPECT_TRUE(b.err_rate.reached_by(1, 10) && !b.err_rate.exceeded_by(1, 10));
    EXPECT_TRUE(b.succ_rate.reached_by(95, 100) && !b.succ_rate.exceeded_by(95, 100));
    EXPECT_TRUE(b.window_err_rate.reached_by(7, 10) && !b.window_err_rate.exceeded_by(7, 10));
    for (seconds time : {b.idle_timeout, b.overload_timeout, b.update_timeout, b.report_interval})
        EXPECT_EQ(time, seconds(15));
}

TEST(AgentOptions, AnEmptyFileMeansTheDefaults)
{
    agent_options options;
    EXPECT_EQ(read("", &options), "");
    EXPECT_EQ(options.address.to_string(), "127.0.0.1:8888");
    EXPECT_TRUE(options.allow.empty());
    EXPECT_EQ(texts(options.dns), list{"127.0.0.1:7778"});
    EXPECT_EQ(texts(options.reporter), list{"127.0.0.1:7779"});
    EXPECT_EQ(options.route_cache, "");
    expect_default_balance(options.balance);
    expect_default_balance(lb_config());
}

TEST(AgentOptions, TheFileThatComesWithItIsGoodAndSaysTheDefaults)
{
    agent_options options;
    const status s = read_agent_options(
        test::source_path("lars_loadbalance_agent/conf/lars_lb_agent.conf"), &options);
    ASSERT_TRUE(s) << s.message();
    EXPECT_EQ(options.address.to_string(), "127.0.0.1:8888");
    EXPECT_EQ(texts(options.dns), list{"127.0.0.1:7778"});
    EXPECT_EQ(texts(options.reporter), list{"127.0.0.1:7779"});
    expect_default_balance(options.balance);
}

TEST(AgentOptions, EveryKeyIsRead)
{
    agent_options options;
    EXPECT_EQ(read("[reporter]\nip = 10.0.0.1\nport = 1\n[dnsserver]\nip = 10.0.0.2\nport = 2\n"
                   "[agent]\nip = 10.0.0.3\nport = 3\nroute_cache = some file\n"
                   "allow = 10.1.2.3, 127.0.0.0/8\n"
                   "[loadbalance]\nprobe_num = 4\ninit_succ_cnt = 5\ninit_err_cnt = 6\n"
                   "err_rate = 0.2\nsucc_rate = 0.92\ncontin_err_limit = 7\n"
                   "contin_succ_limit = 8\nwindow_err_rate = 0.55\nidle_timeout = 9\n"
                   "overload_timeout = 10\nupdate_timeout = 11\nreport_interval = 12\n",
                   &options),
              "");
    EXPECT_EQ(texts(options.reporter), list{"10.0.0.1:1"});
    EXPECT_EQ(texts(options.dns), list{"10.0.0.2:2"});
    EXPECT_EQ(options.address.to_string(), "10.0.0.3:3");
    EXPECT_EQ(options.allow.to_string(), "10.1.2.3, 127.0.0.0/8");
    EXPECT_EQ(options.route_cache, "some file");
    const lb_config &b = options.balance;
    EXPECT_EQ(b.probe_num, 4u);
    EXPECT_EQ(b.init_succ_cnt, 5u);
    EXPECT_EQ(b.init_err_cnt, 6u);
    EXPECT_TRUE(b.err_rate.reached_by(2, 10) && !b.err_rate.exceeded_by(2, 10));
    EXPECT_TRUE(b.succ_rate.reached_by(92, 100) && !b.succ_rate.exceeded_by(92, 100));
    EXPECT_EQ(b.contin_err_limit, 7u);
    EXPECT_EQ(b.contin_succ_limit, 8u);
    EXPECT_TRUE(b.window_err_rate.reached_by(55, 100) && !b.window_err_rate.exceeded_by(55, 100));
    EXPECT_EQ(b.idle_timeout, seconds(9));
    EXPECT_EQ(b.overload_timeout, seconds(10));
    EXPECT_EQ(b.update_timeout, seconds(11));
    EXPECT_EQ(b.report_interval, seconds(12));
}

TEST(AgentOptions, EveryKeyOfTheAdaptivePolicyIsRead)
{
    agent_options options;
    EXPECT_EQ(read("[loadbalance]\npolicy = course\nevidence_limit = 6.5\nrecent_calls = 50\n"
                   "probe_credit = 0.25\nprobe_num_max = 70\nprobe_wait = 0.1\n"
                   "probe_wait_max = 2.5\nslow_start = 0.75\nslow_start_share = 0.2\n"
                   "panic_err_rate = 0.9\npanic_calls = 11\n",
                   &options),
              "");
    const lb_config &b = options.balance;
    EXPECT_EQ(b.policy, balance_policy::course);
    EXPECT_EQ(b.evidence_limit, 6.5);
    EXPECT_EQ(b.recent_calls, 50u);
    EXPECT_EQ(b.probe_credit, 0.25);
    EXPECT_EQ(b.probe_num_max, 70u);
    EXPECT_EQ(b.probe_wait, milliseconds(100));
    EXPECT_EQ(b.probe_wait_max, milliseconds(2500));
    EXPECT_EQ(b.slow_start, milliseconds(750));
    EXPECT_EQ(b.slow_start_share, 0.2);
    EXPECT_EQ(b.panic_err_rate, 0.9);
    EXPECT_EQ(b.panic_calls, 11u);
}

TEST(AgentOptions, APolicyThatDoesNotExistIsRefused)
{
    const std::string refused = refusal("[loadbalance]\npolicy = random\n");
    EXPECT_NE(refused.find("a.conf:2: [loadbalance] policy: there is no policy 'random'"),
              std::string::npos)
        << refused;
}

TEST(AgentOptions, WaitsThatDoNotFitTogetherAreRefused)
{
    const std::string refused = refusal("[loadbalance]\nprobe_wait = 3\nprobe_wait_max = 2\n");
    EXPECT_NE(refused.find("a.conf:3: [loadbalance] probe_wait_max"), std::string::npos) << refused;
    EXPECT_NE(refusal("[loadbalance]\nprobe_wait = 6\n").find("a.conf:2: [loadbalance] probe_wait"),
              std::string::npos);
}

TEST(AgentOptions, SeveralServersStandInAddrs)
{
    agent_options options;
    EXPECT_EQ(read("[dnsserver]\naddrs = 10.0.0.1:7778, 10.0.0.2:7778\n"
                   "[reporter]\naddrs = 10.0.0.3:7779\n",
                   &options),
              "");
    EXPECT_EQ(texts(options.dns), (list{"10.0.0.1:7778", "10.0.0.2:7778"}));
    EXPECT_EQ(texts(options.reporter), list{"10.0.0.3:7779"});
}

TEST(AgentOptions, ServersMayHaveNames)
{
    agent_options options;
    EXPECT_EQ(read("[dnsserver]\naddrs = dns1.example.net:7778, 10.0.0.2:7778\n"
                   "[reporter]\nip = reporter\nport = 7\n",
                   &options),
              "");
    EXPECT_EQ(texts(options.dns), (list{"dns1.example.net:7778", "10.0.0.2:7778"}));
    EXPECT_EQ(texts(options.reporter), list{"reporter:7"});
    EXPECT_EQ(refusal("[reporter]\naddrs = a:1, b..c:2\n"),
              "a.conf:2: [reporter] addrs: 'a:1, b..c:2' is not a list of host:port, host:port:"
              " entry 2 begins with neither an IPv4 address nor a host's name");
}

TEST(AgentOptions, TheCallerIsOfTheConnectionUnlessItIsGiven)
{
    agent_options options;
    EXPECT_EQ(read("", &options), "");
    EXPECT_EQ(options.caller, 0u);
    EXPECT_EQ(read("[agent]\ncaller = 10.9.9.9\n", &options), "");
    EXPECT_EQ(options.caller, 0x0a090909u);
}

TEST(AgentOptions, AddrsAndIpOrPortExcludeEachOther)
{
    for (const char *section : {"dnsserver", "reporter"}) {
        for (const char *other : {"ip = 10.0.0.1\n", "port = 7\n"}) {
            const std::string message =
                refusal("[" + std::string(section) + "]\n" + other + "addrs = 10.0.0.1:7778\n");
            EXPECT_EQ(message.find("a.conf:3: [" + std::string(section) + "] addrs: "), 0u)
                << message;
        }
    }
}

// Each wrong line stands third, so the error has to begin with file, line, key.
void expect_refused(const std::string &section, const std::string &key, const std::string &value)
{
    const std::string message =
        refusal("[" + section + "]\n# this is line 2\n" + key + " = " + value + "\n");
    EXPECT_EQ(message.find("a.conf:3: [" + section + "] " + key), 0u)
        << key << " = " << value << " gives: " << message;
}

TEST(AgentOptions, WrongNumbersNameFileLineAndKey)
{
    for (const char *key :
         {"probe_num", "init_succ_cnt", "init_err_cnt", "contin_err_limit", "contin_succ_limit",
          "idle_timeout", "overload_timeout", "update_timeout", "report_interval"}) {
        for (const char *value : {"0", "-1", "abc", "", "1.5", "10 # of them",
                                  "99999999999999999999", "1000001", "0x10", "5s"})
            expect_refused("loadbalance", key, value);
    }
}

TEST(AgentOptions, WrongRatesNameFileLineAndKey)
{
    for (const char *key : {"err_rate", "succ_rate", "window_err_rate"}) {
        for (const char *value : {"-0.1", "1.1", "95", "abc", "", ".", "0.", "nan", "1e-1", "0,5",
                                  "95%", "0.12345678901", "99999999999999999999"})
            expect_refused("loadbalance", key, value);
    }
}

TEST(AgentOptions, WrongAddressesNameFileLineAndKey)
{
    expect_refused("agent", "ip", "localhost");
    for (const char *section : {"agent", "dnsserver", "reporter"}) {
        for (const char *value : {"1.2.3", "1.2.3.256", "1.2.3.4:5", "a..b", "-a", "a b", ""})
            expect_refused(section, "ip", value);
        for (const char *value : {"-1", "65536", "70000", "abc", "", "99999999999999999999"})
            expect_refused(section, "port", value);
    }
    expect_refused("agent", "port", "65534");
    for (const char *value : {"localhost", "0.0.0.0", "1.2.3", "1.2.3.4:5", ""})
        expect_refused("agent", "caller", value);
    for (const char *section : {"dnsserver", "reporter"}) {
        expect_refused(section, "port", "0");
        for (const char *value :
             {"", "10.0.0.1", "10.0.0.1:70000", "10.0.0.1:1,", "10.0.0.1:0",
              "10.0.0.1:1 10.0.0.2:1", "10.0.0.1:1,,10.0.0.2:1", "10.0.0.1:1, 10.0.0.1:1",
              "a.b:1, A.B:1", "a..b:1", "dns", "dns:", "[::1]:7778"})
            expect_refused(section, "addrs", value);
    }
}

TEST(AgentOptions, UnknownKeysAndOtherMistakesNameTheirLine)
{
    expect_refused("loadbalance", "probe_nun", "10");
    expect_refused("agent", "addrs", "127.0.0.1:8888");
    expect_refused("loadbalanse", "probe_num", "10");
    EXPECT_EQ(refusal("probe_num = 10\n").find("a.conf:1: probe_num"), 0u);
    EXPECT_EQ(refusal("[agent]\nport = 1\nport = 2\n").find("a.conf:3: [agent] port"), 0u);
    EXPECT_EQ(refusal("[agent]\nport\n").find("a.conf:2: "), 0u);
    for (const char *ranges : {"here", "127.0.0.1/8", "10.0.0.0/8 127.0.0.1", ","})
        EXPECT_EQ(refusal("[agent]\nallow = " + std::string(ranges) + "\n")
                      .find("a.conf:2: [agent] allow"),
                  0u);
    agent_options options;
    const status s = read_agent_options("/no/such/file", &options);
    EXPECT_NE(s.message().find("/no/such/file"), std::string::npos);
}

}  // namespace
}  // namespace lars
