// Messages and the plain structs that they become.
#include "wire.h"

#include <gtest/gtest.h>

#include "encoded_route.h"
#include "message.h"
#include "messages.h"

namespace lars {
namespace {

using test::from_hex;
using test::to_hex;

const std::vector<std::pair<int32_t, int32_t>> NOT_CALLABLE = {
    {0, 80}, {1, 0}, {1, -1}, {1, 65536}, {1, INT32_MIN}, {1, INT32_MAX}, {0, 0}};

std::string text(std::string_view body)
{
    return to_hex(std::string(body));
}

template <typename decode_function, typename out_type>
bool decodes(wire_codec &codec, decode_function decode, const std::string &body, out_type *out)
{
    return (codec.*decode)(body.data(), body.size(), out);
}

TEST(Wire, RequestsAreRead)
{
    wire_codec codec;
    module_request request;
    ASSERT_TRUE(
        decodes(codec, &wire_codec::decode_host_request, from_hex("080710011801"), &request));
    EXPECT_EQ(request.module, (module_id{1, 1}));
    EXPECT_EQ(request.seq, 7u);
    ASSERT_TRUE(decodes(codec, &wire_codec::decode_route_request,
                        test::route_request(-1, INT32_MIN, UINT32_MAX), &request));
    EXPECT_EQ(request.module, (module_id{-1, INT32_MIN}));
    EXPECT_EQ(request.seq, UINT32_MAX);
    ASSERT_TRUE(decodes(codec, &wire_codec::decode_route_request, "", &request));
    EXPECT_EQ(request.module, module_id());
    EXPECT_EQ(request.seq, 0u);
    for (auto decode : {&wire_codec::decode_host_request, &wire_codec::decode_route_request})
        EXPECT_FALSE(decodes(codec, decode, "\x08", &request));
}

TEST(Wire, ACallReportIsRead)
{
    wire_codec codec;
    call_report call;
    ASSERT_TRUE(decodes(codec, &wire_codec::decode_call_report,
                        test::report(1, 2, "192.168.1.177:7777", 5, 1500), &call));
    EXPECT_EQ(call.module, (module_id{1, 2}));
    EXPECT_EQ(call.address.to_string(), "192.168.1.177:7777");
    EXPECT_FALSE(call.success);
    EXPECT_EQ(call.timecost_ms, 1500u);
    ASSERT_TRUE(decodes(codec, &wire_codec::decode_call_report,
                        test::report(1, 2, "255.255.255.255:65535", 0), &call));
    EXPECT_TRUE(call.success);
    EXPECT_EQ(call.address.to_string(), "255.255.255.255:65535");
}

TEST(Wire, ACallReportOfAHostThatCannotBeCalledIsNone)
{
    wire_codec codec;
    call_report call;
    for (const auto &[ip, port] : NOT_CALLABLE) {
        ReportRequest body;
        body.mutable_host()->set_ip(ip);
        body.mutable_host()->set_port(port);
        EXPECT_FALSE(
            decodes(codec, &wire_codec::decode_call_report, body.SerializeAsString(), &call))
            << ip << ":" << port;
    }
    EXPECT_FALSE(decodes(codec, &wire_codec::decode_call_report, "", &call));
}

TEST(Wire, ARouteIsReadWithEachCallableHostOnceInItsOrder)
{
    wire_codec codec;
    answered_route route{{{7, 7}, {{{1, 1}}}}, 5};
    GetRouteResponse body;
    body.set_modid(1);
    body.set_cmdid(2);
    for (const auto &[ip, port] : NOT_CALLABLE) {
        body.add_host()->set_ip(ip);
        body.mutable_host(body.host_size() - 1)->set_port(port);
    }
    for (int ip : {-1, 1, -1, 1}) {
        body.add_host()->set_ip(ip);
        body.mutable_host(body.host_size() - 1)->set_port(80);
    }
    ASSERT_TRUE(decodes(codec, &wire_codec::decode_route, body.SerializeAsString(), &route));
    EXPECT_EQ(route.module, (module_id{1, 2}));
    ASSERT_EQ(route.hosts.size(), 2u);
    EXPECT_EQ(route.hosts[0].address.to_string(), "255.255.255.255:80");
    EXPECT_EQ(route.hosts[1].address.to_string(), "0.0.0.1:80");
    EXPECT_FALSE(decodes(codec, &wire_codec::decode_route, "\x08", &route));
}

void add_host(GetRouteResponse *body, int32_t ip, uint32_t weight)
{
    HostInfo *info = body->add_host();
    info->set_ip(ip);
    info->set_port(80);
    info->set_weight(weight);
}

TEST(Wire, ARouteIsReadWithItsWeights)
{
    wire_codec codec;
    answered_route route;
    GetRouteResponse body;
    add_host(&body, 1, 7);
    add_host(&body, 2, 0);
    add_host(&body, 3, UINT32_MAX);
    // Of a host that comes again, the lowest weight counts; one without is 100.
    add_host(&body, 4, 300);
    add_host(&body, 4, 50);
    add_host(&body, 4, 70);
    add_host(&body, 5, 300);
    add_host(&body, 5, 0);
    ASSERT_TRUE(decodes(codec, &wire_codec::decode_route, body.SerializeAsString(), &route));
    EXPECT_EQ(
        route.hosts,
        (std::vector<route_host>{
            {{1, 80}, 7}, {{2, 80}, 100}, {{3, 80}, UINT32_MAX}, {{4, 80}, 50}, {{5, 80}, 100}}));
}

// A peer that writes the field though it is 0 means the same as one that does not.
TEST(Wire, AWeightOf0ThatIsWrittenIsTheUsualOne)
{
    wire_codec codec;
    answered_route route;
    for (const char *body : {"1a0408011050", "1a06080110501800"}) {
        ASSERT_TRUE(decodes(codec, &wire_codec::decode_route, from_hex(body), &route)) << body;
        EXPECT_EQ(route.hosts, (std::vector<route_host>{{{1, 80}, 100}})) << body;
    }
}

TEST(Wire, AWeightThatIsNoNumberOf32BitsDoesNoHarm)
{
    wire_codec codec;
    answered_route route;
    // 2^32 + 5, of which protobuf keeps 32 bits; a text in the same field; cut off.
    ASSERT_TRUE(
        decodes(codec, &wire_codec::decode_route, from_hex("1a0a08011050188580808010"), &route));
    EXPECT_EQ(route.hosts, (std::vector<route_host>{{{1, 80}, 5}}));
    ASSERT_TRUE(
        decodes(codec, &wire_codec::decode_route, from_hex("1a08080110501a023939"), &route));
    EXPECT_EQ(route.hosts, (std::vector<route_host>{{{1, 80}, 100}}));
    EXPECT_FALSE(decodes(codec, &wire_codec::decode_route, from_hex("1a06080110501885"), &route));
}

TEST(Wire, WeightsThatAreNotTheUsualOneTravel)
{
    const std::vector<route_host> hosts = {{test::host("192.168.1.178:7776"), 50},
                                           {test::host("192.168.1.180:7776"), 0},
                                           {test::host("192.168.1.179:7778")}};
    const std::string golden =
        "080110021a1008b283a085fcffffffff0110e03c18321a0e08b383a085fcffffffff0110e23c";
    wire_codec codec;
    size_t fitted = 77;
    EXPECT_EQ(text(codec.encode_route({{1, 2}, 0}, hosts, &fitted)), golden);
    EXPECT_EQ(fitted, 2u) << "a drained host is in no message";
    EXPECT_EQ(to_hex(encode_route({{1, 2}, hosts})), golden);
    answered_route route;
    ASSERT_TRUE(decodes(codec, &wire_codec::decode_route, from_hex(golden), &route));
    EXPECT_EQ(route.hosts, (std::vector<route_host>{hosts[0], hosts[2]}));
}

TEST(Wire, Trap_P6_ACallSummarySaysHowManyHostsItLeftOut)
{
    wire_codec codec;
    call_summary report;
    report.hosts.resize(9);
    size_t left_out = 77;
    ReportStatusRequest body;
    for (const auto &[ip, port] : NOT_CALLABLE) {
        body.add_results()->set_ip(ip);
        body.mutable_results(body.results_size() - 1)->set_port(port);
    }
    body.add_results()->set_ip(1);
    body.mutable_results(body.results_size() - 1)->set_port(1);
    const std::string bytes = body.SerializeAsString();
    ASSERT_TRUE(codec.decode_call_summary(bytes.data(), bytes.size(), &report, &left_out));
    EXPECT_EQ(left_out, NOT_CALLABLE.size());
    ASSERT_EQ(report.hosts.size(), 1u);
    EXPECT_EQ(report.hosts[0].address, (endpoint{1, 1}));
    EXPECT_FALSE(codec.decode_call_summary("\x08", 1, &report, &left_out));
}

TEST(Wire, AHostAnswerHasAHostOnSuccessAlone)
{
    wire_codec codec;
    const module_request asked{{1, 1}, 7};
    const endpoint host = test::host("192.168.1.177:7777");
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(text(codec.encode_host(asked, RET_SUCC, host)),
                  "0807100118012a0e08b183a085fcffffffff0110e13c");
        EXPECT_EQ(text(codec.encode_host(asked, RET_OVERLOAD, host)), "0807100118012001");
        EXPECT_EQ(text(codec.encode_host(asked, RET_NOEXIST, {})), "0807100118012003");
    }
}

TEST(Wire, ARouteAnswerHasTheSeqAndAllHosts)
{
    wire_codec codec;
    const std::vector<route_host> hosts = {{test::host("192.168.1.178:7776")},
                                           {test::host("192.168.1.179:7778")}};
    size_t fitted = 77;
    EXPECT_EQ(text(codec.encode_route({{1, 2}, 0}, hosts, &fitted)),
              "080110021a0e08b283a085fcffffffff0110e03c1a0e08b383a085fcffffffff0110e23c");
    EXPECT_EQ(fitted, 2u);
    EXPECT_EQ(text(codec.encode_route({{1, 2}, 9}, {}, &fitted)), "080110022009");
    EXPECT_EQ(fitted, 0u);
}

TEST(Wire, ARouteAnswerIsCutToADatagram)
{
    wire_codec codec;
    std::vector<route_host> hosts;
    for (uint32_t i = 0; i < 5000; ++i)
        hosts.push_back({{0xc0000000 + i, 40000}});
    size_t fitted = 0;
    const std::string body(codec.encode_route({{1, 2}, UINT32_MAX}, hosts, &fitted));
    EXPECT_LE(body.size(), DATAGRAM_LENGTH_LIMIT);
    GetRouteResponse parsed;
    ASSERT_TRUE(parsed.ParseFromString(body));
    EXPECT_EQ(static_cast<size_t>(parsed.host_size()), fitted);
    *parsed.add_host() = parsed.host(0);
    EXPECT_GT(parsed.ByteSizeLong(), DATAGRAM_LENGTH_LIMIT) << "one more would have fitted";
}

TEST(Wire, ACallSummaryIsSplitIntoMessagesThatAlwaysFit)
{
    call_summary report{{-1, -2}, 0xffffffff, UINT32_MAX, {}};
    for (uint32_t i = 0; i < 2500; ++i)
        report.hosts.push_back({{0xffff0000 + i, 65535}, UINT32_MAX, UINT32_MAX, true});
    wire_codec codec;
    size_t hosts = 0;
    size_t left_out = 0;
    for (const std::string &body : encode_call_summary(report)) {
        EXPECT_LE(body.size(), MESSAGE_LENGTH_LIMIT);
        call_summary part;
        ASSERT_TRUE(codec.decode_call_summary(body.data(), body.size(), &part, &left_out));
        EXPECT_EQ(part.module, report.module);
        EXPECT_EQ(part.caller, report.caller);
        EXPECT_EQ(part.ts, report.ts);
        hosts += part.hosts.size();
    }
    EXPECT_EQ(hosts, 2500u);
    EXPECT_EQ(left_out, 0u);
}

TEST(Wire, ACallSummaryTakesItsSeqLater)
{
    wire_codec codec;
    call_summary summary{{1, 2}, 3, 4, {{{5, 6}, 7, 8, true}}};
    std::string body = encode_call_summary(summary).at(0);
    call_summary read;
    size_t left_out = 0;
    ASSERT_TRUE(codec.decode_call_summary(body.data(), body.size(), &read, &left_out));
    EXPECT_EQ(read.seq, 0u) << "absent: no answer is wanted";
    append_summary_seq(&body, UINT64_MAX);
    ASSERT_TRUE(codec.decode_call_summary(body.data(), body.size(), &read, &left_out));
    EXPECT_EQ(read.seq, UINT64_MAX);
    EXPECT_EQ(read.module, summary.module);
    EXPECT_EQ(read.hosts.size(), 1u);

    std::string nothing;
    append_summary_seq(&nothing, 9);
    EXPECT_EQ(nothing, "\x30\x09");
    ASSERT_TRUE(codec.decode_call_summary(nothing.data(), nothing.size(), &read, &left_out));
    EXPECT_EQ(read.seq, 9u);
    EXPECT_TRUE(read.hosts.empty());
}

TEST(Wire, ASummarysAnswerComesThrough)
{
    wire_codec codec;
    const std::string body(codec.encode_summary_answer({300, 2}));
    EXPECT_EQ(body, std::string("\x08\xac\x02\x10\x02"));
    summary_answer read;
    ASSERT_TRUE(codec.decode_summary_answer(body.data(), body.size(), &read));
    EXPECT_EQ(read.taken, 300u);
    EXPECT_EQ(read.stored, 2u);
    EXPECT_FALSE(codec.decode_summary_answer("\x08", 1, &read));
}

}  // namespace
}  // namespace lars
