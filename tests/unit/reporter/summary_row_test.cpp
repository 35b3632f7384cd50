#include "summary_row.h"

#include <gtest/gtest.h>

#include "wire.h"
#include "wire_peer.h"

namespace lars {
namespace {

// The rows of a message's body, in order.
std::vector<summary_row> rows_of(const std::string &body)
{
    wire_codec codec;
    call_summary report;
    size_t left_out = 0;
    EXPECT_TRUE(codec.decode_call_summary(body.data(), body.size(), &report, &left_out));
    std::vector<summary_row> rows;
    for (const host_calls &calls : report.hosts)
        rows.push_back(make_summary_row(report, calls));
    return rows;
}

TEST(SummaryRow, TheGoldenMessageIsTakenAsItStands)
{
    const auto rows = rows_of(test::from_hex(
        "0801100118818080f807221408b183a085fcffffffff0110e13c18642003280128f4b48aee05"));
    ASSERT_EQ(rows.size(), 1u);
    const summary_row &row = rows[0];
    EXPECT_EQ(row.module.modid, 1);
    EXPECT_EQ(row.module.cmdid, 1);
    EXPECT_EQ(row.address.to_string(), "192.168.1.177:7777");
    EXPECT_EQ(row.caller, 0x7f000001u);
    EXPECT_EQ(row.succ, 100);
    EXPECT_EQ(row.err, 3);
    EXPECT_EQ(row.ts, 1573034612u);
    EXPECT_TRUE(row.overloaded);
}

TEST(SummaryRow, Trap_P5_HighAddressesAreUnsigned)
{
    ReportStatusRequest message;
    message.set_modid(-1);
    message.set_cmdid(INT32_MIN);
    message.set_caller(-2);
    message.add_results()->set_ip(-1);
    message.mutable_results(0)->set_port(65535);
    const auto rows = rows_of(message.SerializeAsString());
    ASSERT_EQ(rows.size(), 1u);
    const summary_row &row = rows[0];
    EXPECT_EQ(row.address.ip, 4294967295u);
    EXPECT_EQ(row.address.port, 65535);
    EXPECT_EQ(row.caller, 4294967294u);
    EXPECT_EQ(row.module.modid, -1);
    EXPECT_EQ(row.module.cmdid, INT32_MIN);
}

TEST(SummaryRow, CountsThatDoNotFitTheColumnBecomeTheMostThatDoes)
{
    for (const auto &[count, stored] : {std::pair<uint32_t, int32_t>{0, 0},
                                        {2147483647u, INT32_MAX},
                                        {2147483648u, INT32_MAX},
                                        {UINT32_MAX, INT32_MAX}}) {
        const summary_row row = make_summary_row({}, {{1, 1}, count, count, false});
        EXPECT_EQ(row.succ, stored);
        EXPECT_EQ(row.err, stored);
    }
}

TEST(SummaryRow, TheKeyIsThatOfTheTable)
{
    const summary_row_same_key same;
    const summary_row_hash hash;
    summary_row a;
    a.address = {1, 1};
    summary_row b = a;
    b.succ = b.err = 5;
    b.ts = 9;
    b.overloaded = true;
    EXPECT_TRUE(same(a, b));
    EXPECT_EQ(hash(a), hash(b));
    for (auto change :
         {+[](summary_row &r) { r.module.modid = 7; }, +[](summary_row &r) { r.module.cmdid = 7; },
          +[](summary_row &r) { r.address.ip = 7; }, +[](summary_row &r) { r.address.port = 7; },
          +[](summary_row &r) { r.caller = 7; }}) {
        summary_row other = a;
        change(other);
        EXPECT_FALSE(same(a, other));
        EXPECT_NE(hash(a), hash(other));
    }
}

}  // namespace
}  // namespace lars
