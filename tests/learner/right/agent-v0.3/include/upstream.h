// What waits to be sent to a server above, in order. One thread only.
#pragma once

#include <deque>

#include "main_server.h"

template <typename T>
class upstream {
public:
    upstream(const char *name, int msgid, thread_queue<T> *source) : _name(name), _msgid(msgid), _source(source) {}

    // Takes what has been queued, behind what waits already.
    void take()
    {
        std::queue<T> fresh;
        _source->recv(fresh);
        for (; !fresh.empty(); fresh.pop()) {
            _waiting.push_back(std::move(fresh.front()));
        }
        size_t dropped = 0;
        for (; _waiting.size() > LIMIT; dropped++) {
            _waiting.pop_front();
        }
        if (dropped > 0 && !_full) {
            fprintf(stderr, "%s: more than %zu messages wait, the oldest are dropped\n", _name, LIMIT);
        }
        _full = dropped > 0 || (_full && !_waiting.empty());
    }

    // Sends all that waits, as far as the connection takes it.
    void send(tcp_client *client)
    {
        while (client->connected && !_waiting.empty()) {
            std::string body = _waiting.front().SerializeAsString();
            if (body.size() > MESSAGE_LENGTH_LIMIT) {
                fprintf(stderr, "%s: a message of %zu bytes is too long, dropped\n", _name, body.size());
            } else if (client->send_message(body.data(), static_cast<int>(body.size()), _msgid) == -1) {
                return;
            }
            _waiting.pop_front();
        }
        if (_waiting.empty()) {
            _full = false;
        }
    }

private:
    static constexpr size_t LIMIT = 10000;

    const char *_name;
    int _msgid;
    thread_queue<T> *_source;
    std::deque<T> _waiting;
    bool _full = false;   // said so already
};
