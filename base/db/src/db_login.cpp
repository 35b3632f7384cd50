#include "db_login.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

namespace lars {

static status unreadable(const db_options &options, const std::string &key, const std::string &file,
                         const std::string &why)
{
    return status::error("database " + options.describe() + ": " + key + " " + file + ": " + why,
                         status_kind::unavailable);
}

// Why a file cannot be read, as far as that is seen without opening it: opening a fifo
// would wait for somebody who writes there. Empty if nothing is seen.
static std::string obstacle(const std::string &file)
{
    struct stat info {};
    if (access(file.c_str(), R_OK) != 0 || stat(file.c_str(), &info) != 0)
        return std::strerror(errno);
    return S_ISREG(info.st_mode) ? "" : "not a regular file";
}

status read_db_password(const db_options &options, std::string *password)
{
    *password = options.password;
    const std::string &file = options.password_file;
    if (file.empty())
        return {};
    if (const std::string why = obstacle(file); !why.empty())
        return unreadable(options, "db_passwd_file", file, why);
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    if (line.empty())
        return unreadable(options, "db_passwd_file", file,
                          "there is no password in its first line");
    *password = line;
    return {};
}

status check_tls_files(const db_options &options)
{
    const std::pair<const char *, const std::string &> files[] = {{"db_ssl_ca", options.ssl_ca},
                                                                  {"db_ssl_cert", options.ssl_cert},
                                                                  {"db_ssl_key", options.ssl_key}};
    for (const auto &[key, file] : files) {
        const std::string why = file.empty() ? "" : obstacle(file);
        if (!why.empty())
            return unreadable(options, key, file, why);
    }
    return {};
}

std::string connect_advice(const db_options &options, unsigned code, bool offers_tls)
{
    constexpr unsigned ACCESS_DENIED = 1045;
    constexpr unsigned TLS_FAILED = 2026;
    constexpr unsigned TLS_REQUIRED = 3159;

    if (code == TLS_REQUIRED)
        return ": the server wants TLS, and db_ssl_ca in [mysql] is the key for it";
    if (code == ACCESS_DENIED && !options.needs_tls() && offers_tls)
        return ": the user or the password is wrong, or the server wants TLS of this user;"
               " db_ssl_ca in [mysql] is the key for it";
    if (code == ACCESS_DENIED && options.needs_tls() && options.ssl_cert.empty())
        return ": the user or the password is wrong, or the server wants a certificate of this"
               " user; db_ssl_cert and db_ssl_key in [mysql] are the keys for it";
    if (code == TLS_FAILED && options.needs_tls() && !offers_tls)
        return ": [mysql] asks for TLS, which the server has not";
    if (code == TLS_FAILED && options.ssl_verify && !options.ssl_ca.empty())
        return ": the server's certificate must be signed by what is in db_ssl_ca and name the"
               " host that db_host or db_addrs says (with db_ssl_verify = no nobody checks it)";
    return "";
}

}  // namespace lars
