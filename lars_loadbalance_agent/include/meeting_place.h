// The Unix socket where clients of this machine get the table, and a page of their own. Who
// may is a matter of the file's permissions. A client that has met wakes owners through its
// connection, and its end is the end of the page.
//
// Loop thread of the loop it was made for, unless stated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "client_page.h"
#include "event_loop.h"
#include "local_options.h"
#include "log.h"
#include "metrics_page.h"
#include "sealed_memory.h"
#include "status.h"
#include "unique_fd.h"

namespace lars {

class meeting_place {
public:
    // What is told to those who look at the pages.
    struct listeners {
        std::function<void(std::shared_ptr<const client_page>)> met;
        // The client has ended: what it has counted is taken over for the last time.
        std::function<void(std::shared_ptr<const client_page>)> ended;
        std::function<void(size_t owner)> wake;
    };

    meeting_place(event_loop *loop, listeners told);
    // Ends the connections. Removes the file, if this object has made it.
    ~meeting_place();

    // Listens at the file that OPTIONS name, for clients who are handed TABLE, which outlives
    // this object. What a process that was killed has left there is removed; an error names
    // the file if somebody else listens there, or something else stands there.
    status open(const local_options &options, const sealed_memory &table);
    void close();

    // The file, from the root on, for clients to find; empty while it is not open.
    const std::string &path() const { return _path; }
    // For operators; nothing while it is not open.
    void add_metrics(metrics_page *page) const;

private:
    struct client {
        unique_fd connection;
        event_loop::timer_id patience = 0;  // with those who do not greet, or say too much
        std::shared_ptr<const client_page> page;
        event_loop::clock::time_point spoken{};  // since when it was counted
        size_t said = 0;                         // how many bytes
    };
    using client_map = std::unordered_map<int, client>;  // by descriptor

    status listen_at(const std::string &path, mode_t mode);
    void accept_some();
    void rest();
    void watch(uint32_t events);
    void welcome(unique_fd connection);
    void on_readable(int fd);
    bool says_too_much(client *heard, size_t size);
    void hear_later(int fd, client *heard);
    void wake(const char *said, size_t size) const;
    uint32_t greet(client *met, const char *said, size_t size);
    bool answer(const client &met, uint32_t outcome, int page) const;
    void end(client_map::iterator ended);
    uint32_t free_number();

    event_loop *_loop;
    listeners _told;
    unique_fd _socket;
    std::string _path;
    size_t _most_clients = 0;
    const sealed_memory *_table = nullptr;
    client_map _clients;
    std::unordered_map<uint32_t, std::weak_ptr<const client_page>> _numbers;
    uint32_t _last_number = 0;
    event_loop::timer_id _resume = 0;  // after a rest
    uint64_t _refused = 0;
    log_limiter _limiter;  // of those that are refused
};

}  // namespace lars
