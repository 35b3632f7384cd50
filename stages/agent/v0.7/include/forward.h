// How a client thread passes on what was queued for its server.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <string>

#include "lars_reactor.h"

// While a server is away so many messages wait for it; then the oldest goes.
static const size_t WAITING_MAX = 10000;

// The port of the server that [section] names; what is no port ends the process with a message.
inline uint16_t server_port(const char *section, unsigned default_port)
{
    unsigned port = config_file::instance()->GetNumber(section, "port", default_port);
    if (port < 1 || port > 65535) {
        fprintf(stderr, "[%s] port = %u: not a port\n", section, port);
        exit(1);
    }
    return static_cast<uint16_t>(port);
}

// Takes everything from the queue behind what waits already.
template <typename T>
void take_all(thread_queue<T> *queue, std::queue<T> &waiting)
{
    std::queue<T> fresh;
    for (queue->recv(fresh); !fresh.empty(); fresh.pop()) {
        if (waiting.size() == WAITING_MAX) {
            waiting.pop();
            // The first one is told, the second, the fourth, the eighth and so on.
            static unsigned long dropped = 0;
            dropped++;
            if ((dropped & (dropped - 1)) == 0) {
                fprintf(stderr, "too many messages wait for a server that is away: dropped %lu so far\n", dropped);
            }
        }
        waiting.push(fresh.front());
    }
}

// Sends what waits, in order. What the connection does not take goes on waiting.
template <typename T>
void send_all(std::queue<T> &waiting, net_connection *server, int msgid)
{
    std::string body;
    for (; !waiting.empty(); waiting.pop()) {
        waiting.front().SerializeToString(&body);
        if (body.size() > MESSAGE_LENGTH_LIMIT) {
            fprintf(stderr, "a message of %zu bytes is too long to be sent\n", body.size());
        } else if (server->send_message(body.data(), static_cast<int>(body.size()), msgid) == -1) {
            return;
        }
    }
}
