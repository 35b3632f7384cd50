// Each fault, one test. They run several at a time: most of a fault is waiting.
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <future>
#include <iostream>
#include <mutex>

#include "paths.h"
#include "surroundings.h"
#include "table.h"
#include "temp_dir.h"

namespace lars::faults {
namespace {

using namespace lars::test;

constexpr int AT_A_TIME = 4;
const char *DATABASE_DISK = "256m";

// LARS_FAULT_SECONDS: how long a fault lasts; else it is a short one.
trial_times times()
{
    const char *seconds = std::getenv("LARS_FAULT_SECONDS");
    if (!seconds)
        return {};
    const int64_t lasts = std::atoi(seconds) * int64_t{1000};
    return {milliseconds(lasts / 4), milliseconds(lasts)};
}

// A database server with a disk of its own, for faults of the database: one at a time.
class own_server {
public:
    own_server() : _folder(_server.socket().substr(0, _server.socket().rfind('/')))
    {
        mount_small_disk(_folder, DATABASE_DISK);
        start_server(_server);
    }
    ~own_server()
    {
        _server.kill();
        unmount_disk(_folder);
    }
    static void start_server(database_server &server)
    {
        // All of 127.0.0.0/8 is this machine's, and here nobody else's.
        if (have_private_network())
            server.set_arguments({"--bind-address=0.0.0.0"});
        const status started = server.start();
        EXPECT_TRUE(started) << started.message();
    }
    database_server &get() { return _server; }

private:
    database_server _server;
    std::string _folder;
};

class Faults : public testing::TestWithParam<size_t> {
protected:
    static void SetUpTestSuite()
    {
        own_server::start_server(_server);
        std::vector<size_t> of_database;
        const testing::TestSuite *suite = testing::UnitTest::GetInstance()->current_test_suite();
        for (size_t i = 0; i < all_faults().size(); ++i) {
            _outcomes.emplace_back();
            if (!suite->GetTestInfo(static_cast<int>(i))->should_run())
                continue;
            const bool databases = all_faults()[i].who.rfind("database", 0) == 0;
            (databases ? of_database : _waiting).push_back(i);
        }
        for (int i = 0; i < AT_A_TIME; ++i)
            _workers.emplace_back(work);
        if (!of_database.empty())
            _workers.emplace_back(try_database_faults, of_database);
    }
    static void TearDownTestSuite()
    {
        for (std::thread &worker : _workers)
            worker.join();
        _server.kill();
        write_table();
    }

    static outcome outcome_of(size_t number) { return _outcomes[number].get_future().get(); }
    static std::vector<std::string> _rows;

private:
    static void try_one(size_t number, database_server &server)
    {
        _outcomes[number].set_value(try_fault(all_faults()[number], server, times()));
    }
    static void work()
    {
        while (true) {
            std::unique_lock<std::mutex> lock(_mutex);
            if (_waiting.empty())
                return;
            const size_t number = _waiting.front();
            _waiting.erase(_waiting.begin());
            lock.unlock();
            try_one(number, _server);
        }
    }
    static void try_database_faults(const std::vector<size_t> &numbers)
    {
        own_server server;
        for (const size_t number : numbers)
            try_one(number, server.get());
    }
    static void write_table()
    {
        const char *path = std::getenv("LARS_FAULT_TABLE");
        if (!path)
            return;
        const std::string before = read_text(path);
        const std::string page = with_rows(before, merged(rows_of(before), _rows));
        EXPECT_NE(page, "") << path << " has no marks";
        if (!page.empty())
            write_text(path, page);
    }

    static database_server _server;
    static std::mutex _mutex;
    static std::vector<size_t> _waiting;
    static std::deque<std::promise<outcome>> _outcomes;
    static std::vector<std::thread> _workers;
};

std::vector<std::string> Faults::_rows;
database_server Faults::_server;
std::mutex Faults::_mutex;
std::vector<size_t> Faults::_waiting;
std::deque<std::promise<outcome>> Faults::_outcomes;
std::vector<std::thread> Faults::_workers;

TEST_P(Faults, KeepThePromise)
{
    const fault &f = all_faults()[GetParam()];
    const outcome o = outcome_of(GetParam());
    _rows.push_back(row(f, o));
    std::cout << _rows.back() << std::endl;
    if (o.not_tried.empty()) {
        EXPECT_EQ(broken(f.promised, o), std::vector<std::string>());
    } else {
        EXPECT_EQ(o.not_tried.rfind("not tried: ", 0), 0u) << o.not_tried;
    }
}

INSTANTIATE_TEST_SUITE_P(Each, Faults, testing::Range(size_t{0}, all_faults().size()),
                         [](const auto &test) { return all_faults()[test.param].name(); });

}  // namespace
}  // namespace lars::faults

int main(int argc, char **argv)
{
    lars::faults::enter_private_surroundings();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
