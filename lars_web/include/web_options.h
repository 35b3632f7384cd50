// The configuration of lars_web. The sections and keys are explained in conf/lars_web.conf.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "db_client.h"
#include "endpoint.h"
#include "ip_ranges.h"
#include "metrics_options.h"
#include "server_address.h"
#include "status.h"
#include "webhook_url.h"

namespace lars {

// [alarms]
struct alarm_options {
    double failure_share = 0.1;  // above this, with so many calls or more in an interval,
    int64_t failure_calls = 20;  // and for so long:
    std::chrono::seconds failure_time{60};
    std::chrono::seconds no_healthy_host_time{10};
    std::chrono::seconds silent_time{300};  // a module that had reports has none
    std::chrono::seconds dns_behind{30};
    webhook_url webhook;
};

struct web_options {
    endpoint address{0x7f000001, 7780};
    bool open_reading = false;       // where the address is this machine's own
    std::vector<std::string> names;  // of this server, besides its addresses
    ip_ranges proxies;               // whose X-Forwarded-... headers are believed
    std::string users_file;
    std::string session_key_file;
    std::chrono::seconds session_time{12 * 3600};

    db_options database;
    std::vector<server_address> told;  // the dns servers that are told of changes

    // Where the metrics of each kind of service are.
    std::vector<server_address> dns_metrics, reporter_metrics, agent_metrics;

    std::chrono::seconds history_retention{2 * 86400};
    alarm_options alarms;
    std::string alarms_file;  // empty: alarms are forgotten at the end
    metrics_options metrics;
};

// Any thread. Reads the configuration in the file PATH. An error names file, line and
// key; *OUT is then unchanged.
status read_web_options(const std::string &path, web_options *out);

}  // namespace lars
