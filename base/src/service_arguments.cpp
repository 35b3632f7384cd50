#include "service_arguments.h"

#include <fcntl.h>
#include <getopt.h>

#include <charconv>
#include <cstdio>

#include "config_path.h"

namespace lars {

static void print_usage(FILE *out, const service_info &info)
{
    fprintf(out,
            "usage: %s [-c FILE] [-l FILE] [-t] [--ready-fd N] [--help] [--version]\n"
            "%s\n\n"
            "  -c FILE        the configuration (default %s)\n"
            "  -l FILE        write the log to FILE instead of stderr\n"
            "  -t             check the configuration and exit\n"
            "  --ready-fd N   write \"ready IP:PORT ...\" to descriptor N once it serves\n"
            "  --help         print this\n"
            "  --version      print the version\n\n"
            "%s%s"
            "SIGTERM and SIGINT stop it gracefully, SIGHUP reads the configuration again.\n"
            "SIGUSR1 and SIGHUP open the log's file again, after it was renamed.\n",
            info.name.c_str(), info.what.c_str(),
            default_config_path(info.name, info.folder).c_str(), info.more_help.c_str(),
            info.more_help.empty() ? "" : "\n");
}

static bool parse_fd(const char *text, int *fd)
{
    const std::string digits = text;
    const char *end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, *fd);
    // One that nobody gave us would become some socket of our own.
    return parsed.ec == std::errc() && parsed.ptr == end && *fd >= 0 && fcntl(*fd, F_GETFD) >= 0;
}

std::optional<int> parse_arguments(int argc, char **argv, const service_info &info,
                                   service_arguments *out)
{
    enum { HELP = 256, VERSION, READY_FD };
    const option options[] = {{"help", no_argument, nullptr, HELP},
                              {"version", no_argument, nullptr, VERSION},
                              {"ready-fd", required_argument, nullptr, READY_FD},
                              {nullptr, 0, nullptr, 0}};
    out->config_path = default_config_path(info.name, info.folder);
    int choice = 0;
    bool wrong = false;
    while ((choice = getopt_long(argc, argv, "c:l:t", options, nullptr)) != -1) {
        switch (choice) {
        case 'c': out->config_path = optarg; break;
        case 'l': out->log_path = optarg; break;
        case 't': out->check_only = true; break;
        case HELP: print_usage(stdout, info); return 0;
        case VERSION: printf("%s %s\n", info.name.c_str(), LARS_VERSION); return 0;
        case READY_FD: wrong = wrong || !parse_fd(optarg, &out->ready_fd); break;
        default: wrong = true;
        }
    }
    if (!wrong && optind == argc)
        return std::nullopt;
    print_usage(stderr, info);
    return 2;
}

}  // namespace lars
