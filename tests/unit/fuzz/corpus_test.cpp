// What fuzzing has found before, and inputs that are known to be hard, played through the
// same targets that "make fuzz" feeds.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include "paths.h"
#include "targets.h"

namespace lars {
namespace {

namespace fs = std::filesystem;
using fuzz::target;

// With this name first in the output, what ends the whole program can be told too.
void play(const target &played, const fs::path &file)
{
    std::cout << played.name << '/' << file.filename().string() << std::endl;
    std::ifstream in(file, std::ios::binary);
    ASSERT_TRUE(in);
    // Not a string: one byte too far is then outside of what was allocated.
    const std::vector<char> input{std::istreambuf_iterator<char>(in), {}};
    try {
        played.play(reinterpret_cast<const uint8_t *>(input.data()), input.size());
    } catch (const std::exception &wrong) {
        ADD_FAILURE() << file << ": " << wrong.what();
    }
}

class corpus : public testing::TestWithParam<target> {};

TEST_P(corpus, IsPlayedWithoutAFault)
{
    const fs::path folder = test::source_path(std::string("tests/fuzz/corpus/") + GetParam().name);
    ASSERT_TRUE(fs::is_directory(folder)) << folder << " is missing";
    const std::set<fs::path> files(fs::directory_iterator(folder), {});
    ASSERT_FALSE(files.empty()) << folder << " is empty";
    play(GetParam(), "/dev/null");
    for (const fs::path &file : files)
        play(GetParam(), file);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, corpus, testing::ValuesIn(fuzz::TARGETS),
                         [](const auto &played) { return std::string(played.param.name); });

TEST(FuzzTargets, AreAllPlayed)
{
    std::set<std::string> listed, files, folders;
    for (const target &t : fuzz::TARGETS)
        listed.insert(t.name);
    for (const auto &file : fs::directory_iterator(test::source_path("tests/fuzz"))) {
        if (file.path().extension() == ".cpp")
            files.insert(file.path().stem());
    }
    for (const auto &folder : fs::directory_iterator(test::source_path("tests/fuzz/corpus")))
        folders.insert(folder.path().filename());
    EXPECT_EQ(files, listed);
    EXPECT_EQ(folders, listed);
}

}  // namespace
}  // namespace lars
