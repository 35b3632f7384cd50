#include "account.h"

#include <arpa/inet.h>

#include <cstdint>
#include <cstdio>
#include <ctime>

#include "wire_rules.h"

namespace lars {

static std::string decimal(double number, int digits)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, number);
    return text;
}

static std::string span_text(uint64_t ms)
{
    const uint64_t seconds = ms / 1000;
    if (seconds < 10)
        return decimal(static_cast<double>(ms) / 1000, 1) + " s";
    if (seconds < 120)
        return std::to_string(seconds) + " s";
    if (seconds < 7200)
        return std::to_string(seconds / 60) + " min";
    return seconds < 172800 ? std::to_string(seconds / 3600) + " h"
                            : std::to_string(seconds / 86400) + " days";
}

static std::tm local_time(wall_time when)
{
    // Down to the second that it is in, also before 1970.
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when.time_since_epoch());
    const auto time = static_cast<std::time_t>(seconds.count());
    std::tm local{};
    localtime_r(&time, &local);
    return local;
}

std::string time_text(wall_time when, wall_time now)
{
    const std::tm then = local_time(when), today = local_time(now);
    const bool same_day = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
    char text[64];
    return std::strftime(text, sizeof text, same_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &then) > 0
               ? text
               : "?";
}

static std::string time_before(uint64_t age_ms, wall_time now)
{
    return time_text(now - std::chrono::milliseconds(age_ms), now);
}

template <typename with_address>
static std::string address_text(const with_address &host)
{
    in_addr address{};
    address.s_addr = htonl(ip_from_wire(host.ip()));
    char text[INET_ADDRSTRLEN];
    const char *ip = inet_ntop(AF_INET, &address, text, sizeof text);
    return (ip ? ip : "?") + (":" + std::to_string(host.port()));
}

static std::string route_text(const ExplainResponse &answer)
{
    const std::string age = span_text(answer.route_ms());
    std::string text =
        answer.hosts_in_all() == 1 ? "1 host" : std::to_string(answer.hosts_in_all()) + " hosts";
    switch (answer.origin()) {
    case ROUTE_FROM_DNS: text += ", as a dns said " + age + " ago"; break;
    case ROUTE_FROM_CACHE: text += ", from the route cache: no dns has answered for " + age; break;
    default: text += ": no dns has answered yet, for " + age;
    }
    return text + (answer.asking() ? "; a dns is being asked" : "");
}

static std::string state_text(bool overloaded)
{
    return overloaded ? "overloaded" : "idle";
}

static std::string host_text(const ExplainedHost &host, wall_time now)
{
    std::string text = address_text(host) + "  " + state_text(host.overloaded()) + " since " +
                       time_before(host.state_ms(), now) + " (" + span_text(host.state_ms()) +
                       "): " + (host.reason().empty() ? "it began so" : host.reason()) + "\n";
    text += "    weight " + std::to_string(host.weight()) + ", share of the choices " +
            decimal(100 * host.share(), 1) + " %";
    if (host.has_next_probe()) {
        const uint64_t in_ms = host.next_probe().in_ms();
        text += in_ms > 0 ? ", next probe not before " + span_text(in_ms) + " have passed"
                          : ", next probe is due";
    }
    text += "\n    ";
    for (int i = 0; i < host.figures_size(); ++i)
        text += (i == 0 ? "" : ", ") + host.figures(i).name() + ": " + host.figures(i).value();
    text += "\n";
    for (const ExplainedChange &change : host.changes())
        text += "    " + time_before(change.age_ms(), now) + "  became " +
                state_text(change.overloaded()) + ": " + change.reason() + "\n";
    return text;
}

static std::string choices_text(const ExplainResponse &answer)
{
    std::string text = "\nthe next " + std::to_string(answer.next_size()) +
                       " choices, if no call is reported meanwhile:\n";
    for (int i = 0; i < answer.next_size(); ++i) {
        const ExplainedChoice &choice = answer.next(i);
        text += (i < 9 ? "   " : "  ") + std::to_string(i + 1) + "  ";
        text += choice.port() == 0 ? "none: all are overloaded" : address_text(choice);
        text += choice.probe() ? "  (probe)\n" : "\n";
    }
    return text;
}

static std::string clients_text(const ExplainResponse &answer, wall_time now)
{
    if (!answer.in_table() && answer.clients_in_all() == 0)
        return "";
    std::string text = std::string("local path: the module is ") +
                       (answer.in_table() ? "" : "not ") + "in the table, " +
                       std::to_string(answer.clients_in_all()) +
                       (answer.clients_in_all() == 1 ? " client has met the agent\n"
                                                     : " clients have met the agent\n");
    for (const ExplainedClient &client : answer.clients()) {
        text += "    process " + std::to_string(client.process()) + ", user " +
                std::to_string(client.user()) + ": met at " + time_before(client.met_ms(), now);
        text += client.has_last_choice_ms()
                    ? ", last choice " + span_text(client.last_choice_ms()) +
                          " ago, when what it saw was " + std::to_string(client.seen_ms()) +
                          " ms old\n"
                    : ", no choice at this port yet\n";
    }
    return text;
}

std::string account_of(const ExplainResponse &answer, const std::string &agent, wall_time now)
{
    const std::string module =
        "(" + std::to_string(answer.modid()) + "," + std::to_string(answer.cmdid()) + ")";
    std::string text = "module " + module + " at " + time_text(now, now) + ", agent " + agent +
                       ", which serves since " + time_before(answer.running_ms(), now) + "\n";
    if (!answer.known())
        return text +
               "The agent does not know it: no program has asked it for a host of the module"
               " lately.\nget_host asks (lars_get_host " +
               std::to_string(answer.modid()) + " " + std::to_string(answer.cmdid()) +
               "), and then the agent asks a dns.\n";
    text += "policy " + answer.policy() + "\n" + route_text(answer) + "\n";
    if (answer.first() == 0)
        text += clients_text(answer, now);
    for (const ExplainedHost &host : answer.hosts())
        text += "\n" + host_text(host, now);
    return answer.next_size() > 0 ? text + choices_text(answer) : text;
}

}  // namespace lars
