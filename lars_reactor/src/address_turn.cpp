#include "address_turn.h"

#include <algorithm>
#include <utility>

namespace lars {

static bool contains(const std::vector<endpoint> &all, const endpoint &one)
{
    return std::find(all.begin(), all.end(), one) != all.end();
}

address_turn::address_turn(event_loop *loop, std::string name,
                           const std::vector<server_address> &servers,
                           std::function<void()> on_answer)
    : _loop(loop),
      _name(std::move(name)),
      _on_answer(std::move(on_answer)),
      _answers(loop, [this](std::vector<answer> &batch) {
          for (const answer &one : batch)
              take(one);
      })
{
    for (const server_address &one : servers) {
        server next;
        next.name = one;
        if (const auto address = one.as_endpoint()) {
            next.looked_up = true;
            next.known = {*address};
        } else {
            next.lookup = std::make_unique<host_lookup>(one.host, host_lookup::family::ipv4);
        }
        _servers.push_back(std::move(next));
    }
}

bool address_turn::look_up()
{
    server &current = _servers[_current];
    if (!current.lookup || std::exchange(_looked_up, true))
        return false;
    // The lookup, and so its callback, ends before the queue does.
    const status begun =
        current.lookup->begin([this, index = _current](const host_lookup::answer &found) {
            _answers.send({index, found});
        });
    if (!begun)
        say_trouble(current, begun.message());
    _waiting = begun.ok();
    return _waiting;
}

void address_turn::give_up_lookup()
{
    _waiting = false;
    say_trouble(_servers[_current], "no name server answers");
}

void address_turn::say_trouble(server &of, const std::string &why)
{
    of.looked_up = true;
    of.trouble.say(_loop->log(), log_level::warn, "", _name, ": no address is known for ",
                   of.name.host, ": ", why,
                   of.known.empty() ? "; trying again" : "; its last known ones are tried");
}

// What stays keeps its place, so that each address has its turn in whatever order a name
// server gives them.
static std::vector<endpoint> merged(const std::vector<endpoint> &before,
                                    const std::vector<endpoint> &found)
{
    std::vector<endpoint> all;
    for (const endpoint &one : before)
        if (contains(found, one))
            all.push_back(one);
    for (const endpoint &one : found)
        if (!contains(all, one))
            all.push_back(one);
    return all;
}

void address_turn::take(const answer &from)
{
    server &of = _servers[from.server];
    std::vector<endpoint> found;
    for (const std::string &text : from.found.addresses)
        if (const auto ip = parse_ip(text))
            found.push_back({*ip, of.name.port});
    if (found.empty()) {
        say_trouble(of, from.found.error);
    } else {
        of.looked_up = true;
        of.known = merged(of.known, found);
        if (of.trouble.over())
            _loop->log()(log_level::info, _name, ": ", of.name.host, " has an address again");
    }
    if (_waiting && from.server == _current) {
        _waiting = false;
        _on_answer();
    }
}

const endpoint *address_turn::current() const
{
    for (const endpoint &one : _servers[_current].known)
        if (!contains(_tried, one))
            return &one;
    return nullptr;
}

bool address_turn::failed(const endpoint *address)
{
    if (address)
        _tried.push_back(*address);
    if (current())
        return false;
    _tried.clear();
    _looked_up = false;
    _current = (_current + 1) % _servers.size();
    return true;
}

void address_turn::lost(const endpoint &address)
{
    failed(&address);
    _looked_up = false;
}

size_t address_turn::count() const
{
    size_t all = 0;
    for (const server &one : _servers)
        all += one.looked_up ? one.known.size() : 1;
    return all;
}

std::vector<endpoint> address_turn::known() const
{
    std::vector<endpoint> all;
    for (const server &one : _servers)
        all.insert(all.end(), one.known.begin(), one.known.end());
    return all;
}

bool address_turn::some_unknown() const
{
    return std::any_of(_servers.begin(), _servers.end(),
                       [](const server &one) { return !one.looked_up; });
}

}  // namespace lars
