// Which alarms there are. Those who watch say again and again what is wrong at present; what
// has been wrong for long enough becomes an alarm, and ends when nobody says it any more. Any
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "route.h"

namespace lars {

// Something that is wrong.
struct complaint {
    std::string rule;     // "failures", "no_healthy_host", ...
    std::string subject;  // "(1,2)", "dns 127.0.0.1:9778"
    std::optional<module_id> module;
    std::string text;  // a sentence for a person
    // What is in the sentence, for pages that say it in another language.
    std::map<std::string, std::string> values;
    // An alarm if it has been complained of for so long.
    std::chrono::seconds patience{0};
};

struct alarm_event {
    uint64_t id = 0;
    complaint what;
    int64_t since = 0;             // Unix seconds
    std::optional<int64_t> until;  // nothing: it lasts
};

// As the JSON interface has it (docs/web.md).
nlohmann::json to_json(const alarm_event &event);

class alarm_board {
public:
    // Called with each alarm that begins or ends, in the thread that calls update().
    using listener = std::function<void(const alarm_event &event)>;
    explicit alarm_board(listener changed) : _changed(std::move(changed)) {}

    // COMPLAINTS are all that the watcher of RULES has now; those of other rules stay as they
    // are. NOW is in Unix seconds.
    void update(const std::vector<std::string> &rules, const std::vector<complaint> &complaints,
                int64_t now);

    std::vector<alarm_event> active() const;
    // Those that are over, the newest first: the last thousand.
    std::vector<alarm_event> past() const;

    // The alarms that last and those that are over as a text of lines, and back, before the
    // first update(). One that lasted is taken to last still, and the next update() of its
    // rule ends it, or does not; of rules that are not RULES, which nobody would end, none is
    // kept. Lines that make no sense are left out.
    std::string save() const;
    void restore(const std::string &text, const std::vector<std::string> &rules);

private:
    struct standing {
        alarm_event event;
        int64_t first = 0;  // complained of since then
        bool raised = false;
    };
    using key = std::pair<std::string, std::string>;  // rule and subject

    void take(const complaint &one, int64_t now, std::vector<alarm_event> *changed);
    void end(standing &one, int64_t now, std::vector<alarm_event> *changed);
    void put_back(const alarm_event &event, const std::vector<std::string> &rules);

    listener _changed;
    mutable std::mutex _mutex;
    std::map<key, standing> _standing;  // guarded by _mutex, as below
    std::deque<alarm_event> _past;      // the newest first
    uint64_t _last_id = 0;
};

}  // namespace lars
