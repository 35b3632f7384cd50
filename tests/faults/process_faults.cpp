// What happens to a process: killed, stopped, paused, cut off.
#include <gtest/gtest.h>

#include "fault.h"
#include "surroundings.h"
#include "wait_until.h"

namespace lars::faults {

using test::running_service;

static constexpr const char *ALL_ANSWERED = "every call is answered, from the routes known";

static promise of_dns()
{
    promise p{std::string(ALL_ANSWERED) + "; no report is lost"};
    p.current_within = milliseconds(8000);  // the longest pause between attempts to connect
    return p;
}

static promise of_reporter()
{
    return {"every call is answered, routes stay current; reports wait in the agent, none is lost",
            true, true, true};
}

static promise of_database()
{
    promise p{std::string(ALL_ANSWERED) + "; reports wait in the reporter, none is lost"};
    // A connection attempt that hangs takes its time-out, and then comes a pause.
    p.current_within = milliseconds(20000);
    return p;
}

static promise of_agent(const char *why)
{
    promise p{std::string("calls return within their deadline") + why};
    p.answers_all = false;
    p.stores_all = false;
    return p;
}

static const char *FORGETS =
    "; afterwards no module is unknown (route cache). Lost: the calls since the last report";
static const char *TELLS_LAST =
    "; afterwards no module is unknown (route cache). Lost: what is reported while it is away";
static const char *WAITS = "; afterwards it knows everything. Lost: what does not reach it";

struct victim {
    const char *who;
    running_service &(world::*service)();
    promise promised;
    const std::string &(world::*ip)() const;
};

static std::vector<victim> victims()
{
    return {{"dns", &world::dns, of_dns(), &world::dns_ip},
            {"reporter", &world::reporter, of_reporter(), &world::reporter_ip},
            {"agent", &world::agent, of_agent(FORGETS), &world::agent_ip}};
}

static void start_again(world &w, running_service &service)
{
    if (&service == &w.agent())
        w.judge().agent_restarts();
    EXPECT_TRUE(service.start());
}

static void add_service_faults(std::vector<fault> &faults, const victim &v)
{
    const auto get = v.service;
    const auto start = [get](world &w) { start_again(w, (w.*get)()); };
    promise stopped = v.promised;
    promise paused = v.promised;
    if (std::string(v.who) == "agent") {
        stopped = of_agent(TELLS_LAST);
        paused = of_agent(WAITS);
    }
    faults.push_back({v.who, "killed (SIGKILL), started again", v.promised,
                      [get](world &w) { (w.*get)().process().kill(); }, start});
    faults.push_back({v.who, "stopped (SIGTERM), started again", stopped,
                      [get](world &w) { EXPECT_EQ((w.*get)().stop(), 0); }, start});
    faults.push_back({v.who, "paused (SIGSTOP), resumed", paused,
                      [get](world &w) { (w.*get)().process().pause(); },
                      [get](world &w) { (w.*get)().process().resume(); }});
    faults.push_back({v.who, "cut off from the network", paused,
                      [ip = v.ip](world &w) { EXPECT_TRUE(cut_off((w.*ip)())); },
                      [ip = v.ip](world &w) { EXPECT_TRUE(join_again((w.*ip)())); },
                      behind::nothing, needs::private_network});
    // TCP sends again at growing intervals; the agent connects anew, after nine seconds first.
    if (paused.answers_all && !paused.during)
        faults.back().promised.current_within = milliseconds(20000);
}

static void add_database_faults(std::vector<fault> &faults)
{
    const auto start = [](world &w) {
        const status started = w.server().start();
        EXPECT_TRUE(started) << started.message();
    };
    faults.push_back({"database", "killed (SIGKILL), started again", of_database(),
                      [](world &w) { w.server().kill(); }, start});
    faults.push_back({"database", "stopped (SIGTERM), started again", of_database(),
                      [](world &w) { EXPECT_TRUE(w.server().stop()); }, start});
    faults.push_back({"database", "paused (SIGSTOP), resumed", of_database(),
                      [](world &w) { w.server().pause(); }, [](world &w) { w.server().resume(); }});
    faults.push_back({"database", "cut off from the network", of_database(),
                      [](world &w) { EXPECT_TRUE(cut_off(w.database_ip())); },
                      [](world &w) { EXPECT_TRUE(join_again(w.database_ip())); }, behind::nothing,
                      needs::private_network});
}

// The snapshot is about a second old, so some of its routes are older than the agent's.
static fault dns_from_its_snapshot()
{
    promise p = of_database();
    p.text = "every call is answered, and no agent goes back to the snapshot's older routes;"
             " reports wait, none is lost";
    return {"database and dns", "both killed, the dns started again without a database", p,
            [](world &w) {
                w.server().kill();
                w.dns().process().kill();
                EXPECT_TRUE(w.dns().start());
            },
            [](world &w) {
                const status started = w.server().start();
                EXPECT_TRUE(started) << started.message();
            }};
}

// What waited in the reporter is gone, and the agent still has it.
static fault reporter_with_waiting_rows()
{
    promise p = of_database();
    p.text = std::string(ALL_ANSWERED) + "; reports that waited in the reporter are sent again";
    return {"database and reporter", "the database killed, a while later the reporter", p,
            [](world &w) {
                // What a reporter gets before it is known to acknowledge is not kept.
                EXPECT_TRUE(
                    test::wait_until([&w] { return w.stored(0, w.calls().reported()) > 0; }));
                const int next = w.calls().reported();
                EXPECT_TRUE(test::wait_until([&] { return w.stored(next, next + 5) == 5; }));
                w.server().kill();
                EXPECT_TRUE(w.reporter().process().wait_for_output("database"));
                // The agent reports each second, to a reporter that cannot store.
                std::this_thread::sleep_for(milliseconds(1500));
                w.reporter().process().kill();
                EXPECT_TRUE(w.reporter().start());
            },
            [](world &w) {
                const status started = w.server().start();
                EXPECT_TRUE(started) << started.message();
            }};
}

std::vector<fault> process_faults()
{
    std::vector<fault> faults;
    for (const victim &v : victims())
        add_service_faults(faults, v);
    add_database_faults(faults);
    faults.push_back(dns_from_its_snapshot());
    faults.push_back(reporter_with_waiting_rows());
    return faults;
}

}  // namespace lars::faults
