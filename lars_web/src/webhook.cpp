#include "webhook.h"

#include <httplib.h>

#include "backoff.h"
#include "start_thread.h"

namespace lars {

static constexpr size_t MOST_WAITING = 1000;
static constexpr std::chrono::milliseconds FIRST_PAUSE(500);
static constexpr std::chrono::milliseconds LONGEST_PAUSE(60000);
static constexpr std::chrono::seconds PATIENCE(5);

webhook::webhook(const std::string &url, log_sink log) : _log(std::move(log))
{
    const size_t host = url.find("://");
    if (host == std::string::npos)
        return;
    const size_t path = url.find('/', host + 3);
    _origin = url.substr(0, path);
    _path = path == std::string::npos ? "/" : url.substr(path);
}

webhook::~webhook()
{
    {
        std::lock_guard lock(_mutex);
        _stopping = true;
        if (_client)
            _client->stop();
    }
    _changed.notify_all();
    if (_thread.joinable())
        _thread.join();
}

status webhook::start()
{
    if (_origin.empty())
        return {};
    return start_thread(&_thread, "the thread that tells of alarms", [this] { run(); });
}

void webhook::send(const alarm_event &event)
{
    if (_origin.empty())
        return;
    const nlohmann::json body = {{"event", event.until ? "end" : "begin"},
                                 {"alarm", to_json(event)}};
    std::lock_guard lock(_mutex);
    if (_waiting.size() >= MOST_WAITING) {
        _log(log_level::warn, "webhook ", _origin, ": the oldest of ", MOST_WAITING,
             " alarms that it has not taken is dropped");
        _waiting.pop_front();
    }
    _waiting.push_back(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    _changed.notify_all();
}

void webhook::run()
{
    backoff pause(FIRST_PAUSE, LONGEST_PAUSE);
    bool in_trouble = false;
    std::unique_lock lock(_mutex);
    while (true) {
        _changed.wait(lock, [this] { return _stopping || !_waiting.empty(); });
        if (_stopping)
            return;
        const std::string body = std::move(_waiting.front());
        _waiting.pop_front();
        lock.unlock();
        std::string why;
        const bool taken = post(body, &why);
        lock.lock();
        if (taken) {
            if (in_trouble)
                _log(log_level::info, "webhook ", _origin, ": takes alarms again");
            in_trouble = false;
            pause.reset();
            continue;
        }
        if (!in_trouble && !_stopping)
            _log(log_level::warn, "webhook ", _origin, ": ", why, "; tried again");
        in_trouble = true;
        _waiting.push_front(body);
        _changed.wait_for(lock, pause.next(), [this] { return _stopping; });
    }
}

bool webhook::post(const std::string &body, std::string *why)
{
    const auto client = std::make_shared<httplib::Client>(_origin);
    client->set_connection_timeout(PATIENCE);
    client->set_read_timeout(PATIENCE);
    client->set_write_timeout(PATIENCE);
    {
        std::lock_guard lock(_mutex);
        if (_stopping)
            return false;
        _client = client;
    }
    const auto result = client->Post(_path, body, "application/json");
    {
        std::lock_guard lock(_mutex);
        _client = nullptr;
    }
    *why = !result ? httplib::to_string(result.error())
                   : "it answers with status " + std::to_string(result->status);
    return result && result->status >= 200 && result->status < 300;
}

}  // namespace lars
