// Connections to the database for the threads that answer requests: each is used by one
// thread at a time. While the database is away, whoever asks is told at once, so that no
// thread waits for it again and again. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "db_client.h"
#include "status.h"

namespace lars {

class database_pool {
public:
    explicit database_pool(const db_options &options);
    // Nobody uses it any more.
    ~database_pool();

    // Runs BODY with a connected client, which is its own until it returns. BODY's error comes
    // back; it is unavailable if there is no connection, or none is free within two seconds.
    status use(const std::function<status(db_client &client)> &body);
    // How the last use() went, as far as the database is concerned: ok, or why it is away.
    status health() const;
    // Ends what runs, and every later use(), as unavailable.
    void stop();

private:
    using clock = std::chrono::steady_clock;

    status borrow(std::unique_ptr<db_client> *client);
    status connect(db_client &client);
    void give_back(std::unique_ptr<db_client> client);
    void note(const status &outcome);

    const db_options _options;
    mutable std::mutex _mutex;
    std::condition_variable _freed;
    std::vector<std::unique_ptr<db_client>> _idle;  // guarded by _mutex, as all below
    std::set<db_client *> _busy;
    bool _stopped = false;
    status _health;
    clock::time_point _away_since{};  // the last attempt that failed
};

}  // namespace lars
