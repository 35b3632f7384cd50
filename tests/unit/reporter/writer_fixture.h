// A storing thread, what it counts, and what it says.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "database.h"
#include "row_writer.h"
#include "rows.h"
#include "wait_until.h"

namespace lars::test {

class writer_fixture : public testing::Test {
protected:
    writer_fixture() { budget.limit = 100000; }

    std::unique_ptr<row_writer> start(const db_options &options)
    {
        auto writer = std::make_unique<row_writer>(
            options, &budget, &counts, [this](log_level level, const std::string &message) {
                std::lock_guard<std::mutex> lock(mutex);
                logged.push_back((level == log_level::error ? "E " : "") + message);
            });
        return writer;
    }
    size_t lines()
    {
        std::lock_guard<std::mutex> lock(mutex);
        return logged.size();
    }
    std::string log()
    {
        std::lock_guard<std::mutex> lock(mutex);
        std::string all;
        for (const std::string &line : logged)
            all += line + "\n";
        return all;
    }
    void expect_stored(uint64_t rows)
    {
        EXPECT_TRUE(
            wait_until([&] { return counts.stored >= rows; }, std::chrono::milliseconds(20000)))
            << counts.stored << " stored\n"
            << log();
        EXPECT_EQ(counts.stored, rows);
    }

    row_budget budget;
    row_writer::counters counts;
    std::mutex mutex;
    std::vector<std::string> logged;
};

}  // namespace lars::test
