// How a db_client comes to a connection: which servers and addresses it tries, and what it
// asks of the one that lets it in.
#include <fcntl.h>

#include <algorithm>
#include <vector>

#include "db_connection.h"
#include "db_error.h"
#include "db_login.h"
#include "db_tls.h"
#include "host_lookup.h"

namespace lars {

static void set_options(MYSQL *handle, const db_options &options,
                        std::chrono::seconds connect_timeout)
{
    const auto set_timeout = [handle](mysql_option option, std::chrono::seconds timeout) {
        // 0 would mean to wait for ever.
        const auto seconds = static_cast<unsigned>(std::max<int64_t>(timeout.count(), 1));
        mysql_options(handle, option, &seconds);
    };
    set_timeout(MYSQL_OPT_CONNECT_TIMEOUT, connect_timeout);
    set_timeout(MYSQL_OPT_READ_TIMEOUT, options.read_timeout);
    set_timeout(MYSQL_OPT_WRITE_TIMEOUT, options.write_timeout);

    // Else the library takes "localhost" for a socket and forgets the port.
    const unsigned protocol = options.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
    mysql_options(handle, MYSQL_OPT_PROTOCOL, &protocol);

    // A server must not be able to ask for our files.
    const unsigned no_local_files = 0;
    mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &no_local_files);
    mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
}

// A server may begin every session otherwise: without these a statement is not committed,
// or a COMMIT begins another transaction or ends the connection, or an answer is cut short,
// or a statement that reads or changes all of a table is refused.
// And who gives up first has to be the server: it does not notice that nobody waits for a
// statement any more, which for its part waits for a lock, and each new try leaves one more.
static std::string session_settings(const db_options &options)
{
    const std::string patience =
        std::to_string(std::max<int64_t>(options.read_timeout.count() - 1, 1));
    return "SET SESSION autocommit = 1, completion_type = 0,"
           " sql_select_limit = 18446744073709551615, sql_big_selects = 1, sql_safe_updates = 0,"
           " lock_wait_timeout = " +
           patience + ", innodb_lock_wait_timeout = " + patience;
}

void db_client::choose_server(size_t index)
{
    _server = index % _options.servers.size();
    _options.host = _options.servers[_server].host;
    _options.port = _options.servers[_server].port;
    _leave = false;
}

// The library would look the name up by itself, but without any limit of time.
status db_client::find_host(std::chrono::seconds within, std::vector<std::string> *addresses)
{
    *addresses = {_options.host};
    if (!_options.socket.empty())
        return {};
    host_lookup::answer found;
    if (!_lookups[_server]->is_answered(within, &found))
        return interrupted() ? not_usable()
                             : status::error("database " + _options.describe() +
                                                 ": no name server says which address " +
                                                 _options.host + " has",
                                             status_kind::unavailable);
    // Of one that is not known it is the library that says so. And a certificate is compared
    // with what the library is given.
    const bool by_name = _options.needs_tls() && _options.ssl_verify;
    if (!found.addresses.empty() && !by_name)
        *addresses = found.addresses;
    return {};
}

// The part of the time until END that the next of UNTRIED has.
static std::chrono::seconds part_of(std::chrono::steady_clock::time_point end, size_t untried)
{
    using std::chrono::seconds;
    const auto left = std::chrono::ceil<seconds>(end - std::chrono::steady_clock::now());
    const auto parts = static_cast<int64_t>(untried);
    return seconds((std::max<int64_t>(left.count(), 0) + parts - 1) / parts);
}

status db_client::open(std::chrono::seconds within)
{
    std::string password;
    if (status s = read_db_password(_options, &password); !s)
        return s;
    if (status s = check_tls_files(_options); !s)
        return s;
    _last_step = step::unanswered;

    if (_leave)
        choose_server(_server + 1);
    const auto end = std::chrono::steady_clock::now() + within;
    status all;
    step farthest = step::unanswered;
    for (size_t untried = _options.servers.size(); untried > 0; --untried) {
        _last_step = step::unanswered;
        const status done = open_server(password, part_of(end, untried));
        if (done || interrupted())
            return done;
        close();
        // What one that runs has said tells more than that another does not answer.
        const bool tells_more = _last_step == step::answered && farthest != step::answered;
        all = status::error(all.message() + (all.ok() ? "" : "; ") + done.message(),
                            all.ok() || tells_more ? done.kind() : all.kind());
        farthest = std::max(farthest, _last_step);
        if (_options.servers.size() > 1)
            choose_server(_server + 1);
    }
    _last_step = farthest;
    return all;
}

status db_client::open_server(const std::string &password, std::chrono::seconds within)
{
    const auto end = std::chrono::steady_clock::now() + within;
    std::vector<std::string> addresses;
    status done = find_host(within, &addresses);
    if (!done)
        return done;
    // One by one: of several the library gives only the first a limit of time.
    size_t untried = addresses.size();
    for (const std::string &address : addresses) {
        done = open_at(address, password, part_of(end, untried--));
        if (done || _last_step == step::answered || std::chrono::steady_clock::now() >= end ||
            interrupted())
            break;
    }
    return done;
}

status db_client::open_at(const std::string &address, const std::string &password,
                          std::chrono::seconds within)
{
    auto fresh = std::make_unique<connection>();
    fresh->handle.reset(mysql_init(nullptr));
    if (!fresh->handle)
        return status::error("database: out of memory", status_kind::unavailable);
    set_options(fresh->handle.get(), _options, within);
    set_tls_options(fresh->handle.get(), _options);

    const bool local = !_options.socket.empty();
    _connection = std::move(fresh);
    MYSQL *handle = _connection->handle.get();
    if (!mysql_real_connect(handle, local ? nullptr : address.c_str(), _options.user.c_str(),
                            password.c_str(), _options.database.c_str(), _options.port,
                            local ? _options.socket.c_str() : nullptr, 0))
        return connect_failure();
    // Asked for by name too: the numbers of MySQL 8's collations mean nothing to MariaDB,
    // which then would take another character set.
    if (mysql_set_character_set(handle, "utf8mb4") != 0)
        return connect_failure();
    // MariaDB's library takes a connection without TLS too where it has not to verify it.
    if (_options.needs_tls() && !mysql_get_ssl_cipher(handle))
        return status::error("database " + _options.describe() +
                                 ": [mysql] asks for TLS, which the server has not",
                             status_kind::denied);
    _last_step = step::answered;
    if (status s = execute(session_settings(_options)); !s)
        return s;
    if (status s = check_writable(); !s)
        return s;
    status shared = share_socket();
    // Somebody may have interrupted before there was a socket to shut down.
    if (shared && interrupted())
        shared = not_usable();
    return shared;
}

// One that becomes read-only later says so itself (1290).
status db_client::check_writable()
{
    if (!_options.writes || _options.servers.size() < 2)
        return {};
    bool read_only = false;
    const status asked = ask_read_only(&read_only);
    if (asked && read_only)
        return status::error("database " + _options.describe() + ": the server is read-only",
                             status_kind::unavailable);
    return asked;
}

// A descriptor of our own: the library closes its one when it likes, and another thread
// may be given the number at once.
status db_client::share_socket()
{
    unique_fd own(fcntl(_connection->handle->net.fd, F_DUPFD_CLOEXEC, 0));
    if (!own.valid())
        return status::error(std::string("database: no descriptor: ") + std::strerror(errno),
                             status_kind::unavailable);
    std::lock_guard<std::mutex> lock(_mutex);
    _socket = std::move(own);
    return {};
}

status db_client::connect_failure()
{
    MYSQL *handle = _connection->handle.get();
    const unsigned code = mysql_errno(handle);
    _last_step = comes_from_server(code) ? step::answered : step::unanswered;
    const std::string advice =
        connect_advice(_options, code, (handle->server_capabilities & CLIENT_SSL) != 0);
    const status failed = failure();
    return advice.empty() ? failed : status::error(failed.message() + advice, failed.kind());
}

}  // namespace lars
