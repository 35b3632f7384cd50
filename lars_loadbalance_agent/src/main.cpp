// lars_lb_agent: gives the processes of this machine a healthy host to call.
#include "agent.h"
#include "service.h"

using namespace lars;

static const service_info INFO = {"lars_lb_agent", "lars_loadbalance_agent",
                                  "Hands out healthy hosts to the processes of this machine."};

static void reload(const service_arguments &arguments, const agent_options &running,
                   agent &serving, const log_sink &log)
{
    const auto fresh = read_again<agent_options>(arguments, read_agent_options, log);
    if (!fresh)
        return;
    if (fresh->address != running.address || fresh->dns != running.dns ||
        fresh->reporter != running.reporter || fresh->route_cache != running.route_cache)
        log(log_level::warn, "a change outside [loadbalance] needs a restart");
    serving.set_config(fresh->balance);
    log(log_level::info, "configuration read again");
}

int main(int argc, char **argv)
{
    service_arguments arguments;
    agent_options options;
    if (const auto exit_status = configure(argc, argv, INFO, read_agent_options, &arguments, &options))
        return *exit_status;

    const log_sink log = stderr_log(INFO.name);
    event_loop loop(log);
    agent serving(&loop, options);
    signal_watcher signals(
        &loop, [&] { loop.stop(); }, [&] { reload(arguments, options, serving, log); });
    if (status s = signals.start(); !s)
        return refuse_to_start(INFO, s);
    if (status s = serving.start(); !s)
        return refuse_to_start(INFO, s);

    std::string ports;
    for (const endpoint &address : serving.addresses())
        ports += " " + address.to_string();
    log(log_level::info, "serving on" + ports);
    announce_ready(arguments.ready_fd, serving.addresses());

    const status ended = loop.event_process();
    log(log_level::info, "stopping");
    serving.stop();
    if (!ended)
        return refuse_to_start(INFO, ended);
    log(log_level::info, "stopped");
    return 0;
}
