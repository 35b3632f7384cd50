// A dns_client in a loop of its own, and the routes and log lines it gave out.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dns_client.h"
#include "loop_thread.h"
#include "messages.h"
#include "wait_until.h"

namespace lars::test {

class running_dns_client {
public:
    explicit running_dns_client(const std::vector<uint16_t> &ports, const std::string &cache = "")
        : _thread([this](log_level, const std::string &message) { note(&_lines, message); })
    {
        std::vector<server_address> servers;
        for (uint16_t port : ports)
            servers.emplace_back(0x7f000001, port);
        _client = std::make_unique<dns_client>(_thread.loop(), servers, cache,
                                               [this](module_route update) {
                                                   std::string text = update.module.to_string();
                                                   for (const route_host &host : update.hosts)
                                                       text += " " + host.address.to_string();
                                                   note(&_routes, text);
                                               });
    }
    ~running_dns_client() { stop(); }

    bool start() { return _client->start() && _thread.start(); }
    void stop()
    {
        _thread.stop();
        if (_client)
            _client->stop();
        _client.reset();
    }

    dns_client &operator*() { return *_client; }
    dns_client *operator->() { return _client.get(); }

    std::vector<std::string> routes() { return copy(_routes); }
    // Waits until so many routes were given out, and returns the last.
    std::string route(size_t number)
    {
        wait_until([&] { return routes().size() >= number; });
        const auto all = routes();
        return all.size() == number ? all.back()
                                    : std::to_string(all.size()) + " routes were given out";
    }
    std::string log()
    {
        std::string all;
        for (const std::string &line : copy(_lines))
            all += line + "\n";
        return all;
    }

private:
    void note(std::vector<std::string> *list, const std::string &text)
    {
        std::lock_guard<std::mutex> lock(_mutex);
        list->push_back(text);
    }
    std::vector<std::string> copy(const std::vector<std::string> &list)
    {
        std::lock_guard<std::mutex> lock(_mutex);
        return list;
    }

    std::mutex _mutex;
    std::vector<std::string> _routes;
    std::vector<std::string> _lines;
    loop_thread _thread;
    std::unique_ptr<dns_client> _client;
};

// "1,2" of the GetRouteRequest that comes next; "" where none does.
inline std::string next_question(wire_peer &peer,
                                 wire_peer::milliseconds within = wire_peer::milliseconds(5000))
{
    const auto frame = peer.receive_frame(within);
    GetRouteRequest body;
    if (!frame || frame->msgid != ID_GetRouteRequest || !body.ParseFromString(frame->body))
        return "";
    return std::to_string(body.modid()) + "," + std::to_string(body.cmdid());
}

}  // namespace lars::test
