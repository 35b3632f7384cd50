// lars_web as a process, with a real database, asked as scripts and pages ask it.
#pragma once

#include <gtest/gtest.h>
#include <httplib.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "paths.h"
#include "running_service.h"
#include "wait_until.h"

namespace lars::test {

using nlohmann::json;

struct json_reply {
    int status = 0;  // 0: there was no answer
    json body;
    httplib::Headers headers;

    std::string error() const
    {
        return body.is_object() && body.contains("error") ? body["error"].value("code", "") : "";
    }
};

class web_service : public running_service {
public:
    explicit web_service(const db_options &options) : running_service("lars_web")
    {
        use_database(options);
        set("web", "ip", "127.0.0.1");
        set("web", "port", "0");
        set("web", "open_reading", "yes");
        set("web", "users", folder().file("users"));
        set("web", "session_key", folder().file("key"));
        set("web", "alarms_file", folder().file("alarms"));
    }

    // Makes a token with that right; requests have it from then on.
    void use_token(const std::string &right)
    {
        const run_result made = run(bin_path("lars_web"), {"-c", write_config(), "--add-token",
                                                           "test-" + right, "--right", right});
        EXPECT_EQ(made.exit_status, 0) << made.output;
        _token = made.output.substr(0, made.output.find('\n'));
    }

    json_reply get(const std::string &path) { return reply(client().Get(path, headers())); }
    json_reply post(const std::string &path, const std::string &body)
    {
        return reply(client().Post(path, headers(), body, "application/json"));
    }
    json_reply post(const std::string &path, const json &body) { return post(path, body.dump()); }
    json_reply put(const std::string &path, const json &body)
    {
        return reply(client().Put(path, headers(), body.dump(), "application/json"));
    }

    httplib::Client client() const
    {
        httplib::Client made("127.0.0.1", port());
        made.set_read_timeout(20);
        return made;
    }

private:
    httplib::Headers headers() const
    {
        return _token.empty() ? httplib::Headers()
                              : httplib::Headers{{"Authorization", "Bearer " + _token}};
    }
    static json_reply reply(const httplib::Result &result)
    {
        if (!result)
            return {};
        return {result->status, json::parse(result->body, nullptr, false), result->headers};
    }

    std::string _token;
};

class WebTest : public testing::Test {
protected:
    WebTest() : web(db.options()) { db.load(source_path("base/sql/sample.sql")); }

    // A row of ServerCallStatus that is SECONDS old.
    void report(const std::string &module, const std::string &host, const std::string &caller,
                int successes, int failures, bool overloaded, int seconds = 0)
    {
        const size_t comma = module.find(','), colon = host.find(':');
        db.exec("REPLACE INTO ServerCallStatus VALUES (" + module.substr(0, comma) + ", " +
                module.substr(comma + 1) + ", INET_ATON('" + host.substr(0, colon) + "'), " +
                host.substr(colon + 1) + ", INET_ATON('" + caller + "'), " +
                std::to_string(successes) + ", " + std::to_string(failures) +
                ", UNIX_TIMESTAMP() - " + std::to_string(seconds) + ", '" +
                (overloaded ? "1" : "0") + "')");
    }

    // "1,2 3,4": the modules of a list.
    static std::string modules_in(const json_reply &reply)
    {
        std::string text;
        for (const json &one : reply.body.value("modules", json::array()))
            text +=
                (text.empty() ? "" : " ") + one["module"][0].dump() + "," + one["module"][1].dump();
        return text;
    }

    database db;
    web_service web;
};

}  // namespace lars::test
