// Where a webhook is, as the configuration says it. A value like any other: any thread.
#pragma once

#include <string>

#include "status.h"

namespace lars {

struct webhook_url {
    std::string origin;  // "http://host:port"; empty: there is no webhook
    std::string path;    // "/path?query", "/" at least
};

// Reads "http://host:port/path" or "https://...", with an IPv4 address or a name as the host
// and any port, or none, into *URL. An error says what is wrong, but nothing of what stands
// there, which may be a secret; *URL is then unchanged.
status parse_webhook_url(const std::string &text, webhook_url *url);

}  // namespace lars
