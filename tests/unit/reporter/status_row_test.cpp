#include "status_row.h"

#include <gtest/gtest.h>

#include "wire_peer.h"

namespace lars {
namespace {

HostCallResult result(int32_t ip, int32_t port)
{
    HostCallResult made;
    made.set_ip(ip);
    made.set_port(port);
    return made;
}

TEST(StatusRow, TheGoldenMessageIsTakenAsItStands)
{
    ReportStatusRequest message;
    ASSERT_TRUE(message.ParseFromString(test::from_hex(
        "0801100118818080f807221408b183a085fcffffffff0110e13c18642003280128f4b48aee05")));
    status_row row;
    ASSERT_TRUE(make_status_row(message, message.results(0), &row));
    EXPECT_EQ(row.modid, 1);
    EXPECT_EQ(row.cmdid, 1);
    EXPECT_EQ(row.host.to_string(), "192.168.1.177:7777");
    EXPECT_EQ(row.caller, 0x7f000001u);
    EXPECT_EQ(row.succ, 100);
    EXPECT_EQ(row.err, 3);
    EXPECT_EQ(row.ts, 1573034612u);
    EXPECT_TRUE(row.overload);
}

TEST(StatusRow, Trap_P5_HighAddressesAreUnsigned)
{
    ReportStatusRequest message;
    message.set_modid(-1);
    message.set_cmdid(INT32_MIN);
    message.set_caller(-2);
    status_row row;
    ASSERT_TRUE(make_status_row(message, result(-1, 65535), &row));
    EXPECT_EQ(row.host.ip, 4294967295u);
    EXPECT_EQ(row.host.port, 65535);
    EXPECT_EQ(row.caller, 4294967294u);
    EXPECT_EQ(row.modid, -1);
    EXPECT_EQ(row.cmdid, INT32_MIN);
}

TEST(StatusRow, Trap_P6_AHostThatCannotBeIsNoRow)
{
    const ReportStatusRequest message;
    status_row row = {};
    row.modid = 77;
    for (const auto &[ip, port] : {std::pair<int32_t, int32_t>{0, 80}, {1, 0}, {1, -1}, {1, 65536},
                                   {1, INT32_MIN}, {1, INT32_MAX}, {0, 0}})
        EXPECT_FALSE(make_status_row(message, result(ip, port), &row)) << ip << ":" << port;
    EXPECT_EQ(row.modid, 77);
    EXPECT_TRUE(make_status_row(message, result(1, 1), &row));
}

TEST(StatusRow, CountsThatDoNotFitTheColumnBecomeTheMostThatDoes)
{
    const ReportStatusRequest message;
    status_row row;
    for (const auto &[count, stored] : {std::pair<uint32_t, int32_t>{0, 0}, {2147483647u, INT32_MAX},
                                        {2147483648u, INT32_MAX}, {UINT32_MAX, INT32_MAX}}) {
        HostCallResult counted = result(1, 1);
        counted.set_succ(count);
        counted.set_err(count);
        ASSERT_TRUE(make_status_row(message, counted, &row));
        EXPECT_EQ(row.succ, stored);
        EXPECT_EQ(row.err, stored);
    }
}

TEST(StatusRow, TheKeyIsThatOfTheTable)
{
    const status_row_same_key same;
    const status_row_hash hash;
    status_row a;
    a.host = {1, 1};
    status_row b = a;
    b.succ = b.err = 5;
    b.ts = 9;
    b.overload = true;
    EXPECT_TRUE(same(a, b));
    EXPECT_EQ(hash(a), hash(b));
    for (auto change : {+[](status_row &r) { r.modid = 7; }, +[](status_row &r) { r.cmdid = 7; },
                        +[](status_row &r) { r.host.ip = 7; }, +[](status_row &r) { r.host.port = 7; },
                        +[](status_row &r) { r.caller = 7; }}) {
        status_row other = a;
        change(other);
        EXPECT_FALSE(same(a, other));
        EXPECT_NE(hash(a), hash(other));
    }
}

}  // namespace
}  // namespace lars
