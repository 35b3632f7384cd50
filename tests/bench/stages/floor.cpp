// floor PORT: what the versions are compared with.
#include <cstdio>
#include <cstdlib>

#include "bare_echo.h"

int main(int argc, char **argv)
{
    auto port = static_cast<uint16_t>(argc > 1 ? atoi(argv[1]) : 0);
    const int listening = lars::bench::listen_on_loopback(&port);
    if (listening == -1) {
        perror("floor");
        return 1;
    }
    lars::bench::serve_bare_echo(listening);
}
