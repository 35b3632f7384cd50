#include "alarm_board.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "module_text.h"

namespace lars {

using nlohmann::json;

static constexpr size_t MOST_PAST = 1000;
static constexpr size_t MOST_STANDING = 5000;
// Pages read ids as doubles.
static constexpr uint64_t LARGEST_ID = 1ull << 52;

json to_json(const alarm_event &event)
{
    return {{"id", event.id},
            {"rule", event.what.rule},
            {"subject", event.what.subject},
            {"module", event.what.module ? to_json(*event.what.module) : json()},
            {"text", event.what.text},
            {"values", event.what.values},
            {"since", event.since},
            {"until", event.until ? json(*event.until) : json()}};
}

void alarm_board::update(const std::vector<std::string> &rules,
                         const std::vector<complaint> &complaints, int64_t now)
{
    std::vector<alarm_event> changed;
    {
        std::lock_guard lock(_mutex);
        std::set<key> present;
        for (const complaint &one : complaints) {
            present.emplace(one.rule, one.subject);
            take(one, now, &changed);
        }
        for (auto at = _standing.begin(); at != _standing.end();) {
            const bool ours = std::count(rules.begin(), rules.end(), at->first.first) != 0;
            if (!ours || present.count(at->first) != 0) {
                ++at;
                continue;
            }
            end(at->second, now, &changed);
            at = _standing.erase(at);
        }
    }
    for (const alarm_event &event : changed)
        _changed(event);
}

void alarm_board::take(const complaint &one, int64_t now, std::vector<alarm_event> *changed)
{
    const key which(one.rule, one.subject);
    if (_standing.count(which) == 0 && _standing.size() >= MOST_STANDING)
        return;
    const auto [at, is_new] = _standing.try_emplace(which);
    standing &state = at->second;
    if (is_new)
        state.first = now;
    state.event.what = one;
    if (state.raised || now - state.first < one.patience.count())
        return;
    state.raised = true;
    state.event.id = ++_last_id;
    state.event.since = state.first;
    changed->push_back(state.event);
}

void alarm_board::end(standing &one, int64_t now, std::vector<alarm_event> *changed)
{
    if (!one.raised)
        return;
    one.event.until = now;
    changed->push_back(one.event);
    _past.push_front(one.event);
    if (_past.size() > MOST_PAST)
        _past.pop_back();
}

std::vector<alarm_event> alarm_board::active() const
{
    std::lock_guard lock(_mutex);
    std::vector<alarm_event> all;
    for (const auto &[which, state] : _standing) {
        if (state.raised)
            all.push_back(state.event);
    }
    std::sort(all.begin(), all.end(),
              [](const alarm_event &a, const alarm_event &b) { return a.id > b.id; });
    return all;
}

std::vector<alarm_event> alarm_board::past() const
{
    std::lock_guard lock(_mutex);
    return {_past.begin(), _past.end()};
}

std::string alarm_board::save() const
{
    std::lock_guard lock(_mutex);
    std::string text;
    const auto add = [&text](const alarm_event &event) {
        text += to_json(event).dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    };
    for (const auto &[which, state] : _standing) {
        if (state.raised)
            add(state.event);
    }
    std::for_each(_past.begin(), _past.end(), add);
    return text;
}

static bool read_event(const json &line, alarm_event *event)
{
    const auto text_at = [&line](const char *name, std::string *out) {
        if (!line.contains(name) || !line[name].is_string())
            return false;
        *out = line[name].get<std::string>();
        return true;
    };
    const auto number_at = [&line](const char *name) {
        return line.contains(name) && line[name].is_number_unsigned();
    };
    if (!line.is_object() || !text_at("rule", &event->what.rule) ||
        !text_at("subject", &event->what.subject) || !text_at("text", &event->what.text) ||
        !number_at("id") || !number_at("since") || !line.contains("until") ||
        !(line["until"].is_null() || number_at("until")))
        return false;
    event->id = line["id"].get<uint64_t>();
    if (event->id > LARGEST_ID)
        return false;
    event->since = line["since"].get<int64_t>();
    if (!line["until"].is_null())
        event->until = line["until"].get<int64_t>();
    const json values = line.value("values", json());
    for (const auto &[name, value] : values.items()) {
        if (values.is_object() && value.is_string())
            event->what.values[name] = value.get<std::string>();
    }
    const json module = line.value("module", json());
    if (module.is_array() && module.size() == 2)
        event->what.module = parse_module(module[0].dump() + "," + module[1].dump());
    return true;
}

void alarm_board::put_back(const alarm_event &event, const std::vector<std::string> &rules)
{
    _last_id = std::max(_last_id, event.id);
    if (event.until) {
        if (_past.size() < MOST_PAST)
            _past.push_back(event);
    } else if (_standing.size() < MOST_STANDING &&
               std::count(rules.begin(), rules.end(), event.what.rule) != 0) {
        _standing.try_emplace(key(event.what.rule, event.what.subject),
                              standing{event, event.since, true});
    }
}

void alarm_board::restore(const std::string &text, const std::vector<std::string> &rules)
{
    std::lock_guard lock(_mutex);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        alarm_event event;
        if (read_event(json::parse(line, nullptr, false), &event))
            put_back(event, rules);
    }
}

}  // namespace lars
