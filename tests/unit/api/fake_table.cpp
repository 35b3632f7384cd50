#include "fake_table.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace lars::test {

static constexpr int PATIENCE_MS = 10000;

sealed_memory::sealed_memory(size_t size, int seals) : _size(size)
{
    _fd = memfd_create("lars-test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    EXPECT_EQ(ftruncate(_fd, static_cast<off_t>(size)), 0);
    void *data =
        size == 0 ? nullptr : mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, _fd, 0);
    EXPECT_NE(data, MAP_FAILED);
    _data = static_cast<char *>(data);
    EXPECT_EQ(fcntl(_fd, F_ADD_SEALS, seals), 0);
}

sealed_memory::~sealed_memory()
{
    if (_data)
        munmap(_data, _size);
    close(_fd);
}

fake_table::fake_table(uint64_t agent, size_t blocks, int table_seals, int page_seals)
    : _path(_folder.path() + "/local"),
      _table_memory(table_writer::SIZE, table_seals),
      _page_memory(local::page_size(blocks), page_seals),
      _table(std::make_unique<table_writer>(_table_memory.data(), agent))
{
    page().magic = local::PAGE_MAGIC;
    page().version = local::LAYOUT_VERSION;
    page().number = 7;
    page().blocks = static_cast<uint32_t>(blocks);
    table().beat(0, 1);
}

fake_table::~fake_table()
{
    hang_up();
    close_socket();
}

void fake_table::listen(const std::string &path)
{
    close_socket();
    if (!path.empty())
        _path = path;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    ASSERT_LT(_path.size(), sizeof address.sun_path);
    std::copy(_path.begin(), _path.end(), address.sun_path);
    _listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(_listener, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(_listener, 16), 0);
}

void fake_table::close_socket()
{
    if (_listener >= 0) {
        close(_listener);
        unlink(_path.c_str());
    }
    _listener = -1;
}

void fake_table::hang_up()
{
    for (int *connection : {&_connection, &_other}) {
        if (*connection >= 0)
            close(*connection);
        *connection = -1;
    }
}

local::greeting fake_table::right_greeting()
{
    return {local::GREETING_MAGIC, local::LAYOUT_VERSION, local::MET};
}

static void send_with(int socket, const std::vector<int> &descriptors, local::greeting answer)
{
    alignas(cmsghdr) char space[CMSG_SPACE(16 * sizeof(int))] = {};
    iovec bytes{&answer, sizeof answer};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        const size_t size = descriptors.size() * sizeof(int);
        message.msg_control = space;
        message.msg_controllen = CMSG_SPACE(size);
        cmsghdr *part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(size);
        std::memcpy(CMSG_DATA(part), descriptors.data(), size);
    }
    EXPECT_EQ(sendmsg(socket, &message, MSG_NOSIGNAL), static_cast<ssize_t>(sizeof answer));
}

bool fake_table::accept()
{
    pollfd waiting{_listener, POLLIN, 0};
    if (poll(&waiting, 1, PATIENCE_MS) != 1)
        return false;
    hang_up();
    _connection = accept4(_listener, nullptr, nullptr, SOCK_CLOEXEC);
    local::greeting said{};
    return recv(_connection, &said, sizeof said, MSG_WAITALL) == sizeof said &&
           said.magic == local::GREETING_MAGIC && said.version == local::LAYOUT_VERSION &&
           said.outcome == 0;
}

bool fake_table::has_caller() const
{
    pollfd waiting{_listener, POLLIN, 0};
    return poll(&waiting, 1, 0) == 1;
}

bool fake_table::meet_with(const std::vector<int> &descriptors, local::greeting answer)
{
    const bool right = accept();
    send_with(_connection, descriptors, answer);
    return right;
}

bool fake_table::meet_other(const std::vector<int> &descriptors)
{
    _other = std::exchange(_connection, -1);
    return meet_with(descriptors);
}

bool fake_table::meet(local::greeting answer)
{
    return meet_with({table_fd(), page_fd()}, answer);
}

size_t fake_table::wakings()
{
    char bytes[64];
    const ssize_t size = recv(_connection, bytes, sizeof bytes, MSG_DONTWAIT);
    return size > 0 ? static_cast<size_t>(size) : 0;
}

local::page_header &fake_table::page() const
{
    return *reinterpret_cast<local::page_header *>(_page_memory.data());
}

std::vector<local::cell *> fake_table::cells() const
{
    std::vector<local::cell *> found;
    auto *blocks = reinterpret_cast<local::cell_block *>(_page_memory.data() + local::MEMORY_PAGE);
    for (uint32_t block = 0; block < page().blocks_used.load(); ++block) {
        for (uint32_t i = 0; i < blocks[block].cells_used.load(); ++i)
            found.push_back(&blocks[block].cells[i]);
    }
    return found;
}

uint32_t fake_table::counted(local::counter which, int modid, int cmdid, uint32_t port) const
{
    uint32_t sum = 0;
    const uint64_t module = local::pack(static_cast<uint32_t>(modid), static_cast<uint32_t>(cmdid));
    for (const local::cell *cell : cells()) {
        if (cell->module.load() == module &&
            (port == 0 || local::low_half(cell->host.load()) == port))
            sum += cell->counted[which].load();
    }
    return sum;
}

void fake_table::take_all()
{
    for (local::cell *cell : cells()) {
        for (uint32_t i = 0; i < local::COUNTERS; ++i)
            cell->taken[i].store(cell->counted[i].load());
    }
}

}  // namespace lars::test
