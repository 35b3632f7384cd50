#include "webhook.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "logged_lines.h"
#include "wait_until.h"
#include "webhook_receiver.h"

namespace lars {
namespace {

using namespace test;

class Webhook : public testing::Test {
protected:
    void begin(const std::string &origin)
    {
        hook.emplace(webhook_url{origin, "/hook"}, log.sink());
        const status s = hook->start();
        ASSERT_TRUE(s) << s.message();
    }
    void send(const std::string &subject)
    {
        alarm_event event;
        event.id = ++_id;
        event.what.rule = "a";
        event.what.subject = subject;
        hook->send(event);
    }

    webhook_receiver receiver;
    logged_lines log;
    std::optional<webhook> hook;

private:
    uint64_t _id = 0;
};

// std::stoi throws in the library, in a thread of ours.
TEST_F(Webhook, WhatTheLibraryThrowsIsATroubleLikeOthers)
{
    begin("http://127.0.0.1:99999999999");
    send("x");
    EXPECT_TRUE(wait_until([this] { return log.has("; tried again"); })) << log.text();
}

TEST_F(Webhook, WhatWaitsAtTheEndIsTriedOnceMore)
{
    receiver.be(webhook_receiver::mood::refusing);
    begin(receiver.origin());
    send("x");
    ASSERT_TRUE(wait_until([this] { return receiver.asked() >= 2; }));
    send("y");
    receiver.be(webhook_receiver::mood::taking);
    hook.reset();
    EXPECT_EQ(receiver.events(), "begin a x\nbegin a y\n");
    EXPECT_FALSE(log.has("lost")) << log.text();
}

TEST_F(Webhook, WhatIsNotTakenAtTheEndIsCounted)
{
    receiver.be(webhook_receiver::mood::refusing);
    begin(receiver.origin());
    for (const char *subject : {"x", "y", "z"})
        send(subject);
    ASSERT_TRUE(wait_until([this] { return receiver.asked() >= 1; }));
    hook.reset();
    EXPECT_TRUE(log.has(": 3 events that it has not taken are lost")) << log.text();
}

TEST_F(Webhook, AReceiverThatDoesNotAnswerIsNotWaitedForAtTheEnd)
{
    receiver.be(webhook_receiver::mood::silent);
    begin(receiver.origin());
    send("x");
    ASSERT_TRUE(wait_until([this] { return receiver.asked() >= 1; }));
    const auto began = std::chrono::steady_clock::now();
    hook.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4));
    EXPECT_TRUE(log.has(": 1 events that it has not taken are lost")) << log.text();
}

}  // namespace
}  // namespace lars
