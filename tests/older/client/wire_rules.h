// What lars.proto cannot say: how an address travels, which host can be called, and
// which of an agent's ports owns a module. The services and the client library share
// these rules. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lars {

// How many UDP ports in a row an agent listens on. Each owns its part of the modules.
constexpr size_t AGENT_PORTS = 3;

// Which of those ports owns the module, counted from 0. Ids may be negative, and their
// sum may not fit 32 bits.
inline size_t agent_port_of(int32_t modid, int32_t cmdid)
{
    constexpr auto ports = static_cast<int64_t>(AGENT_PORTS);
    return static_cast<size_t>(((int64_t{modid} + cmdid) % ports + ports) % ports);
}

// An address is a host-order number (127.0.0.1 is 0x7f000001) and travels in an
// int32 field as the same 32 bits.
inline int32_t ip_to_wire(uint32_t ip)
{
    return static_cast<int32_t>(ip);
}
inline uint32_t ip_from_wire(int32_t field)
{
    return static_cast<uint32_t>(field);
}

// False if nobody can call a host with that address or port. Whoever receives such a
// host leaves it out.
inline bool can_be_called(uint32_t ip, int64_t port)
{
    return ip != 0 && port >= 1 && port <= 65535;
}

}  // namespace lars
