// A module's route as the body of a GetRouteResponse: made once, when the route changes,
// and sent in every answer, with a seq and a version behind it. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "route.h"

namespace lars {

// Returns the body, without a seq and a version: the module, then every host that is not
// drained, in the order of ROUTE. Equal routes have equal bodies.
std::string encode_route(const module_route &route);
// The same, behind what *OUT holds.
void append_encoded_route(const module_route &route, std::string *out);

// What follows such a body in an answer: a seq and a version. One that is 0 is absent.
class answer_end {
public:
    answer_end(uint32_t seq, uint64_t version);

    static constexpr size_t LONGEST = 17;
    // They are this object's.
    std::string_view bytes() const { return {_bytes, _size}; }

private:
    char _bytes[LONGEST];
    size_t _size;
};

// A look at what encode_route() has returned, which has to live longer than this.
class encoded_route {
public:
    explicit encoded_route(std::string_view body) : _body(body) {}

    // All of it, however long.
    std::string_view body() const { return _body; }
    // What an answer takes of it: all hosts, or the first ones if they do not fit a message
    // with a seq and a version. *FITTED becomes how many those are.
    std::string_view answer(size_t *fitted) const;
    // The same without counting.
    std::string_view answer() const;

    size_t host_count() const;
    std::vector<route_host> hosts() const;
    // The place of HOST among the hosts, counted from 0; host_count() if there is none with
    // its address and its weight.
    size_t place_of(const route_host &host) const;

private:
    std::string_view _body;
};

}  // namespace lars
