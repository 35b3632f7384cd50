#include "access_control.h"

#include <ctime>
#include <vector>

#include "digest.h"
#include "server_names.h"

namespace lars {

static const std::string *header(const http_request &request, const char *name)
{
    const auto at = request.headers.find(name);
    return at == request.headers.end() ? nullptr : &at->second;
}

// All values of a cookie: another server of this machine may have set one of the same name.
static std::vector<std::string> cookies(const http_request &request, const std::string &name)
{
    std::vector<std::string> values;
    const std::string *all = header(request, "cookie");
    for (size_t at = 0; all != nullptr && at < all->size();) {
        const size_t end = std::min(all->find(';', at), all->size());
        const size_t begin = all->find_first_not_of(' ', at);
        if (begin < end && all->compare(begin, name.size() + 1, name + "=") == 0)
            values.push_back(all->substr(begin + name.size() + 1, end - begin - name.size() - 1));
        at = end + 1;
    }
    return values;
}

static bool only_reads(const http_request &request)
{
    return request.method == "GET" || request.method == "HEAD";
}

std::optional<session> access_control::session_of(const http_request &request) const
{
    constexpr size_t MOST_TRIED = 4;
    std::vector<std::string> values = cookies(request, SESSION_COOKIE);
    values.resize(std::min(values.size(), MOST_TRIED));
    const auto users = _users->users();
    for (const std::string &value : values) {
        if (auto found = _sessions->find(value, *users, time(nullptr)))
            return found;
    }
    return std::nullopt;
}

// A proxy's request comes from this machine too, and is not meant: it says for whom it asks,
// or names the server as others do.
bool access_control::may_read_openly(const http_request &request) const
{
    const auto peer = parse_ip(request.peer);
    if (!_rules.open_reading || _rules.address.ip >> 24 != 127 || !peer || *peer >> 24 != 127)
        return false;
    for (const char *name : {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
                             "x-real-ip", "forwarded", "via"}) {
        if (header(request, name) != nullptr)
            return false;
    }
    const std::string *host = header(request, "host");
    return host != nullptr && is_local_name(*host);
}

std::optional<http_answer> access_control::check_csrf(const http_request &request,
                                                      const session &of) const
{
    const std::string *token = header(request, "x-csrf-token");
    if (token != nullptr && equal_secrets(*token, _sessions->csrf_token(of)))
        return std::nullopt;
    return error_answer(403, "csrf",
                        "the header X-CSRF-Token is missing or of another session: load the page "
                        "again");
}

static http_answer login_needed(const char *why)
{
    http_answer answer = error_answer(401, "login_needed", why);
    answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    return answer;
}

// Browsers say so of themselves, also where a cookie is not needed.
static bool comes_from_elsewhere(const http_request &request)
{
    const std::string *site = header(request, "sec-fetch-site");
    return site != nullptr && *site != "same-origin" && *site != "none";
}

std::optional<http_answer> access_control::admit(http_server::needs what,
                                                 http_request *request) const
{
    using needs = http_server::needs;
    if (!only_reads(*request) && comes_from_elsewhere(*request))
        return error_answer(403, "csrf", "the request comes from a page of another server");
    std::optional<session> by_session;
    const std::string *authorization = header(*request, "authorization");
    static const std::string BEARER = "Bearer ";
    if (authorization != nullptr) {
        if (authorization->compare(0, BEARER.size(), BEARER) == 0)
            request->who = _users->users()->owner_of(authorization->substr(BEARER.size()));
        if (request->who.name.empty() && what != needs::nothing)
            return login_needed("the token in the header Authorization is nobody's");
    } else if ((by_session = session_of(*request))) {
        request->who = {by_session->user, by_session->may};
    } else if (may_read_openly(*request)) {
        request->who.may = right::read;
    }
    if (what == needs::nothing)
        return std::nullopt;
    if (request->who.may < (what == needs::changing ? right::change : right::read)) {
        if (request->who.name.empty())
            return login_needed("log in first");
        return error_answer(403, "forbidden", request->who.name + " has no right to change");
    }
    if (by_session && !only_reads(*request))
        return check_csrf(*request, *by_session);
    return std::nullopt;
}

}  // namespace lars
