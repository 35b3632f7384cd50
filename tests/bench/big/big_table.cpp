#include "big_table.h"

#include <random>

#include "encoded_route.h"
#include "messages.h"
#include "redis_server.h"

namespace lars::bench {

constexpr int LOOKUPS = 20000;
constexpr uint32_t FIRST_IP = 0xc0a80001;  // 192.168.0.1
constexpr uint16_t PORT = 8000;

static uint32_t ip_of(int modid, int host)
{
    return FIRST_IP + static_cast<uint32_t>(host) * 0x10000 + static_cast<uint32_t>(modid) % 60000;
}

module_route big_route(int modid)
{
    module_route route{{modid, 1}, {}};
    for (int host = 0; host < BIG_HOSTS; ++host)
        route.hosts.push_back({{ip_of(modid, host), PORT}});
    return route;
}

void fill_big_table(test::database &routes)
{
    for (int host = 0; host < BIG_HOSTS; ++host)
        routes.exec("INSERT INTO RouteData (modid, cmdid, serverip, serverport) SELECT seq, 1, " +
                    std::to_string(ip_of(0, host)) + " + seq % 60000, " + std::to_string(PORT) +
                    " FROM seq_1_to_" + std::to_string(BIG_MODULES));
    routes.exec("UPDATE RouteVersion SET version = UNIX_TIMESTAMP()");
}

static std::vector<int> some_modules()
{
    std::mt19937 random(1);
    std::vector<int> modules;
    for (int i = 0; i < LOOKUPS; ++i)
        modules.push_back(1 + static_cast<int>(random() % BIG_MODULES));
    return modules;
}

std::vector<exchange> big_lookups(uint64_t version)
{
    std::vector<exchange> all;
    for (const int modid : some_modules()) {
        std::string answer = encode_route(big_route(modid));
        answer += answer_end(0, version).bytes();
        all.push_back({test::encode_frame(ID_GetRouteRequest, test::route_request(modid, 1)),
                       test::encode_frame(ID_GetRouteResponse, answer)});
    }
    return all;
}

std::string redis_key(int modid)
{
    return "route:" + std::to_string(modid) + ":1";
}

std::string redis_value(const module_route &route)
{
    std::string value;
    for (const route_host &host : route.hosts)
        value += (value.empty() ? "" : ",") + host.to_string();
    return value;
}

std::vector<exchange> big_redis_lookups()
{
    std::vector<exchange> all;
    for (const int modid : some_modules())
        all.push_back(
            {redis_command({"GET", redis_key(modid)}), redis_text(redis_value(big_route(modid)))});
    return all;
}

}  // namespace lars::bench
