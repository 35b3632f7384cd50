// What the README shows, run as it stands there. The ports of the tour are
// exchanged for free ones, in the configuration and in what is expected.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <map>
#include <sstream>

#include "database_server.h"
#include "free_port.h"
#include "lars_client.h"
#include "paths.h"
#include "private_system.h"
#include "process.h"
#include "temp_dir.h"

namespace lars {
namespace {

using namespace lars::test;
using std::chrono::milliseconds;

// The text of a page's first fenced block of a language.
std::string block(const std::string &language, const std::string &page = "README.md")
{
    const std::string text = read_text(source_path(page));
    const std::string begin = "\n```" + language + "\n";
    const size_t from = text.find(begin);
    if (from == std::string::npos)
        return "";
    const size_t start = from + begin.size();
    return text.substr(start, text.find("```", start) - start);
}

std::string replace_all(std::string text, const std::string &what, const std::string &with)
{
    for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
        text.replace(at, what.size(), with);
    return text;
}

// For a shell: the sources may be anywhere.
std::string quoted(const std::string &path)
{
    return "'" + path + "'";
}

struct command {
    std::string line;
    std::string output;
};

std::vector<command> commands(const std::string &transcript)
{
    std::vector<command> found;
    std::istringstream in(transcript);
    for (std::string line; std::getline(in, line);) {
        if (line.compare(0, 2, "$ ") == 0)
            found.push_back({line.substr(2), ""});
        else
            found.back().output += line + "\n";
    }
    return found;
}

class Readme : public testing::Test {
protected:
    void TearDown() override { shell("./run_lars down"); }

    run_result shell(const std::string &line)
    {
        return run("/bin/bash", {"-c", line}, _system.options(), milliseconds(120000));
    }

    private_system _system;
};

TEST_F(Readme, TourShowsWhatHappens)
{
    const auto tour = commands(block("console"));
    ASSERT_GE(tour.size(), 5u);
    for (const command &step : tour) {
        const run_result result = shell(step.line);
        EXPECT_EQ(result.exit_status, 0) << step.line;
        const std::string shown = replace_all(result.output, _system.file("state"), "run");
        EXPECT_EQ(shown, _system.with_ports(step.output)) << step.line;
    }
}

TEST_F(Readme, ExampleBuildsAndFindsAHost)
{
    const std::string source = _system.write("my.cpp", block("cpp"));
    const char *san = std::getenv("SAN");
    const std::string bin = bin_path("lars_dns");
    const std::string build = bin.substr(0, bin.rfind("/bin/"));
    // The command of the README, with this variant's library.
    const std::string readme = read_text(source_path("README.md"));
    const size_t at = readme.find("g++ -std=c++17 my.cpp");
    ASSERT_NE(at, std::string::npos);
    std::string compile = readme.substr(at, readme.find('\n', at) - at);
    compile = replace_all(compile, "my.cpp", quoted(source));
    compile = replace_all(compile, "build/plain", quoted(build));
    if (san && *san)
        compile += " -fsanitize=" + std::string(san);
    const run_result built = shell(compile + " -o " + quoted(_system.file("my")));
    ASSERT_EQ(built.exit_status, 0) << built.output;

    ASSERT_EQ(shell("./run_lars up && ./run_lars route add 5 1 10.0.0.1:80").exit_status, 0);
    lars_client agent("127.0.0.1", std::stoi(_system.port("8888")));
    ASSERT_EQ(agent.reg_init(5, 1), lars_client::RET_SUCC) << agent.error();
    // The example asks the standard port; another agent may listen there.
    write_text(source, replace_all(read_text(source), "lars::lars_client client;",
                                   "lars::lars_client client(\"127.0.0.1\", " +
                                       _system.port("8888") + ");"));
    ASSERT_EQ(shell(compile + " -o " + quoted(_system.file("my"))).exit_status, 0);
    const run_result result = shell(quoted(_system.file("my")));
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.output, "calling 10.0.0.1:80\n");
}

TEST_F(Readme, EchoServerOfTheWalkFromTheCourseBuildsAndRuns)
{
    const std::string source = _system.write("echo.cpp", block("cpp", "docs/from-v0.12.md"));
    const std::string bin = bin_path("lars_dns");
    const char *san = std::getenv("SAN");
    const run_result built = shell(
        "g++ -std=c++17 -Wall -Wextra -Wshadow " + quoted(source) + " -Ilars_reactor/include -L" +
        quoted(bin.substr(0, bin.rfind("/bin/"))) + "/lib -llreactor -pthread -o " +
        quoted(_system.file("echo")) + (san && *san ? " -fsanitize=" + std::string(san) : ""));
    ASSERT_EQ(built.exit_status, 0) << built.output;
    EXPECT_EQ(built.output, "");
    const run_result result = shell(quoted(_system.file("echo")));
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.output.find("127.0.0.1:"), 0u) << result.output;
}

// The cells of a table's row; empty if the line is none.
std::vector<std::string> cells_of(const std::string &line)
{
    std::vector<std::string> cells;
    for (size_t at = line.find("| "); at != std::string::npos; at = line.find("| ", at + 1)) {
        const size_t end = line.find(" |", at + 1);
        if (end != std::string::npos)
            cells.push_back(line.substr(at + 2, end - at - 2));
    }
    return cells;
}

// "dead-1-of-10 0.024 9.091 10.000", in the order of the text.
using figure_lines = std::vector<std::string>;

// A table's rows that begin with a name in code and end with three numbers.
figure_lines figures_of_page(const std::string &page)
{
    figure_lines figures;
    std::istringstream in(page);
    for (std::string line; std::getline(in, line);) {
        const auto cells = cells_of(line);
        if (cells.size() != 5 || cells[4].find_first_not_of("0123456789.") != std::string::npos)
            continue;
        const std::string name = replace_all(cells[0], "`", "");
        figures.push_back(name + " " + cells[2] + " " + cells[3] + " " + cells[4]);
    }
    return figures;
}

// What lars_sim prints, but for all lines other than the names and "failed and refused".
figure_lines figures_of_simulator(const std::string &output)
{
    figure_lines figures;
    std::istringstream in(output);
    std::string path, rest, word, adaptive, course, round_robin;
    while (in >> path && std::getline(in, rest)) {
        // "failed and refused, %"
        in >> word >> word >> word >> word >> adaptive >> course >> round_robin;
        const size_t from = path.rfind('/') + 1;
        const std::string name = path.substr(from, path.rfind('.') - from);
        figures.push_back(name + " " + adaptive + " " + course + " " + round_robin);
    }
    return figures;
}

TEST_F(Readme, FiguresOfTheWalkFromTheCourseAreThoseOfItsCommand)
{
    const std::string bin = bin_path("lars_dns");
    for (const char *name : {"docs/from-course.md", "docs/from-course.zh-CN.md"}) {
        const std::string page = read_text(source_path(name));
        const size_t at = page.find("\n    build/plain/bin/lars_sim ");
        ASSERT_NE(at, std::string::npos) << name;
        const std::string command = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
        const run_result played =
            shell(replace_all(command, "build/plain/bin", quoted(bin.substr(0, bin.rfind('/')))));
        EXPECT_EQ(played.exit_status, 0) << played.output;
        const figure_lines shown = figures_of_page(page);
        EXPECT_EQ(shown.size(), 9u) << name;
        EXPECT_EQ(shown, figures_of_simulator(played.output)) << name;
    }
}

TEST_F(Readme, LinksLeadSomewhere)
{
    std::vector<std::string> pages = {"README.md"};
    for (const auto &file : std::filesystem::directory_iterator(source_path("docs"))) {
        if (file.path().extension() == ".md")
            pages.push_back("docs/" + file.path().filename().string());
    }
    ASSERT_GT(pages.size(), 10u);
    for (const std::string &page : pages) {
        std::string text = read_text(source_path(page));
        // Code has brackets of its own.
        for (size_t at = 0; (at = text.find("\n```", at)) != std::string::npos;)
            text.erase(at, text.find("\n```", at + 4) + 4 - at);
        const std::string folder = page.substr(0, page.rfind('/') + 1);
        for (size_t at = 0; (at = text.find("](", at)) != std::string::npos; ++at) {
            std::string target = text.substr(at + 2, text.find(')', at) - at - 2);
            target = target.substr(0, target.find('#'));
            const std::string path = source_path(folder + target);
            EXPECT_EQ(access(path.c_str(), F_OK), 0) << page << ": " << target;
        }
    }
}

}  // namespace
}  // namespace lars
