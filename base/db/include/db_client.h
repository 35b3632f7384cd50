// One connection to MySQL or MariaDB. It never reconnects by itself: what a lost
// connection means for a half-done change only the caller knows. One thread at a
// time, unless stated; different clients in different threads are fine.
//
// An error's kind says what the caller can do about it:
//   unavailable  there is no server, the connection was lost, nothing may be done or
//                written for now, or a file of ours cannot be read: connect again later
//   denied       the server does not accept this user, password or database, or one side
//                not the other's TLS
//   missing      a table or a column is not there
//   conflict     a deadlock, or a lock's or a statement's time is over: the transaction
//                may be tried again
//   rejected     the server does not understand the statement
//   bad_data     a row that was read does not hold what it should; or the server does
//                not take what a statement writes, and never will: a value, a constraint,
//                or more than a packet may hold. Only errors that are known to be the
//                data's own are of this kind.
//   failed       any other error of the server: nobody knows whose fault it is
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "db_row.h"
#include "server_address.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

class config_file;
class host_lookup;

struct db_options {
    // The server. Where there are several, SERVERS has them all, and this is the first; in
    // the options of a client it is the one that is in use, or was tried last.
    std::string host = "127.0.0.1";
    uint16_t port = 3306;
    std::vector<server_address> servers;  // to be tried in turn; empty: that one alone
    // Of several, one that is read-only is of no use: it is left for the next. Not read from
    // a configuration: the program knows whether it writes.
    bool writes = false;
    std::string socket;  // a path; used instead of host and port unless empty
    std::string user;
    std::string password;
    // A file whose first line is the password, read at each connect; used instead of
    // password unless empty.
    std::string password_file;
    std::string database = "lars_dns";

    // Files in PEM form. With one of them there is TLS or no connection at all.
    std::string ssl_ca;  // who may have signed the server's certificate
    std::string ssl_cert;
    std::string ssl_key;
    // The certificate has to be signed by ssl_ca and to name the host. If false, the
    // connection is encrypted, with whoever answers there.
    bool ssl_verify = true;

    // Less than 1 counts as 1. The read time-out is how long a query may take without
    // an answer (MySQL's library tries for up to three times that long).
    std::chrono::seconds connect_timeout{3};
    std::chrono::seconds read_timeout{5};
    std::chrono::seconds write_timeout{5};

    bool needs_tls() const { return !ssl_ca.empty() || !ssl_cert.empty() || !ssl_key.empty(); }

    // "lars@127.0.0.1:33306/lars_dns": for messages, without the password.
    std::string describe() const;

    // Whether OTHER leads to the same connection; the time-outs do not count.
    bool operator==(const db_options &other) const;
};

// Reads the section [mysql] into *OPTIONS: db_host and db_port, or db_addrs, or db_socket,
// and db_user, db_passwd, db_passwd_file, db_name, db_ssl_ca, db_ssl_cert, db_ssl_key and
// db_ssl_verify. What is absent stays as it is there. No file is read. CONFIG was loaded;
// its finish() returns what is wrong.
void read_db_options(config_file &config, db_options *options);

class db_client {
public:
    explicit db_client(db_options options);
    ~db_client();
    db_client(const db_client &) = delete;
    db_client &operator=(const db_client &) = delete;

    // Connects, and blocks for at most about the connect time-out. An open connection
    // is closed first. With WITHIN, that is the connect time-out of this attempt. Several
    // servers are tried in turn, beginning with the one that was connected to last, unless it
    // has said since that it does not serve (read-only, stopping, full): then the next one
    // begins. If none lets us in, the message has what each said. Of a host
    // with several addresses each is tried for its part of the time; only where a certificate
    // has to name the host, it is the library that tries them, for longer. If a file
    // of the options cannot be read, it is unavailable, and the message names the file.
    // Whatever the server gives other sessions, this one commits each statement by itself
    // and has every row of an answer.
    status connect() { return connect(_options.connect_timeout); }
    status connect(std::chrono::seconds within);
    // After connect() has failed: how far it came.
    enum class step {
        files,       // one of ours cannot be read, so that no server was asked
        unanswered,  // no server has answered
        answered,    // one runs, and has refused
    };
    step last_step() const { return _last_step; }
    void close();

    // The cipher that the open connection is encrypted with; empty if it is not.
    std::string encryption() const;

    // False after close() and after any call that found the connection lost.
    bool connected() const { return _connection != nullptr; }

    // Any thread. Ends the use of this client for good, for a program that wants to end
    // while the server says nothing. A statement that is running fails at once, and every
    // later call fails, all as unavailable; whether the server has done the statement
    // nobody knows. A connect() that is running is cut short while it looks up the host's
    // name; after that it fails when its time-out is over, or when the server answers. The
    // owner still has to wait for its thread before it destroys the client.
    void interrupt();

    // The calls below block until the server has answered, which for a lock that somebody
    // holds waits for a second less than the read time-out. Without an open connection
    // they fail as unavailable. An error that ends the connection closes it.

    // Runs one statement that gives no rows. *AFFECTED becomes the number of rows that
    // it has really changed.
    status execute(const std::string &sql, uint64_t *affected = nullptr);

    // Runs one statement that gives rows. After all of them have arrived, EACH is called
    // once for each row, which is valid only during that call. EACH may use this client.
    // Its first error is the last call, and comes back.
    using row_callback = std::function<status(const db_row &row)>;
    status query(const std::string &sql, const row_callback &each);

    // The same for many rows: EACH is called while they arrive, and must not use this
    // client.
    status stream(const std::string &sql, const row_callback &each);

    // Runs BODY within a transaction. If BODY returns ok, the transaction is committed;
    // otherwise it is rolled back, and BODY's error comes back. After an error of the
    // commit itself nobody knows whether the server has done it.
    status transaction(const std::function<status()> &body);

    // Runs BODY within a transaction that only reads, and that sees all tables as they
    // were at one moment.
    status read_transaction(const std::function<status()> &body);

    // Whether the server takes changes from nobody but those with special rights: a replica,
    // say, that was not promoted. With an error *READ_ONLY is unchanged.
    status ask_read_only(bool *read_only);

    // Returns TEXT as it may stand between single quotes in a statement, and an empty text if no
    // connection is open. Nearly all statements have numbers only and need none of this.
    std::string escape(std::string_view text) const;

    // Its host and port are those of the server that is in use, or was tried last.
    const db_options &options() const { return _options; }

private:
    struct connection;

    status open(std::chrono::seconds within);
    status open_server(const std::string &password, std::chrono::seconds within);
    void choose_server(size_t index);
    status check_writable();
    status read_rows(const std::string &sql, bool at_once, const row_callback &each);
    status send(const std::string &sql);
    status failure();
    status find_host(std::chrono::seconds within, std::vector<std::string> *addresses);
    status open_at(const std::string &address, const std::string &password,
                   std::chrono::seconds within);
    status not_usable() const;
    bool interrupted() const;
    status share_socket();
    status connect_failure();
    status run_transaction(const std::string &begin, const std::function<status()> &body);

    db_options _options;
    step _last_step = step::files;
    std::unique_ptr<connection> _connection;
    std::vector<std::unique_ptr<host_lookup>> _lookups;  // of each server
    size_t _server = 0;                                  // the one in use, or tried last
    bool _leave = false;                                 // it has said that it does not serve

    mutable std::mutex _mutex;
    bool _interrupted = false;  // guarded by _mutex, as _socket
    unique_fd _socket;          // the open connection's, a descriptor of our own
};

}  // namespace lars
