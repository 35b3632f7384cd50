#include "change_request.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "module_text.h"
#include "utf8.h"

namespace lars {

using nlohmann::json;

static constexpr size_t MOST_HOSTS = 10000;
static constexpr size_t LONGEST_NOTE = 255;

static status bad(const std::string &what)
{
    return status::error(what, status_kind::bad_data);
}

static status read_host(const json &value, const std::string &where, endpoint *out)
{
    const auto host =
        value.is_string() ? route_host::parse(value.get<std::string>()) : std::nullopt;
    if (!host || !host->can_be_called() || value.get<std::string>().find('@') != std::string::npos)
        return bad(where + ": expected a host that can be called, \"IP:PORT\"");
    *out = host->address;
    return {};
}

static status read_weighted(const json &value, const std::string &where, route_host *out)
{
    if (!value.is_object() || !value.contains("host"))
        return bad(where + ": expected {\"host\": \"IP:PORT\", \"weight\": 100}");
    if (status s = read_host(value["host"], where + ".host", &out->address); !s)
        return s;
    out->weight = route_host::DEFAULT_WEIGHT;
    if (value.size() > (value.contains("weight") ? 2u : 1u))
        return bad(where + ": only host and weight can be set");
    if (!value.contains("weight"))
        return {};
    const json &weight = value["weight"];
    if (!weight.is_number_unsigned() ||
        weight.get<uint64_t>() > std::numeric_limits<uint32_t>::max())
        return bad(where + ".weight: expected a whole number from 0 to 4294967295");
    out->weight = weight.get<uint32_t>();
    return {};
}

// A list whose every item READ reads; no host may be in it twice.
template <typename item, typename reader, typename address>
static status read_list(const json &value, const std::string &name, const reader &read,
                        const address &address_of, std::vector<item> *out)
{
    if (!value.is_array() || value.size() > MOST_HOSTS)
        return bad(name + ": expected a list of at most " + std::to_string(MOST_HOSTS) + " hosts");
    std::set<endpoint> seen;
    for (size_t i = 0; i < value.size(); ++i) {
        item one;
        const std::string where = name + "[" + std::to_string(i) + "]";
        if (status s = read(value[i], where, &one); !s)
            return s;
        if (!seen.insert(address_of(one)).second)
            return bad(where + ": this host stands there twice");
        out->push_back(one);
    }
    return {};
}

static status read_addresses(const json &value, const std::string &name, std::vector<endpoint> *out)
{
    return read_list(
        value, name, read_host, [](const endpoint &one) { return one; }, out);
}

bool is_short_text(const std::string &text, size_t most)
{
    const auto characters = count_characters(text);
    return characters && *characters <= most && !has_control_character(text);
}

static status read_text(const json &value, const std::string &name, size_t most, std::string *out)
{
    if (!value.is_string() || !is_short_text(value.get<std::string>(), most))
        return bad(name + ": expected a text of at most " + std::to_string(most) +
                   " characters, on one line");
    *out = value.get<std::string>();
    return {};
}

static status read_target(const json &value, change_request *out)
{
    const bool pair = value.is_array() && value.size() == 2 && value[0].is_number_integer() &&
                      value[1].is_number_integer();
    const auto module = pair ? parse_module(value[0].dump() + "," + value[1].dump()) : std::nullopt;
    if (!module)
        return bad("to: expected [MODID, CMDID]");
    out->to = module;
    return {};
}

static status read_member(const std::string &name, const json &value, change_request *out)
{
    std::string text;
    if (name == "version")
        return read_text(value, name, 64, &out->version);
    if (name == "note")
        return read_text(value, name, LONGEST_NOTE, &out->note);
    if (name == "set")
        return read_list(
            value, name, read_weighted, [](const route_host &one) { return one.address; },
            &out->set);
    if (name == "remove")
        return read_addresses(value, name, &out->removed);
    if (name == "hosts")
        return read_addresses(value, name, &out->moved);
    if (name == "to")
        return read_target(value, out);
    if (name == "to_version") {
        const status s = read_text(value, name, 64, &text);
        out->to_version = text;
        return s;
    }
    if (!value.is_boolean())
        return bad(name + ": expected true or false");
    out->preview = value.get<bool>();
    return {};
}

static std::set<std::string> members_of(change_kind kind)
{
    std::set<std::string> members = {"version", "note", "preview"};
    if (kind == change_kind::change)
        members.insert({"set", "remove"});
    if (kind == change_kind::move)
        members.insert({"to", "hosts", "to_version"});
    return members;
}

static status check_whole(const change_request &read, change_kind kind)
{
    if (read.version.empty())
        return bad("version: the one that was read with the module has to be given");
    const std::set<endpoint> removed(read.removed.begin(), read.removed.end());
    for (const route_host &host : read.set) {
        if (removed.count(host.address) != 0)
            return bad("remove: " + host.address.to_string() + " is in set too");
    }
    if (kind == change_kind::move && (!read.to || read.moved.empty()))
        return bad("to and hosts have to be given");
    return {};
}

status read_change_request(const std::string &text, change_kind kind, change_request *out)
{
    const json body = json::parse(text, nullptr, false);
    if (!body.is_object())
        return bad("the body has to be a JSON object");
    const std::set<std::string> members = members_of(kind);
    change_request read;
    for (const auto &[name, value] : body.items()) {
        if (members.count(name) == 0)
            return bad("'" + name + "' means nothing here");
        if (status s = read_member(name, value, &read); !s)
            return s;
    }
    if (status s = check_whole(read, kind); !s)
        return s;
    *out = std::move(read);
    return {};
}

}  // namespace lars
