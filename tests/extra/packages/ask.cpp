// Makes every call of the client library, so that the library must have them all.
#include <lars_client.h>

#include <cstdio>
#include <utility>

int main()
{
    lars::lars_client first, client(std::move(first));
    first = lars::lars_client("127.0.0.1", 8888);
    std::string ip;
    int port = 0;
    std::vector<lars::lars_client::host> route;
    client.set_deadline(1000);
    if (client.reg_init(7, 1) != 0 || client.get_route(7, 1, route) != 0 || route.size() != 1)
        return printf("%s\n", client.error().c_str());
    const int result = client.get_host(7, 1, ip, port);
    printf("%s %s:%d\n", lars::lars_client::retcode_name(result), ip.c_str(), port);
    return client.report(7, 1, ip, port, 0, 1);
}
