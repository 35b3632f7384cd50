// Routes as bytes, against protobuf's own.
#include "encoded_route.h"

#include <gtest/gtest.h>

#include <random>

#include "message.h"
#include "messages.h"
#include "wire.h"

namespace lars {
namespace {

using test::to_hex;

// As protobuf writes it.
std::string by_protobuf(const module_route &route)
{
    GetRouteResponse body;
    body.set_modid(route.module.modid);
    body.set_cmdid(route.module.cmdid);
    for (const route_host &host : route.hosts) {
        HostInfo *info = body.add_host();
        info->set_ip(static_cast<int32_t>(host.address.ip));
        info->set_port(host.address.port);
        info->set_weight(host.weight == 100 ? 0 : host.weight);
    }
    return body.SerializeAsString();
}

TEST(EncodedRoute, IsWhatProtobufWrites)
{
    std::mt19937 random(5);
    // Numbers of every length.
    const auto number = [&random] { return static_cast<uint32_t>(random() >> random() % 32); };
    for (int round = 0; round < 5000; ++round) {
        module_route route{{static_cast<int32_t>(number()), static_cast<int32_t>(number())}, {}};
        for (unsigned i = random() % 5; i > 0; --i) {
            const uint32_t weight = random() % 2 == 0 ? 100 : number() | 1;
            route.hosts.push_back({{number() | 1, static_cast<uint16_t>(number() | 1)}, weight});
        }
        const std::string body = encode_route(route);
        ASSERT_EQ(to_hex(body), to_hex(by_protobuf(route)));
        const encoded_route read(body);
        ASSERT_EQ(read.hosts(), route.hosts);
        ASSERT_EQ(read.host_count(), route.hosts.size());
        ASSERT_EQ(read.answer(), body);
        for (size_t i = 0; i < route.hosts.size(); ++i) {
            const size_t place = read.place_of(route.hosts[i]);
            ASSERT_LE(place, i);
            ASSERT_EQ(route.hosts[place], route.hosts[i]);
        }
        ASSERT_EQ(read.place_of({{7, 0}, 7}), route.hosts.size());
    }
}

TEST(EncodedRoute, ADrainedHostIsInNone)
{
    EXPECT_EQ(encode_route({{1, 1}, {{{1, 1}, 0}, {{2, 2}}}}), encode_route({{1, 1}, {{{2, 2}}}}));
}

TEST(EncodedRoute, TakesItsSeqAndVersionLater)
{
    std::string body = encode_route({{1, 1}, {}});
    EXPECT_EQ(to_hex(body), "08011001");
    body += answer_end(9, 0).bytes();
    EXPECT_EQ(to_hex(body), "080110012009");
    body = encode_route({{1, 1}, {}});
    body += answer_end(0, 300).bytes();
    EXPECT_EQ(to_hex(body), "0801100128ac02");
    answered_route read;
    wire_codec codec;
    ASSERT_TRUE(codec.decode_route(body.data(), body.size(), &read));
    EXPECT_EQ(read.version, 300u);
    EXPECT_EQ(encode_route({{0, 0}, {}}), "");
}

TEST(EncodedRoute, TooLongForAMessageIsCutToWhatFitsWithSeqAndVersion)
{
    for (const uint32_t weight : {100u, UINT32_MAX}) {
        module_route route{{-1, -1}, {}};
        for (uint32_t i = 0; i < 5000; ++i)
            route.hosts.push_back({{0xc0000000 + i, 40000}, weight});
        const std::string body = encode_route(route);
        EXPECT_EQ(encoded_route(body).host_count(), 5000u);
        size_t fitted = 0;
        std::string answer(encoded_route(body).answer(&fitted));
        EXPECT_EQ(answer, encoded_route(body).answer());
        answer += answer_end(UINT32_MAX, UINT64_MAX).bytes();
        EXPECT_LE(answer.size(), MESSAGE_LENGTH_LIMIT);
        GetRouteResponse parsed;
        ASSERT_TRUE(parsed.ParseFromString(answer));
        EXPECT_EQ(static_cast<size_t>(parsed.host_size()), fitted);
        EXPECT_EQ(parsed.host(0).ip(), static_cast<int32_t>(0xc0000000));
        *parsed.add_host() = parsed.host(0);
        EXPECT_GT(parsed.ByteSizeLong(), MESSAGE_LENGTH_LIMIT) << "one more would have fitted";
    }
}

}  // namespace
}  // namespace lars
