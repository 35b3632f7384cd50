// Logging in and out: /api/v1/session, /api/v1/login and /api/v1/logout.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "access_control.h"
#include "http_server.h"
#include "log.h"
#include "login_limit.h"
#include "password_check.h"
#include "sessions.h"
#include "status.h"
#include "user_file.h"

namespace lars {

class session_api {
public:
    // The first three outlive this. AT_ONCE passwords are checked at a time, and others wait
    // for that no longer than PATIENCE.
    session_api(const access_control *access, user_file *users, sessions *kept, log_sink log,
                unsigned at_once = 2, std::chrono::milliseconds patience = std::chrono::seconds(2))
        : _access(access),
          _users(users),
          _sessions(kept),
          _log(std::move(log)),
          _passwords(at_once, patience)
    {
    }

    // Before SERVER starts. This outlives SERVER.
    status add_to(http_server *server);

private:
    http_answer show(const http_request &request) const;
    http_answer log_in(const http_request &request);
    http_answer log_out(const http_request &request);
    http_answer begin_session(const http_request &request, const std::string &user,
                              const user_list::entry &owner);
    void warn(const std::string &line);

    const access_control *_access;
    user_file *_users;
    sessions *_sessions;
    log_sink _log;
    login_limit _limit;
    password_check _passwords;
    std::mutex _log_mutex;
    log_limiter _limiter;  // guarded by _log_mutex
};

}  // namespace lars
