// The messages of lars_explain and the plain structs that they become.
#include "explanation.h"

#include <gtest/gtest.h>

#include "message.h"
#include "messages.h"

namespace lars {
namespace {

using test::from_hex;
using test::to_hex;

bool decodes(const std::string &body, explain_request *out)
{
    return decode_explain_request(body.data(), body.size(), out);
}

explained_host some_host(uint32_t number)
{
    explained_host host;
    host.host = {{0xffffff00 + number, 65535}, UINT32_MAX};
    host.overloaded = true;
    host.state_ms = UINT64_MAX;
    host.reason = "it fails more than the others";
    host.share = 0.25;
    host.next_probe_ms = UINT64_MAX;
    host.figures = {{"evidence", "8 of 8"}, {"recent calls", "123"}};
    host.changes.assign(10, {UINT64_MAX, true, "it fails more than the others"});
    return host;
}

TEST(Explanation, ARequestIsRead)
{
    explain_request request;
    ASSERT_TRUE(decodes(from_hex("08011002180720 80 01"), &request));
    EXPECT_EQ(request.module, (module_id{1, 2}));
    EXPECT_EQ(request.seq, 7u);
    EXPECT_EQ(request.first, 128u);
    ASSERT_TRUE(decodes("", &request));
    EXPECT_EQ(request.module, module_id());
    EXPECT_EQ(request.seq + request.first, 0u);
    // A later asker's field, 100, is passed over.
    ASSERT_TRUE(decodes(from_hex("0801a00607"), &request));
    EXPECT_EQ(request.module, (module_id{1, 0}));
    for (const char *garbage : {"\x08", "\xff\xff", "\x22\x05"})
        EXPECT_FALSE(decodes(garbage, &request));
}

TEST(Explanation, AnUnknownModuleIsToldByTheSeqAndTheIdsAlone)
{
    const explanation_writer answer({{1, 2}, 7, 5}, 0, {});
    EXPECT_EQ(to_hex(answer.body()), "080710011802");
}

TEST(Explanation, EverythingThatIsSaidOfAHostArrives)
{
    explained_module module;
    module.known = true;
    module.policy = "adaptive";
    module.origin = ROUTE_FROM_CACHE;
    module.route_ms = 11;
    module.asking = true;
    module.hosts = 2;
    module.next = {{test::host("255.255.255.1:65535"), true}, {{}, false}};
    explanation_writer writer({{-1, INT32_MIN}, 7, 0}, 22, module);
    explained_host plain;
    plain.host = {test::host("10.0.0.1:80"), 1};
    ASSERT_TRUE(writer.add(some_host(1)) && writer.add(plain));

    ExplainResponse body;
    ASSERT_TRUE(body.ParseFromString(writer.body()));
    EXPECT_EQ(body.modid(), -1);
    EXPECT_EQ(body.cmdid(), INT32_MIN);
    EXPECT_EQ(body.seq(), 7u);
    EXPECT_TRUE(body.known());
    EXPECT_EQ(body.running_ms(), 22u);
    EXPECT_EQ(body.policy(), "adaptive");
    EXPECT_EQ(body.origin(), ROUTE_FROM_CACHE);
    EXPECT_EQ(body.route_ms(), 11u);
    EXPECT_TRUE(body.asking());
    EXPECT_EQ(body.hosts_in_all(), 2u);
    ASSERT_EQ(body.next_size(), 2);
    EXPECT_EQ(body.next(0).ip(), -255);
    EXPECT_TRUE(body.next(0).probe());
    EXPECT_EQ(body.next(1).port(), 0);

    ASSERT_EQ(body.hosts_size(), 2);
    const ExplainedHost &host = body.hosts(0);
    EXPECT_EQ(host.ip(), -255);
    EXPECT_EQ(host.port(), 65535);
    EXPECT_EQ(host.weight(), UINT32_MAX);
    EXPECT_TRUE(host.overloaded());
    EXPECT_EQ(host.state_ms(), UINT64_MAX);
    EXPECT_EQ(host.reason(), "it fails more than the others");
    EXPECT_EQ(host.share(), 0.25);
    EXPECT_EQ(host.next_probe().in_ms(), UINT64_MAX);
    ASSERT_EQ(host.figures_size(), 2);
    EXPECT_EQ(host.figures(1).name() + "=" + host.figures(1).value(), "recent calls=123");
    ASSERT_EQ(host.changes_size(), 10);
    EXPECT_EQ(host.changes(9).age_ms(), UINT64_MAX);
    EXPECT_TRUE(host.changes(9).overloaded());
    EXPECT_EQ(host.changes(9).reason(), "it fails more than the others");
    EXPECT_FALSE(body.hosts(1).has_next_probe());
}

TEST(Explanation, AnAnswerIsFilledToADatagramAndNoFurther)
{
    explained_module module;
    module.known = true;
    module.hosts = 5000;
    module.next.assign(10, {test::host("255.255.255.255:65535"), true});
    explanation_writer writer({{-1, -1}, UINT32_MAX, 0}, UINT64_MAX, module);
    int fitted = 0;
    while (fitted < 5000 && writer.add(some_host(1)))
        ++fitted;
    ASSERT_LT(fitted, 5000);
    const std::string body = writer.body();
    EXPECT_LE(body.size(), DATAGRAM_LENGTH_LIMIT);
    ExplainResponse parsed;
    ASSERT_TRUE(parsed.ParseFromString(body));
    EXPECT_EQ(parsed.hosts_size(), fitted);
    *parsed.add_hosts() = parsed.hosts(0);
    EXPECT_GT(parsed.ByteSizeLong(), DATAGRAM_LENGTH_LIMIT) << "one more would have fitted";
    EXPECT_FALSE(writer.add(some_host(1)));
    EXPECT_EQ(writer.body(), body) << "what does not fit leaves no trace";
}

}  // namespace
}  // namespace lars
