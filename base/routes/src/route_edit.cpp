#include "route_edit.h"

#include <algorithm>
#include <cstdio>

#include "murmur3.h"
#include "utf8.h"

namespace lars {

// What a column of type text holds.
static constexpr size_t MOST_BYTES = 65535;
static constexpr std::string_view CUT = ",...";

const char *to_string(edit_action action)
{
    switch (action) {
    case edit_action::add: return "add";
    case edit_action::del: return "del";
    case edit_action::weight: return "weight";
    case edit_action::drain: return "drain";
    case edit_action::undrain: return "undrain";
    case edit_action::clear: return "clear";
    case edit_action::move: return "move";
    case edit_action::import: return "import";
    case edit_action::undo: return "undo";
    case edit_action::accept: return "accept";
    }
    return "?";
}

static status check_text(const std::string &name, const std::string &text, size_t most)
{
    const auto characters = count_characters(text);
    if (!characters)
        return status::error(name + " is not UTF-8", status_kind::rejected);
    if (has_control_character(text))
        return status::error(name + " holds a control character, such as a line's end",
                             status_kind::rejected);
    if (*characters > most)
        return status::error(name + " has " + std::to_string(*characters) +
                                 " characters, which are more than " + std::to_string(most),
                             status_kind::rejected);
    return {};
}

status edit_author::check() const
{
    const status s = check_text("the author's name", who, MOST_OF_WHO);
    return s ? check_text("the note", note, MOST_OF_NOTE) : s;
}

edit_action action_of(const route_edit &edit)
{
    bool reweights = false, all_drain = true, all_undrain = true;
    for (const route_host &host : edit.wanted) {
        const route_host *was = find_host(edit.expected, host.address);
        if (!was)
            return edit_action::add;
        if (was->weight == host.weight)
            continue;
        reweights = true;
        all_drain = all_drain && host.drained();
        all_undrain = all_undrain && was->drained();
    }
    for (const route_host &host : edit.expected)
        if (!find_host(edit.wanted, host.address))
            return edit_action::del;
    if (reweights && all_drain)
        return edit_action::drain;
    return reweights && all_undrain ? edit_action::undrain : edit_action::weight;
}

static std::string with_weight(const route_host &host)
{
    return host.address.to_string() + "@" + std::to_string(host.weight);
}

std::string audit_text(std::vector<route_host> hosts)
{
    sort_hosts(&hosts);
    std::string text;
    size_t whole = 0;  // up to here there is room for CUT behind it
    for (const route_host &host : hosts) {
        text += (text.empty() ? "" : ",") + with_weight(host);
        if (text.size() > MOST_BYTES) {
            text.resize(whole);
            return text.append(CUT);
        }
        if (text.size() + CUT.size() <= MOST_BYTES)
            whole = text.size();
    }
    return text;
}

std::optional<std::vector<route_host>> parse_audit_text(std::string_view text)
{
    std::vector<route_host> hosts;
    while (!text.empty()) {
        const size_t comma = text.find(',');
        const auto host = route_host::parse(text.substr(0, comma));
        if (!host || comma + 1 == text.size())
            return std::nullopt;
        hosts.push_back(*host);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return hosts;
}

std::vector<route_edit> difference(const std::vector<module_route> &present,
                                   const std::vector<module_route> &wanted)
{
    std::vector<route_edit> edits;
    auto was = present.begin();
    auto becomes = wanted.begin();
    while (was != present.end() || becomes != wanted.end()) {
        const bool only_was =
            becomes == wanted.end() || (was != present.end() && was->module < becomes->module);
        const bool only_becomes =
            was == present.end() || (becomes != wanted.end() && becomes->module < was->module);
        if (only_was)
            edits.push_back({was->module, was->hosts, {}});
        else if (only_becomes)
            edits.push_back({becomes->module, {}, becomes->hosts});
        else if (was->hosts != becomes->hosts)
            edits.push_back({was->module, was->hosts, becomes->hosts});
        if (!only_becomes)
            ++was;
        if (!only_was)
            ++becomes;
    }
    return edits;
}

namespace {

// Two sums of 32 bits, from two seeds.
class mark_sum {
public:
    void add(std::string_view text)
    {
        _first.add(text);
        _second.add(text);
    }
    std::string text() const
    {
        char digits[17];
        snprintf(digits, sizeof digits, "%08x%08x", _first.value(), _second.value());
        return digits;
    }

private:
    murmur3_sum _first{1};
    murmur3_sum _second{2};
};

}  // namespace

std::string hosts_mark(std::vector<route_host> hosts)
{
    sort_hosts(&hosts);
    mark_sum sum;
    for (const route_host &host : hosts)
        sum.add(with_weight(host) + ",");
    return sum.text();
}

std::string table_mark_of(const std::vector<module_route> &routes)
{
    mark_sum sum;
    for (const module_route &route : routes) {
        sum.add(route.module.to_string());
        for (const route_host &host : route.hosts)
            sum.add(with_weight(host) + ",");
    }
    return sum.text();
}

}  // namespace lars
