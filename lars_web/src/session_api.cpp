#include "session_api.h"

#include <ctime>

namespace lars {

using nlohmann::json;

status session_api::add_to(http_server *server)
{
    using needs = http_server::needs;
    server->add("GET", "/api/v1/session", needs::nothing,
                [this](const http_request &request) { return show(request); });
    server->add("POST", "/api/v1/login", needs::nothing,
                [this](const http_request &request) { return log_in(request); });
    server->add("POST", "/api/v1/logout", needs::nothing,
                [this](const http_request &request) { return log_out(request); });
    return _passwords.prepare();
}

void session_api::warn(const std::string &line)
{
    const std::lock_guard<std::mutex> lock(_log_mutex);
    _limiter.write(_log, std::chrono::steady_clock::now(), log_level::warn, line);
}

static json view(const visitor &who, const json &csrf)
{
    return {{"user", who.name.empty() ? json() : json(who.name)},
            {"right", to_string(who.may)},
            {"csrf", csrf},
            {"version", LARS_VERSION}};
}

http_answer session_api::show(const http_request &request) const
{
    const auto found = _access->session_of(request);
    // A token's owner has no session, whatever cookie comes with it.
    const bool by_session = found && found->user == request.who.name;
    return json_answer(
        view(request.who, by_session ? json(_sessions->csrf_token(*found)) : json()));
}

static http_answer wait_first(std::chrono::seconds time, const std::string &why)
{
    http_answer answer = error_answer(429, "too_many", why);
    answer.headers.emplace_back("Retry-After", std::to_string(time.count()));
    return answer;
}

static std::string cookie(const http_request &request, const std::string &value,
                          std::chrono::seconds life)
{
    // http_server leaves its value there only if a proxy of ours has set it.
    const auto proto = request.headers.find("x-forwarded-proto");
    const bool secure = proto != request.headers.end() && proto->second == "https";
    return std::string(SESSION_COOKIE) + "=" + value +
           "; Path=/; Max-Age=" + std::to_string(life.count()) + "; HttpOnly; SameSite=Strict" +
           (secure ? "; Secure" : "");
}

http_answer session_api::begin_session(const http_request &request, const std::string &user,
                                       const user_list::entry &owner)
{
    const int64_t now = time(nullptr);
    std::string value;
    if (const status s = _sessions->begin(user, owner, now, &value); !s)
        return error_answer(500, "failed", s.message());
    user_list only;
    only.entries[user] = owner;
    const auto begun = _sessions->find(value, only, now);
    if (!begun)
        return error_answer(500, "failed", "the session cannot begin");
    http_answer answer = json_answer(view({user, owner.may}, _sessions->csrf_token(*begun)));
    answer.headers.emplace_back("Set-Cookie", cookie(request, value, _sessions->life()));
    return answer;
}

http_answer session_api::log_in(const http_request &request)
{
    const json body = json::parse(request.body, nullptr, false);
    if (!body.is_object() || !body.contains("user") || !body["user"].is_string() ||
        !body.contains("password") || !body["password"].is_string())
        return error_answer(400, "bad_request", R"(expected {"user": "...", "password": "..."})");
    const std::string given = body["user"];
    // What cannot be a name is nobody's, and does not get into logs and tables.
    const std::string user = is_user_name(given) ? given : "?";

    if (const auto time = _limit.begin(user, request.peer, std::chrono::steady_clock::now()))
        return wait_first(*time, "too many wrong passwords: try again in " +
                                     std::to_string(time->count()) + " s");
    const auto users = _users->users();
    const user_list::entry *owner = users->user(user);
    switch (_passwords.check(body["password"], owner == nullptr ? nullptr : &owner->hash)) {
    case password_check::outcome::busy:
        _limit.not_checked(user, request.peer);
        return wait_first(std::chrono::seconds(1), "too many log in right now");
    case password_check::outcome::wrong:
        warn("wrong user or password: " + user + " from " + request.peer);
        return error_answer(401, "login_failed", "wrong user or password");
    case password_check::outcome::right: break;
    }
    _limit.succeeded(user, request.peer);
    _log(log_level::info, user, " logged in from ", request.peer);
    return begin_session(request, user, *owner);
}

http_answer session_api::log_out(const http_request &request)
{
    const auto found = _access->session_of(request);
    if (!found)
        return error_answer(401, "login_needed", "there is no session to end");
    if (auto refused = _access->check_csrf(request, *found))
        return *refused;
    if (const status s = _sessions->end(*found, time(nullptr)); !s)
        warn("after a restart " + found->user + "'s session may live again: " + s.message());
    http_answer answer = json_answer(json::object());
    answer.headers.emplace_back("Set-Cookie", cookie(request, "", std::chrono::seconds(0)));
    return answer;
}

}  // namespace lars
