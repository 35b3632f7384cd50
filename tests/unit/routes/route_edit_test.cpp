// Edits and their lists as values.
#include "route_edit.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

using hosts = std::vector<route_host>;

route_host host(const char *text)
{
    return route_host::parse(text).value();
}

TEST(AuditText, HasEveryWeightAndIsInOrder)
{
    EXPECT_EQ(audit_text({}), "");
    EXPECT_EQ(audit_text({host("10.0.0.2:80@0"), host("10.0.0.1:80")}),
              "10.0.0.1:80@100,10.0.0.2:80@0");
    EXPECT_EQ(parse_audit_text("10.0.0.1:80@100,10.0.0.2:80@0"),
              (hosts{host("10.0.0.1:80"), host("10.0.0.2:80@0")}));
    EXPECT_EQ(parse_audit_text(""), hosts());
    for (const char *wrong : {",", "10.0.0.1:80@1,", ",10.0.0.1:80@1", "10.0.0.1:80@1,,", "x",
                              "10.0.0.1:80@1,...", "10.0.0.1:80@1 "})
        EXPECT_FALSE(parse_audit_text(wrong)) << wrong;
}

TEST(AuditText, IsCutBehindAWholeHostWhereAColumnHoldsNoMore)
{
    hosts many;
    size_t bytes = 0;
    const auto add = [&](uint32_t weight) {
        many.push_back({{0x0a000000 + static_cast<uint32_t>(many.size()) + 0x10000, 80}, weight});
        bytes = audit_text(many).size();
    };
    while (bytes < 65500)
        add(100);
    // Its last host makes it as long as can be.
    const hosts shorter = many;
    for (uint32_t weight = 1; bytes < 65535; weight *= 10) {
        many = shorter;
        add(weight);
        ASSERT_LE(weight, 1000000000u);
    }
    ASSERT_EQ(bytes, 65535u);
    ASSERT_EQ(parse_audit_text(audit_text(many)), many);
    add(1);
    const std::string cut = audit_text(many);
    EXPECT_LE(cut.size(), 65535u);
    EXPECT_GT(cut.size(), 65535u - 40);
    ASSERT_EQ(cut.substr(cut.size() - 4), ",...");
    const auto rest = parse_audit_text(cut.substr(0, cut.size() - 4));
    ASSERT_TRUE(rest);
    EXPECT_TRUE(std::equal(rest->begin(), rest->end(), many.begin()));
}

TEST(HostsMark, IsOfTheHostsAndNotOfTheirOrder)
{
    const std::string mark = hosts_mark({host("10.0.0.1:80"), host("10.0.0.2:80@0")});
    EXPECT_EQ(mark, hosts_mark({host("10.0.0.2:80@0"), host("10.0.0.1:80")}));
    // The same in every process and on every machine.
    EXPECT_EQ(hosts_mark({}), "514e28b730f4c306");
    EXPECT_EQ(mark.size(), 16u);
    for (const hosts &other :
         {hosts{}, hosts{host("10.0.0.1:80")}, hosts{host("10.0.0.1:80"), host("10.0.0.2:80")},
          hosts{host("10.0.0.1:81"), host("10.0.0.2:80@0")}})
        EXPECT_NE(hosts_mark(other), mark);
    EXPECT_NE(table_mark_of({{{1, 2}, {host("10.0.0.1:80")}}}),
              table_mark_of({{{1, 3}, {host("10.0.0.1:80")}}}));
}

TEST(RouteDifference, NamesEachModuleThatIsAnother)
{
    const hosts a{host("10.0.0.1:80")}, b{host("10.0.0.2:80")};
    const auto edits = difference({{{-1, 1}, a}, {{1, 1}, a}, {{1, 2}, a}},
                                  {{{1, 1}, a}, {{1, 2}, b}, {{1, 3}, b}, {{2, 0}, a}});
    ASSERT_EQ(edits.size(), 4u);
    EXPECT_EQ(edits[0].module, (module_id{-1, 1}));
    EXPECT_EQ(edits[0].expected, a);
    EXPECT_EQ(edits[0].wanted, hosts());
    EXPECT_EQ(edits[1].module, (module_id{1, 2}));
    EXPECT_EQ(edits[1].expected, a);
    EXPECT_EQ(edits[1].wanted, b);
    EXPECT_EQ(edits[2].module, (module_id{1, 3}));
    EXPECT_EQ(edits[2].expected, hosts());
    EXPECT_EQ(edits[3].module, (module_id{2, 0}));
    EXPECT_TRUE(difference({{{1, 1}, a}}, {{{1, 1}, a}}).empty());
}

TEST(EditAction, IsNamedByWhatTheEditDoes)
{
    const hosts present{host("10.0.0.1:80"), host("10.0.0.2:80@0")};
    const auto action = [&present](hosts wanted) {
        return std::string(to_string(action_of({{1, 1}, present, std::move(wanted)})));
    };
    EXPECT_EQ(action({host("10.0.0.1:80@0"), host("10.0.0.2:80@0")}), "drain");
    EXPECT_EQ(action({host("10.0.0.1:80"), host("10.0.0.2:80@7")}), "undrain");
    EXPECT_EQ(action({host("10.0.0.1:80@5"), host("10.0.0.2:80@0")}), "weight");
    EXPECT_EQ(action({host("10.0.0.1:80@0"), host("10.0.0.2:80@5")}), "weight");
    EXPECT_EQ(action({host("10.0.0.1:80@5")}), "del");
    EXPECT_EQ(action({host("10.0.0.1:80@5"), host("10.0.0.3:80")}), "add");
}

TEST(EditAuthor, IsRefusedWhereItCannotBeRecorded)
{
    const auto wrong = [](const edit_author &author) { return author.check().message(); };
    std::string umlauts;
    for (int i = 0; i < 255; ++i)
        umlauts += "\xc3\xa4";
    EXPECT_EQ(wrong({"", ""}), "");
    EXPECT_EQ(wrong({umlauts.substr(0, 128), umlauts}), "");
    EXPECT_NE(wrong({umlauts.substr(0, 130), ""}).find("name has 65 characters"),
              std::string::npos);
    EXPECT_NE(wrong({"ann", umlauts + "x"}).find("note has 256 characters"), std::string::npos);
    EXPECT_NE(wrong({"ann", "a\nb"}).find("the note holds a control"), std::string::npos);
    EXPECT_NE(wrong({"ann", "\xc2\x9b"}).find("the note holds a control"), std::string::npos);
    EXPECT_NE(wrong({"a\x80", ""}).find("name is not UTF-8"), std::string::npos);
}

}  // namespace
}  // namespace lars
