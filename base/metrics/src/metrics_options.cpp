#include "metrics_options.h"

#include "config_file.h"

namespace lars {

static constexpr const char *SECTION = "metrics";
static constexpr uint32_t LOOPBACK = 0x7f000001;

void read_metrics_options(config_file &config, metrics_options *options)
{
    const uint32_t ip = config.get_ip(SECTION, "ip", LOOPBACK);
    const bool wanted = config.has(SECTION, "port");
    const auto port = static_cast<uint16_t>(config.get_number(SECTION, "port", 0, 0, 65535));
    if (wanted)
        options->address = endpoint{ip, port};
}

}  // namespace lars
