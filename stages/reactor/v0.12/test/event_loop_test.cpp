#include "testing.h"

#include <fcntl.h>

#include "event_loop.h"

namespace {

struct record {
    int reads = 0;
    int writes = 0;
    std::function<void(event_loop *, int)> on_read;
};

void read_cb(event_loop *loop, int fd, void *args)
{
    record *r = static_cast<record *>(args);
    r->reads++;
    if (r->on_read) {
        r->on_read(loop, fd);
    } else {
        char buf[100];
        ASSERT_GE(recv(fd, buf, sizeof buf, MSG_DONTWAIT), 0);
    }
}

void write_cb(event_loop *loop, int fd, void *args)
{
    static_cast<record *>(args)->writes++;
    loop->del_io_event(fd, EPOLLOUT);
}

void say(int fd)
{
    ASSERT_EQ(1, send(fd, "x", 1, MSG_NOSIGNAL));
}

}  // namespace

TEST(EventLoop, CallsBackForReadingAndWriting)
{
    event_loop loop;
    kit::socket_pair pair;
    record r;
    EXPECT_EQ(0, loop.add_io_event(pair.a, read_cb, EPOLLIN, &r));
    EXPECT_EQ(0, loop.add_io_event(pair.a, write_cb, EPOLLOUT, &r));
    say(pair.b);
    EXPECT_TRUE(kit::run_until(loop, [&] { return r.reads == 1 && r.writes == 1; }));
    say(pair.b);
    EXPECT_TRUE(kit::run_until(loop, [&] { return r.reads == 2; }));
    EXPECT_EQ(1, r.writes);
}

TEST(EventLoop, AnFdThatCannotBeWatchedIsAnError)
{
    event_loop loop;
    record r;
    EXPECT_EQ(-1, loop.add_io_event(-1, read_cb, EPOLLIN, &r));
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int regular = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(-1, loop.add_io_event(regular, read_cb, EPOLLIN, &r));
    close(file);
    close(regular);
    loop.del_io_event(12345);
    loop.del_io_event(12345, EPOLLIN);
}

TEST(EventLoop, AForgottenFdIsNotCalledBack)
{
    event_loop loop;
    kit::socket_pair pair, other;
    record r, o;
    loop.add_io_event(pair.a, read_cb, EPOLLIN, &r);
    loop.add_io_event(other.a, read_cb, EPOLLIN, &o);
    loop.del_io_event(pair.a);
    say(pair.b);
    say(other.b);
    EXPECT_TRUE(kit::run_until(loop, [&] { return o.reads == 1; }));
    EXPECT_EQ(0, r.reads);
}

TEST(EventLoop, Trap_R5_AnFdThatIsAlwaysReadableStillWrites)
{
    event_loop loop;
    kit::socket_pair pair;
    record r;
    r.on_read = [](event_loop *, int) {};   // leaves the byte: readable for ever
    say(pair.b);
    loop.add_io_event(pair.a, read_cb, EPOLLIN, &r);
    loop.add_io_event(pair.a, write_cb, EPOLLOUT, &r);
    EXPECT_TRUE(kit::run_until(loop, [&] { return r.writes > 0 && r.reads > 3; }));
}

// Both are ready in the same round. Whoever comes first closes the other, whose number
// is used again at once, by something that must not get the old one's event.
TEST(EventLoop, Trap_R6_ANumberUsedAgainGetsNoOldEvent)
{
    event_loop loop;
    kit::socket_pair one, two, fresh;
    record r1, r2, reused;
    int kept_open = fresh.a;
    auto close_other = [&](int *other, record *other_record) {
        (void)other_record;
        return [&, other](event_loop *l, int fd) {
            char c;
            EXPECT_EQ(1, read(fd, &c, 1));
            if (*other == -1) {
                return;
            }
            int number = *other;
            l->del_io_event(number);
            close(number);
            *other = -1;
            ASSERT_EQ(number, dup2(kept_open, number));
            ASSERT_EQ(0, l->add_io_event(number, read_cb, EPOLLIN, &reused));
        };
    };
    r1.on_read = close_other(&two.a, &r2);
    r2.on_read = close_other(&one.a, &r1);
    int first_number = one.a, second_number = two.a;
    loop.add_io_event(one.a, read_cb, EPOLLIN, &r1);
    loop.add_io_event(two.a, read_cb, EPOLLIN, &r2);
    say(one.b);
    say(two.b);
    EXPECT_TRUE(kit::run_until(loop, [&] { return r1.reads + r2.reads >= 1; }));
    EXPECT_TRUE(kit::run_until(loop, [n = 0]() mutable { return ++n > 3; }));
    EXPECT_EQ(1, r1.reads + r2.reads);
    EXPECT_EQ(0, reused.reads) << "the new one got the old one's event";
    say(fresh.b);
    reused.on_read = [](event_loop *, int fd) { char c; EXPECT_EQ(1, recv(fd, &c, 1, 0)); };
    EXPECT_TRUE(kit::run_until(loop, [&] { return reused.reads == 1; }));
    int number = one.a == -1 ? first_number : second_number;
    loop.del_io_event(number);
    close(number);
}

TEST(EventLoop, WhatIsDeletedLaterLivesUntilTheEndOfTheRound)
{
    struct object {
        int *deleted;
        ~object() { ++*deleted; }
    };
    event_loop loop;
    kit::socket_pair pair;
    int deleted = 0;
    record r;
    r.on_read = [&](event_loop *l, int fd) {
        char c;
        EXPECT_EQ(1, read(fd, &c, 1));
        l->delete_later(new object{&deleted});
        EXPECT_EQ(0, deleted);
    };
    loop.add_io_event(pair.a, read_cb, EPOLLIN, &r);
    say(pair.b);
    EXPECT_TRUE(kit::run_until(loop, [&] { return deleted == 1; }));
    EXPECT_EQ(1, r.reads);
}

TEST(EventLoop, TheOtherEndClosingWakesTheReader)
{
    event_loop loop;
    kit::socket_pair pair;
    record r;
    bool end = false;
    r.on_read = [&](event_loop *l, int fd) {
        char c;
        end = recv(fd, &c, 1, 0) == 0;
        l->del_io_event(fd);
    };
    loop.add_io_event(pair.a, read_cb, EPOLLIN, &r);
    close(pair.b);
    pair.b = -1;
    EXPECT_TRUE(kit::run_until(loop, [&] { return end; }));
}
