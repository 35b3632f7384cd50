#include "main_server.h"

server_address::server_address(const std::string &section, unsigned default_port)
    : ip(config_file::instance()->GetString(section, "ip", "127.0.0.1"))
{
    unsigned number = config_file::instance()->GetNumber(section, "port", default_port);
    if (number == 0 || number > 65535) {
        fprintf(stderr, "lars_lb_agent: [%s] port = %u is not from 1 to 65535\n", section.c_str(), number);
        exit(1);
    }
    port = static_cast<unsigned short>(number);
}
