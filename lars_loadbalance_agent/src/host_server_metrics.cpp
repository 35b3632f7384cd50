#include "host_server_metrics.h"

#include <algorithm>
#include <string>
#include <vector>

namespace lars {

static void add_choices(const host_server_counts &counts, metrics_page *page)
{
    const auto add = [page](const char *result, uint64_t count) {
        page->count("lars_agent_choices_total", "Answers to get_host, by result.",
                    static_cast<double>(count), {{"result", result}});
    };
    add("host", counts.chosen);
    add("overloaded", counts.overloaded);
    add("no_hosts", counts.no_hosts);
    page->count("lars_agent_probes_total",
                "Choices of hosts that are set aside, to see whether they are well.",
                static_cast<double>(counts.probes));
}

static void add_dropped(const host_server_counts &counts, const udp_server &server,
                        metrics_page *page)
{
    const auto add = [page](const char *reason, uint64_t count) {
        page->count("lars_agent_datagrams_dropped_total", "Datagrams dropped, by reason.",
                    static_cast<double>(count), {{"reason", reason}});
    };
    add("no_frame", server.malformed());
    add("unknown_message", server.unknown_messages());
    add("makes_no_sense", counts.bad_messages);
    add("not_allowed", server.not_allowed());
    add("stranger", counts.from_strangers);
    add("other_port", counts.of_other_ports);
    page->count("lars_agent_answers_unsent_total", "Answers that the system did not take.",
                static_cast<double>(server.unsent()));
}

static void add_local(const table_keeper &table, metrics_page *page)
{
    page->count("lars_agent_local_choices_total", "Choices that clients made from the table.",
                static_cast<double>(table.taken().choices));
    page->count("lars_agent_local_lies_total",
                "Counters in pages of clients that cannot be true, and were left out.",
                static_cast<double>(table.taken().lies));
    page->gauge("lars_agent_local_modules", "Modules in the table.",
                static_cast<double>(table.modules()));
}

static host_server_counts sum(const host_server_counts &counts, const table_keeper::totals &taken)
{
    host_server_counts all = counts;
    all.chosen += taken.choices;
    all.probes += taken.probes;
    all.reports_of_success += taken.successes;
    all.reports_of_failure += taken.failures;
    return all;
}

void add_counts(const host_server_counts &of_server, const udp_server &server,
                const table_keeper *table, metrics_page *page)
{
    host_server_counts counts = of_server;
    if (table) {
        counts = sum(of_server, table->taken());
        add_local(*table, page);
    }
    add_choices(counts, page);
    const auto add_reports = [page](const char *outcome, uint64_t count) {
        page->count("lars_agent_reports_total", "Calls reported, by outcome.",
                    static_cast<double>(count), {{"outcome", outcome}});
    };
    add_reports("success", counts.reports_of_success);
    add_reports("failure", counts.reports_of_failure);
    add_dropped(counts, server, page);
}

static void add_states(const route_lb::host_states &states, const std::string &modid,
                       const std::string &cmdid, metrics_page *page)
{
    const auto add = [&](const char *state, size_t count) {
        page->gauge("lars_agent_hosts", "Hosts of each module, by state.",
                    static_cast<double>(count),
                    {{"modid", modid}, {"cmdid", cmdid}, {"state", state}});
    };
    add("idle", states.idle);
    add("overloaded", states.overloaded);
}

void add_hosts(const route_lb &modules, size_t most, metrics_page *page)
{
    std::vector<route_lb::host_states> all = modules.all_host_states();
    page->gauge("lars_agent_modules", "Modules with hosts.", static_cast<double>(all.size()));
    const auto shown_end = all.begin() + static_cast<std::ptrdiff_t>(std::min(most, all.size()));
    std::partial_sort(all.begin(), shown_end, all.end(),
                      [](const auto &a, const auto &b) { return a.module < b.module; });
    for (auto shown = all.begin(); shown != shown_end; ++shown)
        add_states(*shown, std::to_string(shown->module.modid), std::to_string(shown->module.cmdid),
                   page);
    if (shown_end == all.end())
        return;
    route_lb::host_states others{};
    for (auto other = shown_end; other != all.end(); ++other) {
        others.idle += other->idle;
        others.overloaded += other->overloaded;
    }
    add_states(others, "other", "other", page);
}

}  // namespace lars
