#include "metrics_page.h"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <thread>
#include <vector>

namespace lars {
namespace {

std::string text_of(metrics_page &page)
{
    return prometheus::TextSerializer().Serialize(page.take());
}

TEST(MetricsPage, ValuesOfOneNameAreOneFamily)
{
    metrics_page page;
    page.count("calls_total", "Calls.", 3, {{"result", "good"}});
    page.gauge("hosts", "Hosts.", 2);
    page.count("calls_total", "Calls.", 1, {{"result", "bad"}});
    EXPECT_EQ(text_of(page), "# HELP calls_total Calls.\n# TYPE calls_total counter\n"
                             "calls_total{result=\"good\"} 3\ncalls_total{result=\"bad\"} 1\n"
                             "# HELP hosts Hosts.\n# TYPE hosts gauge\nhosts 2\n");
    EXPECT_EQ(text_of(page), "") << "what was taken is gone";
}

TEST(MetricsPage, WhatSeveralThreadsAddIsSummedUp)
{
    metrics_page page;
    std::vector<std::thread> loops;
    for (int i = 0; i < 4; ++i) {
        loops.emplace_back([&page] {
            for (int n = 0; n < 1000; ++n)
                page.count("calls_total", "Calls.", 1, {{"of", std::to_string(n % 2)}});
        });
    }
    for (std::thread &loop : loops)
        loop.join();
    EXPECT_EQ(text_of(page), "# HELP calls_total Calls.\n# TYPE calls_total counter\n"
                             "calls_total{of=\"0\"} 2000\ncalls_total{of=\"1\"} 2000\n");
}

TEST(MetricsPage, LabelsThatRunTogetherStayApart)
{
    metrics_page page;
    page.gauge("x", "X.", 1, {{"a", "b"}, {"c", "d"}});
    page.gauge("x", "X.", 1, {{"a", "bc"}, {"", "d"}});
    page.gauge("x", "X.", 1, {{"ab", ""}, {"c", "d"}});
    EXPECT_EQ(page.take().at(0).metric.size(), 3u);
}

}  // namespace
}  // namespace lars
