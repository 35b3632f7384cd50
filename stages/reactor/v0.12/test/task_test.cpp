#include "testing.h"

#include <atomic>

#include "event_loop.h"
#include "thread_pool.h"

// Nothing else is there to wake this loop.
TEST(EventLoop, ATaskOfAnotherThreadWakesTheLoop)
{
    kit::child program([](uint16_t) {
        event_loop loop;
        std::thread([&loop] {
            static int step = 1;
            static std::atomic<int> ran(0);
            for (int i = 1; i <= 100; i++) {
                loop.add_task([](event_loop *, void *args) { ran += *static_cast<int *>(args); }, &step);
                while (ran < i) {
                    std::this_thread::yield();
                }
            }
            printf("all ran;");
        }).detach();
        loop.event_process();
    }, kit::child::NOTHING);
    EXPECT_TRUE(program.printed("all ran;"));
}

TEST(EventLoop, Trap_R23_ATaskThatAddsATaskRunsInTheNextRound)
{
    struct counter {
        int rounds = 0;
    } count;
    event_loop loop;
    task_func again = [](event_loop *l, void *args) {
        counter *c = static_cast<counter *>(args);
        task_func next = [](event_loop *, void *later) { static_cast<counter *>(later)->rounds += 100; };
        c->rounds++;
        for (int i = 0; i < 50; i++) {
            l->add_task(next, c);
        }
    };
    loop.add_task(again, &count);
    loop.execute_ready_tasks();
    EXPECT_EQ(1, count.rounds);
    loop.execute_ready_tasks();
    EXPECT_EQ(5001, count.rounds);
    loop.add_task(again, &count);
    EXPECT_TRUE(kit::run_until(loop, [&] { return count.rounds == 10002; }));
}

TEST(EventLoop, ListsItsFds)
{
    event_loop loop;
    kit::socket_pair pair;
    listen_fd_set before, after;
    loop.get_listen_fds(before);
    loop.add_io_event(pair.a, [](event_loop *, int, void *) {}, EPOLLIN);
    loop.get_listen_fds(after);
    EXPECT_EQ(before.size() + 1, after.size());
    EXPECT_EQ(1u, after.count(pair.a));
    loop.del_io_event(pair.a);
    loop.get_listen_fds(after);
    EXPECT_EQ(before, after);
}

TEST(ThreadPool, ATaskRunsOnceInEveryThread)
{
    kit::child program([](uint16_t) {
        thread_pool pool(3);
        pool.send_task([](event_loop *, void *text) { printf("%s", static_cast<char *>(text)); },
                       const_cast<char *>("ran;"));
        pause();
    }, kit::child::NOTHING);
    EXPECT_TRUE(program.printed("ran;ran;ran;"));
}

TEST(ThreadPool, ATaskInTheQueueOfOneThreadRunsThereAlone)
{
    kit::child program([](uint16_t) {
        thread_pool pool(2);
        task_msg task;
        task.type = task_msg::NEW_TASK;
        task.connfd = -1;
        task.task_cb = [](event_loop *, void *text) { printf("%s", static_cast<char *>(text)); };
        task.args = const_cast<char *>("ran;");
        pool.get_thread()->send(task);
        pool.send_task([](event_loop *, void *) { printf("all;"); });
        pause();
    }, kit::child::NOTHING);
    EXPECT_TRUE(kit::eventually([&] { return kit::count_of(program.output(), "all;") == 2; }));
    EXPECT_EQ(1, kit::count_of(program.output(), "ran;"));
}
