#include "web_options.h"

#include <gtest/gtest.h>

#include "temp_dir.h"

namespace lars {
namespace {

status read_with_webhook(const std::string &url, webhook_url *out)
{
    const test::temp_dir folder;
    folder.write(
        "conf", "[web]\nusers = users\n[mysql]\ndb_user = lars\n[alarms]\nwebhook = " + url + "\n");
    web_options options;
    const status s = read_web_options(folder.file("conf"), &options);
    *out = options.alarms.webhook;
    return s;
}

TEST(WebOptions, AWebhookIsAServerAndAPath)
{
    const std::vector<std::vector<std::string>> urls = {
        {"http://127.0.0.1:9000/lars", "http://127.0.0.1:9000", "/lars"},
        {"http://hooks.example.net", "http://hooks.example.net:80", "/"},
        {"https://hooks.example.net/a/b?key=x@y:z", "https://hooks.example.net:443",
         "/a/b?key=x@y:z"},
        {"http://hooks:65535?key", "http://hooks:65535", "/?key"},
        {"", "", ""},
    };
    for (const auto &one : urls) {
        webhook_url url;
        const status s = read_with_webhook(one[0], &url);
        EXPECT_TRUE(s) << one[0] << ": " << s.message();
        EXPECT_EQ(url.origin, one[1]) << one[0];
        EXPECT_EQ(url.path, one[2]) << one[0];
    }
}

// Nothing is sent to them, ever: that is said before an alarm begins.
TEST(WebOptions, AWebhookThatCannotBeIsRefusedWithoutItsSecrets)
{
    for (const char *text : {"http://",
                             "http:///path",
                             "https://:80/",
                             "http://user:secret@host/",
                             "http://secret@host:80",
                             "http://h:99999/",
                             "http://h:65536",
                             "http://h:0/",
                             "http://h:99999999999/",
                             "http://h:/",
                             "http://h:8x/",
                             "http://h:80:80/",
                             "http://a,b:80/",
                             "http://[::1]:80/",
                             "http://10.1/",
                             "ftp://h/secret",
                             "h:80/secret",
                             "http:/h/",
                             "http://h/a b",
                             "http://h/a#secret",
                             "http://h/\xc3\xa4"}) {
        webhook_url url;
        const status s = read_with_webhook(text, &url);
        EXPECT_FALSE(s) << text;
        EXPECT_NE(s.message().find("[alarms] webhook"), std::string::npos) << s.message();
        EXPECT_EQ(s.message().find("secret"), std::string::npos) << s.message();
    }
}

}  // namespace
}  // namespace lars
