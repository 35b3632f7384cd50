// docs/reliability.md says what the code tries.
#include "table.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "paths.h"
#include "temp_dir.h"

namespace lars::faults {
namespace {

using namespace lars::test;

std::string page()
{
    return read_text(source_path("docs/reliability.md"));
}

TEST(FaultTable, HasTheRowsOfTheCode)
{
    const std::vector<std::string> rows = rows_of(page());
    const std::string again = "; \"make faults\" writes the table";
    ASSERT_EQ(rows.size(), all_faults().size()) << again;
    for (size_t i = 0; i < rows.size(); ++i) {
        const std::string begin = row_begin(all_faults()[i]);
        EXPECT_EQ(rows[i].substr(0, begin.size()), begin) << again;
        EXPECT_GT(rows[i].size(), begin.size() + 10) << "nothing was seen" << again;
        EXPECT_EQ(rows[i].find("broken"), std::string::npos) << rows[i];
    }
}

TEST(FaultTable, IsReplacedAndNothingElse)
{
    outcome o;
    o.not_tried = "not tried: a test";
    const std::vector<std::string> rows = {row(all_faults()[0], o), row(all_faults()[1], o)};
    const std::string changed = with_rows(page(), rows);
    EXPECT_EQ(rows_of(changed), rows);
    EXPECT_EQ(with_rows(changed, rows_of(page())), page());
    EXPECT_EQ(with_rows("a page without marks\n", rows), "");
}

TEST(FaultTable, ARunOfSomeFaultsLeavesTheOtherRows)
{
    std::vector<std::string> rows = rows_of(page());
    outcome o;
    o.not_tried = "not tried: a test";
    const std::string later = row(all_faults()[3], o);
    const auto all = merged(rows, {later});
    rows[3] = later;
    EXPECT_EQ(all, rows);
    EXPECT_EQ(merged({"| nobody | no fault | nothing | |"}, {later}),
              std::vector<std::string>{later});
}

// The tests that the page names are there.
TEST(FaultTable, TestsOfOtherSystemsReportsExist)
{
    std::string sources;
    for (const char *folder : {"tests/unit", "tests/system"}) {
        for (const auto &file :
             std::filesystem::recursive_directory_iterator(source_path(folder))) {
            if (file.path().extension() == ".cpp")
                sources += read_text(file.path());
        }
    }
    const std::string text = page();
    const std::regex name("`([A-Z][A-Za-z]*)\\.([A-Z][A-Za-z0-9_]*)`");
    int found = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at, ++found) {
        const std::regex test("TEST(_F|_P)?\\(" + (*at)[1].str() + ", " + (*at)[2].str() + "\\)");
        EXPECT_TRUE(std::regex_search(sources, test)) << at->str();
    }
    EXPECT_GT(found, 10);
}

}  // namespace
}  // namespace lars::faults
