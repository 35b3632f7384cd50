// load PORT CONNECTIONS IN_FLIGHT SECONDS: keeps that many messages of 72 bytes (header and
// 64 bytes of body) on their way on each connection, checks what comes back, and prints how
// many came back each second.
#include <cstdio>
#include <cstdlib>

#include "tcp_load.h"

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: load port connections in-flight seconds\n");
        return 1;
    }
    lars::bench::tcp_load_options options;
    options.port = static_cast<uint16_t>(atoi(argv[1]));
    options.connections = atoi(argv[2]);
    options.in_flight = atoi(argv[3]);
    options.seconds = atof(argv[4]);
    std::string frame("\1\0\0\0\100\0\0\0", 8);
    for (char c = '0'; c < '0' + 64; c++) {
        frame += c;
    }
    options.exchanges = {{frame, frame}};
    const lars::bench::measurement result = lars::bench::run_tcp_load(options);
    if (!result.error.empty()) {
        fprintf(stderr, "load: %s\n", result.error.c_str());
        return 1;
    }
    printf("%.0f\n", result.calls_per_second());
    return 0;
}
