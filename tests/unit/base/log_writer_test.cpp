// The log's thread: whoever logs never waits, what is lost is counted, and files that
// were renamed are left.
#include "log_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "temp_dir.h"
#include "unique_fd.h"
#include "wait_until.h"

namespace lars {
namespace {

using test::read_text;
using test::wait_until;

class LogWriter : public testing::Test {
protected:
    void write_many(const log_sink &log, size_t lines)
    {
        for (size_t i = 0; i < lines; ++i)
            log(log_level::info, std::string(1000, 'x'), " end of ", i);
    }
    bool file_has(const std::string &text)
    {
        return wait_until([&] { return read_text(path).find(text) != std::string::npos; });
    }

    test::temp_dir folder;
    std::string path = folder.file("log");
};

size_t lines_in(const std::string &text)
{
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(LogWriter, LinesReachTheFileInOrderWithTimeLevelAndComponent)
{
    {
        log_writer writer("lars_dns");
        ASSERT_TRUE(writer.open(path));
        const log_sink log = writer.sink();
        log(log_level::info, "before the thread");
        ASSERT_TRUE(writer.start());
        log(log_level::debug, "left out");
        log(log_level::warn, "two\nlines");
    }
    const std::string text = read_text(path);
    EXPECT_EQ(lines_in(text), 2u) << text;
    const size_t first = text.find(" INFO lars_dns: before the thread\n");
    EXPECT_NE(first, std::string::npos) << text;
    EXPECT_NE(text.find(" WARN lars_dns: two?lines\n", first), std::string::npos) << text;
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777 & ~0640u, 0u);
}

TEST_F(LogWriter, WithoutAThreadLinesAreWrittenAtTheEnd)
{
    {
        log_writer writer("x");
        ASSERT_TRUE(writer.open(path));
        writer.sink()(log_level::info, "said");
    }
    EXPECT_NE(read_text(path).find("x: said\n"), std::string::npos);
}

TEST_F(LogWriter, APipeThatNobodyReadsHoldsUpNobodyAndItsLossesAreTold)
{
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    const unique_fd reader(open(path.c_str(), O_RDONLY | O_NONBLOCK));
    log_writer writer("x");
    ASSERT_TRUE(writer.open(path));
    ASSERT_TRUE(writer.start());
    constexpr size_t LINES = 5000;
    write_many(writer.sink(), LINES);  // returns, although nobody reads
    EXPECT_GT(writer.lost(), 0u);
    EXPECT_LT(writer.lost(), LINES);

    std::string text;
    char space[65536];
    EXPECT_TRUE(wait_until([&] {
        const ssize_t got = read(reader.get(), space, sizeof space);
        text.append(space, got > 0 ? static_cast<size_t>(got) : 0);
        return lines_in(text) == LINES - writer.lost() + 1;
    }));
    const std::string told = " " + std::to_string(writer.lost()) + " lines of the log were lost";
    EXPECT_NE(text.find(told), std::string::npos) << told;
}

TEST_F(LogWriter, ItEndsAlthoughNobodyReads)
{
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    const unique_fd reader(open(path.c_str(), O_RDONLY | O_NONBLOCK));
    log_writer writer("x");
    ASSERT_TRUE(writer.open(path));
    ASSERT_TRUE(writer.start());
    write_many(writer.sink(), 200);
}

TEST_F(LogWriter, AFileThatWasRenamedIsLeft)
{
    log_writer writer("x");
    ASSERT_TRUE(writer.open(path));
    ASSERT_TRUE(writer.start());
    writer.sink()(log_level::info, "old");
    ASSERT_TRUE(file_has("old"));
    std::filesystem::rename(path, path + ".1");
    writer.reopen();
    writer.sink()(log_level::info, "new");
    EXPECT_TRUE(file_has("new"));
    EXPECT_EQ(read_text(path + ".1").find("new"), std::string::npos);
}

TEST_F(LogWriter, WhereItCannotBeOpenedAgainTheOldFileStays)
{
    log_writer writer("x");
    ASSERT_TRUE(writer.open(path));
    ASSERT_TRUE(writer.start());
    std::filesystem::rename(path, path + ".1");
    std::filesystem::create_directory(path);
    writer.reopen();
    EXPECT_TRUE(wait_until([&] {
        return read_text(path + ".1").find("cannot write the log " + path) != std::string::npos;
    }));
}

TEST_F(LogWriter, LinesThatAFullDiskRefusesAreCountedAndTold)
{
    std::filesystem::create_symlink("/dev/full", path);
    log_writer writer("x");
    ASSERT_TRUE(writer.open(path));
    ASSERT_TRUE(writer.start());
    writer.sink()(log_level::info, "lost");
    EXPECT_TRUE(wait_until([&] { return writer.lost() == 1; }));
    std::filesystem::remove(path);
    writer.reopen();
    writer.sink()(log_level::info, "kept");
    EXPECT_TRUE(file_has("kept"));
    EXPECT_TRUE(file_has(" 1 lines of the log were lost"));
}

TEST_F(LogWriter, AFileThatCannotBeWrittenIsRefusedByName)
{
    log_writer writer("x");
    const status opened = writer.open(folder.file("no/such/folder"));
    EXPECT_FALSE(opened);
    EXPECT_NE(opened.message().find(folder.file("no/such/folder")), std::string::npos);
}

}  // namespace
}  // namespace lars
