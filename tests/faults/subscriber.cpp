#include "subscriber.h"

#include "messages.h"
#include "wire_peer.h"

namespace lars::faults {

static constexpr milliseconds STEP{50};

subscriber::subscriber(checker &judge, std::string ip, uint16_t port)
    : _judge(judge), _ip(std::move(ip)), _port(port), _thread([this] { run(); })
{
}

subscriber::~subscriber()
{
    _ending = true;
    _thread.join();
}

void subscriber::run()
{
    while (!_ending) {
        watch();
        std::this_thread::sleep_for(STEP);
    }
}

// One connection.
void subscriber::watch()
{
    test::wire_peer peer;
    if (!peer.connect_tcp(_port, _ip, milliseconds(500)))
        return;
    for (int modid = 1; modid <= MODULES; ++modid) {
        if (!peer.send_frame(ID_GetRouteRequest, test::route_request(modid, 1), STEP))
            return;
    }
    std::array<uint64_t, MODULES + 1> versions{};
    while (!_ending && !peer.at_eof()) {
        const auto frame = peer.receive_frame(STEP);
        if (!frame)
            continue;
        GetRouteResponse route;
        if (frame->msgid != ID_GetRouteResponse || !route.ParseFromString(frame->body) ||
            route.modid() < 1 || route.modid() > MODULES) {
            _judge.wrong("the dns sent something else than a route");
            continue;
        }
        std::vector<std::pair<uint32_t, int>> hosts;
        for (const HostInfo &host : route.host())
            hosts.emplace_back(static_cast<uint32_t>(host.ip()), host.port());
        uint64_t &version = versions[static_cast<size_t>(route.modid())];
        _judge.pushed(route.modid(), hosts, route.version() < version);
        version = std::max(version, route.version());
    }
}

}  // namespace lars::faults
