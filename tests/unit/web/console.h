// A console without its data: the server, access and sessions, with users of a test's own.
#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "access_control.h"
#include "digest.h"
#include "http_client.h"
#include "logged_lines.h"
#include "pages.h"
#include "password_hash.h"
#include "paths.h"
#include "served_http.h"
#include "session_api.h"
#include "temp_dir.h"
#include "whole_file.h"

namespace lars::test {

// Hashed once: that takes a while.
inline const std::string &hash_of(const std::string &password)
{
    static std::map<std::string, std::string> hashes;
    std::string &hash = hashes[password];
    if (hash.empty()) {
        const status s = hash_password(password, &hash);
        EXPECT_TRUE(s.ok()) << s.message();
    }
    return hash;
}

inline user_list::entry user_entry(right may, const std::string &password)
{
    return {may, hash_of(password), false};
}
inline user_list::entry token_entry(right may, const std::string &token)
{
    return {may, sha256_hex(token), true};
}

struct console {
    struct options {
        bool open_reading = false;
        endpoint address{LOOPBACK, 0};
        http_server_options server;
        std::chrono::seconds session_time{3600};
        unsigned passwords_at_once = 2;
        std::chrono::milliseconds password_patience{2000};
    };

    // Until start(), HOW can be changed.
    console()
    {
        set("ann", user_entry(right::change, "ann's password"));
        set("bob", user_entry(right::read, "bob's password"));
        set("deploy", token_entry(right::change, "token of deploy"));
        set("watch", token_entry(right::read, "token of watch"));
    }
    ~console() { stop(); }

    // Changes the file of users as lars_web --add-user does.
    void set(const std::string &name, const std::optional<user_list::entry> &entry)
    {
        const status s =
            replace_file(users_path(), with_entry(read_text(users_path()), name, entry));
        ASSERT_TRUE(s.ok()) << s.message();
    }
    std::string users_path() const { return folder.file("users"); }
    std::string key_path() const { return folder.file("key"); }

    void start()
    {
        users.emplace(users_path(), log.sink());
        kept.emplace(how.session_time);
        access.emplace(access_control::rules{how.open_reading, how.address}, &*users, &*kept);
        api.emplace(&*access, &*users, &*kept, log.sink(), how.passwords_at_once,
                    how.password_patience);
        server.emplace(
            how.server,
            [this](http_server::needs what, http_request *request) {
                return access->admit(what, request);
            },
            log.sink());
        using needs = http_server::needs;
        const auto show = [](const http_request &request) {
            return json_answer({{"who", request.who.name}, {"may", to_string(request.who.may)}});
        };
        server->add("GET", "/nothing", needs::nothing, show);
        server->add("GET", "/read", needs::reading, show);
        server->add("POST", "/read", needs::reading, show);
        server->add("POST", "/change", needs::changing, show);
        server->add("GET", "/change", needs::changing, show);
        add_pages(&*server);
        const status read = users->read();
        ASSERT_TRUE(read.ok()) << read.message();
        const status opened = kept->open(key_path());
        ASSERT_TRUE(opened.ok()) << opened.message();
        const status added = api->add_to(&*server);
        ASSERT_TRUE(added.ok()) << added.message();
        const status started = server->start(how.address);
        ASSERT_TRUE(started.ok()) << started.message();
    }
    void stop()
    {
        server.reset();
        api.reset();
        access.reset();
        kept.reset();
        users.reset();
    }
    uint16_t port() const { return server->address().port; }

    http_reply log_in(const std::string &user, const std::string &password,
                      const header_list &headers = {}) const
    {
        const nlohmann::json body = {{"user", user}, {"password", password}};
        return ask(port(), "POST", "/api/v1/login", headers, body.dump());
    }
    int get(const std::string &path, const header_list &headers = {}) const
    {
        return ask(port(), "GET", path, headers).status;
    }
    int post(const std::string &path, const header_list &headers = {}) const
    {
        return ask(port(), "POST", path, headers, "{}").status;
    }

    options how;
    temp_dir folder;
    logged_lines log;
    std::optional<user_file> users;
    std::optional<sessions> kept;
    std::optional<access_control> access;
    std::optional<session_api> api;
    std::optional<http_server> server;
};

// The cookie's value in a reply that sets one.
inline std::string cookie_value(const http_reply &reply)
{
    const std::string set = reply.header("set-cookie");
    const size_t begin = set.find('=') + 1;
    return set.substr(begin, set.find(';') - begin);
}
inline header_list with_cookie(const std::string &value, const std::string &csrf = "")
{
    header_list headers = {{"Cookie", std::string(SESSION_COOKIE) + "=" + value}};
    if (!csrf.empty())
        headers["X-CSRF-Token"] = csrf;
    return headers;
}
inline header_list with_token(const std::string &token)
{
    return {{"Authorization", "Bearer " + token}};
}

}  // namespace lars::test
