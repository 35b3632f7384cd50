// lars_sim: shows what scenarios come to under each policy.
#include <cstdio>
#include <fstream>

#include "agent_options.h"
#include "comparison.h"
#include "sim_arguments.h"
#include "sim_chart.h"
#include "sim_table.h"

using namespace lars;

static constexpr int EXIT_FAILED = 1;

static int fail(const std::string &why)
{
    fprintf(stderr, "lars_sim: %s\n", why.c_str());
    return EXIT_FAILED;
}

static status write_chart(const std::string &path, const std::string &chart)
{
    std::ofstream file(path, std::ios::binary);
    file << chart;
    file.close();
    return file ? status() : status::error("cannot write " + path);
}

int main(int argc, char **argv)
{
    sim_arguments arguments;
    if (const auto done = parse_sim_arguments(argc, argv, &arguments))
        return *done;

    agent_options options;
    if (!arguments.config_path.empty()) {
        if (status s = read_agent_options(arguments.config_path, &options); !s)
            return fail(s.message());
    }
    // A mistake in the last one should not come after minutes of playing.
    std::vector<scenario> scenarios(arguments.scenarios.size());
    for (size_t i = 0; i < scenarios.size(); ++i) {
        if (status s = read_scenario(arguments.scenarios[i], &scenarios[i]); !s)
            return fail(s.message());
    }

    for (size_t i = 0; i < scenarios.size(); ++i) {
        const comparison made =
            compare(arguments.scenarios[i], scenarios[i], options.balance, arguments.seed);
        if (!arguments.svg_path.empty()) {
            if (status s = write_chart(arguments.svg_path, chart_of(made)); !s)
                return fail(s.message());
        }
        printf("%s%s", i > 0 ? "\n" : "", table_of(made).c_str());
        if (fflush(stdout) != 0)
            return fail("cannot write the table");
    }
    return 0;
}
