#include "redis_server.h"

#include <cstdio>

#include "big_table.h"
#include "free_port.h"
#include "wait_until.h"
#include "wire_peer.h"

namespace lars::bench {

using namespace lars::test;

std::string redis_text(const std::string &text)
{
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

std::string redis_command(const std::vector<std::string> &words)
{
    std::string command = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string &word : words)
        command += redis_text(word);
    return command;
}

bool redis_server::start()
{
    _port = free_port();
    const status started =
        _process.start("redis-server", {"--port", std::to_string(_port), "--bind", "127.0.0.1",
                                        "--dir", _folder.path(), "--save", ""});
    const auto answers = [this] {
        wire_peer peer;
        return peer.connect_tcp(_port);
    };
    if (started && wait_until(answers))
        return true;
    std::fprintf(stderr, "redis-server does not start: apt-get install redis-server\n%s\n",
                 _process.output().c_str());
    return false;
}

bool redis_server::fill()
{
    wire_peer peer;
    if (!peer.connect_tcp(_port))
        return false;
    constexpr int AT_ONCE = 1000;
    for (int first = 1; first <= BIG_MODULES; first += AT_ONCE) {
        std::string commands, answers;
        for (int modid = first; modid < first + AT_ONCE && modid <= BIG_MODULES; ++modid) {
            commands += redis_command({"SET", redis_key(modid), redis_value(big_route(modid))});
            answers += "+OK\r\n";
        }
        std::string received;
        if (peer.send_bytes(commands)) {
            for (std::string more = peer.receive_bytes(); !more.empty();
                 more = received.size() < answers.size() ? peer.receive_bytes() : "")
                received += more;
        }
        if (received != answers)
            return std::fprintf(stderr, "redis-server refuses a key\n"), false;
    }
    return true;
}

}  // namespace lars::bench
