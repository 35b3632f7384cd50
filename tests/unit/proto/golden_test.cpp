// The golden bytes of the wire contract, in both directions.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "lars.pb.h"

using namespace lars;

namespace {

constexpr int32_t IP_177 = -1062731343;  // 192.168.1.177

std::string from_hex(const std::string &hex)
{
    std::string bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

template <typename Message>
void expect_golden(const Message &message, const std::string &hex)
{
    EXPECT_EQ(message.SerializeAsString(), from_hex(hex)) << message.ShortDebugString();
    Message parsed;
    ASSERT_TRUE(parsed.ParseFromString(from_hex(hex)));
    EXPECT_EQ(parsed.ShortDebugString(), message.ShortDebugString());
}

void set_host(HostInfo *host, int32_t ip, int32_t port)
{
    host->set_ip(ip);
    host->set_port(port);
}

GetHostRequest host_request(uint32_t seq)
{
    GetHostRequest message;
    message.set_seq(seq);
    message.set_modid(1);
    message.set_cmdid(1);
    return message;
}

GetHostResponse host_response()
{
    GetHostResponse message;
    message.set_seq(7);
    message.set_modid(1);
    message.set_cmdid(1);
    return message;
}

}  // namespace

TEST(Golden, GetRouteRequest)
{
    GetRouteRequest message;
    message.set_modid(1);
    message.set_cmdid(1);
    expect_golden(message, "08011001");
    message.set_seq(7);
    expect_golden(message, "080110011807");
}

TEST(Golden, GetRouteResponse)
{
    GetRouteResponse message;
    message.set_modid(1);
    message.set_cmdid(2);
    set_host(message.add_host(), IP_177 + 1, 7776);
    set_host(message.add_host(), IP_177 + 2, 7778);
    expect_golden(message,
                  "080110021a0e08b283a085fcffffffff0110e03c1a0e08b383a085fcffffffff0110e23c");
    message.clear_host();
    message.set_seq(7);
    expect_golden(message, "080110022007");
}

TEST(Golden, GetRouteResponseWithWeights)
{
    GetRouteResponse message;
    message.set_modid(1);
    message.set_cmdid(2);
    set_host(message.add_host(), IP_177 + 1, 7776);
    message.mutable_host(0)->set_weight(50);
    set_host(message.add_host(), IP_177 + 2, 7778);
    message.mutable_host(1)->set_weight(4294967295);
    expect_golden(message, "080110021a1008b283a085fcffffffff0110e03c1832"
                           "1a1408b383a085fcffffffff0110e23c18ffffffff0f");
}

// A peer from before there were weights: the contract without that field.
TEST(Golden, APeerThatKnowsNoWeightsReadsTheHosts)
{
    google::protobuf::FileDescriptorProto file;
    HostInfo::descriptor()->file()->CopyTo(&file);
    for (auto &type : *file.mutable_message_type()) {
        if (type.name() == "HostInfo")
            type.mutable_field()->RemoveLast();
    }
    google::protobuf::DescriptorPool pool;
    const auto *old_file = pool.BuildFile(file);
    ASSERT_NE(old_file, nullptr);
    ASSERT_EQ(old_file->FindMessageTypeByName("HostInfo")->field_count(), 2);
    google::protobuf::DynamicMessageFactory factory;
    const auto *type = old_file->FindMessageTypeByName("GetRouteResponse");
    const std::unique_ptr<google::protobuf::Message> old(factory.GetPrototype(type)->New());

    ASSERT_TRUE(old->ParseFromString(
        from_hex("080110021a1008b283a085fcffffffff0110e03c18321a0e08b383a085fcffffffff0110e23c")));
    old->DiscardUnknownFields();
    EXPECT_EQ(old->SerializeAsString(),
              from_hex("080110021a0e08b283a085fcffffffff0110e03c1a0e08b383a085fcffffffff0110e23c"));
    // What it writes itself has no weights.
    GetRouteResponse read;
    ASSERT_TRUE(read.ParseFromString(old->SerializeAsString()));
    ASSERT_EQ(read.host_size(), 2);
    EXPECT_EQ(read.host(0).port(), 7776);
    EXPECT_EQ(read.host(0).weight(), 0u);
}

TEST(Golden, ReportStatusRequest)
{
    ReportStatusRequest message;
    message.set_modid(1);
    message.set_cmdid(1);
    message.set_caller(0x7f000001);
    message.set_ts(1573034612);
    HostCallResult *result = message.add_results();
    result->set_ip(IP_177);
    result->set_port(7777);
    result->set_succ(100);
    result->set_err(3);
    result->set_overload(true);
    expect_golden(message,
                  "0801100118818080f807221408b183a085fcffffffff0110e13c18642003280128f4b48aee05");
}

TEST(Golden, GetHostRequest)
{
    expect_golden(host_request(0), "10011801");
    expect_golden(host_request(7), "080710011801");
}

TEST(Golden, GetHostResponse)
{
    GetHostResponse found = host_response();
    set_host(found.mutable_host(), IP_177, 7777);
    expect_golden(found, "0807100118012a0e08b183a085fcffffffff0110e13c");

    GetHostResponse overload = host_response();
    overload.set_retcode(RET_OVERLOAD);
    expect_golden(overload, "0807100118012001");
}

TEST(Golden, ReportRequest)
{
    ReportRequest message;
    message.set_modid(1);
    message.set_cmdid(1);
    set_host(message.mutable_host(), IP_177, 7777);
    message.set_retcode(1);
    expect_golden(message, "080110011a0e08b183a085fcffffffff0110e13c2001");
    message.set_timecost(300);
    expect_golden(message, "080110011a0e08b183a085fcffffffff0110e13c200128ac02");
}

TEST(Golden, ExplainRequest)
{
    ExplainRequest message;
    message.set_modid(1);
    message.set_cmdid(2);
    expect_golden(message, "08011002");
    message.set_seq(7);
    message.set_first(128);
    expect_golden(message, "080110021807208001");
}

TEST(Golden, ExplainResponse)
{
    ExplainResponse message;
    message.set_seq(7);
    message.set_modid(1);
    message.set_cmdid(1);
    expect_golden(message, "080710011801");  // a module that nobody has asked for
    message.set_known(true);
    message.set_running_ms(3);
    message.set_policy("x");
    message.set_origin(ROUTE_FROM_CACHE);
    message.set_route_ms(5);
    message.set_asking(true);
    message.set_hosts_in_all(9);
    message.set_first(8);
    ExplainedHost *host = message.add_hosts();
    host->set_port(80);
    host->set_weight(100);
    host->set_overloaded(true);
    host->set_state_ms(6);
    host->set_reason("y");
    host->mutable_next_probe();
    host->add_figures()->set_name("n");
    host->add_changes()->set_age_ms(4);
    message.add_next()->set_probe(true);
    expect_golden(message, "0807100118012001280332017838024005480150095808"
                           "62161050186420012806320179"
                           "42004a030a016e520208046a021801");
}

TEST(Golden, ModuleZeroIsAnEmptyBody)
{
    GetRouteRequest message;
    message.set_modid(0);
    message.set_cmdid(0);
    EXPECT_EQ(message.SerializeAsString(), "");
    EXPECT_TRUE(message.ParseFromString(""));
}

TEST(Golden, UnknownFieldsAreNoMistake)
{
    GetHostRequest message;
    ASSERT_TRUE(message.ParseFromString(from_hex("100118017a026869a00601")));
    EXPECT_EQ(message.modid(), 1);
    EXPECT_EQ(message.cmdid(), 1);
}

TEST(Golden, NumbersOfTheEnums)
{
    EXPECT_EQ(static_cast<int>(ID_UNKNOW), 0);
    EXPECT_EQ(static_cast<int>(ID_GetRouteRequest), 1);
    EXPECT_EQ(static_cast<int>(ID_GetRouteResponse), 2);
    EXPECT_EQ(static_cast<int>(ID_ReportStatusRequest), 3);
    EXPECT_EQ(static_cast<int>(ID_GetHostRequest), 4);
    EXPECT_EQ(static_cast<int>(ID_GetHostResponse), 5);
    EXPECT_EQ(static_cast<int>(ID_ReportRequest), 6);
    EXPECT_EQ(static_cast<int>(ID_API_GetRouteRequest), 7);
    EXPECT_EQ(static_cast<int>(ID_API_GetRouteResponse), 8);
    EXPECT_EQ(static_cast<int>(ID_ExplainRequest), 9);
    EXPECT_EQ(static_cast<int>(ID_ExplainResponse), 10);
    EXPECT_EQ(static_cast<int>(RET_SUCC), 0);
    EXPECT_EQ(static_cast<int>(RET_OVERLOAD), 1);
    EXPECT_EQ(static_cast<int>(RET_SYSTEM_ERROR), 2);
    EXPECT_EQ(static_cast<int>(RET_NOEXIST), 3);
}
