// The client's side of the local path without the rules that lars_client keeps, and without its
// code: it meets the agent, and then does with its page and its connection whatever a test
// likes. One thread.
#pragma once

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>
#include <memory>
#include <string>

#include "local_layout.h"
#include "unique_fd.h"

namespace lars::test {

// A connection to the socket at PATH on which nothing was said; invalid if there can be none.
// It waits ten seconds for what is to be received.
inline unique_fd connected_to(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    unique_fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{10, 0};
    if (connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0 ||
        setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0)
        fd.reset();
    return fd;
}

class raw_client {
public:
    // Returns why not; empty if it has met the agent.
    std::string meet(const std::string &path)
    {
        _connection = connected_to(path);
        const local::greeting hello{local::GREETING_MAGIC, local::LAYOUT_VERSION, 0};
        if (send(_connection.get(), &hello, sizeof hello, MSG_NOSIGNAL) != sizeof hello)
            return std::strerror(errno);
        local::greeting answer{};
        unique_fd table, page;
        if (!receive(&answer, &table, &page))
            return "no answer";
        if (answer.outcome != local::MET)
            return "outcome " + std::to_string(answer.outcome);
        _table = mapped(table.get(), PROT_READ);
        _page = mapped(page.get(), PROT_READ | PROT_WRITE);
        return _table && _page ? "" : std::strerror(errno);
    }

    const local::table_header &table() const
    {
        return *static_cast<const local::table_header *>(_table.get());
    }
    local::page_header &page() const { return *static_cast<local::page_header *>(_page.get()); }
    local::cell_block &block(size_t number) const
    {
        return reinterpret_cast<local::cell_block *>(static_cast<char *>(_page.get()) +
                                                     local::MEMORY_PAGE)[number];
    }
    // All of the page, as the words that it consists of.
    local::half_word &word(size_t place) const
    {
        return static_cast<local::half_word *>(_page.get())[place];
    }
    size_t words() const { return _page.get_deleter().size / sizeof(local::half_word); }

    // As many of the bytes as the agent takes now.
    void say(const std::string &bytes) const
    {
        send(_connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }

private:
    struct unmap {
        size_t size;
        void operator()(void *memory) const { munmap(memory, size); }
    };
    using mapping = std::unique_ptr<void, unmap>;

    static mapping mapped(int fd, int how)
    {
        struct stat of {};
        if (fstat(fd, &of) != 0)
            return mapping();
        const auto size = static_cast<size_t>(of.st_size);
        void *memory = mmap(nullptr, size, how, MAP_SHARED, fd, 0);
        return mapping(memory == MAP_FAILED ? nullptr : memory, unmap{size});
    }

    // The descriptors are those of table and page, if there are any.
    bool receive(local::greeting *answer, unique_fd *table, unique_fd *page) const
    {
        iovec bytes{answer, sizeof *answer};
        int descriptors[2] = {-1, -1};
        alignas(cmsghdr) char space[CMSG_SPACE(sizeof descriptors)];
        msghdr message{};
        message.msg_iov = &bytes;
        message.msg_iovlen = 1;
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        if (recvmsg(_connection.get(), &message, MSG_CMSG_CLOEXEC) != sizeof *answer)
            return false;
        const cmsghdr *passed = CMSG_FIRSTHDR(&message);
        if (passed && passed->cmsg_len == CMSG_LEN(sizeof descriptors))
            std::memcpy(descriptors, CMSG_DATA(passed), sizeof descriptors);
        table->reset(descriptors[0]);
        page->reset(descriptors[1]);
        return true;
    }

    unique_fd _connection;
    mapping _table;
    mapping _page;
};

}  // namespace lars::test
