#include "webhook.h"

#include <httplib.h>

#include <exception>

#include "backoff.h"
#include "start_thread.h"

namespace lars {

static constexpr size_t MOST_WAITING = 1000;
static constexpr std::chrono::milliseconds FIRST_PAUSE(500);
static constexpr std::chrono::milliseconds LONGEST_PAUSE(60000);
static constexpr std::chrono::seconds PATIENCE(5);
static constexpr std::chrono::seconds PATIENCE_AT_THE_END(2);

webhook::webhook(const webhook_url &url, log_sink log) : _url(url), _log(std::move(log)) {}

webhook::~webhook()
{
    {
        std::unique_lock lock(_mutex);
        _stopping = true;
        _give_up_at = clock::now() + PATIENCE_AT_THE_END;
        _changed.notify_all();
        if (_thread.joinable())
            _changed.wait_until(lock, _give_up_at, [this] { return _ended; });
        if (_client)
            _client->stop();
    }
    if (_thread.joinable())
        _thread.join();
}

status webhook::start()
{
    if (_url.origin.empty())
        return {};
    return start_thread(&_thread, "the thread that tells of alarms", [this] { run(); });
}

void webhook::send(const alarm_event &event)
{
    if (_url.origin.empty())
        return;
    const nlohmann::json body = {{"event", event.until ? "end" : "begin"},
                                 {"alarm", to_json(event)}};
    std::lock_guard lock(_mutex);
    if (_waiting.size() >= MOST_WAITING) {
        _log(log_level::warn, "webhook ", _url.origin, ": the oldest of ", MOST_WAITING,
             " alarms that it has not taken is dropped");
        _waiting.pop_front();
    }
    _waiting.push_back(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    _changed.notify_all();
}

void webhook::run()
{
    std::unique_lock lock(_mutex);
    send_all(lock);
    if (!_waiting.empty())
        _log(log_level::warn, "webhook ", _url.origin, ": ", _waiting.size(),
             " events that it has not taken are lost, as this program ends");
    _ended = true;
    _changed.notify_all();
}

// Until it is stopping and what waited has been tried.
void webhook::send_all(std::unique_lock<std::mutex> &lock)
{
    backoff pause(FIRST_PAUSE, LONGEST_PAUSE);
    bool in_trouble = false;
    while (true) {
        _changed.wait(lock, [this] { return _stopping || !_waiting.empty(); });
        if (_waiting.empty() || (_stopping && clock::now() >= _give_up_at))
            return;
        const std::string body = std::move(_waiting.front());
        _waiting.pop_front();
        const bool is_last_try = _stopping;
        lock.unlock();
        std::string why;
        const bool taken = post(body, &why);
        lock.lock();
        if (taken) {
            if (in_trouble)
                _log(log_level::info, "webhook ", _url.origin, ": takes alarms again");
            in_trouble = false;
            pause.reset();
            continue;
        }
        _waiting.push_front(body);
        if (is_last_try)
            return;
        if (!in_trouble)
            _log(log_level::warn, "webhook ", _url.origin, ": ", why, "; tried again");
        in_trouble = true;
        _changed.wait_for(lock, pause.next(), [this] { return _stopping; });
    }
}

// Nothing that is thrown here may leave the thread: the whole program would end.
bool webhook::post(const std::string &body, std::string *why)
{
    try {
        return post_by(std::make_shared<httplib::Client>(_url.origin), body, why);
    } catch (const std::exception &thrown) {
        *why = thrown.what();
    }
    const std::lock_guard lock(_mutex);
    _client = nullptr;
    return false;
}

bool webhook::post_by(const std::shared_ptr<httplib::Client> &client, const std::string &body,
                      std::string *why)
{
    {
        std::lock_guard lock(_mutex);
        const auto patience = _stopping ? PATIENCE_AT_THE_END : PATIENCE;
        client->set_connection_timeout(patience);
        client->set_read_timeout(patience);
        client->set_write_timeout(patience);
        _client = client;
    }
    const auto result = client->Post(_url.path, body, "application/json");
    {
        std::lock_guard lock(_mutex);
        _client = nullptr;
    }
    *why = !result ? httplib::to_string(result.error())
                   : "it answers with status " + std::to_string(result->status);
    return result && result->status >= 200 && result->status < 300;
}

}  // namespace lars
