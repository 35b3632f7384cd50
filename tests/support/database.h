// A database of a test's own in a server: another name each time, the tables of
// base/sql/schema.sql, and a user with a password who may use nothing else.
// A statement that fails makes the running test fail. One thread.
#pragma once

#include <string>
#include <vector>

#include "database_server.h"
#include "db_client.h"

namespace lars::test {

class database {
public:
    enum class tables { schema, none };

    explicit database(database_server &server = database_server::shared(),
                      tables content = tables::schema);
    // Drops it, with its user, if the server runs.
    ~database();
    database(const database &) = delete;
    database &operator=(const database &) = delete;

    const std::string &name() const { return _name; }

    // How a service or tool of ours gets in, over TCP.
    db_options options() const;
    // The same as a configuration's [mysql] section.
    std::string mysql_section() const;

    // Each on a connection of its own, so they work after a restart too. exec
    // takes several statements with ';' between, which no text in them may hold.
    void exec(const std::string &statements);
    std::vector<std::vector<std::string>> query(const std::string &statement);  // NULL as "NULL"
    // The first column of the first row; "" if there is none.
    std::string value(const std::string &statement);

    // Cuts off everybody who is connected to it.
    void kill_connections();

    // A file such as base/sql/sample.sql, statement by statement.
    void load(const std::string &path);

private:
    database_server &_server;
    std::string _name;
};

}  // namespace lars::test
