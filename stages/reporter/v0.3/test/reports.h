// What the tests of the reporter share: reports as bytes, and ways to see what became of them.
#pragma once

#include "services.h"

#include <fstream>
#include <sstream>

struct host_result {
    uint32_t ip;
    int port;
    uint32_t succ = 0, err = 0;
    bool overload = false;
};

inline std::string varint(uint64_t value)
{
    std::string bytes;
    for (; value >= 0x80; value >>= 7) {
        bytes += static_cast<char>(value | 0x80);
    }
    return bytes + static_cast<char>(value);
}

// A field of a message; 0 is not sent. Negative numbers travel as 64 bits.
inline std::string field(int number, int64_t value)
{
    return value == 0 ? "" : varint(static_cast<uint64_t>(number) << 3) + varint(static_cast<uint64_t>(value));
}

// The body of a ReportStatusRequest.
inline std::string report(int modid, int cmdid, const std::vector<host_result> &hosts, uint32_t ts, uint32_t caller = 0x7f000001)
{
    std::string body = field(1, modid) + field(2, cmdid) + field(3, static_cast<int32_t>(caller));
    for (const host_result &host : hosts) {
        std::string result = field(1, static_cast<int32_t>(host.ip)) + field(2, host.port) + field(3, host.succ) +
                             field(4, host.err) + field(5, host.overload);
        body += "\x22" + varint(result.size()) + result;
    }
    return body + field(5, ts);
}

constexpr int REPORT = 3;   // the msgid

// The rows as the database shows them, in the order of their keys.
inline std::vector<std::string> stored(kit::schema &database)
{
    return database.rows("SELECT modid, cmdid, INET_NTOA(ip), port, INET_NTOA(caller), succ_cnt, err_cnt, ts, overload"
                         " FROM ServerCallStatus ORDER BY modid, cmdid, ip, port, caller");
}

inline bool becomes(kit::schema &database, const std::string &query, const std::string &value)
{
    return kit::eventually([&] { return database.value(query) == value; });
}

inline bool row_count_becomes(kit::schema &database, int count)
{
    return becomes(database, "SELECT COUNT(*) FROM ServerCallStatus", std::to_string(count));
}

// The same for a failure: how many rows there should be, and how many there are.
inline std::string rows_came(kit::schema &database, int count)
{
    return "expected " + std::to_string(count) + (count == 1 ? " row" : " rows") + " in ServerCallStatus, came " +
           database.value("SELECT COUNT(*) FROM ServerCallStatus");
}

// From now on the table Writes has a line for each row that is written, in that order.
inline void keep_a_log(kit::schema &database)
{
    std::string line = " ON ServerCallStatus FOR EACH ROW INSERT INTO Writes (modid, ts) VALUES (NEW.modid, NEW.ts);";
    database.run("CREATE TABLE Writes (id INT AUTO_INCREMENT PRIMARY KEY, modid INT, ts BIGINT);"
                 "CREATE TRIGGER wrote_new AFTER INSERT" + line + "CREATE TRIGGER wrote_over AFTER UPDATE" + line);
}

// How many statements of others in this schema are under way.
inline int under_way(kit::schema &database)
{
    return atoi(database.value("SELECT COUNT(*) FROM information_schema.processlist WHERE db = '" + database.name +
                               "' AND info LIKE '%ServerCallStatus%' AND id <> CONNECTION_ID()").c_str());
}

// Waits until so many of them wait for a lock. Not for long: after five seconds the reporter
// gives a statement up and sends it again, and the server has both.
inline bool locked_out(kit::schema &database, int statements)
{
    auto start = std::chrono::steady_clock::now();
    bool so_many = kit::eventually([&] { return under_way(database) == statements; });
    return so_many && std::chrono::steady_clock::now() - start < std::chrono::seconds(4);
}

// How many bytes of this client the service's system holds that the service has not read.
inline int unread(const kit::service &service, const kit::peer &client)
{
    sockaddr_in addr = {};
    socklen_t len = sizeof addr;
    getsockname(client.fd, reinterpret_cast<sockaddr *>(&addr), &len);
    std::ifstream table("/proc/net/tcp");
    std::string line;
    while (getline(table, line)) {
        unsigned local_port, remote_port, state, to_send, received;
        if (sscanf(line.c_str(), " %*u: %*8x:%x %*8x:%x %x %x:%x", &local_port, &remote_port, &state, &to_send, &received) == 5 &&
            local_port == service.port && remote_port == ntohs(addr.sin_port)) {
            return static_cast<int>(received);
        }
    }
    return -1;
}

// The same for a failure, where everything should have been read.
inline std::string left_unread(const kit::service &service, const kit::peer &client)
{
    int bytes = unread(service, client);
    return bytes < 0 ? "lars_reporter should read on, and has closed the connection"
                     : "lars_reporter should read on, and " + std::to_string(bytes) + " bytes of this agent lie there unread";
}

// The service is started with this configuration; how it ends, and what it says and, in words,
// how it ended. -1 where it does not.
inline int end_of(const std::string &conf, std::string *said, std::string *ending = nullptr)
{
    kit::temp_folder folder;
    if (!conf.empty()) {
        folder.write("conf/lars_reporter.conf", conf);
    }
    kit::program reporter({kit::binary("lars_reporter")}, folder.path);
    bool ended = kit::eventually([&] { return !reporter.running(); });
    if (!ended) {
        reporter.kill();
    }
    if (ending != nullptr) {
        *ending = ended ? reporter.ending() : "it was still running";
    }
    int status = ended ? reporter.wait() : -1;
    *said = reporter.output();
    return status;
}

// The same, for a configuration with which it must end by itself, with a status other than 0 and
// a word about why.
inline void must_refuse(const std::string &conf, const std::string &case_of)
{
    std::string said, ending;
    int status = end_of(conf, &said, &ending);
    EXPECT_GT(status, 0) << "lars_reporter was started " << case_of << ": it should end with a status that is not 0, but " << ending
                         << "; it printed:\n" << said;
    EXPECT_FALSE(said.empty()) << "lars_reporter was started " << case_of << ": it should say why it ends, and has printed nothing";
}
