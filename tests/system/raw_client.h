// The client's side of the local path without the rules that lars_client keeps: it meets the
// agent, and then does with its page and its connection whatever a test likes.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <string>

#include "local_layout.h"
#include "local_meeting.h"
#include "shared_memory.h"
#include "unique_fd.h"
#include "wait_until.h"

namespace lars::test {

class raw_client {
public:
    // Returns why not; empty if it has met the agent.
    std::string meet(const std::string &path)
    {
        std::string why;
        local_meeting meeting;
        if (!meeting.begin(path, why))
            return why;
        local_meeting::answer answer{};
        if (!wait_until([&] {
                answer = meeting.look(_gifts, why);
                return answer != local_meeting::answer::none_yet;
            }))
            return "no answer";
        if (answer != local_meeting::answer::met)
            return why;
        const int seals = F_SEAL_SHRINK | F_SEAL_GROW;
        if (!_table.map(_gifts.table.get(), seals, false, why) ||
            !_page.map(_gifts.page.get(), seals, true, why))
            return why;
        return "";
    }

    const local::table_header &table() const
    {
        return *static_cast<const local::table_header *>(_table.data());
    }
    local::page_header &page() const { return *static_cast<local::page_header *>(_page.data()); }
    local::cell_block &block(size_t number) const
    {
        return reinterpret_cast<local::cell_block *>(static_cast<char *>(_page.data()) +
                                                     local::MEMORY_PAGE)[number];
    }
    // All of the page, as the words that it consists of.
    local::half_word &word(size_t place) const
    {
        return static_cast<local::half_word *>(_page.data())[place];
    }
    size_t words() const { return _page.size() / sizeof(local::half_word); }

    // As many of the bytes as the agent takes now.
    void say(const std::string &bytes) const
    {
        ::send(_gifts.connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    // Whether the agent has ended the connection, or ends it soon.
    bool is_ended() const
    {
        char byte = 0;
        return wait_until([&] {
            const ssize_t size = recv(_gifts.connection.get(), &byte, 1, MSG_DONTWAIT);
            return size == 0 || (size < 0 && errno != EAGAIN);
        });
    }

private:
    local_meeting::gifts _gifts;
    shared_memory _table;
    shared_memory _page;
};

// A connection to the socket at PATH on which nothing was said; invalid if there can be none.
inline unique_fd connected_to(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    unique_fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        fd.reset();
    return fd;
}

}  // namespace lars::test
