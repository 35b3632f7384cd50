#include "encoded_route.h"

#include "message.h"
#include "wire.h"
#include "wire_fields.h"
#include "wire_rules.h"

namespace lars {

static constexpr char MODID = tag_of(GetRouteResponse::kModidFieldNumber, KIND_VARINT);
static constexpr char CMDID = tag_of(GetRouteResponse::kCmdidFieldNumber, KIND_VARINT);
static constexpr char HOST = tag_of(GetRouteResponse::kHostFieldNumber, KIND_BYTES);
static constexpr char SEQ = tag_of(GetRouteResponse::kSeqFieldNumber, KIND_VARINT);
static constexpr char VERSION = tag_of(GetRouteResponse::kVersionFieldNumber, KIND_VARINT);
static constexpr char HOST_IP = tag_of(HostInfo::kIpFieldNumber, KIND_VARINT);
static constexpr char HOST_PORT = tag_of(HostInfo::kPortFieldNumber, KIND_VARINT);
static constexpr char HOST_WEIGHT = tag_of(HostInfo::kWeightFieldNumber, KIND_VARINT);

// A seq of 32 bits, and a version.
static_assert(answer_end::LONGEST == 6 + LONGEST_FIELD);
static constexpr size_t HOST_HEAD = 2;  // a tag, and a length below 128
static constexpr size_t LONGEST_HOST = HOST_HEAD + 3 * LONGEST_FIELD;

static char *write_host(const route_host &host, char *at)
{
    char *const start = at + HOST_HEAD;
    char *end = write_field(HOST_IP, wide(ip_to_wire(host.address.ip)), start);
    end = write_field(HOST_PORT, host.address.port, end);
    if (host.weight != route_host::DEFAULT_WEIGHT)
        end = write_field(HOST_WEIGHT, host.weight, end);
    at[0] = HOST;
    at[1] = static_cast<char>(end - start);
    return end;
}

// Where the hosts begin.
static const char *first_host(std::string_view body)
{
    const char *at = body.data();
    const char *const end = at + body.size();
    uint64_t module = 0;
    while (at != end && *at != HOST)
        at = read_varint(at + 1, end, &module);
    return at;
}

static const char *next_host(const char *host)
{
    return host + HOST_HEAD + static_cast<unsigned char>(host[1]);
}

static route_host read_host(const char *at)
{
    route_host host;
    const char *const end = next_host(at);
    for (at += HOST_HEAD; at != end;) {
        const char tag = *at++;
        uint64_t value = 0;
        at = read_varint(at, end, &value);
        if (tag == HOST_IP)
            host.address.ip = static_cast<uint32_t>(value);
        else if (tag == HOST_PORT)
            host.address.port = static_cast<uint16_t>(value);
        else
            host.weight = static_cast<uint32_t>(value);
    }
    return host;
}

void append_encoded_route(const module_route &route, std::string *out)
{
    char module[2 * LONGEST_FIELD];
    char *end = write_field(MODID, wide(route.module.modid), module);
    end = write_field(CMDID, wide(route.module.cmdid), end);
    out->append(module, static_cast<size_t>(end - module));
    for (const route_host &host : route.hosts) {
        if (host.drained())
            continue;  // it would be read as one of weight 100
        char bytes[LONGEST_HOST];
        out->append(bytes, static_cast<size_t>(write_host(host, bytes) - bytes));
    }
}

std::string encode_route(const module_route &route)
{
    std::string body;
    append_encoded_route(route, &body);
    return body;
}

answer_end::answer_end(uint32_t seq, uint64_t version)
{
    const char *const end = write_field(VERSION, version, write_field(SEQ, seq, _bytes));
    _size = static_cast<size_t>(end - _bytes);
}

static constexpr size_t LONGEST_ANSWER = MESSAGE_LENGTH_LIMIT - answer_end::LONGEST;

std::string_view encoded_route::answer(size_t *fitted) const
{
    const char *const end = _body.data() + _body.size();
    *fitted = 0;
    const char *at = first_host(_body);
    while (at != end) {
        const char *const next = next_host(at);
        if (static_cast<size_t>(next - _body.data()) > LONGEST_ANSWER)
            break;
        at = next;
        ++*fitted;
    }
    return _body.substr(0, static_cast<size_t>(at - _body.data()));
}

std::string_view encoded_route::answer() const
{
    size_t fitted = 0;
    return _body.size() <= LONGEST_ANSWER ? _body : answer(&fitted);
}

size_t encoded_route::host_count() const
{
    size_t count = 0;
    const char *const end = _body.data() + _body.size();
    for (const char *at = first_host(_body); at != end; at = next_host(at))
        ++count;
    return count;
}

std::vector<route_host> encoded_route::hosts() const
{
    std::vector<route_host> all;
    const char *const end = _body.data() + _body.size();
    for (const char *at = first_host(_body); at != end; at = next_host(at))
        all.push_back(read_host(at));
    return all;
}

size_t encoded_route::place_of(const route_host &host) const
{
    char bytes[LONGEST_HOST];
    const std::string_view wanted(bytes, static_cast<size_t>(write_host(host, bytes) - bytes));
    size_t place = 0;
    const char *const end = _body.data() + _body.size();
    for (const char *at = first_host(_body); at != end; at = next_host(at), ++place) {
        if (wanted == std::string_view(at, static_cast<size_t>(next_host(at) - at)))
            return place;
    }
    return place;
}

}  // namespace lars
