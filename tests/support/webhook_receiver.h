// A program that takes what a webhook sends, on a port of its own. Any thread.
#pragma once

#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "wait_until.h"

namespace lars::test {

class webhook_receiver {
public:
    enum class mood { taking, refusing, silent };

    webhook_receiver()
    {
        _server.Post("/hook", [this](const httplib::Request &request, httplib::Response &response) {
            std::unique_lock lock(_mutex);
            ++_asked;
            _changed.wait(lock, [this] { return _mood != mood::silent; });
            response.status = _mood == mood::refusing ? 500 : 200;
            if (_mood == mood::taking)
                _bodies.push_back(nlohmann::json::parse(request.body, nullptr, false));
        });
        _port = _server.bind_to_any_port("127.0.0.1");
        _thread = std::thread([this] { _server.listen_after_bind(); });
        // A stop before that would be none.
        wait_until([this] { return _server.is_running(); });
    }
    ~webhook_receiver()
    {
        be(mood::refusing);
        _server.stop();
        _thread.join();
    }

    std::string origin() const { return "http://127.0.0.1:" + std::to_string(_port); }
    std::string url() const { return origin() + "/hook"; }
    void be(mood how)
    {
        std::lock_guard lock(_mutex);
        _mood = how;
        _changed.notify_all();
    }
    int asked()
    {
        std::lock_guard lock(_mutex);
        return _asked;
    }
    // "begin failures (1,2)", a line each.
    std::string events()
    {
        std::lock_guard lock(_mutex);
        std::string text;
        for (const nlohmann::json &body : _bodies)
            text += body["event"].get<std::string>() + " " +
                    body["alarm"]["rule"].get<std::string>() + " " +
                    body["alarm"]["subject"].get<std::string>() + "\n";
        return text;
    }
    // "1 1 2 ": of which alarm each event was.
    std::string ids()
    {
        std::lock_guard lock(_mutex);
        std::string text;
        for (const nlohmann::json &body : _bodies)
            text += body["alarm"]["id"].dump() + " ";
        return text;
    }

private:
    httplib::Server _server;
    int _port = 0;
    std::thread _thread;
    std::mutex _mutex;
    std::condition_variable _changed;
    mood _mood = mood::taking;  // guarded by _mutex, as below
    int _asked = 0;
    std::vector<nlohmann::json> _bodies;
};

}  // namespace lars::test
