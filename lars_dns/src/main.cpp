// lars_dns: tells agents the routes of modules, and every change of them.
#include "dns_options.h"
#include "dns_server.h"
#include "route_backend.h"
#include "service.h"

using namespace lars;

static const service_info INFO = {"lars_dns", "lars_dns",
                                  "Answers route lookups over TCP and pushes route changes."};
static constexpr std::chrono::milliseconds STOP_GRACE(2000);

static void reload(const service_arguments &arguments, const dns_options &running,
                   route_backend &backend, const log_sink &log)
{
    const auto fresh = read_again<dns_options>(arguments, read_dns_options, log);
    if (!fresh)
        return;
    if (!(fresh->server == running.server))
        log(log_level::warn, "a change in [reactor] needs a restart");
    backend.set_options(*fresh);
    log(log_level::info, "configuration read again");
}

int main(int argc, char **argv)
{
    service_arguments arguments;
    dns_options options;
    if (const auto exit_status = configure(argc, argv, INFO, read_dns_options, &arguments, &options))
        return *exit_status;

    const log_sink log = stderr_log(INFO.name);
    event_loop loop(log);
    dns_server server(&loop, options);
    if (status s = server.bind(); !s)
        return refuse_to_start(INFO, s);

    status failed;
    bool stopping = false;
    const auto serve = [&](std::shared_ptr<const route_table> table,
                           std::vector<module_key> changed) {
        if (server.serving()) {
            server.publish(std::move(table), std::move(changed));
            return;
        }
        if (stopping)
            return;
        failed = server.start(std::move(table));
        if (!failed) {
            loop.stop();
            return;
        }
        log(log_level::info, "serving on " + server.address().to_string());
        announce_ready(arguments.ready_fd, {server.address()});
    };
    route_backend backend(options, log,
                          [&loop, &serve](std::shared_ptr<const route_table> table,
                                          std::vector<module_key> changed) {
                              loop.add_task([&serve, table, changed] { serve(table, changed); });
                          });

    signal_watcher signals(
        &loop,
        [&] {
            if (std::exchange(stopping, true))
                return;
            log(log_level::info, "stopping");
            server.stop(STOP_GRACE, [&loop] { loop.stop(); });
        },
        [&] { reload(arguments, options, backend, log); });
    if (status s = signals.start(); !s)
        return refuse_to_start(INFO, s);
    if (status s = backend.start(); !s)
        return refuse_to_start(INFO, s);
    if (status s = loop.event_process(); !s)
        return refuse_to_start(INFO, s);
    if (!failed)
        return refuse_to_start(INFO, failed);
    log(log_level::info, "stopped");
    return 0;
}
