#include "reporter_options.h"

#include "config_file.h"

namespace lars {

status read_reporter_options(const std::string &path, reporter_options *out)
{
    config_file config;
    if (status s = config.load(path); !s)
        return s;

    reporter_options o;
    read_server_options(config, &o.server);
    read_metrics_options(config, &o.metrics);
    read_db_options(config, &o.database);

    // Older configurations spell it so.
    o.misspelt_section = config.has_section("repoter");
    config.alias_section("repoter", "reporter");
    o.storing_threads =
        static_cast<int>(config.get_number("reporter", "db_thread_cnt", o.storing_threads, 1, 64));
    o.queue_limit = static_cast<size_t>(config.get_number(
        "reporter", "queue_limit", static_cast<int64_t>(o.queue_limit), 1, 100000000));

    if (status s = config.finish(); !s)
        return s;
    *out = std::move(o);
    return {};
}

}  // namespace lars
