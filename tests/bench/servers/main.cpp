#include <cstdio>
#include <cstdlib>

#include "servers.h"
#include "wire_peer.h"

int main(int argc, char **argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    std::vector<std::string> arguments;
    int ready_fd = -1;
    for (size_t i = 1; i < words.size(); ++i) {
        if (words[i] == "--ready-fd" && i + 1 < words.size())
            ready_fd = std::atoi(words[++i].c_str());
        else
            arguments.push_back(words[i]);
    }
    const std::string what = words.empty() ? "" : words[0];
    lars::status s =
        lars::status::error("usage: bench_server bare-tcp | bare-udp HEX... | echo THREADS");
    if (what == "bare-tcp" && arguments.empty()) {
        s = lars::bench::serve_bare_tcp(ready_fd);
    } else if (what == "bare-udp" && !arguments.empty()) {
        for (std::string &response : arguments)
            response = lars::test::from_hex(response);
        s = lars::bench::serve_bare_udp(ready_fd, arguments);
    } else if (what == "echo" && arguments.size() == 1) {
        s = lars::bench::serve_echo(ready_fd, std::atoi(arguments[0].c_str()));
    }
    if (s)
        return 0;
    std::fprintf(stderr, "bench_server: %s\n", s.message().c_str());
    return 1;
}
