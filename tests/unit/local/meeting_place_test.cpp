// The socket where clients get table and page: who is let in, and what others are told.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <cstring>
#include <ctime>
#include <fstream>
#include <mutex>
#include <vector>

#include "choice_table.h"
#include "local_layout.h"
#include "loop_thread.h"
#include "meeting_place.h"
#include "temp_dir.h"
#include "wait_until.h"

namespace lars {
namespace {

using namespace test;
using namespace local;
using std::chrono::milliseconds;

bool connect_to(const std::string &path, int fd)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
}

unique_fd connect_to(const std::string &path)
{
    unique_fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!connect_to(path, fd.get()))
        fd.reset();
    return fd;
}

bool readable(int fd, milliseconds within = milliseconds(10000))
{
    pollfd wait{fd, POLLIN, 0};
    return poll(&wait, 1, static_cast<int>(within.count())) == 1;
}

// Whether the other side has ended the connection.
bool ended(int fd)
{
    char byte = 0;
    return readable(fd) && recv(fd, &byte, 1, MSG_DONTWAIT) <= 0;
}

struct answered {
    greeting said{};
    unique_fd table;
    unique_fd page;
};

answered hear(int fd)
{
    answered heard;
    if (!readable(fd))
        return heard;
    iovec bytes{&heard.said, sizeof heard.said};
    alignas(cmsghdr) char space[CMSG_SPACE(2 * sizeof(int))];
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = space;
    message.msg_controllen = sizeof space;
    if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC) != sizeof heard.said)
        return heard;
    if (const cmsghdr *control = CMSG_FIRSTHDR(&message)) {
        int descriptors[2];
        std::memcpy(descriptors, CMSG_DATA(control), sizeof descriptors);
        heard.table.reset(descriptors[0]);
        heard.page.reset(descriptors[1]);
    }
    return heard;
}

answered greet(int fd, uint32_t version = LAYOUT_VERSION, uint64_t magic = GREETING_MAGIC)
{
    const greeting hello{magic, version, 0};
    EXPECT_EQ(send(fd, &hello, sizeof hello, MSG_NOSIGNAL), static_cast<ssize_t>(sizeof hello));
    return hear(fd);
}

size_t open_descriptors()
{
    size_t open = 0;
    for (int fd = 0; fd < 4096; ++fd)
        open += fcntl(fd, F_GETFD) >= 0;
    return open;
}

class MeetingPlace : public testing::Test {
protected:
    MeetingPlace()
    {
        _options.socket = _dir.file("agent.sock");
        _options.table = {100, 1000};
        EXPECT_TRUE(make_table(_options.table, &_table));
        EXPECT_TRUE(_thread.start());
    }
    ~MeetingPlace() override
    {
        _thread.stop();
        _place.close();
    }

    // In the loop's thread.
    status open()
    {
        std::atomic<bool> done{false};
        status opened;
        _thread.loop()->add_task([&] {
            opened = _place.open(_options, _table);
            done = true;
        });
        EXPECT_TRUE(wait_until([&] { return done.load(); }));
        return opened;
    }
    size_t pages()
    {
        const std::lock_guard<std::mutex> lock(_mutex);
        return _met.size();
    }
    // So many have met, and all of them have ended.
    bool all_ended(int clients)
    {
        return wait_until([&] { return _ended == clients; }) &&
               static_cast<int>(pages()) == clients;
    }

    temp_dir _dir;
    local_options _options;
    sealed_memory _table;
    loop_thread _thread{no_log()};
    std::mutex _mutex;
    std::vector<std::weak_ptr<const client_page>> _met;
    std::atomic<int> _ended{0};
    std::atomic<int> _woken[OWNERS] = {};
    meeting_place _place{_thread.loop(),
                         {[this](const std::shared_ptr<const client_page> &page) {
                              const std::lock_guard<std::mutex> lock(_mutex);
                              _met.push_back(page);
                          },
                          [this](const std::shared_ptr<const client_page> &) { ++_ended; },
                          [this](size_t owner) { ++_woken[owner]; }}};
};

TEST_F(MeetingPlace, HandsOutTheTableAndAPage)
{
    ASSERT_TRUE(open());
    const unique_fd client = connect_to(_options.socket);
    const answered got = greet(client.get());
    EXPECT_EQ(got.said.magic, GREETING_MAGIC);
    EXPECT_EQ(got.said.outcome, MET);
    void *table = mmap(nullptr, _table.size(), PROT_READ, MAP_SHARED, got.table.get(), 0);
    ASSERT_NE(table, MAP_FAILED);
    EXPECT_EQ(static_cast<table_header *>(table)->magic, TABLE_MAGIC);
    EXPECT_EQ(static_cast<table_header *>(table)->part_size, table_part::size_of(_options.table));
    munmap(table, _table.size());
    EXPECT_EQ(mmap(nullptr, _table.size(), PROT_WRITE, MAP_SHARED, got.table.get(), 0), MAP_FAILED);

    void *page =
        mmap(nullptr, page_size(MAX_BLOCKS), PROT_READ | PROT_WRITE, MAP_SHARED, got.page.get(), 0);
    ASSERT_NE(page, MAP_FAILED);
    EXPECT_EQ(static_cast<page_header *>(page)->magic, PAGE_MAGIC);
    static_cast<page_header *>(page)->owners[1].activity = 7;
    ASSERT_TRUE(wait_until([this] { return pages() == 1; }));
    const auto agents = _met[0].lock();
    EXPECT_EQ(agents->header().owners[1].activity, 7u);
    EXPECT_EQ(agents->process, getpid());
    EXPECT_EQ(agents->user, getuid());
    munmap(page, page_size(MAX_BLOCKS));
}

TEST_F(MeetingPlace, ByteWakesItsOwner)
{
    ASSERT_TRUE(open());
    const unique_fd client = connect_to(_options.socket);
    ASSERT_EQ(greet(client.get()).said.outcome, MET);
    const char bytes[] = {2, 0, 77};
    ASSERT_EQ(send(client.get(), bytes, sizeof bytes, 0), 3);
    EXPECT_TRUE(wait_until([this] { return _woken[2] == 1 && _woken[0] == 1; }));
    EXPECT_EQ(_woken[1], 0);
}

TEST_F(MeetingPlace, WhoWakesWithoutEndIsHeardInTurns)
{
    using steady = std::chrono::steady_clock;
    ASSERT_TRUE(open());
    unique_fd client = connect_to(_options.socket);
    ASSERT_EQ(greet(client.get()).said.outcome, MET);
    const auto began = steady::now();
    const char bytes[100] = {};
    for (size_t i = 0; steady::now() - began < milliseconds(200); ++i)
        send(client.get(), bytes, 1 + i % sizeof bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    client.reset();
    ASSERT_TRUE(all_ended(1));
    // No more than 16 bytes, and the one that is too many, in 10 ms.
    const auto turns = (steady::now() - began) / milliseconds(10) + 1;
    EXPECT_GT(_woken[0], 1);
    EXPECT_LE(_woken[0], 17 * turns);
}

TEST_F(MeetingPlace, EndOfAClientIsTheEndOfItsPage)
{
    ASSERT_TRUE(open());
    {
        const unique_fd client = connect_to(_options.socket);
        ASSERT_EQ(greet(client.get()).said.outcome, MET);
    }
    ASSERT_TRUE(all_ended(1));
    EXPECT_TRUE(wait_until([this] { return _met[0].expired(); }));
}

TEST_F(MeetingPlace, ClientOfAnotherVersionIsToldSo)
{
    ASSERT_TRUE(open());
    const unique_fd client = connect_to(_options.socket);
    const answered got = greet(client.get(), LAYOUT_VERSION + 1);
    EXPECT_EQ(got.said.outcome, OTHER_VERSION);
    EXPECT_EQ(got.said.version, LAYOUT_VERSION);
    EXPECT_FALSE(got.table.valid());
    EXPECT_TRUE(ended(client.get()));
    EXPECT_EQ(pages(), 0u);
}

TEST_F(MeetingPlace, WhoDoesNotGreetIsSentAway)
{
    ASSERT_TRUE(open());
    const unique_fd stranger = connect_to(_options.socket);
    ASSERT_EQ(send(stranger.get(), "GET / HTTP/1.1\r\n\r\n", 18, 0), 18);
    EXPECT_EQ(hear(stranger.get()).said.outcome, OTHER_VERSION);
    EXPECT_TRUE(ended(stranger.get()));
    const unique_fd silent = connect_to(_options.socket);
    EXPECT_TRUE(ended(silent.get()));
    EXPECT_EQ(pages(), 0u);
}

TEST_F(MeetingPlace, NoMoreClientsThanAllowed)
{
    _options.clients = 2;
    ASSERT_TRUE(open());
    unique_fd first = connect_to(_options.socket);
    const unique_fd second = connect_to(_options.socket);
    ASSERT_EQ(greet(first.get()).said.outcome, MET);
    ASSERT_EQ(greet(second.get()).said.outcome, MET);
    const unique_fd third = connect_to(_options.socket);
    EXPECT_EQ(hear(third.get()).said.outcome, TOO_MANY_CLIENTS);
    EXPECT_TRUE(ended(third.get()));
    first.reset();
    ASSERT_TRUE(wait_until([this] { return _ended == 1; }));
    const unique_fd fourth = connect_to(_options.socket);
    EXPECT_EQ(greet(fourth.get()).said.outcome, MET);
}

TEST_F(MeetingPlace, ThousandClientsLeaveNoDescriptor)
{
    ASSERT_TRUE(open());
    const size_t before = open_descriptors();
    for (int i = 0; i < 1000; ++i) {
        const unique_fd client = connect_to(_options.socket);
        ASSERT_EQ(greet(client.get()).said.outcome, MET) << i;
    }
    ASSERT_TRUE(all_ended(1000));
    EXPECT_TRUE(wait_until([&] { return open_descriptors() == before; }));
}

milliseconds processor_time()
{
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + milliseconds(used.tv_nsec / 1000000);
}

TEST_F(MeetingPlace, WithoutADescriptorLeftClientsWaitAndTheLoopRests)
{
    ASSERT_TRUE(open());
    const unique_fd client(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    rlimit none = before;
    none.rlim_cur = 1;  // poll() refuses where it is 0
    setrlimit(RLIMIT_NOFILE, &none);
    const milliseconds used = processor_time();
    ASSERT_TRUE(connect_to(_options.socket, client.get()));
    const bool heard = readable(client.get(), milliseconds(500));
    const milliseconds used_meanwhile = processor_time() - used;
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_FALSE(heard);
    EXPECT_LT(used_meanwhile, milliseconds(250)) << "it tries again and again";
    EXPECT_EQ(greet(client.get()).said.outcome, MET);
}

TEST_F(MeetingPlace, SocketOfAKilledAgentIsReplaced)
{
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, _options.socket.c_str(), sizeof address.sun_path - 1);
        const unique_fd left(socket(AF_UNIX, SOCK_STREAM, 0));
        ASSERT_EQ(bind(left.get(), reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    }
    const status opened = open();
    ASSERT_TRUE(opened) << opened.message();
    const unique_fd client = connect_to(_options.socket);
    EXPECT_EQ(greet(client.get()).said.outcome, MET);
}

TEST_F(MeetingPlace, WhatIsNotOursStays)
{
    std::ofstream(_options.socket) << "a letter";
    const status opened = open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.message(),
              "[agent] local = " + _options.socket + ": is there, and is not a socket");
    EXPECT_EQ(read_text(_options.socket), "a letter");
}

TEST_F(MeetingPlace, SocketWhereAnotherListensStaysHis)
{
    ASSERT_TRUE(open());
    meeting_place second(_thread.loop(), {});
    std::atomic<bool> done{false};
    status opened;
    _thread.loop()->add_task([&] {
        opened = second.open(_options, _table);
        done = true;
    });
    ASSERT_TRUE(wait_until([&] { return done.load(); }));
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.message().find("another process listens there"), std::string::npos);
    const unique_fd client = connect_to(_options.socket);
    EXPECT_EQ(greet(client.get()).said.outcome, MET);
}

TEST_F(MeetingPlace, PathThatIsTooLongIsNamed)
{
    _options.socket = _dir.file(std::string(120, 'x'));
    const status opened = open();
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.message().find("longer than a socket's may be, 107 bytes"), std::string::npos)
        << opened.message();
}

TEST_F(MeetingPlace, FileHasTheModeAsked)
{
    _options.mode = 0660;
    ASSERT_TRUE(open());
    struct stat found {};
    ASSERT_EQ(stat(_options.socket.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0660u);
}

}  // namespace
}  // namespace lars
