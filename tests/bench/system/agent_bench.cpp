// get_host and report at the agent against three bare UDP threads.
#include <cstdio>

#include "database.h"
#include "messages.h"
#include "parts.h"
#include "paths.h"
#include "running_service.h"
#include "udp_load.h"
#include "wait_until.h"

namespace lars::bench {
namespace {

using namespace lars::test;

// A module of four hosts for each of the agent's three threads.
struct module {
    int modid = 1, cmdid;
    std::string host(int i) const
    {
        return "192.168." + std::to_string(cmdid) + "." + std::to_string(200 + i) + ":8000";
    }
};
constexpr int HOSTS = 4;
constexpr int SEQ = 7;

void add_routes(database &routes, const module &one)
{
    for (int i = 0; i < HOSTS; ++i) {
        routes.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (" +
                    std::to_string(one.modid) + ", " + std::to_string(one.cmdid) + ", " +
                    std::to_string(host(one.host(i)).ip) + ", 8000)");
    }
}

// Waits until the agent answers with a host, and takes that as the answer to expect.
bool prepare(udp_target *target, const module &one)
{
    target->request = encode_frame(ID_GetHostRequest, host_request(SEQ, one.modid, one.cmdid));
    target->report = encode_frame(ID_ReportRequest, report(one.modid, one.cmdid, one.host(0), 0));
    wire_peer peer;
    GetHostResponse body;
    std::optional<wire_frame> frame;
    const bool served =
        peer.connect_udp(target->port) && wait_until([&] {
            peer.send_bytes(target->request);
            frame = peer.receive_frame();
            return frame && body.ParseFromString(frame->body) && body.retcode() == 0;
        });
    if (!served)
        return std::fprintf(stderr, "the agent has no host for %d, %d\n", one.modid, one.cmdid),
               false;
    target->response_size = encode_frame(frame->msgid, frame->body).size();
    target->response = encode_frame(frame->msgid, frame->body);
    body.clear_host();
    target->response.resize(8 + body.ByteSizeLong());
    return true;
}

}  // namespace

bool bench_agent(const bench_settings &settings)
{
    database routes;
    // (modid + cmdid) mod 3 is 0, 1, 2.
    const module modules[3] = {{1, 2}, {1, 3}, {1, 4}};
    for (const module &one : modules)
        add_routes(routes, one);
    dns_service dns(routes.options());
    reporter_service reporter(routes.options());
    if (!dns.start() || !reporter.start())
        return false;
    agent_service agent(dns.port(), reporter.port());
    agent.unset("loadbalance", "report_interval");
    if (!agent.start() || agent.addresses().size() != 3)
        return false;

    udp_load_options ours, floor;
    process bare;
    std::vector<std::string> arguments = {"bare-udp"};
    for (size_t i = 0; i < 3; ++i) {
        ours.targets[i].port = agent.addresses()[i].port;
        if (!prepare(&ours.targets[i], modules[i]))
            return false;
        std::string answer = ours.targets[i].response;
        answer.resize(ours.targets[i].response_size, 'x');
        arguments.push_back(to_hex(answer));
    }
    process_options options;
    options.ready_fd = true;
    if (!bare.start(bin_path("bench_server"), arguments, options))
        return false;
    const auto addresses = bare.wait_ready();
    if (addresses.size() != 3)
        return std::fprintf(stderr, "%s\n", bare.output().c_str()), false;
    ours.seconds = settings.seconds;
    floor = ours;
    ours.server = agent.process().pid();
    floor.server = bare.pid();
    for (size_t i = 0; i < 3; ++i)
        floor.targets[i].port = addresses[i].port;
    for (const int in_flight : {1, 16}) {
        ours.in_flight = floor.in_flight = in_flight;
        if (!compare(
                "agent get_host + report, 3 x " + std::to_string(in_flight), settings,
                [&] { return run_udp_load(ours); }, [&] { return run_udp_load(floor); }))
            return false;
    }
    return true;
}

}  // namespace lars::bench
