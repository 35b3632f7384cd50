// Which names a browser may reach this server by. A page of somebody else's whose name's
// address is changed to 127.0.0.1 (DNS rebinding) would otherwise read from it whatever this
// machine's user may. A value; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "endpoint.h"

namespace lars {

class server_names {
public:
    // Any name at all.
    server_names() = default;
    // For a server that listens at ADDRESS: at 127.x.y.z only localhost, 127.x.y.z, [::1] and
    // NAMES; elsewhere any.
    server_names(const endpoint &address, const std::vector<std::string> &names);

    // HOST is the header, with or without a port.
    bool accept(std::string_view host) const;

private:
    bool _any = true;
    std::vector<std::string> _names;  // in lower case
};

// Whether HOST, with or without a port, is localhost, 127.x.y.z or [::1].
bool is_local_name(std::string_view host);

}  // namespace lars
