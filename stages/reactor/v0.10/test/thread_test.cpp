#include "testing.h"

#include <map>

#include "buf_pool.h"
#include "thread_pool.h"
#include "thread_queue.h"

TEST(ThreadQueue, EveryMessageArrivesOnceAndInTheOrderOfItsSender)
{
    struct received {
        thread_queue<int> queue;
        std::map<int, int> last;
        int total = 0;
    } got;
    event_loop loop;
    EXPECT_EQ(NULL, got.queue.get_loop());
    got.queue.set_loop(&loop);
    EXPECT_EQ(&loop, got.queue.get_loop());
    got.queue.set_callback([](event_loop *, int, void *args) {
        received *r = static_cast<received *>(args);
        std::queue<int> messages;
        r->queue.recv(messages);
        for (; !messages.empty(); messages.pop()) {
            int sender = messages.front() / 100000, number = messages.front() % 100000;
            EXPECT_EQ(r->last[sender] + 1, number);
            r->last[sender] = number;
            r->total++;
        }
    }, &got);

    std::vector<std::thread> senders;
    for (int s = 1; s <= 3; s++) {
        senders.emplace_back([&got, s] {
            for (int i = 1; i <= 2000; i++) {
                got.queue.send(s * 100000 + i);
            }
        });
    }
    EXPECT_TRUE(kit::run_until(loop, [&] { return got.total == 6000; }));
    for (std::thread &sender : senders) {
        sender.join();
    }
}

TEST(ThreadQueue, WhatWasSentBeforeTheLoopRunsIsNotLost)
{
    thread_queue<int> queue;
    queue.send(7);
    event_loop loop;
    queue.set_loop(&loop);
    static int seen = 0;
    queue.set_callback([](event_loop *, int, void *args) {
        std::queue<int> messages;
        static_cast<thread_queue<int> *>(args)->recv(messages);
        seen = messages.front();
    }, &queue);
    EXPECT_TRUE(kit::run_until(loop, [] { return seen == 7; }));
}

TEST(ThreadPool, GivesItsThreadsInTurn)
{
    kit::child program([](uint16_t) {
        thread_pool pool(3);
        thread_queue<task_msg> *a = pool.get_thread(), *b = pool.get_thread(), *c = pool.get_thread();
        printf("%d", a != b && b != c && a != c && pool.get_thread() == a && pool.get_thread() == b);
        pause();
    }, kit::child::NOTHING);
    EXPECT_TRUE(program.printed("1"));
    EXPECT_TRUE(program.has_threads(1 + 3));
}

TEST(ThreadPool, Trap_R20_NoThreadsGiveNoQueue)
{
    thread_pool pool(0);
    EXPECT_EQ(NULL, pool.get_thread());
}

TEST(ThreadPool, Trap_R21_AThreadThatDoesNotStartEndsWithAClearError)
{
    kit::child program([](uint16_t) {
        pthread_attr_t attr;
        pthread_attr_init(&attr);
        pthread_attr_setstacksize(&attr, static_cast<size_t>(1) << 47);   // no address space is so large
        pthread_setattr_default_np(&attr);
        thread_pool pool(3);
        printf("started");
    }, kit::child::NOTHING);
    EXPECT_EQ(1, program.wait());
    EXPECT_EQ(0u, program.output().find("thread_pool: thread 0: ")) << program.output();
}

// In a program of its own, which a race ends.
TEST(BufPool, ThreadsMayShareIt)
{
    kit::child program([](uint16_t) {
        std::vector<std::thread> threads;
        for (int t = 0; t < 3; t++) {
            threads.emplace_back([t] {
                for (int i = 0; i < 3000; i++) {
                    io_buf *buffer = buf_pool::instance()->alloc_buf(i % m64K);
                    if (buffer == NULL) {
                        _exit(1);
                    }
                    buffer->data[0] = static_cast<char>(t);
                    buf_pool::instance()->revert(buffer);
                }
            });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
    }, kit::child::NOTHING);
    EXPECT_EQ(0, program.wait()) << program.output();
}
