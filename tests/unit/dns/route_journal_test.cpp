// Changes appended to a file, and read again whatever has become of it.
#include "route_journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "messages.h"
#include "temp_dir.h"

namespace lars {
namespace {

const std::string BASE = "5f3d0a1b9c7e4422";

class RouteJournal : public testing::Test {
protected:
    // All changes, as "VERSION:MODID,CMDID=HOSTS".
    std::string read(const std::string &base = BASE)
    {
        std::string all;
        outcome = journal().read(base, [&all](uint64_t version, const auto &changed) {
            all += (all.empty() ? "" : " ") + std::to_string(version) + ":";
            for (const module_route &route : changed) {
                all += std::to_string(route.module.modid) + "," +
                       std::to_string(route.module.cmdid) + "=";
                for (const route_host &host : route.hosts)
                    all += host.to_string() + ";";
            }
        });
        return all;
    }
    // As after a restart.
    route_journal &journal() { return current.emplace(path); }
    std::string append_both()
    {
        EXPECT_TRUE(
            journal().append(BASE, 7, {{{1, 1}, {{{1, 80}}, {{2, 80}, 50}}}, {{-1, 2}, {}}}));
        EXPECT_TRUE(current->append(BASE, 8, {{{3, 3}, {{{9, 90}}}}}));
        return "7:1,1=0.0.0.1:80;0.0.0.2:80@50;-1,2= 8:3,3=0.0.0.9:90;";
    }

    test::temp_dir folder;
    std::string path = folder.file("routes-journal");
    std::optional<route_journal> current;
    status outcome;
};

TEST_F(RouteJournal, WhatIsAppendedIsRead)
{
    EXPECT_EQ(read(), "");
    EXPECT_TRUE(outcome);
    const std::string both = append_both();
    EXPECT_EQ(read(), both);
    EXPECT_TRUE(outcome) << outcome.message();
    struct stat file {};
    ASSERT_EQ(stat(path.c_str(), &file), 0);
    EXPECT_EQ(current->size(), static_cast<size_t>(file.st_size));
    EXPECT_EQ(file.st_mode & 07777, 0640u);
    ASSERT_TRUE(current->append(BASE, 9, {{{1, 1}, {}}}));
    EXPECT_EQ(read(), both + " 9:1,1=");
    current->remove();
    EXPECT_EQ(read(), "");
    EXPECT_TRUE(outcome);
}

TEST_F(RouteJournal, OneOfAnotherFileIsEmptyAndIsReplaced)
{
    append_both();
    EXPECT_EQ(read("0000000000000000"), "");
    EXPECT_TRUE(outcome);
    ASSERT_TRUE(current->append("0000000000000000", 1, {{{5, 5}, {}}}));
    EXPECT_EQ(read("0000000000000000"), "1:5,5=");
    EXPECT_EQ(read(), "");
}

TEST_F(RouteJournal, WhereverItIsCutTheChangesBeforeAreRead)
{
    append_both();
    const std::string whole = test::read_text(path);
    const size_t title = whole.find('\n') + 1;
    const size_t second = whole.find("change 8");
    for (size_t length = 0; length <= whole.size(); ++length) {
        test::write_text(path, whole.substr(0, length));
        const std::string found = read();
        const std::string expected = length < second ? ""
                                     : length < whole.size()
                                         ? "7:1,1=0.0.0.1:80;0.0.0.2:80@50;-1,2="
                                         : append_both();
        ASSERT_EQ(found, expected) << length;
        const bool is_whole =
            length == 0 || length == title || length == second || length == whole.size();
        ASSERT_EQ(outcome.ok(), is_whole) << length << " " << outcome.message();
        if (!is_whole) {
            ASSERT_EQ(outcome.kind(), status_kind::bad_data);
            ASSERT_NE(outcome.message().find(path + (length < title ? ":1: " : ":")),
                      std::string::npos)
                << outcome.message();
            ASSERT_EQ(read(), expected) << "was cut off";
            ASSERT_TRUE(outcome);
        }
        ASSERT_TRUE(current->append(BASE, 9, {{{4, 4}, {}}}));
        ASSERT_EQ(read(), (found.empty() ? "" : found + " ") + "9:4,4=") << length;
    }
}

TEST_F(RouteJournal, EveryFlippedBitIsNoticedAndTold)
{
    const std::string both = append_both();
    const std::string whole = test::read_text(path);
    const size_t checksum = whole.find(BASE);
    for (size_t at = 0; at < whole.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ 1 << bit);
            test::write_text(path, damaged);
            const std::string found = read();
            ASSERT_NE(found, both) << at << " " << bit;
            ASSERT_EQ(both.rfind(found, 0), 0u) << found;
            // Another checksum is that of another file.
            const bool is_of_another =
                at >= checksum && at < checksum + BASE.size() &&
                std::string("0123456789abcdef").find(damaged[at]) != std::string::npos;
            ASSERT_EQ(outcome.ok(), is_of_another) << at << " " << bit;
        }
    }
}

TEST_F(RouteJournal, AFullDiskLeavesWhatWasThere)
{
    append_both();
    const std::string before = read();
    rlimit limit{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlimit little{current->size() + 10, limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
    const status s = current->append(BASE, 9, {{{1, 1}, {{{1, 80}}}}});
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_DFL);
    ASSERT_FALSE(s);
    EXPECT_NE(s.message().find(path), std::string::npos) << s.message();
    EXPECT_TRUE(current->is_whole());
    ASSERT_TRUE(current->append(BASE, 10, {{{4, 4}, {}}}));
    EXPECT_EQ(read(), before + " 10:4,4=");
}

TEST_F(RouteJournal, ALinkIsNotFollowed)
{
    folder.write("other", "theirs");
    ASSERT_EQ(symlink(folder.file("other").c_str(), path.c_str()), 0);
    EXPECT_FALSE(journal().append(BASE, 1, {{{1, 1}, {}}}));
    EXPECT_EQ(test::read_text(folder.file("other")), "theirs");
}

}  // namespace
}  // namespace lars
