#include <tuple>

#include "config_file.h"
#include "db_client.h"

namespace lars {

static constexpr const char *SECTION = "mysql";

std::string db_options::describe() const
{
    const std::string where = socket.empty() ? host + ":" + std::to_string(port) : socket;
    return user + "@" + where + "/" + database;
}

bool db_options::operator==(const db_options &other) const
{
    const auto all = [](const db_options &o) {
        return std::tie(o.host, o.port, o.servers, o.writes, o.socket, o.user, o.password,
                        o.password_file, o.database, o.ssl_ca, o.ssl_cert, o.ssl_key, o.ssl_verify);
    };
    return all(*this) == all(other);
}

static void read_ssl_options(config_file &config, db_options *options)
{
    options->ssl_ca = config.get_string(SECTION, "db_ssl_ca", options->ssl_ca);
    options->ssl_cert = config.get_string(SECTION, "db_ssl_cert", options->ssl_cert);
    options->ssl_key = config.get_string(SECTION, "db_ssl_key", options->ssl_key);
    options->ssl_verify = config.get_bool(SECTION, "db_ssl_verify", options->ssl_verify);

    if (options->ssl_cert.empty() != options->ssl_key.empty())
        config.reject(SECTION, options->ssl_cert.empty() ? "db_ssl_key" : "db_ssl_cert",
                      "needs db_ssl_cert and db_ssl_key, both or neither");
    // Whoever says how to check a certificate does not expect that there is none.
    if (!options->needs_tls() && config.has(SECTION, "db_ssl_verify"))
        config.reject(SECTION, "db_ssl_verify", "needs db_ssl_ca: without it there is no TLS");
    if (options->needs_tls() && options->ssl_verify && options->ssl_ca.empty())
        config.reject(SECTION, "db_ssl_cert",
                      "needs db_ssl_ca too, to check the server's certificate with"
                      " (or db_ssl_verify = no)");
}

static void read_servers(config_file &config, db_options *options)
{
    options->host = config.get_string(SECTION, "db_host", options->host);
    options->port =
        static_cast<uint16_t>(config.get_number(SECTION, "db_port", options->port, 1, 65535));
    options->servers = config.get_servers(SECTION, "db_addrs");
    if (config.has(SECTION, "db_addrs") &&
        (config.has(SECTION, "db_host") || config.has(SECTION, "db_port")))
        config.reject(SECTION, "db_addrs", "give either db_addrs, or db_host and db_port");
    if (options->servers.empty())
        return;
    options->host = options->servers[0].host;
    options->port = options->servers[0].port;
}

void read_db_options(config_file &config, db_options *options)
{
    // Unix socket paths have a length limit, and a longer one is only ever cut.
    constexpr size_t LONGEST_SOCKET_PATH = 107;

    read_servers(config, options);
    options->socket = config.get_string(SECTION, "db_socket", options->socket);
    if (!options->servers.empty() && !options->socket.empty())
        config.reject(SECTION, "db_addrs", "db_socket is given too: only one can be right");
    options->user = config.get_string(SECTION, "db_user", options->user);
    options->password = config.get_string(SECTION, "db_passwd", options->password);
    options->password_file = config.get_string(SECTION, "db_passwd_file", options->password_file);
    options->database = config.get_string(SECTION, "db_name", options->database);
    read_ssl_options(config, options);

    if (options->host.empty() && options->socket.empty())
        config.reject(SECTION, "db_host", "must not be empty without db_socket");
    if (options->socket.size() > LONGEST_SOCKET_PATH)
        config.reject(SECTION, "db_socket", "longer than 107 bytes");
    if (options->user.empty())
        config.reject(SECTION, "db_user", "must name a user");
    if (config.has(SECTION, "db_passwd") && config.has(SECTION, "db_passwd_file"))
        config.reject(SECTION, "db_passwd_file", "db_passwd is given too: only one can be right");
    if (options->database.empty())
        config.reject(SECTION, "db_name", "must not be empty");
}

}  // namespace lars
