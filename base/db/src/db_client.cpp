#include "db_client.h"

#include <fcntl.h>
#include <mysql.h>
#include <sys/socket.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "db_error.h"
#include "db_login.h"
#include "db_tls.h"
#include "host_lookup.h"

namespace lars {

struct db_client::connection {
    struct closer {
        void operator()(MYSQL *open) const { mysql_close(open); }
    };
    std::unique_ptr<MYSQL, closer> handle;
};

namespace {

struct result_freer {
    void operator()(MYSQL_RES *result) const { mysql_free_result(result); }
};
using result_ptr = std::unique_ptr<MYSQL_RES, result_freer>;

// The library keeps state for each thread and wants to be told when one ends.
struct thread_state {
    thread_state() { mysql_thread_init(); }
    ~thread_state() { mysql_thread_end(); }
};

}  // namespace

static void prepare_library()
{
    static std::once_flag once;
    std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
    static thread_local thread_state this_thread;
    (void)this_thread;
}

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

static std::vector<std::string> column_names(MYSQL_RES *result)
{
    std::vector<std::string> names;
    const MYSQL_FIELD *fields = mysql_fetch_fields(result);
    for (unsigned i = 0; i < mysql_num_fields(result); ++i)
        names.emplace_back(fields[i].name);
    return names;
}

db_client::db_client(db_options options) : _options(std::move(options))
{
    if (_options.servers.empty())
        _options.servers = {{_options.host, _options.port}};
    for (const server_address &server : _options.servers)
        _lookups.push_back(std::make_unique<host_lookup>(server.host));
    choose_server(0);
}

db_client::~db_client() = default;

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

bool db_client::interrupted() const
{
    std::lock_guard<std::mutex> lock(_mutex);
    return _interrupted;
}

void db_client::interrupt()
{
    std::lock_guard<std::mutex> lock(_mutex);
    _interrupted = true;
    for (const auto &lookup : _lookups)
        lookup->cancel();
    if (_socket.valid())
        shutdown(_socket.get(), SHUT_RDWR);
}

status db_client::not_usable() const
{
    return status::error("database " + _options.describe() +
                             (interrupted() ? ": interrupted" : ": not connected"),
                         status_kind::unavailable);
}

status db_client::connect(std::chrono::seconds within)
{
    prepare_library();
    close();
    if (interrupted())
        return not_usable();
    _last_step = step::files;
    const status done = open(within);
    if (!done)
        close();
    return done;
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

status db_client::ask_read_only(bool *read_only)
{
    return query("SELECT @@global.read_only", [read_only](const db_row &row) {
        const std::string_view value = row[0].value_or("0");
        *read_only = value != "0" && value != "OFF";
        return status();
    });
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

void db_client::close()
{
    {
        std::lock_guard<std::mutex> lock(_mutex);
        _socket.reset();
    }
    _connection.reset();
}

// The library's last error; closes a connection that is of no use any more.
status db_client::failure()
{
    MYSQL *handle = _connection->handle.get();
    const unsigned code = mysql_errno(handle);
    const std::string message = "database " + _options.describe() + ": " + mysql_error(handle) +
                                " (" + std::to_string(code) + ")";
    if (ends_connection(code))
        close();
    _leave = _leave || serves_nobody(code);
    return status::error(message, kind_of_db_error(code));
}

status db_client::send(const std::string &sql)
{
    if (!_connection || interrupted()) {
        close();
        return not_usable();
    }
    prepare_library();
    if (mysql_real_query(_connection->handle.get(), sql.data(), sql.size()) != 0)
        return failure();
    return {};
}

status db_client::execute(const std::string &sql, uint64_t *affected)
{
    if (status s = send(sql); !s)
        return s;
    MYSQL *handle = _connection->handle.get();
    // Rows that nobody wants must still be taken off the connection.
    const result_ptr unwanted(mysql_store_result(handle));
    if (!unwanted && mysql_field_count(handle) != 0)
        return failure();
    if (affected)
        *affected = unwanted ? 0 : mysql_affected_rows(handle);
    return {};
}

status db_client::query(const std::string &sql, const row_callback &each)
{
    return read_rows(sql, true, each);
}

status db_client::stream(const std::string &sql, const row_callback &each)
{
    return read_rows(sql, false, each);
}

// With AT_ONCE all rows are here before the first call of EACH.
status db_client::read_rows(const std::string &sql, bool at_once, const row_callback &each)
{
    if (status s = send(sql); !s)
        return s;
    MYSQL *handle = _connection->handle.get();
    // Its end takes what is left of the rows off the connection.
    result_ptr result(at_once ? mysql_store_result(handle) : mysql_use_result(handle));
    if (!result)
        return mysql_errno(handle) != 0
                   ? failure()
                   : status::error("database: the statement has no rows: " + sql,
                                   status_kind::rejected);

    const std::vector<std::string> names = column_names(result.get());
    std::vector<db_row::value> values(names.size());
    while (const MYSQL_ROW columns = mysql_fetch_row(result.get())) {
        const unsigned long *lengths = mysql_fetch_lengths(result.get());
        for (size_t i = 0; i < names.size(); ++i)
            values[i] =
                columns[i] ? db_row::value(std::string_view(columns[i], lengths[i])) : std::nullopt;
        if (status s = each(db_row(names, values)); !s)
            return s;
    }
    if (at_once || mysql_errno(handle) == 0)
        return {};
    result.reset();
    return failure();
}

status db_client::run_transaction(const std::string &begin, const std::function<status()> &body)
{
    if (status s = execute(begin); !s)
        return s;
    const status done = body();
    if (done)
        return execute("COMMIT");

    // What BODY ended with is what the caller wants to know, not how the
    // clearing up went. A connection that cannot roll back is dropped, and the
    // server then rolls back by itself.
    if (_connection && !execute("ROLLBACK"))
        close();
    return done;
}

status db_client::transaction(const std::function<status()> &body)
{
    return run_transaction("START TRANSACTION", body);
}

status db_client::read_transaction(const std::function<status()> &body)
{
    // Weaker isolation levels have no snapshot, and a server may default to one.
    if (status s = execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"); !s)
        return s;
    return run_transaction("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", body);
}

std::string db_client::encryption() const
{
    const char *cipher = _connection ? mysql_get_ssl_cipher(_connection->handle.get()) : nullptr;
    return cipher ? cipher : "";
}

std::string db_client::escape(std::string_view text) const
{
    if (!_connection)
        return {};
    std::string escaped(text.size() * 2 + 1, '\0');
    escaped.resize(
        mysql_real_escape_string(_connection->handle.get(), &escaped[0], text.data(), text.size()));
    return escaped;
}

}  // namespace lars
