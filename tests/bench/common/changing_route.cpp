#include "changing_route.h"

#include "encoded_route.h"
#include "messages.h"
#include "route_hint.h"

namespace lars::bench {

static constexpr route_host COMES_AND_GOES{{0x0a000001, 8000}};

changing_route::changing_route(const db_options &database, const module_route &without)
    : _without(without), _client(database)
{
}

bool changing_route::edit(bool added)
{
    std::vector<route_host> done, present;
    const module_route route{id(), {COMES_AND_GOES}};
    return added ? _editor.add(route, &done, &present).ok() : _editor.remove(route, &done).ok();
}

bool changing_route::edit_and_hint(bool added, uint16_t dns)
{
    const bool edited = edit(added);
    send_route_hint({{INADDR_LOOPBACK, dns}});
    return edited;
}

module_route changing_route::route(bool added) const
{
    module_route route = _without;
    if (added)
        route.hosts.insert(route.hosts.begin(), COMES_AND_GOES);
    return route;
}

std::string changing_route::request() const
{
    return test::encode_frame(ID_GetRouteRequest, test::route_request(id().modid, id().cmdid));
}

std::string changing_route::answer(uint64_t version) const
{
    std::string body = encode_route(_without);
    body += answer_end(0, version).bytes();
    return test::encode_frame(ID_GetRouteResponse, body);
}

std::string changing_route::pushed(bool added) const
{
    const std::string body = encode_route(route(added)) + std::string(MORE, '\0');
    std::string frame = test::encode_frame(ID_GetRouteResponse, body);
    frame.resize(frame.size() - MORE);
    return frame;
}

change_rounds changing_route::rounds(const char *name, int changes,
                                     std::function<bool(bool added)> write) const
{
    return {name, changes, std::move(write), [this](bool added) { return pushed(added); }, MORE};
}

}  // namespace lars::bench
