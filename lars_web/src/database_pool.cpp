#include "database_pool.h"

namespace lars {

static constexpr size_t MOST_CONNECTIONS = 4;
static constexpr std::chrono::seconds LONGEST_WAIT(2);
static constexpr std::chrono::seconds NEXT_ATTEMPT(1);

database_pool::database_pool(const db_options &options) : _options(options) {}

database_pool::~database_pool() = default;

static bool is_away(const status &s)
{
    return s.kind() == status_kind::unavailable || s.kind() == status_kind::denied;
}

status database_pool::use(const std::function<status(db_client &client)> &body)
{
    std::unique_ptr<db_client> client;
    if (status s = borrow(&client); !s)
        return s;
    status done = connect(*client);
    if (done)
        done = body(*client);
    note(done);
    give_back(std::move(client));
    return done;
}

status database_pool::borrow(std::unique_ptr<db_client> *client)
{
    std::unique_lock lock(_mutex);
    const auto may_go_on = [this] { return _stopped || _busy.size() < MOST_CONNECTIONS; };
    if (!_freed.wait_for(lock, LONGEST_WAIT, may_go_on))
        return status::error("all connections to the database are in use",
                             status_kind::unavailable);
    if (_stopped)
        return status::error("lars_web is stopping", status_kind::unavailable);
    if (!_health && clock::now() - _away_since < NEXT_ATTEMPT)
        return _health;
    if (_idle.empty())
        _idle.push_back(std::make_unique<db_client>(_options));
    *client = std::move(_idle.back());
    _idle.pop_back();
    _busy.insert(client->get());
    return {};
}

// A connection that has lain idle may be none any more.
status database_pool::connect(db_client &client)
{
    if (client.connected() && client.execute("DO 0"))
        return {};
    return client.connect();
}

void database_pool::give_back(std::unique_ptr<db_client> client)
{
    std::lock_guard lock(_mutex);
    _busy.erase(client.get());
    _idle.push_back(std::move(client));
    _freed.notify_one();
}

void database_pool::note(const status &outcome)
{
    std::lock_guard lock(_mutex);
    _health = is_away(outcome) ? outcome : status();
    _away_since = clock::now();
}

status database_pool::health() const
{
    std::lock_guard lock(_mutex);
    return _health;
}

void database_pool::stop()
{
    std::lock_guard lock(_mutex);
    _stopped = true;
    for (db_client *client : _busy)
        client->interrupt();
    _freed.notify_all();
}

}  // namespace lars
