#include "config_file.h"
#include "db_client.h"

namespace lars {

void read_db_options(config_file &config, db_options *options)
{
    const char *section = "mysql";
    // Unix socket paths have a length limit, and a longer one is only ever cut.
    constexpr size_t LONGEST_SOCKET_PATH = 107;

    options->host = config.get_string(section, "db_host", options->host);
    options->port =
        static_cast<uint16_t>(config.get_number(section, "db_port", options->port, 1, 65535));
    options->socket = config.get_string(section, "db_socket", options->socket);
    options->user = config.get_string(section, "db_user", options->user);
    options->password = config.get_string(section, "db_passwd", options->password);
    options->database = config.get_string(section, "db_name", options->database);

    if (options->host.empty() && options->socket.empty())
        config.reject(section, "db_host", "must not be empty without db_socket");
    if (options->socket.size() > LONGEST_SOCKET_PATH)
        config.reject(section, "db_socket", "longer than 107 bytes");
    if (options->user.empty())
        config.reject(section, "db_user", "must name a user");
    if (options->database.empty())
        config.reject(section, "db_name", "must not be empty");
}

}  // namespace lars
