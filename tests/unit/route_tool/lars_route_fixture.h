// lars_route as a process, against a database of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "database.h"
#include "paths.h"
#include "process.h"
#include "temp_dir.h"

namespace lars::test {

using words = std::vector<std::string>;

class LarsRouteTest : public testing::Test {
protected:
    run_result route(words arguments)
    {
        arguments.insert(arguments.begin(), {"-c", _config});
        return run(bin_path("lars_route"), arguments);
    }

    // The output of a command that must succeed.
    // Of a command that could not do all that it was told.
    std::string not_all(const words &arguments)
    {
        const run_result result = route(arguments);
        EXPECT_EQ(result.exit_status, 1) << result.output;
        return result.output;
    }
    std::string good(const words &arguments)
    {
        const run_result result = route(arguments);
        EXPECT_EQ(result.exit_status, 0) << result.output;
        return result.output;
    }

    void use(const std::string &mysql_section)
    {
        _folder.write("lars_dns.conf", "[reactor]\nport = 7778\n" + mysql_section +
                                           "[dns]\npoll_interval_ms = 100\n");
    }

    std::string changes() { return _database.value("SELECT COUNT(*) FROM RouteChange"); }

    // How many rows say that all is meant so, with the RouteVersion of now.
    std::string acceptances()
    {
        return _database.value("SELECT COUNT(*) FROM RouteChange c, RouteVersion v"
                               " WHERE c.version = v.version + 4294967296");
    }

    void SetUp() override { use(_database.mysql_section()); }

    database _database;
    temp_dir _folder;
    std::string _config = _folder.file("lars_dns.conf");
};

}  // namespace lars::test
