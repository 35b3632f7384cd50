// A dns or a reporter that is there and does not do what it should, and a second one that does.
#include "fault.h"

namespace lars::faults {

static fault bad(behind where, bad_peer::manner how, const char *what)
{
    promise p;
    p.text = where == behind::dns
                 ? "every call is answered; the next dns is used within 3 s"
                 : "every call is answered, routes stay current; the next reporter is used within"
                   " 3 s, no report is lost";
    p.during = true;
    p.stores_during = true;
    // Three seconds, and then a change of each module, or the next report.
    p.current_within = milliseconds(4500);
    return {where == behind::dns ? "dns, the first of two" : "reporter, the first of two",
            what,
            p,
            [how](world &w) { w.peer().behave(how); },
            [](world &w) { w.peer().behave(bad_peer::manner::honest); },
            where};
}

std::vector<fault> peer_faults()
{
    std::vector<fault> faults;
    for (const behind where : {behind::dns, behind::reporter}) {
        faults.push_back(bad(where, bad_peer::manner::silent, "silent"));
        faults.push_back(bad(where, bad_peer::manner::dripping, "dripping, 10 bytes a second"));
        faults.push_back(bad(where, bad_peer::manner::resetting, "resetting connections"));
        faults.push_back(bad(where, bad_peer::manner::garbage, "sending garbage"));
    }
    return faults;
}

}  // namespace lars::faults
