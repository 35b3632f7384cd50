// make bench measures everything it lists. The figures themselves are not judged here.
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "bench_command.h"
#include "bench_page.h"
#include "bench_table.h"
#include "latencies.h"
#include "paths.h"
#include "process.h"
#include "temp_dir.h"
#include "text_match.h"

namespace lars {
namespace {

using namespace lars::bench;
using namespace lars::test;

TEST(Bench, EveryPartIsMeasuredAgainstItsFloor)
{
    const run_result result =
        run(bin_path("bench_system"), {"1", "0.05"}, {}, milliseconds(120000));
    ASSERT_EQ(result.exit_status, 0) << result.output;
    const char *const figures = " ([0-9.]+) +([0-9.]+) +([0-9.]+) +[0-9.-]+ +[0-9.-]+$";
    std::istringstream lines(result.output);
    std::string line;
    std::getline(lines, line);
    int measured = 0;
    while (std::getline(lines, line)) {
        const auto match = first_match(line, figures);
        ASSERT_EQ(match.size(), 4u) << line;
        EXPECT_GT(std::atof(match[1].c_str()), 0) << line;
        EXPECT_GT(std::atof(match[2].c_str()), 0) << line;
        ++measured;
    }
    for (const char *what : {"tcp echo, 50 x 1 ",
                             "tcp echo, 50 x 16 ",
                             "dns lookup, 2 x 16 ",
                             "dns lookup, 50 x 1 ",
                             "bare echo, ",
                             " x 1 / 50 x 1 ",
                             "tcp echo, 2 loops / 1 loop ",
                             "dns lookup, 2 loops / 1 loop ",
                             "agent get_host + report, 3 x 1 ",
                             "agent get_host + report, 3 x 16 ",
                             "local get_host + report ",
                             "local, agent for 1,000,000 pairs ",
                             "local, each of 2 threads / 1",
                             "local, each of 2 processes / 1",
                             "local / udp, get_host + report ",
                             "local, health to other, 99 of 100 ",
                             "reporter, rows stored ",
                             "change to 1,000, told, median ",
                             "change to 1,000, told, longest ",
                             "change to 1,000, polled, median ",
                             "change to 1,000, polled, 99 of 100 ",
                             "idle connection, dns ",
                             "idle connection, reporter "})
        EXPECT_NE(result.output.find(what), std::string::npos) << what << "\n" << result.output;
    EXPECT_EQ(measured, 35) << result.output;
}

TEST(Bench, APartIsMeasuredAlone)
{
    const run_result result =
        run(bin_path("bench_system"), {"1", "0.01", "dns"}, {}, milliseconds(60000));
    ASSERT_EQ(result.exit_status, 0) << result.output;
    EXPECT_NE(result.output.find("dns lookup, "), std::string::npos) << result.output;
    EXPECT_EQ(result.output.find("tcp echo, "), std::string::npos) << result.output;
    EXPECT_EQ(result.output.find("agent"), std::string::npos) << result.output;
}

TEST(Bench, OnlyAWholeRunWritesThePage)
{
    const temp_dir folder;
    const std::string page = folder.write("page.md", "<!-- make bench: begin -->\n"
                                                     "<!-- make bench: end -->\n");
    const std::string before = read_text(page);
    const run_result result = run(bin_path("bench_system"), {"--write", page, "1", "0.01", "dns"},
                                  {}, milliseconds(60000));
    ASSERT_EQ(result.exit_status, 0) << result.output;
    EXPECT_NE(result.output.find(page + " stays as it is"), std::string::npos) << result.output;
    EXPECT_EQ(read_text(page), before);
}

TEST(BenchPage, ATableGoesBetweenItsMarksAndNowhereElse)
{
    const std::string page = "text\n<!-- make bench: begin -->\nold\n<!-- make bench: end -->\n"
                             "more\n<!-- make bench-big: begin -->\nbig\n"
                             "<!-- make bench-big: end -->\nend\n";
    EXPECT_EQ(with_block(page, "make bench", "new\n"),
              "text\n<!-- make bench: begin -->\nnew\n<!-- make bench: end -->\nmore\n"
              "<!-- make bench-big: begin -->\nbig\n<!-- make bench-big: end -->\nend\n");
    EXPECT_EQ(with_block(with_block(page, "make bench-big", "new\n"), "make bench-big", "big\n"),
              page);
    EXPECT_EQ(with_block("no marks\n", "make bench", "new\n"), "");
}

TEST(BenchPage, IsWrittenByAWholeRunThatSucceeds)
{
    const temp_dir folder;
    const std::string begin = "<!-- make bench: begin -->\n", end = "<!-- make bench: end -->\n";
    bench_table table("what", "floor");
    bool succeeds = false;
    const bench_part part = {"one", [&](const bench_settings &settings) {
                                 settings.table->add({"line", "ms", 0, 3, 2});
                                 return succeeds;
                             }};
    bench_command command;
    command.settings.table = &table;
    command.page = folder.write("page.md", begin + "old\n" + end);
    command.parts = {&part};
    EXPECT_FALSE(run_bench(command, "make bench"));
    EXPECT_EQ(read_text(command.page), begin + "old\n" + end);
    succeeds = true;
    command.parts = {&part, &part};
    bench_table another("what", "floor");
    command.settings.table = &another;
    EXPECT_TRUE(run_bench(command, "make bench"));
    EXPECT_EQ(read_text(command.page), begin + describe_run() + "\n" + another.markdown() + end);
    EXPECT_FALSE(run_bench(command, "make another"));
}

TEST(BenchPage, IsTheDocumentsPage)
{
    const std::string page = read_text(source_path("docs/bench.md"));
    for (const char *mark : {"make bench", "make bench-big"})
        EXPECT_NE(with_block(page, mark, "new\n"), "") << mark;
}

TEST(BenchPage, SaysWhereAndWhenItWasMeasured)
{
    const std::string text = describe_run();
    EXPECT_TRUE(
        has_match(text, "^.+, [0-9]+ processors, Linux .+; 20[0-9]{2}-[0-9]{2}-[0-9]{2}, .+\\.\n$"))
        << text;
}

TEST(BenchTable, HasALineForEachFigure)
{
    bench_table table("what", "floor");
    table.add({"one", "calls/s", 0, 100, 50, 2.1, 1.9, 2.2});
    table.add({"", "cpu us/call", 2, 1, 0});
    table.add({"two", "ms", 1, 5, 20});
    EXPECT_EQ(table.markdown(), "| what | | Lars | floor | ratio | lowest | highest |\n"
                                "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
                                "| one | calls/s | 100 | 50 | 2.10 | 1.90 | 2.20 |\n"
                                "| | cpu us/call | 1.00 | - | - | - | - |\n"
                                "| two | ms | 5.0 | 20.0 | 0.25 | - | - |\n");
    EXPECT_EQ(median({3, 1, 2}), 2);
    EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
    EXPECT_EQ(highest({1, 3, 2}), 3);
    EXPECT_EQ(percentile({3, 1, 2}, 99), 3);
    EXPECT_EQ(percentile({4, 3, 2, 1}, 50), 2);
}

TEST(BenchLatencies, AreTrueToAThirtieth)
{
    using std::chrono::nanoseconds;
    latencies none;
    EXPECT_EQ(none.percentile(50).count(), 0);
    latencies all, more;
    for (int64_t i = 1; i <= 100000; ++i)
        (i % 2 == 0 ? all : more).add(nanoseconds(i * 1000));
    all.add(more);
    EXPECT_EQ(all.count(), 100000u);
    for (const double percent : {1.0, 50.0, 99.0}) {
        const double exact = percent * 1e6;
        const auto found = static_cast<double>(all.percentile(percent).count());
        EXPECT_GE(found, exact) << percent;
        EXPECT_LE(found, exact * 31 / 30) << percent;
    }
    EXPECT_EQ(all.longest().count(), 100000000);
    EXPECT_EQ(all.percentile(100), all.longest());
    // The ends of what there can be.
    latencies extremes;
    extremes.add(nanoseconds(-5));
    extremes.add(nanoseconds::max());
    EXPECT_EQ(extremes.percentile(50).count(), 0);
    EXPECT_EQ(extremes.percentile(99), nanoseconds::max());
    EXPECT_EQ(time_text(nanoseconds(1500)), "1.5 us");
    EXPECT_EQ(time_text(nanoseconds(2500000)), "2.50 ms");
    EXPECT_EQ(time_text(std::chrono::seconds(3)), "3.00 s");
}

TEST(Bench, WrongArgumentsAreRefused)
{
    for (const std::vector<std::string> &arguments : std::vector<std::vector<std::string>>{
             {"0"}, {"x"}, {"1", "0"}, {"1", "1", "nothing"}, {"1", "1", "dns", "dns2"}}) {
        const run_result result = run(bin_path("bench_system"), arguments);
        EXPECT_EQ(result.exit_status, 2);
        EXPECT_NE(result.output.find("usage: bench_system"), std::string::npos) << result.output;
    }
}

}  // namespace
}  // namespace lars
