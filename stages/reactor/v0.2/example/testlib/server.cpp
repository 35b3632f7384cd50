#include "tcp_server.h"

#include <cstdlib>

int main(int argc, char **argv)
{
    uint16_t port = argc > 1 ? atoi(argv[1]) : 7777;
    tcp_server server("127.0.0.1", port);

    server.do_accept();

    return 0;
}
