// A route_reader on a database of the test's own, and what it serves.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "database.h"
#include "paths.h"
#include "route_reader.h"

namespace lars::test {

class ReaderTest : public testing::Test {
protected:
    ReaderTest()
    {
        EXPECT_TRUE(reader.connect());
        db.load(source_path("base/sql/sample.sql"));
        db.exec("DELETE FROM RouteChange");
    }

    static std::string text(const route_table &table)
    {
        std::string all;
        for (const route_row &row : table.rows())
            all += (all.empty() ? "" : " ") + std::to_string(row.module.modid) + "," +
                   std::to_string(row.module.cmdid) + "=" + row.host.to_string();
        return all;
    }

    // What the read finds: the table's rows, "-" where nothing hints at a change.
    std::string read(bool full = false)
    {
        const status s = reader.read(*served, full, &last);
        outcome = s.kind();
        if (!s)
            return "error: " + s.message();
        if (!last.table)
            return "-";
        served = last.table;
        return text(*served);
    }

    // One more host of the module: 10.0.0.N:80.
    void add(int n, const std::string &module, bool change = true, bool version = true)
    {
        db.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) VALUES (" + module +
                ", " + std::to_string(0x0a000000 + n) + ", 80)" +
                (change ? ";INSERT INTO RouteChange (modid, cmdid, version) VALUES (" + module +
                              ", UNIX_TIMESTAMP())"
                        : "") +
                (version ? ";UPDATE RouteVersion SET version = version + 1" : ""));
    }
    std::string hosts(int32_t modid, int32_t cmdid) const
    {
        const auto found = served->find({modid, cmdid});
        return found ? std::to_string(found->host_count()) : "none";
    }

    database db;
    route_reader reader{db.options()};
    route_reader::result last;
    status_kind outcome = status_kind::ok;  // of the last read
    std::shared_ptr<const route_table> served = std::make_shared<route_table>();
};

}  // namespace lars::test
