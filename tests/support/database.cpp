#include "database.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <sstream>

#include "paths.h"

namespace lars::test {

static const char *password = "test's \"secret\"";

static status load_script(db_client &client, const std::string &path)
{
    std::istringstream lines(read_text(path));
    std::string line;
    std::string statement;
    int statements = 0;
    while (std::getline(lines, line)) {
        if (line.compare(0, 2, "--") == 0)
            continue;
        statement += line + '\n';
        if (line.empty() || line.back() != ';')
            continue;
        if (status s = client.execute(statement); !s)
            return s;
        statement.clear();
        ++statements;
    }
    return statements > 0 ? status() : status::error("nothing to load in " + path);
}

database::database(database_server &server, tables content) : _server(server)
{
    static std::atomic<int> count{0};
    _name = "lars_" + std::to_string(getpid()) + "_" + std::to_string(++count);

    db_client admin(server.admin());
    status done = admin.connect();
    const std::string user = "'" + _name + "'@'127.0.0.1'";
    if (done)
        done = admin.execute("CREATE DATABASE " + _name + " CHARACTER SET utf8mb4");
    if (done)
        done = admin.execute("CREATE USER " + user + " IDENTIFIED BY '" + admin.escape(password) +
                             "'");
    if (done)
        done = admin.execute("GRANT ALL ON " + _name + ".* TO " + user);
    EXPECT_TRUE(done) << done.message();
    if (done && content == tables::schema)
        load(source_path("base/sql/schema.sql"));
}

database::~database()
{
    db_client admin(_server.admin());
    if (!_server.running() || !admin.connect())
        return;
    const status ignored[] = {admin.execute("DROP DATABASE IF EXISTS " + _name),
                              admin.execute("DROP USER '" + _name + "'@'127.0.0.1'")};
    (void)ignored;
}

db_options database::options() const
{
    db_options options;
    options.port = _server.port();
    options.user = _name;
    options.password = password;
    options.database = _name;
    return options;
}

std::string database::mysql_section() const
{
    const db_options own = options();
    return "[mysql]\ndb_host = " + own.host + "\ndb_port = " + std::to_string(own.port) +
           "\ndb_user = " + own.user + "\ndb_passwd = " + own.password +
           "\ndb_name = " + own.database + "\n";
}

void database::exec(const std::string &statements)
{
    db_client client(options());
    status done = client.connect();
    std::istringstream rest(statements);
    for (std::string one; done && std::getline(rest, one, ';');)
        done = client.execute(one);
    EXPECT_TRUE(done) << done.message() << "\nin: " << statements;
}

std::vector<std::vector<std::string>> database::query(const std::string &statement)
{
    std::vector<std::vector<std::string>> rows;
    db_client client(options());
    status done = client.connect();
    if (done) {
        done = client.query(statement, [&rows](const db_row &row) {
            std::vector<std::string> columns;
            for (size_t i = 0; i < row.size(); ++i)
                columns.emplace_back(row[i].value_or("NULL"));
            rows.push_back(std::move(columns));
            return status();
        });
    }
    EXPECT_TRUE(done) << done.message() << "\nin: " << statement;
    return rows;
}

std::string database::value(const std::string &statement)
{
    const auto rows = query(statement);
    return rows.empty() || rows[0].empty() ? std::string() : rows[0][0];
}

void database::kill_connections()
{
    const auto others = query("SELECT id FROM information_schema.processlist WHERE db = DATABASE()"
                              " AND id <> CONNECTION_ID()");
    db_client client(options());
    EXPECT_TRUE(client.connect());
    for (const auto &row : others) {
        // One that has just ended by itself is listed too.
        const status done = client.execute("KILL CONNECTION " + row[0]);
        EXPECT_TRUE(done || done.message().find("Unknown thread id") != std::string::npos)
            << done.message();
    }
}

void database::load(const std::string &path)
{
    db_client client(options());
    status done = client.connect();
    if (done)
        done = load_script(client, path);
    EXPECT_TRUE(done) << done.message();
}

}  // namespace lars::test
