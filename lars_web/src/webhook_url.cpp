#include "webhook_url.h"

#include <algorithm>

#include "server_address.h"

namespace lars {

static bool can_stand_in_a_path(char c)
{
    return c > ' ' && c < 127 && c != '#';
}

status parse_webhook_url(const std::string &text, webhook_url *url)
{
    const size_t slashes = text.find("://");
    const std::string scheme = text.substr(0, std::min(slashes, text.size()));
    if (slashes == std::string::npos || (scheme != "http" && scheme != "https"))
        return status::error("expected http://... or https://...");
    const size_t begin = slashes + 3;
    const size_t end = std::min(text.find_first_of("/?#", begin), text.size());
    std::string server = text.substr(begin, end - begin);
    if (server.find('@') != std::string::npos)
        return status::error("a user or password in it is not sent: leave out what ends with @");
    if (server.find(':') == std::string::npos)
        server += scheme == "http" ? ":80" : ":443";
    std::vector<server_address> servers;
    if (server.find(',') != std::string::npos || !parse_servers(server, &servers))
        return status::error("expected an IPv4 address or a name after ://, and, after a colon, a"
                             " port from 1 to 65535 or none");
    const std::string path = text.substr(end);
    if (!std::all_of(path.begin(), path.end(), can_stand_in_a_path))
        return status::error("its path has a character that has to be written as %XX");
    url->origin = scheme + "://" + servers[0].to_string();
    url->path = path.empty() || path[0] == '?' ? "/" + path : path;
    return {};
}

}  // namespace lars
