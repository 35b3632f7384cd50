#include "metrics_reader.h"

#include <gtest/gtest.h>

namespace lars {
namespace {

TEST(MetricsReader, TakesTheVersionAndHowFarBehindADnsIs)
{
    const service_figures figures = parse_figures("# HELP lars_build_info x\n"
                                                  "# TYPE lars_build_info gauge\n"
                                                  "lars_build_info{version=\"1.2.3\"} 1\n"
                                                  "lars_dns_database_age_seconds 12.5\n");
    EXPECT_EQ(figures.version, "1.2.3");
    EXPECT_EQ(figures.behind, 12.5);
}

TEST(MetricsReader, WhatIsNotUnderstoodIsLeftOut)
{
    for (const char *text :
         {"", "\n\n", "lars_build_info{", "lars_build_info{} 1", "lars_dns_database_age_seconds",
          "lars_dns_database_age_seconds x", "lars_dns_database_age_seconds NaN",
          "lars_dns_database_age_seconds -1", "lars_dns_database_age_seconds 1e300",
          "lars_dns_database_age_seconds_total 5"}) {
        const service_figures figures = parse_figures(text);
        EXPECT_EQ(figures.version, "") << text;
        EXPECT_FALSE(figures.behind) << text;
    }
}

TEST(MetricsReader, AServiceThatIsNotThereIsAnErrorWithItsAddress)
{
    service_figures figures;
    const status s = read_service(server_address("127.0.0.1", 9), &figures);
    EXPECT_EQ(s.kind(), status_kind::unavailable);
    EXPECT_NE(s.message().find("127.0.0.1:9"), std::string::npos) << s.message();
}

}  // namespace
}  // namespace lars
