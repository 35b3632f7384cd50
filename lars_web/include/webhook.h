// Tells another program of each alarm, by HTTP: a POST with a JSON body, tried again with
// growing pauses until it is taken. Any thread, unless stated.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "alarm_board.h"
#include "log.h"
#include "status.h"
#include "webhook_url.h"

namespace httplib {
class Client;
}

namespace lars {

// The body: {"event": "begin" or "end", "alarm": ALARM}.
class webhook {
public:
    // An empty URL: nobody is told.
    webhook(const webhook_url &url, log_sink log);
    // Ends the thread. What waits is tried once more, for two seconds in all; the log counts
    // what was not taken by then, which is lost.
    ~webhook();

    // Once, in the owner's thread.
    status start();
    // EVENT is sent soon. Of more than a thousand that wait, the oldest is dropped, and the
    // log says so.
    void send(const alarm_event &event);

private:
    using clock = std::chrono::steady_clock;

    void run();
    void send_all(std::unique_lock<std::mutex> &lock);
    bool post(const std::string &body, std::string *why);
    bool post_by(const std::shared_ptr<httplib::Client> &client, const std::string &body,
                 std::string *why);

    const webhook_url _url;
    log_sink _log;
    mutable std::mutex _mutex;
    std::condition_variable _changed;
    bool _stopping = false;         // guarded by _mutex, as below
    clock::time_point _give_up_at;  // once it is stopping
    bool _ended = false;
    std::deque<std::string> _waiting;
    std::shared_ptr<httplib::Client> _client;  // while one is in use
    std::thread _thread;
};

}  // namespace lars
