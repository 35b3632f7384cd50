// lars_reporter: stores the call statistics of all agents.
#include "report_server.h"
#include "reporter_options.h"
#include "service.h"

using namespace lars;

static const service_info INFO = {"lars_reporter", "lars_reporter",
                                  "Stores the call statistics that agents send."};
static constexpr std::chrono::milliseconds STOP_GRACE(2000);

static void warn_of_spelling(const reporter_options &options, const log_sink &log)
{
    if (options.misspelt_section)
        log(log_level::warn, "section [repoter] is taken for [reporter]");
}

static void reload(const service_arguments &arguments, const reporter_options &running,
                   report_server &server, const log_sink &log)
{
    const auto fresh = read_again<reporter_options>(arguments, read_reporter_options, log);
    if (!fresh)
        return;
    warn_of_spelling(*fresh, log);
    if (!(fresh->server == running.server) ||
        fresh->storing_threads != running.storing_threads ||
        fresh->database.describe() != running.database.describe() ||
        fresh->database.password != running.database.password)
        log(log_level::warn, "a change other than of queue_limit needs a restart");
    server.set_queue_limit(fresh->queue_limit);
    log(log_level::info, "configuration read again");
}

int main(int argc, char **argv)
{
    service_arguments arguments;
    reporter_options options;
    if (const auto exit_status = configure(argc, argv, INFO, read_reporter_options, &arguments, &options))
        return *exit_status;

    const log_sink log = stderr_log(INFO.name);
    warn_of_spelling(options, log);
    event_loop loop(log);
    report_server server(&loop, options);
    if (status s = server.bind(); !s)
        return refuse_to_start(INFO, s);

    bool stopping = false;
    signal_watcher signals(
        &loop,
        [&] {
            if (std::exchange(stopping, true))
                return;
            log(log_level::info, "stopping");
            server.stop(STOP_GRACE, [&loop] { loop.stop(); });
        },
        [&] { reload(arguments, options, server, log); });
    if (status s = signals.start(); !s)
        return refuse_to_start(INFO, s);
    if (status s = server.start(); !s)
        return refuse_to_start(INFO, s);
    log(log_level::info, "serving on " + server.address().to_string());
    announce_ready(arguments.ready_fd, {server.address()});
    if (status s = loop.event_process(); !s)
        return refuse_to_start(INFO, s);
    log(log_level::info, "stopped");
    return 0;
}
