// Tells another program of each alarm, by HTTP: a POST with a JSON body, tried again with
// growing pauses until it is taken. Any thread, unless stated.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "alarm_board.h"
#include "log.h"
#include "status.h"

namespace httplib {
class Client;
}

namespace lars {

// The body: {"event": "begin" or "end", "alarm": ALARM}.
class webhook {
public:
    // URL is "http://host:port/path"; empty: nobody is told.
    webhook(const std::string &url, log_sink log);
    // Ends the thread. What was not taken by then is lost.
    ~webhook();

    // Once, in the owner's thread.
    status start();
    // EVENT is sent soon. Of more than a thousand that wait, the oldest is dropped, and the
    // log says so.
    void send(const alarm_event &event);

private:
    void run();
    bool post(const std::string &body, std::string *why);

    std::string _origin;  // "http://host:port"; empty: nobody is told
    std::string _path;
    log_sink _log;
    mutable std::mutex _mutex;
    std::condition_variable _changed;
    bool _stopping = false;  // guarded by _mutex, as below
    std::deque<std::string> _waiting;
    std::shared_ptr<httplib::Client> _client;  // while one is in use
    std::thread _thread;
};

}  // namespace lars
