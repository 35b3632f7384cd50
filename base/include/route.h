// The words that all of Lars has for routes. A module is a service that programs call;
// two numbers name it. Its route is the list of its hosts. These are values like any
// other, and any thread may use them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "endpoint.h"

namespace lars {

// Reads a modid or cmdid, a number from -2147483648 to 4294967295. Numbers with the
// same 32 bits are the same id. Returns nothing if TEXT is no such number.
std::optional<int32_t> parse_id(std::string_view text);

// The name of a module. The tables hold the same 32 bits as unsigned numbers.
struct module_id {
    int32_t modid = 0;
    int32_t cmdid = 0;

    bool operator==(const module_id &other) const
    {
        return modid == other.modid && cmdid == other.cmdid;
    }
    bool operator!=(const module_id &other) const { return !(*this == other); }
    bool operator<(const module_id &other) const
    {
        return modid != other.modid ? modid < other.modid : cmdid < other.cmdid;
    }

    // "(1,2)"
    std::string to_string() const;
};

// For unordered containers.
struct module_id_hash {
    size_t operator()(const module_id &id) const
    {
        // Tables take the lowest bits of it: all bits of both have to reach them. The
        // finalizer of MurmurHash3 (Appleby, 2011).
        uint64_t both =
            uint64_t{static_cast<uint32_t>(id.modid)} << 32 | static_cast<uint32_t>(id.cmdid);
        both = (both ^ both >> 33) * 0xff51afd7ed558ccdu;
        both = (both ^ both >> 33) * 0xc4ceb9fe1a85ec53u;
        return static_cast<size_t>(both ^ both >> 33);
    }
};

// What a route says about one host.
struct route_host {
    static constexpr uint32_t DEFAULT_WEIGHT = 100;

    endpoint address;
    // The host's share of the module's calls is in proportion to this. With 0 it is
    // drained: it is in the database, and in no route that anybody is given.
    uint32_t weight = DEFAULT_WEIGHT;

    bool drained() const { return weight == 0; }

    // As files of routes and lars_route's arguments have it: "10.0.0.1:80", with "@50"
    // behind it if the weight is another than 100. parse gives nothing where TEXT is
    // anything else; it takes "@100" too.
    static std::optional<route_host> parse(std::string_view text);
    std::string to_string() const;

    // False if nobody can call a host with that address or port (wire_rules.h). Such
    // a host is left out of every route, wherever the route comes from.
    bool can_be_called() const;

    // Everything that the route says is compared. Whether two are the same host, their
    // addresses say.
    bool operator==(const route_host &other) const
    {
        return address == other.address && weight == other.weight;
    }
    bool operator!=(const route_host &other) const { return !(*this == other); }
    bool operator<(const route_host &other) const
    {
        return address != other.address ? address < other.address : weight < other.weight;
    }
};

// A module and its hosts. No host is in it twice.
struct module_route {
    module_id module;
    std::vector<route_host> hosts;
};

// One host of one module, as a row of RouteData or a line of a route file.
struct route_row {
    module_id module;
    route_host host;

    bool operator==(const route_row &other) const
    {
        return module == other.module && host == other.host;
    }
    bool operator<(const route_row &other) const
    {
        return module != other.module ? module < other.module : host < other.host;
    }
};

// Brings HOSTS in order, each address once. Of several weights that one address has, the
// lowest counts, so that a drained host stays drained.
void sort_hosts(std::vector<route_host> *hosts);
// The one of HOSTS that has this address; null where none has. Valid until HOSTS changes.
const route_host *find_host(const std::vector<route_host> &hosts, const endpoint &address);

// Returns the routes that ROWS make: the modules in ascending order, and each one's
// hosts too. Rows whose host cannot be called are left out. Of rows with the same host,
// the one with the lowest weight counts, and a host that is drained by it is left out.
// A module of which no host is left has no route.
std::vector<module_route> group_by_module(std::vector<route_row> rows);

}  // namespace lars
