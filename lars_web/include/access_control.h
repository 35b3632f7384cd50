// Decides who a request is from, and whether it may do what it wants. Any thread.
#pragma once

#include <optional>
#include <string>

#include "endpoint.h"
#include "http_message.h"
#include "http_server.h"
#include "sessions.h"
#include "user_file.h"

namespace lars {

class access_control {
public:
    struct rules {
        // Whoever is on this machine may read without logging in. It has no effect unless the
        // server listens at 127.x.y.z.
        bool open_reading = false;
        endpoint address;  // where the server is to listen
    };

    // USERS and KEPT outlive this.
    access_control(const rules &how, user_file *users, const sessions *kept)
        : _rules(how), _users(users), _sessions(kept)
    {
    }

    // For http_server: sets REQUEST->who. Returns nothing if the request may do WHAT, or the
    // answer that it may not: 401, or 403.
    std::optional<http_answer> admit(http_server::needs what, http_request *request) const;
    // The session that the request's cookie is of.
    std::optional<session> session_of(const http_request &request) const;
    // The answer to a request that has no CSRF token, or another session's.
    std::optional<http_answer> check_csrf(const http_request &request, const session &of) const;

private:
    bool may_read_openly(const http_request &request) const;

    rules _rules;
    user_file *_users;
    const sessions *_sessions;
};

// The name of the cookie.
inline constexpr const char *SESSION_COOKIE = "lars_session";

}  // namespace lars
