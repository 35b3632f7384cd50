// Shows the rules at work on one host. Calls that go well (s) and calls that fail (f) are
// reported to it, one after another, and its counts are printed after each. The clock is the
// program's own: it goes on by some seconds with each call, and by one second with each w.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "load_balance.h"
#include "main_server.h"

struct load_balance_config lb_config;
route_lb *r_lb[3];
thread_queue<lars::ReportStatusRequest> *report_queue = NULL;
thread_queue<lars::GetRouteRequest> *dns_queue = NULL;

static time_t now = 0;

// Takes the place of the system's in this program.
time_t time(time_t *t) noexcept
{
    if (t != NULL) {
        *t = now;
    }
    return now;
}

static void usage(const char *name)
{
    printf("usage: %s [-ou] [-e SECONDS] [-r LIMIT] PART...\n"
           "  PART  how many times which calls: 10s, then 22f; 100ssf is success, success, failure, 100 times;\n"
           "        15w is 15 seconds without a call\n"
           "  -e    seconds from one call to the next (1)\n"
           "  -r    contin_err_limit, instead of the configuration's\n"
           "  -o    the host is overloaded at the start\n"
           "  -u    end when the host's state changes\n",
           name);
    exit(1);
}

static host_info *host_of(load_balance &lb)
{
    std::vector<host_info *> hosts;
    lb.get_all_hosts(hosts);
    return hosts[0];
}

static void print_counts(int call, char how, const host_info *host)
{
    uint32_t part = host->overload ? host->vsucc : host->verr;
    printf("t %5ld  call %6d %c   vsucc %6u  verr %6u   %s %5.1f %%   in a row: s %u f %u   %s\n",
           static_cast<long>(now), call, how, host->vsucc, host->verr, host->overload ? "succ" : "err ",
           100.0 * part / (host->vsucc + host->verr), host->contin_succ, host->contin_err,
           host->overload ? "overload" : "idle");
}

int main(int argc, char **argv)
{
    int seconds = 1, row_limit = 0;
    bool overloaded = false, until_change = false;
    int option;
    while ((option = getopt(argc, argv, "e:r:ou")) != -1) {
        switch (option) {
        case 'e': seconds = atoi(optarg); break;
        case 'r': row_limit = atoi(optarg); break;
        case 'o': overloaded = true; break;
        case 'u': until_change = true; break;
        default: usage(argv[0]);
        }
    }
    if (optind == argc || !config_file::setPath("conf/lars_lb_agent.conf")) {
        usage(argv[0]);
    }
    read_lb_config();
    if (row_limit > 0) {
        lb_config.contin_err_limit = row_limit;
    }

    load_balance lb(1, 1);
    lars::GetRouteResponse route;
    route.add_host()->set_ip(static_cast<int32_t>(3232235953));   // 192.168.1.177
    route.mutable_host(0)->set_port(7777);
    lb.update(route);
    host_info *host = host_of(lb);
    if (overloaded) {
        while (!host->overload) {
            lb.report(static_cast<int>(host->ip), host->port, 1);
        }
    }

    int call = 0;
    for (int i = optind; i < argc; i++) {
        char *calls;
        long times = strtol(argv[i], &calls, 10);
        if (times < 1 || *calls == '\0' || std::string(calls).find_first_not_of("sfw") != std::string::npos) {
            usage(argv[0]);
        }
        for (long n = 0; n < times; n++) {
            for (char *how = calls; *how != '\0'; how++) {
                if (*how == 'w') {
                    now++;
                    continue;
                }
                now += seconds;
                bool before = host->overload;
                lb.report(static_cast<int>(host->ip), host->port, *how == 's' ? 0 : 1);
                print_counts(++call, *how, host);
                if (until_change && host->overload != before) {
                    return 0;
                }
            }
        }
    }
    return 0;
}
