#include "sim_arguments.h"

#include <getopt.h>

#include <charconv>
#include <cstdio>

namespace lars {

static constexpr int EXIT_WRONG_USE = 2;

static void print_usage(FILE *out)
{
    fputs("usage: lars_sim [-c FILE] [--seed N] [--svg FILE] SCENARIO...\n"
          "Plays scenarios with the agent's own rules and a clock that is scripted, and shows\n"
          "what they come to under policy adaptive, policy course and plain round robin.\n\n"
          "  -c FILE      take the thresholds from this lars_lb_agent.conf, for both policies,\n"
          "               whichever its policy is (default: those of the agent)\n"
          "  --seed N     another course of chance, 0 to 4294967295 (default 1)\n"
          "  --svg FILE   draw a chart too; for one scenario at a time\n"
          "  --help       print this\n"
          "  --version    print the version\n\n"
          "docs/balancing.md explains the policies and how a scenario is written.\n",
          out);
}

static int wrong_use(const std::string &why)
{
    if (!why.empty())
        fprintf(stderr, "lars_sim: %s\n", why.c_str());
    print_usage(stderr);
    return EXIT_WRONG_USE;
}

static bool parse_seed(const std::string &text, uint32_t *seed)
{
    const char *end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, *seed);
    return error == std::errc() && stopped == end;
}

std::optional<int> parse_sim_arguments(int argc, char **argv, sim_arguments *out)
{
    enum { HELP = 256, VERSION, SEED, SVG };
    const option options[] = {{"help", no_argument, nullptr, HELP},
                              {"version", no_argument, nullptr, VERSION},
                              {"seed", required_argument, nullptr, SEED},
                              {"svg", required_argument, nullptr, SVG},
                              {nullptr, 0, nullptr, 0}};
    std::string wrong;
    int choice = 0;
    while ((choice = getopt_long(argc, argv, "c:", options, nullptr)) != -1) {
        switch (choice) {
        case 'c': out->config_path = optarg; break;
        case HELP: print_usage(stdout); return 0;
        case VERSION: printf("lars_sim %s\n", LARS_VERSION); return 0;
        case SEED:
            if (!parse_seed(optarg, &out->seed))
                wrong = "--seed: '" + std::string(optarg) + "' is not a number up to 4294967295";
            break;
        case SVG: out->svg_path = optarg; break;
        default: return wrong_use("");  // getopt has said why
        }
        if ((choice == 'c' || choice == SVG) && *optarg == 0)
            wrong = "the name of a file is empty";
    }
    out->scenarios.assign(argv + optind, argv + argc);
    if (wrong.empty() && out->scenarios.empty())
        wrong = "no scenario";
    if (wrong.empty() && !out->svg_path.empty() && out->scenarios.size() > 1)
        wrong = "--svg draws one scenario, and there are several";
    return wrong.empty() ? std::nullopt : std::optional(wrong_use(wrong));
}

}  // namespace lars
