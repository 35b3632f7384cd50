// Where a server is, as a configuration says it: a host, by its IPv4 address or its name, and
// a port. Which addresses a name has is another question (host_lookup.h). It is a value like
// any other, and any thread may use it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "endpoint.h"
#include "status.h"

namespace lars {

struct server_address {
    std::string host;  // as it is written
    uint16_t port = 0;

    server_address() = default;
    server_address(std::string name, uint16_t number) : host(std::move(name)), port(number) {}
    server_address(uint32_t ip, uint16_t number) : host(ip_to_string(ip)), port(number) {}
    server_address(const endpoint &address) : server_address(address.ip, address.port) {}

    // Where the host is an IPv4 address; nothing for a name.
    std::optional<endpoint> as_endpoint() const;
    // "dns.example.net:7778".
    std::string to_string() const { return host + ":" + std::to_string(port); }

    // Names are compared as the resolver does, without regard to capital letters.
    bool operator==(const server_address &other) const;
    bool operator!=(const server_address &other) const { return !(*this == other); }
};

// Whether TEXT may be a host's name: labels of letters, digits, '-' and '_' with dots between
// them, as long as names may be. Nothing that looks like numbers with dots is a name.
bool is_host_name(std::string_view text);
// An IPv4 address or a name.
bool is_host(std::string_view text);

// Reads "10.0.0.1:7778, dns2.example.net:7778" into *SERVERS. An error says which entry is
// wrong and how, but nothing of what stands there; *SERVERS is then unchanged. No entry may
// be empty or stand there twice, and no port may be 0.
status parse_servers(std::string_view text, std::vector<server_address> *servers);

}  // namespace lars
