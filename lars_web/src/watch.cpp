#include "watch.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>

#include "call_history.h"
#include "module_complaints.h"
#include "start_thread.h"
#include "whole_file.h"

namespace lars {

static constexpr std::chrono::seconds INTERVAL(2);
// Large tables take long to look through: the database does so for a twentieth of the time.
static constexpr int SHARE = 19;
static constexpr std::chrono::seconds DATABASE_PATIENCE(10);
static constexpr const char *DNS_BEHIND = "dns_behind";
static constexpr const char *DATABASE_AWAY = "database_away";

watch::watch(const web_options &options, database_pool *database, history_cache *history,
             const service_watch *services, log_sink log)
    : _options(options),
      _database(database),
      _history(history),
      _services(services),
      _log(log),
      _webhook(options.alarms.webhook, log),
      _saving("the list of alarms", log),
      _alarms([this](const alarm_event &event) { on_alarm(event); })
{
}

watch::~watch()
{
    {
        std::lock_guard lock(_mutex);
        _stopping = true;
    }
    _ended.notify_all();
    if (_thread.joinable())
        _thread.join();
}

status watch::start()
{
    std::string text;
    if (!_options.alarms_file.empty() && std::filesystem::exists(_options.alarms_file)) {
        if (status s = read_file(_options.alarms_file, &text); !s)
            return s;
        std::vector<std::string> rules = module_rules();
        rules.insert(rules.end(), {DNS_BEHIND, DATABASE_AWAY});
        _alarms.restore(text, rules);
    }
    if (status s = _webhook.start(); !s)
        return s;
    return start_thread(&_thread, "the thread that watches", [this] { run(); });
}

int64_t watch::sampled() const
{
    std::lock_guard lock(_mutex);
    return _sampled;
}

void watch::run()
{
    using clock = std::chrono::steady_clock;
    std::unique_lock lock(_mutex);
    while (!_stopping) {
        lock.unlock();
        const auto began = clock::now();
        look(time(nullptr));
        const auto took = clock::now() - began;
        lock.lock();
        _ended.wait_for(lock, std::max<clock::duration>(INTERVAL, SHARE * took),
                        [this] { return _stopping; });
    }
}

void watch::look(int64_t now)
{
    if (now / 60 != sampled() / 60)
        sample(now);
    look_at_modules(now);
    look_at_services(now);
    save_changed_alarms();
}

void watch::sample(int64_t now)
{
    bool more = false;
    const status s = _database->use([&](db_client &client) {
        status done = sample_calls(client, now);
        if (done)
            done = prune_history(client, now, _options.history_retention, &more);
        return done;
    });
    if (!s) {
        _trouble.say(_log, log_level::warn, s.message(),
                     "the calls cannot be sampled: ", s.message());
        return;
    }
    if (_trouble.over())
        _log(log_level::info, "the calls are sampled again");
    _history->forget();
    std::lock_guard lock(_mutex);
    // What is to be deleted is deleted in the next rounds, not at once.
    _sampled = more ? 0 : now;
}

void watch::look_at_modules(int64_t now)
{
    std::vector<complaint> complaints;
    const status s = _database->use([&](db_client &client) {
        return find_module_complaints(client, _options.alarms, now, &complaints);
    });
    // While nobody knows, what was wrong is taken to be so still.
    if (s)
        _alarms.update(module_rules(), complaints, now);
    look_at_database(s, now);
}

void watch::look_at_database(const status &outcome, int64_t now)
{
    std::vector<complaint> complaints;
    if (!outcome)
        complaints.push_back({DATABASE_AWAY,
                              "database",
                              std::nullopt,
                              "the database cannot be read: " + outcome.message(),
                              {{"trouble", outcome.message()}},
                              DATABASE_PATIENCE});
    _alarms.update({DATABASE_AWAY}, complaints, now);
}

void watch::look_at_services(int64_t now)
{
    std::vector<complaint> complaints;
    const auto patience = _options.alarms.dns_behind;
    for (const service_state &one : _services->states()) {
        if (std::string(one.kind) != "dns")
            continue;
        // While nobody knows how it is, an alarm of before lasts.
        if (!one.asked)
            return;
        const std::string subject = "dns " + one.address.to_string();
        if (!one.alive) {
            complaints.push_back({DNS_BEHIND,
                                  subject,
                                  std::nullopt,
                                  subject + " does not answer: " + one.trouble,
                                  {{"trouble", one.trouble}},
                                  patience});
        } else if (one.behind && *one.behind > static_cast<double>(patience.count())) {
            const std::string seconds = std::to_string(static_cast<int64_t>(*one.behind));
            complaints.push_back({DNS_BEHIND,
                                  subject,
                                  std::nullopt,
                                  subject + " has not read its database for " + seconds + " s",
                                  {{"seconds", seconds}},
                                  std::chrono::seconds(0)});
        }
    }
    _alarms.update({DNS_BEHIND}, complaints, now);
}

void watch::on_alarm(const alarm_event &event)
{
    _log(event.until ? log_level::info : log_level::warn,
         event.until ? "alarm over: " : "alarm: ", event.what.text);
    _webhook.send(event);
    _alarms_changed = true;
}

// Also those that last: if this program ends, the next one says when they are over.
void watch::save_changed_alarms()
{
    if (!_alarms_changed || _options.alarms_file.empty())
        return;
    _alarms_changed = false;
    _saving.save(
        [path = _options.alarms_file, text = _alarms.save()] { return replace_file(path, text); });
}

}  // namespace lars
