#include "db_tls.h"

namespace lars {

// MYSQL_OPT_SSL_MODE is an enumerator, which the preprocessor does not see.
#ifdef MARIADB_BASE_VERSION

static void set_mode(MYSQL *handle, bool needed, bool verified)
{
    const char enforce = needed ? 1 : 0;
    // Newer ones check by default, also where TLS is only offered.
    const char verify = verified ? 1 : 0;
    if (needed)
        mysql_options(handle, MYSQL_OPT_SSL_ENFORCE, &enforce);
    mysql_options(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}

#else

static void set_mode(MYSQL *handle, bool needed, bool verified)
{
    const unsigned mode = !needed    ? SSL_MODE_PREFERRED
                          : verified ? SSL_MODE_VERIFY_IDENTITY
                                     : SSL_MODE_REQUIRED;
    mysql_options(handle, MYSQL_OPT_SSL_MODE, &mode);
}

#endif

void set_tls_options(MYSQL *handle, const db_options &options)
{
    const bool needed = options.needs_tls();
    const auto set_file = [handle](mysql_option option, const std::string &file) {
        if (!file.empty())
            mysql_options(handle, option, file.c_str());
    };
    // With a CA the libraries would check against it.
    if (options.ssl_verify)
        set_file(MYSQL_OPT_SSL_CA, options.ssl_ca);
    set_file(MYSQL_OPT_SSL_CERT, options.ssl_cert);
    set_file(MYSQL_OPT_SSL_KEY, options.ssl_key);
    set_mode(handle, needed, needed && options.ssl_verify);
}

}  // namespace lars
