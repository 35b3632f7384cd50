#include "route_hint.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <utility>

#include "config_file.h"
#include "host_lookup.h"
#include "message.h"
#include "unique_fd.h"
#include "wire.h"

namespace lars {

using clock = std::chrono::steady_clock;

static constexpr std::chrono::milliseconds WITHIN(100);

std::vector<server_address> read_hinted_servers(config_file &config)
{
    if (!config.has_section("dns"))
        return {};
    std::vector<server_address> servers = config.get_servers("dns", "others");
    endpoint own;
    own.ip = config.get_ip("reactor", "ip", INADDR_LOOPBACK);
    own.port = static_cast<uint16_t>(config.get_number("reactor", "port", 7778, 0, UINT16_MAX));
    if (own.ip == INADDR_ANY)
        own.ip = INADDR_LOOPBACK;
    servers.emplace_back(own);
    return servers;
}

// Each once. The names are looked up at the same time.
static std::vector<endpoint> addresses_of(const std::vector<server_address> &servers)
{
    std::vector<endpoint> addresses;
    std::vector<std::pair<std::unique_ptr<host_lookup>, uint16_t>> lookups;
    host_lookup::answer found;
    for (const server_address &server : servers) {
        if (const auto address = server.as_endpoint()) {
            addresses.push_back(*address);
            continue;
        }
        lookups.emplace_back(std::make_unique<host_lookup>(server.host, host_lookup::family::ipv4),
                             server.port);
        lookups.back().first->is_answered(clock::duration::zero(), &found);
    }
    const auto end = clock::now() + WITHIN;
    for (const auto &[lookup, port] : lookups) {
        if (!lookup->is_answered(end - clock::now(), &found))
            continue;
        for (const std::string &text : found.addresses)
            if (const auto ip = parse_ip(text))
                addresses.push_back({*ip, port});
    }
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    return addresses;
}

// A connection that is on its way; nothing where there cannot be one.
static unique_fd begin_to_connect(const endpoint &server)
{
    unique_fd fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const sockaddr_in address = server.to_sockaddr();
    if (fd.valid() &&
        connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS)
        fd.reset();
    return fd;
}

void send_route_hint(const std::vector<server_address> &servers)
{
    char hint[MESSAGE_HEAD_LEN];
    encode_head({ID_RouteHint, 0}, hint);
    std::vector<unique_fd> connections;
    std::vector<pollfd> waiting;
    for (const endpoint &server : addresses_of(servers)) {
        connections.push_back(begin_to_connect(server));
        if (connections.back().valid())
            waiting.push_back({connections.back().get(), POLLOUT, 0});
    }
    const auto end = clock::now() + WITHIN;
    while (!waiting.empty() && clock::now() < end) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now());
        if (poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) < 0)
            return;
        const auto is_done = [&hint](const pollfd &one) {
            // To one that has refused, this fails.
            if (one.revents != 0)
                (void)!send(one.fd, hint, sizeof hint, MSG_NOSIGNAL);
            return one.revents != 0;
        };
        waiting.erase(std::remove_if(waiting.begin(), waiting.end(), is_done), waiting.end());
    }
}

}  // namespace lars
