#include "db_client.h"

#include <mysql.h>
#include <sys/socket.h>

#include <mutex>
#include <vector>

#include "db_connection.h"
#include "db_error.h"
#include "host_lookup.h"

namespace lars {

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

status db_client::ask_read_only(bool *read_only)
{
    return query("SELECT @@global.read_only", [read_only](const db_row &row) {
        const std::string_view value = row[0].value_or("0");
        *read_only = value != "0" && value != "OFF";
        return status();
    });
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
