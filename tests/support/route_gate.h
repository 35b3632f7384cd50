// Holds up whoever reads all rows of RouteData, as a large table on a slow server would, and
// nobody who reads the rows of other modules than 99,99. One thread.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "database.h"
#include "db_client.h"
#include "wait_until.h"

namespace lars::test {

class route_gate {
public:
    // RouteData of DB becomes a view, in which reading the row of 99,99 waits at the gate.
    explicit route_gate(database *db)
        : _db(db), _name("'" + db->name() + ".gate'"), _keeper(db->options())
    {
        const std::string wait = "IF(IS_FREE_LOCK(" + _name + "), 0, GET_LOCK(" + _name +
                                 ", 60) * RELEASE_LOCK(" + _name + ") * 0)";
        db->exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (99, 99, 1, 1);"
                 "RENAME TABLE RouteData TO RouteRows;"
                 "CREATE ALGORITHM = MERGE VIEW RouteData AS SELECT id, modid, cmdid, serverip,"
                 " IF(modid = 99, serverport + " +
                 wait + ", serverport) AS serverport, weight FROM RouteRows");
        EXPECT_TRUE(_keeper.connect());
    }

    // Who comes to the gate now waits there until open().
    void close() { EXPECT_TRUE(_keeper.execute("DO GET_LOCK(" + _name + ", 0)")); }
    void open() { EXPECT_TRUE(_keeper.execute("DO RELEASE_LOCK(" + _name + ")")); }

    // How many wait there.
    int waiting() const { return std::stoi(ask("COUNT(*)")); }
    // The connection of one of them; "NULL" if nobody waits.
    std::string waits() const { return ask("MAX(id)"); }
    // Whether somebody comes to the closed gate.
    bool holds_somebody() const
    {
        return wait_until([this] { return waiting() > 0; });
    }

private:
    std::string ask(const std::string &what) const
    {
        return _db->value("SELECT " + what +
                          " FROM information_schema.processlist WHERE db = DATABASE()"
                          " AND state = 'User lock'");
    }

    database *_db;
    std::string _name;
    db_client _keeper;
};

}  // namespace lars::test
