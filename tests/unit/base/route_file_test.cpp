#include "route_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "temp_dir.h"

namespace lars {
namespace {

using test::read_text;
using test::temp_dir;
using test::write_text;

const std::vector<route_row> sample = {
    {{1, 1}, {*endpoint::parse("192.168.1.177:7777")}},
    {{1, 2}, {*endpoint::parse("192.168.1.178:7776")}},
    {{-1, 2147483647}, {*endpoint::parse("255.255.255.255:65535")}},
    {{-2147483647 - 1, 0}, {*endpoint::parse("0.0.0.0:0")}},
};

// What the error says, having made sure that there is one and that it names
// the file, and that the rows given are left alone.
std::string refusal(const std::string &path)
{
    route_file routes{{sample[0]}};
    const status s = load_route_file(path, &routes);
    EXPECT_FALSE(s);
    EXPECT_EQ(routes.rows.size(), 1u);
    EXPECT_NE(s.message().find(path), std::string::npos) << s.message();
    return s.message();
}

TEST(RouteFile, WhatIsSavedIsLoaded)
{
    temp_dir folder;
    const std::string path = folder.file("routes");
    for (const auto &rows : {sample, std::vector<route_row>()}) {
        const status saved = save_route_file(path, {rows});
        ASSERT_TRUE(saved) << saved.message();
        route_file loaded{{sample[1]}, 7};
        const status s = load_route_file(path, &loaded);
        ASSERT_TRUE(s) << s.message();
        EXPECT_EQ(loaded.rows, rows);
        EXPECT_EQ(loaded.version, 0u);
    }
}

TEST(RouteFile, TheRouteVersionIsKept)
{
    temp_dir folder;
    const std::string path = folder.file("routes");
    for (const uint64_t version : {uint64_t{1}, uint64_t{1764158400}, UINT64_MAX}) {
        ASSERT_TRUE(save_route_file(path, {sample, version}));
        route_file loaded;
        ASSERT_TRUE(load_route_file(path, &loaded));
        EXPECT_EQ(loaded.version, version);
        EXPECT_EQ(loaded.rows, sample);
    }
}

TEST(RouteFile, OnlyItsOwnerAndTheOwnersGroupCanReadIt)
{
    temp_dir folder;
    const std::string path = folder.file("routes");
    ASSERT_TRUE(save_route_file(path, {sample}));
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777 & ~0640u, 0u);
}

TEST(RouteFile, EveryTruncationIsRefused)
{
    temp_dir folder;
    const std::string path = folder.file("routes");
    for (const uint64_t version : {0, 7}) {
        ASSERT_TRUE(save_route_file(path, {sample, version}));
        const std::string whole = read_text(path);
        for (size_t size = 0; size < whole.size(); ++size) {
            write_text(path, whole.substr(0, size));
            refusal(path);
        }
    }
}

TEST(RouteFile, EveryFlippedBitIsRefused)
{
    temp_dir folder;
    const std::string path = folder.file("routes");
    ASSERT_TRUE(save_route_file(path, {sample, 1764158400}));
    const std::string whole = read_text(path);
    for (size_t at = 0; at < whole.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
            write_text(path, changed);
            refusal(path);
        }
    }
}

TEST(RouteFile, AddedAndMissingRowsAreRefused)
{
    temp_dir folder;
    const std::string path = folder.file("routes");
    ASSERT_TRUE(save_route_file(path, {sample}));
    const std::string whole = read_text(path);
    write_text(path, whole + "1 1 10.0.0.1:1\n");
    EXPECT_NE(refusal(path).find("5 rows"), std::string::npos);
    write_text(path, whole + "\n");
    refusal(path);
    write_text(path, whole.substr(0, whole.rfind("-2147483648")));
    EXPECT_NE(refusal(path).find("3 rows"), std::string::npos);
}

TEST(RouteFile, OversizedAndMalformedNumbersAreRefusedWithTheirLine)
{
    temp_dir folder;
    for (const char *row :
         {"2147483648 1 10.0.0.1:1", "1 -2147483649 10.0.0.1:1", "1 1 10.0.0.1:65536",
          "1 1 10.0.0.256:1", "99999999999999999999 1 10.0.0.1:1", "1 1 10.0.0.1", "1 1", "1", "",
          "a 1 10.0.0.1:1", " 1 1 10.0.0.1:1", "1 1 10.0.0.1:1 ", "1 1  10.0.0.1:1",
          "1 1 10.0.0.1:-1"}) {
        const std::string path =
            folder.write("routes", "lars-routes 1 2 0000000000000000\n1 1 10.0.0.1:1\n" +
                                       std::string(row) + "\n");
        EXPECT_NE(refusal(path).find(path + ":3: "), std::string::npos) << row;
    }
}

TEST(RouteFile, OtherHeadersAreRefusedOnLineOne)
{
    temp_dir folder;
    for (const char *text :
         {"", "\n", "lars-routes 2 0 0000000000000000\n", "lars-routes 2 0 0 0\n",
          "lars-routes 2 0 x 0\n", "lars-routes\n", "lars-routes 1\n",
          "lars-routes 1 99999999999999999999 0\n", "lars-routes 1 -1 0\n", "lars-routes 1 x 0\n",
          "lars-routes 1 0 \n", "[section]\n", "lars-routes 1 18446744073709551615 0\n"}) {
        const std::string path = folder.write("routes", text);
        EXPECT_NE(refusal(path).find(path + ":1: "), std::string::npos) << text;
    }
    EXPECT_NE(refusal(folder.write("routes", "lars-routes 3 0 0\n")).find("version"),
              std::string::npos);
}

TEST(RouteFile, AbsentFilesFoldersAndFifosAreRefusedAtOnce)
{
    temp_dir folder;
    refusal(folder.file("absent"));
    refusal(folder.path());
    ASSERT_EQ(mkfifo(folder.file("fifo").c_str(), 0600), 0);
    refusal(folder.file("fifo"));
}

TEST(RouteFile, AFailedSaveLeavesTheOldFileAndNothingElse)
{
    temp_dir folder;
    EXPECT_FALSE(save_route_file(folder.file("absent/routes"), {sample}));

    // A folder in the file's place cannot be renamed over.
    const std::string path = folder.file("routes");
    std::filesystem::create_directory(path);
    EXPECT_FALSE(save_route_file(path, {sample}));
    EXPECT_TRUE(std::filesystem::is_directory(path));
    size_t entries = 0;
    for (const auto &entry : std::filesystem::directory_iterator(folder.path()))
        entries += entry.exists() ? 1 : 0;
    EXPECT_EQ(entries, 1u);
}

TEST(RouteFile, ADiskWithoutRoomIsTheSameErrorEachTime)
{
    temp_dir folder;
    const std::string path = folder.file("routes");
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = signal(SIGXFSZ, SIG_IGN);
    const rlimit little{10, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
    const status first = save_route_file(path, {sample});
    const status second = save_route_file(path, {sample});
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    EXPECT_FALSE(first);
    EXPECT_EQ(first.message(), second.message());
    EXPECT_NE(first.message().find(path + ": "), std::string::npos) << first.message();
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(RouteFile, SavingReplacesTheFileRatherThanWritingIntoIt)
{
    temp_dir folder;
    const std::string path = folder.file("routes");
    ASSERT_TRUE(save_route_file(path, {sample}));
    const std::string old = read_text(path);
    std::filesystem::create_hard_link(path, folder.file("old"));
    ASSERT_TRUE(save_route_file(path, {}));
    EXPECT_EQ(read_text(folder.file("old")), old);
}

TEST(RouteFile, WhatIsNoFileIsNotReplaced)
{
    temp_dir folder;
    const std::string path = folder.file("device");
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    for (const old_file before : {old_file::removed, old_file::kept}) {
        const status saved = save_route_file(path, {sample}, before);
        EXPECT_EQ(saved.message(), "cannot replace " + path + ": not a regular file");
        EXPECT_TRUE(std::filesystem::is_fifo(path));
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(RouteFile, WeightsAreKept)
{
    temp_dir folder;
    const std::string path = folder.file("routes");
    const std::vector<route_row> rows = {
        {{1, 1}, {{1, 1}, 50}}, {{1, 1}, {{2, 1}}}, {{1, 1}, {{3, 1}, UINT32_MAX}}};
    ASSERT_TRUE(save_route_file(path, {rows}));
    route_file loaded;
    ASSERT_TRUE(load_route_file(path, &loaded));
    EXPECT_EQ(loaded.rows, rows);
    EXPECT_NE(read_text(path).find("\n1 1 0.0.0.1:1@50\n1 1 0.0.0.2:1\n1 1 0.0.0.3:1@4294967295\n"),
              std::string::npos);
    for (const char *weight : {"@", "@x", "@-1", "@4294967296", "@5 "}) {
        write_text(path,
                   "lars-routes 1 1 0000000000000000\n1 1 10.0.0.1:1" + std::string(weight) + "\n");
        EXPECT_NE(refusal(path).find(path + ":2: "), std::string::npos) << weight;
    }
}

// Written by a program that knew no weights, and such a program reads it.
TEST(RouteFile, WithoutOtherWeightsItIsTheFileOfBefore)
{
    temp_dir folder;
    const std::string before = "lars-routes 1 2 2754e191d4b5bae9\n1 1 192.168.1.177:7777\n"
                               "1 2 192.168.1.178:7776\n";
    const std::string path = folder.write("routes", before);
    route_file routes;
    const status s = load_route_file(path, &routes);
    ASSERT_TRUE(s) << s.message();
    EXPECT_EQ(routes.rows, (std::vector<route_row>{sample[0], sample[1]}));
    EXPECT_EQ(routes.rows[0].host.weight, 100u);
    ASSERT_TRUE(save_route_file(path, routes));
    EXPECT_EQ(read_text(path), before);
}

}  // namespace
}  // namespace lars
