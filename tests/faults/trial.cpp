#include "trial.h"

#include <gtest/gtest.h>

#include "surroundings.h"
#include "wait_until.h"

namespace lars::faults {

// What a scheduler may take: the machine does other things too.
static constexpr milliseconds SLACK{300};
static constexpr milliseconds LAG{1500};
static constexpr milliseconds STORED_WITHIN{20000};
static constexpr int SOME = 5;  // reports, made within a third of a second

static std::string why_not(const fault &f)
{
    if (f.need == needs::private_network && !have_private_network())
        return "not tried: network namespaces are not permitted here";
    if (f.need == needs::private_mounts && !have_private_mounts())
        return "not tried: file systems of one's own are not permitted here";
    return {};
}

// How long until changes made from SINCE on reach the caller; less than 0: never.
static milliseconds becomes_current(world &w, const promise &promised, steady::time_point since)
{
    std::vector<uint32_t> wanted;
    const bool arrived = test::wait_until(
        [&] {
            if (wanted.empty())
                wanted = w.versions_since(since);
            return w.arrived(wanted);
        },
        promised.current_within);
    return arrived ? std::chrono::duration_cast<milliseconds>(steady::now() - since)
                   : milliseconds(-1);
}

static void run_fault(const fault &f, world &w, const trial_times &times, outcome &o)
{
    w.history().allow_old();
    const auto began = steady::now();
    const int first = w.calls().reported();
    f.begin(w);
    if (f.promised.during)
        o.current_after = becomes_current(w, f.promised, began);
    if (f.promised.stores_during)
        o.stored_during = test::wait_until([&] { return w.stored(first, first + SOME) == SOME; },
                                           f.promised.current_within);
    std::this_thread::sleep_until(std::max(steady::now(), began + times.lasts));
    f.end(w);
    if (!f.promised.during)
        o.current_after = becomes_current(w, f.promised, steady::now());
}

outcome try_fault(const fault &f, test::database_server &server, const trial_times &times)
{
    outcome o;
    o.not_tried = why_not(f);
    if (!o.not_tried.empty())
        return o;
    SCOPED_TRACE(f.who + ": " + f.what);
    world w(server, f.where);
    f.prepare(w);
    if (!w.start()) {
        o.not_tried = "the system does not start";
        return o;
    }
    w.history().allow_lag(LAG);
    std::this_thread::sleep_for(times.before);
    run_fault(f, w, times, o);
    const int at_risk = w.calls().reported();
    w.history().allow_lag(LAG);
    std::this_thread::sleep_for(times.before);
    w.stop_callers();

    o.callers = w.judge().result();
    o.reported = w.calls().reported();
    const auto lost_afterwards = [&] {
        return o.reported - at_risk - w.stored(at_risk, o.reported);
    };
    test::wait_until(
        [&] {
            return lost_afterwards() == 0 &&
                   (!f.promised.stores_all || w.stored(0, at_risk) == at_risk);
        },
        STORED_WITHIN);
    o.lost_afterwards = lost_afterwards();
    o.stored = w.stored(0, o.reported);
    return o;
}

std::vector<std::string> broken(const promise &promised, const outcome &o)
{
    std::vector<std::string> all;
    const seen &s = o.callers;
    if (s.answers == 0 || s.pushed == 0)
        all.push_back("nothing was seen");
    if (s.wrong > 0 || s.no_exist > 0)
        all.insert(all.end(), s.errors.begin(), s.errors.end());
    if (s.longest > DEADLINE + SLACK)
        all.push_back("a call took " + std::to_string(s.longest.count()) + " ms");
    if (promised.answers_all && s.unanswered > 0)
        all.push_back(std::to_string(s.unanswered) + " calls without an answer");
    if (promised.stores_all && o.stored < o.reported)
        all.push_back(std::to_string(o.reported - o.stored) + " reports lost");
    if (promised.stores_during && !o.stored_during)
        all.push_back("reports are not stored while it lasts");
    if (o.lost_afterwards > 0)
        all.push_back(std::to_string(o.lost_afterwards) + " reports lost after the fault");
    if (o.current_after < milliseconds(0))
        all.push_back("routes are not current within " +
                      std::to_string(promised.current_within.count()) + " ms");
    return all;
}

}  // namespace lars::faults
