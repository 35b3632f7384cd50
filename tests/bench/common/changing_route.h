// A module of which a host comes and goes again, changed as lars_route does it.
#pragma once

#include <cstdint>
#include <string>

#include "change_rounds.h"
#include "db_client.h"
#include "route.h"
#include "route_editor.h"

namespace lars::bench {

// One thread.
class changing_route {
public:
    // Every host of WITHOUT is above 10.0.0.1.
    changing_route(const db_options &database, const module_route &without);
    bool connect() { return _client.connect().ok(); }

    // Lets the host come, or go. Returns when that is committed.
    bool edit(bool added);
    // The same, and tells the dns at that port of this machine.
    bool edit_and_hint(bool added, uint16_t dns);

    const module_id &id() const { return _without.module; }
    module_route route(bool added) const;

    // The frames of a subscription: what is asked, and the answer while the host is not there
    // and RouteVersion is VERSION.
    std::string request() const;
    std::string answer(uint64_t version) const;
    // The frame that is pushed after edit(ADDED), up to its version, which has MORE bytes.
    std::string pushed(bool added) const;
    static constexpr size_t MORE = 6;  // RouteVersion is a time of today

    // Rounds with these frames.
    change_rounds rounds(const char *name, int changes,
                         std::function<bool(bool added)> write) const;

private:
    module_route _without;
    db_client _client;
    route_editor _editor{&_client};
};

}  // namespace lars::bench
