// lars_sim as a program: what it is told, what it prints, what it draws; and what
// docs/balancing.md shows of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "paths.h"
#include "process.h"
#include "temp_dir.h"

namespace lars {
namespace {

using namespace lars::test;

const std::string SHORT = "# <Two> & \"three\" hosts.\nduration 10s\ncalls 100\nhosts 2\n"
                          "at 2s host 1 fails 100%\nat 5s host 1 fails 0%\n";

class Sim : public testing::Test {
protected:
    run_result sim(const std::vector<std::string> &arguments)
    {
        return run(bin_path("lars_sim"), arguments, {}, milliseconds(120000));
    }
    // Nothing but stderr says anything.
    void wrong(int exit_status, const std::vector<std::string> &arguments, const std::string &why)
    {
        std::string line = "exec 3>&1 >" + _folder.file("stdout") + " 2>&3; exec \"$0\" \"$@\"";
        std::vector<std::string> words = {"-c", line, bin_path("lars_sim")};
        words.insert(words.end(), arguments.begin(), arguments.end());
        const run_result result = run("/bin/bash", words);
        EXPECT_EQ(result.exit_status, exit_status) << result.output;
        EXPECT_NE(result.output.find(why), std::string::npos) << result.output;
        EXPECT_EQ(result.output.find("usage: ") != std::string::npos, exit_status == 2);
        EXPECT_EQ(read_text(_folder.file("stdout")), "");
    }

    temp_dir _folder;
};

std::string scenario_path(const std::string &name)
{
    return source_path("lars_loadbalance_agent/scenarios/" + name + ".scenario");
}

// The columns behind a row's name.
std::vector<std::string> row(const std::string &table, const std::string &name)
{
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
        if (line.compare(0, name.size(), name) != 0)
            continue;
        std::istringstream words(line.substr(name.size()));
        return {std::istream_iterator<std::string>(words), {}};
    }
    return {};
}

using columns = std::vector<std::string>;

TEST_F(Sim, WrongArgumentsGetTheUsage)
{
    const std::string good = _folder.write("good", SHORT);
    wrong(2, {}, "no scenario");
    wrong(2, {"--seed"}, "requires an argument");
    wrong(2, {"-c"}, "requires an argument");
    wrong(2, {"--no-such-thing", good}, "no-such-thing");
    for (const char *seed : {"-1", "4294967296", "x", "", "1.5", "1 "})
        wrong(2, {"--seed", seed, good}, "--seed: '" + std::string(seed) + "'");
    wrong(2, {"--svg", _folder.file("a.svg"), good, good}, "--svg draws one scenario");
    wrong(2, {"--svg", "", good}, "the name of a file is empty");
}

TEST_F(Sim, MistakesInFilesNameFileAndLine)
{
    const std::string good = _folder.write("good", SHORT);
    const std::string bad = _folder.write("bad", SHORT + "at 1s host 3 fails 1%\n");
    // Also where others come first.
    wrong(1, {good, bad}, bad + ":7: '3' is not the number of a host");
    wrong(1, {_folder.path()}, "cannot read " + _folder.path());
    wrong(1, {_folder.file("absent")}, "cannot read " + _folder.file("absent"));
    const std::string conf = _folder.write("conf", "[loadbalance]\nprobe_num = 0\n");
    wrong(1, {"-c", conf, good}, conf + ":2: [loadbalance] probe_num");
    wrong(1, {"-c", _folder.file("absent"), good}, _folder.file("absent"));
    wrong(1, {"--svg", _folder.file("no/where.svg"), good}, "cannot write");
}

TEST_F(Sim, HelpAndVersion)
{
    const run_result help = sim({"--help"});
    EXPECT_EQ(help.exit_status, 0);
    EXPECT_EQ(help.output.find("usage: lars_sim "), 0u) << help.output;
    const run_result version = sim({"--version"});
    EXPECT_EQ(version.exit_status, 0);
    EXPECT_EQ(version.output.find("lars_sim 1."), 0u) << version.output;
}

TEST_F(Sim, TableShowsAllThreePlayers)
{
    const run_result result = sim({_folder.write("x", SHORT)});
    ASSERT_EQ(result.exit_status, 0);
    const std::string &table = result.output;
    EXPECT_EQ(table.find("<Two> & \"three\" hosts.\n" + _folder.file("x") +
                         ": 2 hosts, 100 calls a second, 10 s, seed 1\n"),
              0u)
        << table;
    EXPECT_EQ(row(table, "calls"), columns(3, "1000"));
    EXPECT_EQ(row(table, "failed")[2], "150");
    EXPECT_EQ(row(table, "refused, no host was given"), columns(3, "0"));
    EXPECT_EQ(row(table, "failed and refused, %")[2], "15.000");
    EXPECT_EQ(row(table, "host-time set aside, %")[2], "0.00");
    EXPECT_EQ(row(table, "well again, to half its share, s")[2], "0.0");
    EXPECT_EQ(row(table, "well again, to its full share, s")[0], "never");
    EXPECT_EQ(row(table, "host 1").back(), "50.0");
    EXPECT_NE(table.find(" s  host 1  set aside: it fails more than the others\n"),
              std::string::npos)
        << table;
    EXPECT_NE(table.find(" s  host 1  back: probes succeed\n"), std::string::npos) << table;
}

TEST_F(Sim, SeveralScenariosAreShownInTurnAndASeedIsLuckOfItsOwn)
{
    const std::string x = _folder.write("x", "duration 5s\ncalls 100\nhosts 3\n"
                                             "at 0s host 1-3 fails 50%\n");
    const std::string one = sim({x}).output, other = sim({"--seed", "2", x}).output;
    EXPECT_EQ(sim({x, x}).output, one + "\n" + one);
    EXPECT_EQ(sim({"--seed", "1", x}).output, one);
    EXPECT_NE(row(one, "failed")[2], row(other, "failed")[2]);
    EXPECT_EQ(one.find(x + "\n3 hosts"), 0u) << one;  // it has no title
    EXPECT_EQ(row(one, "well again, to half its share, s"), columns(3, "-"));
    EXPECT_NE(one.find("adaptive: no host was set aside\n"), std::string::npos) << one;
}

TEST_F(Sim, LongListsAreCutAndCounted)
{
    std::string text = "duration 200s\ncalls 100\nagents 2\n";
    for (int i = 1; i <= 30; ++i)
        text += "hosts 1 weight " + std::to_string(100 + i) + "\n";
    text += "at 0s host 1-20 fails 100%\n";
    const std::string table = sim({_folder.write("x", text)}).output;
    EXPECT_NE(table.find("\n... and 10 more\n"), std::string::npos) << table;
    EXPECT_NE(table.find(" s  agent 2  host 1"), std::string::npos) << table;
    EXPECT_NE(table.find("\n... and 20 more\ncourse: "), std::string::npos) << table;
    EXPECT_LT(std::count(table.begin(), table.end(), '\n'), 90);
}

TEST_F(Sim, ThresholdsOfAConfigurationCountAndItsPolicyDoesNot)
{
    const std::string shipped = source_path("lars_loadbalance_agent/conf/lars_lb_agent.conf");
    const std::string x = scenario_path("dead-1-of-10");
    const std::string standard = sim({x}).output;
    EXPECT_EQ(sim({"-c", shipped, x}).output, standard);
    const std::string course = _folder.write("course", "[loadbalance]\npolicy = course\n");
    EXPECT_EQ(sim({"-c", course, x}).output, standard);
    const std::string seldom = _folder.write("seldom", "[loadbalance]\nprobe_num = 99\n");
    EXPECT_LT(std::stod(row(sim({"-c", seldom, x}).output, "failed and refused, %")[1]), 1.2);
}

// The words of a tag: its name, then each attribute as name=value. Empty if it is wrong.
std::vector<std::string> tag_words(const std::string &tag)
{
    const std::string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:-0123456789";
    size_t at = std::min(tag.find_first_not_of(letters), tag.size());
    std::vector<std::string> words = {tag.substr(0, at)};
    while (at < tag.size()) {
        const size_t name = tag.find_first_not_of(" \n", at);
        const size_t equals = tag.find_first_not_of(letters, name);
        if (name == at || name == std::string::npos || equals == std::string::npos ||
            tag.compare(equals, 2, "=\"") != 0)
            return {};
        const size_t end = tag.find('"', equals + 2);
        if (end == std::string::npos)
            return {};
        const std::string attribute = tag.substr(name, equals - name);
        for (const std::string &word : words) {
            if (word.compare(0, attribute.size() + 1, attribute + "=") == 0)
                return {};
        }
        words.push_back(attribute + "=" + tag.substr(equals + 2, end - equals - 2));
        at = end + 1;
    }
    return words;
}

// Each & begins one of the names that XML knows.
bool escaped_rightly(const std::string &text)
{
    for (size_t at = 0; (at = text.find('&', at)) != std::string::npos; ++at) {
        bool known = false;
        for (const std::string name : {"&amp;", "&lt;", "&gt;", "&quot;"})
            known = known || text.compare(at, name.size(), name) == 0;
        if (!known)
            return false;
    }
    return true;
}

// What is wrong with the XML, in which there is no comment and no such thing; "": nothing.
std::string what_is_wrong(const std::string &xml)
{
    std::vector<std::string> open;
    if (!escaped_rightly(xml))
        return "a & alone";
    for (size_t at = 0; at < xml.size();) {
        if (xml[at] != '<') {
            const size_t next = std::min(xml.find('<', at), xml.size());
            const std::string text = xml.substr(at, next - at);
            if (open.empty() && text != "\n")
                return "text outside: " + text;
            at = next;
            continue;
        }
        const size_t end = xml.find('>', at);
        if (end == std::string::npos)
            return "a tag without end";
        std::string tag = xml.substr(at + 1, end - at - 1);
        at = end + 1;
        if (tag.find('<') != std::string::npos)
            return "a tag in a tag: " + tag;
        if (tag[0] == '/') {
            if (open.empty() || open.back() != tag.substr(1))
                return "wrongly ended: " + tag;
            open.pop_back();
            continue;
        }
        const bool empty = tag.back() == '/';
        if (empty)
            tag.pop_back();
        const auto words = tag_words(tag);
        if (words.empty() || words[0].empty())
            return "no tag: " + tag;
        if (!empty)
            open.push_back(words[0]);
    }
    return open.empty() ? "" : "not ended: " + open.back();
}

TEST_F(Sim, ThatXmlIsRightOrWrongIsSeen)
{
    EXPECT_EQ(what_is_wrong("<a x=\"1\" y=\"\"><b/>t &amp; u<c z=\"2\"/></a>\n"), "");
    for (const char *wrong :
         {"<a>", "<a></b>", "<a x=1/>", "<a x=\"1\" x=\"2\"/>", "<a>&</a>", "<a>&nbsp;</a>",
          "<a/>text", "<a x=\"1\"y=\"2\"/>", "<a <b/>", "</a>"})
        EXPECT_NE(what_is_wrong(wrong), "") << wrong;
}

TEST_F(Sim, ChartIsXmlOfItsOwn)
{
    const std::string svg = _folder.file("x.svg");
    const std::string hostile = _folder.write("hostile", "# \x1b]<script>\xff&amp;\"'\n" + SHORT);
    for (const std::string &path :
         {_folder.write("x", SHORT), hostile, scenario_path("dead-99-of-100"),
          scenario_path("20-agents-at-10"), scenario_path("dead-1-of-3-each-20s"),
          scenario_path("one-host-fails-30"), scenario_path("dead-6-of-10-for-60s"),
          _folder.write("few", "duration 1s\ncalls 1\nhosts 30\n")}) {
        ASSERT_EQ(sim({"--svg", svg, path}).exit_status, 0);
        const std::string chart = read_text(svg);
        EXPECT_EQ(what_is_wrong(chart), "") << path;
        EXPECT_EQ(chart.find("<svg xmlns=\"http://www.w3.org/2000/svg\""), 0u);
        for (const char *foreign :
             {"<script", "href", "url(", "@import", "@font-face", "nan", "inf", "\x1b", "\xff"})
            EXPECT_EQ(chart.find(foreign), std::string::npos) << path << ": " << foreign;
        EXPECT_NE(chart.find("prefers-color-scheme:dark"), std::string::npos);
        for (const char *name : {">adaptive<", ">course<", ">round robin<"})
            EXPECT_NE(chart.find(name), std::string::npos) << path << ": " << name;
        EXPECT_LT(chart.size(), 40000u) << path;
    }
}

// The page shows what lars_sim makes today. To make its charts anew, run the commands in it.
const std::string PAGE = "docs/balancing.md";

TEST_F(Sim, ChartsOfThePageAreMadeByItsCommands)
{
    const std::string page = read_text(source_path(PAGE));
    size_t charts = 0;
    for (const auto &file : std::filesystem::directory_iterator(source_path("docs/balancing"))) {
        const std::string name = file.path().stem().string();
        EXPECT_NE(page.find("](balancing/" + name + ".svg)"), std::string::npos) << name;
        EXPECT_NE(page.find("lars_sim --svg docs/balancing/" + name +
                            ".svg lars_loadbalance_agent/scenarios/" + name + ".scenario\n"),
                  std::string::npos)
            << name;
        ASSERT_EQ(sim({"--svg", _folder.file("new.svg"), scenario_path(name)}).exit_status, 0);
        EXPECT_EQ(read_text(_folder.file("new.svg")), read_text(file.path()))
            << name << " is old: run the commands of " << PAGE;
        EXPECT_LT(file.file_size(), 40000u);
        ++charts;
    }
    EXPECT_GE(charts, 3u);
}

TEST_F(Sim, TablesOfThePageAreRight)
{
    std::istringstream page(read_text(source_path(PAGE)));
    size_t rows = 0;
    for (std::string line; std::getline(page, line);) {
        // | what | `scenario` | adaptive | course | round robin |
        const size_t end = line.find("` | ");
        const size_t begin = line.rfind('`', end - 1);
        if (line[0] != '|' || end == std::string::npos ||
            !std::filesystem::exists(scenario_path(line.substr(begin + 1, end - begin - 1))))
            continue;
        const std::string name = line.substr(begin + 1, end - begin - 1);
        const auto figures = row(sim({scenario_path(name)}).output, "failed and refused, %");
        ASSERT_EQ(figures.size(), 3u) << name;
        EXPECT_EQ(line.substr(end + 2),
                  "| " + figures[0] + " | " + figures[1] + " | " + figures[2] + " |")
            << name;
        ++rows;
    }
    EXPECT_GE(rows, 10u);
}

TEST_F(Sim, CommandsOfThePagePrintWhatItShows)
{
    const std::string page = read_text(source_path(PAGE));
    const std::string fence = "\n```console\n", program = "build/plain/bin/lars_sim";
    size_t blocks = 0;
    for (size_t at = 0; (at = page.find(fence, at)) != std::string::npos; ++blocks) {
        at += fence.size();
        const size_t line_end = page.find('\n', at);
        std::string command = page.substr(at + 2, line_end - at - 2);
        ASSERT_EQ(page.compare(at, 2, "$ "), 0);
        ASSERT_EQ(command.compare(0, program.size(), program), 0) << command;
        command.replace(0, program.size(), bin_path("lars_sim"));
        process_options options;
        options.folder = source_path("");
        const run_result result = run("/bin/bash", {"-c", command}, options, milliseconds(60000));
        EXPECT_EQ(result.exit_status, 0) << command;
        EXPECT_EQ(result.output,
                  page.substr(line_end + 1, page.find("```", line_end) - line_end - 1));
    }
    EXPECT_GE(blocks, 1u);
}

TEST_F(Sim, ScenarioOfThePageCanBePlayed)
{
    const std::string page = read_text(source_path(PAGE));
    const std::string fence = "\n```\n# ";
    const size_t at = page.find(fence);
    ASSERT_NE(at, std::string::npos);
    const std::string text = page.substr(at + 5, page.find("```", at + 5) - at - 5);
    const run_result result = sim({_folder.write("x", text)});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_NE(result.output.find("x: 10 hosts, 2 agents, 1000 calls a second, 300 s, seed 1\n"),
              std::string::npos)
        << result.output;
}

TEST_F(Sim, ThePageExplainsEveryThreshold)
{
    const std::string page = read_text(source_path(PAGE));
    std::istringstream conf(
        read_text(source_path("lars_loadbalance_agent/conf/lars_lb_agent.conf")));
    size_t keys = 0;
    bool ours = false;
    for (std::string line; std::getline(conf, line);) {
        if (line[0] == '[')
            ours = line == "[loadbalance]";
        const size_t equals = line.find(" = ");
        if (!ours || line[0] == '#' || equals == std::string::npos)
            continue;
        EXPECT_NE(page.find("| `" + line.substr(0, equals) + "` = " + line.substr(equals + 3)),
                  std::string::npos)
            << line;
        ++keys;
    }
    EXPECT_EQ(keys, 23u);
}

}  // namespace
}  // namespace lars
