#include "testing.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <map>

#include "config_file.h"
#include "tcp_server.h"
#include "net_connection.h"
#include "tcp_conn.h"
#include "thread_pool.h"

static void echo(const char *data, uint32_t len, int msgid, net_connection *conn, void *)
{
    conn->send_message(data, static_cast<int>(len), msgid);
}

static void print(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("%d:%s;", msgid, std::string(data, len).c_str());
}

static void program(uint16_t port)
{
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);
    server.add_msg_router(1, echo);
    server.add_msg_router(2, print);
    loop.event_process();
}

static kit::child::program with_config(const std::string &text)
{
    return [text](uint16_t port) {
        std::string conf = testing::TempDir() + "serv." + std::to_string(getpid()) + ".conf";
        std::ofstream(conf) << text;
        bool read = config_file::setPath(conf);
        remove(conf.c_str());
        if (!read) {
            exit(1);
        }
        program(port);
    };
}

// The same input as v0.11's limit test.
TEST(TcpServer, EachConnectionHasItsOwnCount)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.set_conn_start([](net_connection *conn, void *) {
            if (conn->param != NULL) {
                printf("param is not NULL at the start;");
            }
            conn->param = new int(0);
        });
        s.set_conn_close([](net_connection *conn, void *) {
            int *count = static_cast<int *>(conn->param);
            printf("%s left after %d;", tcp_server::conns[conn->get_fd()] == conn ? "one" : "nobody", *count);
            delete count;
        });
        s.add_msg_router(1, [](const char *, uint32_t, int msgid, net_connection *conn, void *) {
            std::string count = std::to_string(++*static_cast<int *>(conn->param));
            conn->send_message(count.data(), static_cast<int>(count.size()), msgid);
        });
        loop.event_process();
    });
    kit::peer first(server.port), second(server.port);
    first.send_frame(1, "");
    EXPECT_EQ("1:1", first.next());
    first.send_frame(1, "");
    EXPECT_EQ("1:2", first.next());
    second.send_frame(1, "");
    EXPECT_EQ("1:1", second.next());
    first.close();
    EXPECT_TRUE(server.printed("one left after 2;"));
    second.close();
    EXPECT_TRUE(server.printed("one left after 1;"));
    for (int i = 0; i < 50; i++) {   // numbers that are used again start anew
        kit::peer next(server.port);
        next.send_frame(1, "");
        ASSERT_EQ("1:1", next.next());
    }
    EXPECT_EQ(std::string::npos, server.output().find("not NULL")) << "param was not NULL when a connection started";
}

static void greet_all(event_loop *loop, void *)
{
    listen_fd_set fds;
    loop->get_listen_fds(fds);
    for (int fd : fds) {
        if (tcp_server::conns[fd] != NULL) {
            tcp_server::conns[fd]->send_message("Hello I am a Task!", 18, 101);
        }
    }
}

static void greet_all_on_start(uint16_t port)
{
    event_loop loop;
    tcp_server s(&loop, "127.0.0.1", port);
    s.add_msg_router(1, echo);
    s.set_conn_start([](net_connection *, void *server) {
        static_cast<tcp_server *>(server)->thread_poll()->send_task(greet_all);
    }, &s);
    loop.event_process();
}

TEST(TcpServer, WhoIsAlreadyThereHearsOfANewOne)
{
    kit::child server(greet_all_on_start);
    kit::peer first(server.port);
    EXPECT_EQ("101:Hello I am a Task!", first.next());
    kit::peer second(server.port);
    EXPECT_EQ("101:Hello I am a Task!", second.next());
    EXPECT_EQ("101:Hello I am a Task!", first.next());
    kit::peer third(server.port);
    for (kit::peer *client : {&first, &second, &third}) {
        EXPECT_EQ("101:Hello I am a Task!", client->next());
    }
}

TEST(TcpServer, Trap_R20_WithoutThreadsTheLoopThatAcceptsRunsTheTasks)
{
    std::string conf = testing::TempDir() + "zero." + std::to_string(getpid()) + ".conf";
    std::ofstream(conf) << "[reactor]\nthreadNum = 0\n";
    kit::child server([&](uint16_t port) {
        config_file::setPath(conf);
        greet_all_on_start(port);
    });
    remove(conf.c_str());
    kit::peer first(server.port);
    EXPECT_EQ("101:Hello I am a Task!", first.next());
    kit::peer second(server.port);
    EXPECT_EQ("101:Hello I am a Task!", second.next());
    EXPECT_EQ("101:Hello I am a Task!", first.next());
}

TEST(TcpServer, TasksAndConnectionsThatComeAndGo)
{
    kit::child server(greet_all_on_start);
    for (int i = 0; i < 100; i++) {
        kit::peer a(server.port), b(server.port);
        a.send_frame(1, "x");
        b.reset();
        std::string answer;
        while ((answer = a.next()) == "101:Hello I am a Task!") {
        }
        ASSERT_EQ("1:x", answer);
    }
}

// Two threads that want to send on one connection each hand their messages to its loop.
struct to_send {
    net_connection *conn;
    int thread, number;
};
static event_loop *serving_loop;

static void send_one(event_loop *, void *args)
{
    std::unique_ptr<to_send> msg(static_cast<to_send *>(args));
    std::string body = std::to_string(msg->thread) + "." + std::to_string(msg->number) + std::string(300, '-');
    msg->conn->send_message(body.data(), static_cast<int>(body.size()), 7);
}

TEST(TcpServer, Trap_R22_TwoThreadsSendOnOneConnection)
{
    std::string conf = testing::TempDir() + "one." + std::to_string(getpid()) + ".conf";
    std::ofstream(conf) << "[reactor]\nthreadNum = 1\n";
    kit::child server([&](uint16_t port) {
        config_file::setPath(conf);
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.thread_poll()->send_task([](event_loop *its_loop, void *) {
            serving_loop = its_loop;
            printf("ready;");
        });
        s.set_conn_start([](net_connection *conn, void *) {
            for (int thread = 0; thread < 2; thread++) {
                std::thread([conn, thread] {
                    for (int i = 0; i < 200; i++) {
                        serving_loop->add_task(send_one, new to_send{conn, thread, i});
                    }
                }).detach();
            }
        });
        loop.event_process();
    });
    EXPECT_TRUE(server.printed("ready;"));
    remove(conf.c_str());
    kit::peer client(server.port);
    int next[2] = {0, 0};
    for (int i = 0; i < 400; i++) {
        std::string got = client.next();
        ASSERT_GT(got.size(), 300u) << "message " << i << " of 400 was to have more than 300 bytes; " << got.size() << " came";
        int thread = got[2] - '0';
        ASSERT_EQ("7:" + std::to_string(thread) + "." + std::to_string(next[thread]++) + std::string(300, '-'), got);
    }
}

TEST(TcpServer, AConfigurationFileSaysHowManyThreadsAndConnections)
{
    kit::child server(with_config("[reactor]\nmaxConn = 5\nthreadNum = 1\n"));
    EXPECT_TRUE(server.has_threads(1 + 1)) << "threadNum = 1, so the program is to have 2 threads with its first";
    std::vector<kit::peer> clients;
    for (int i = 0; i < 10; i++) {
        clients.emplace_back(server.port);
    }
    for (int i = 0; i < 10; i++) {
        if (i < 5) {
            clients[i].send_frame(1, "in");
            EXPECT_EQ("1:in", clients[i].next());
        } else {
            EXPECT_TRUE(clients[i].closed());
        }
    }
    EXPECT_EQ(5, kit::count_of(server.output(), "so many connections, max = 5")) << "5 of 10 clients were to be refused with a line each";
}

TEST(TcpServer, Trap_R18_BurstsOfTwiceTheLimitOverThreads)
{
    kit::child server(with_config("[reactor]\nmaxConn = 8\nthreadNum = 3\n"));
    for (int round = 0; round < 20; round++) {
        std::vector<kit::peer> clients;
        for (int i = 0; i < 16; i++) {
            clients.emplace_back(server.port);
        }
        int served = 0;
        for (kit::peer &client : clients) {
            client.send_frame(1, "ping");
            served += client.next() == "1:ping";
        }
        ASSERT_EQ(8, served) << "8 clients were to be served of 16 that came at once; " << served << " were";
        int full = server.fds();
        clients.clear();
        ASSERT_TRUE(kit::eventually([&] { return server.fds() == full - 8; }))
            << "the clients have left, and the server has " << server.fds() << " fds open; with them it had " << full;
    }
}

TEST(TcpServer, Trap_R20_WithoutThreadsTheLoopThatAcceptsServes)
{
    kit::child server(with_config("[reactor]\nthreadNum = 0\n"));
    kit::peer a(server.port), b(server.port);
    a.send_frame(1, "a");
    b.send_frame(1, "b");
    EXPECT_EQ("1:a", a.next());
    EXPECT_EQ("1:b", b.next());
    EXPECT_TRUE(server.has_threads(1)) << "threadNum = 0, so the program is to have its first thread only";
}

TEST(TcpServer, Trap_R31_AWrongFileStopsTheProgramWithAnError)
{
    kit::child server(with_config("[reactor]\nport = 70000\n"), kit::child::NOTHING);
    EXPECT_EQ(1, server.wait()) << "setPath() took a file with port = 70000";
    EXPECT_NE("", server.output()) << "setPath() did not say what is wrong with the file";
}

TEST(TcpServer, ASlowCallbackStopsOnlyItsOwnThread)
{
    int gate[2];
    ASSERT_EQ(0, pipe(gate));
    kit::child server([&](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(1, echo);
        s.add_msg_router(2, print);
        s.add_msg_router(9, [](const char *, uint32_t, int msgid, net_connection *conn, void *fd) {
            char byte;
            if (read(*static_cast<int *>(fd), &byte, 1) == 1) {
                conn->send_message("done", 4, msgid);
            }
        }, &gate[0]);
        loop.event_process();
    });
    kit::peer slow(server.port), quick(server.port);
    slow.send_frame(9, "take your time");
    quick.send_frame(1, "hurry");
    EXPECT_EQ("1:hurry", quick.next());
    EXPECT_TRUE(slow.silent());
    ASSERT_EQ(1, write(gate[1], "x", 1));
    EXPECT_EQ("9:done", slow.next());
    close(gate[0]);
    close(gate[1]);
}

// Each of the three callbacks waits until all three are running.
TEST(TcpServer, ThreeClientsAreServedAtTheSameTime)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        std::atomic<int> running(0);
        s.add_msg_router(1, [](const char *, uint32_t, int msgid, net_connection *conn, void *args) {
            std::atomic<int> *n = static_cast<std::atomic<int> *>(args);
            ++*n;
            bool together = kit::eventually([&] { return *n == 3; });
            conn->send_message(together ? "together" : "alone", together ? 8 : 5, msgid);
        }, &running);
        loop.event_process();
    });
    std::vector<kit::peer> clients;
    for (int i = 0; i < 3; i++) {
        clients.emplace_back(server.port);
        clients.back().send_frame(1, "");
    }
    for (kit::peer &client : clients) {
        ASSERT_EQ("1:together", client.next()) << "three threads, three clients: each has a thread to itself";
    }
}

TEST(TcpServer, Trap_R19_SixConnectionsOnThreeLoopsAreTwoEach)
{
    kit::child server([](uint16_t port) {
        tcp_server::set_conn_start([](net_connection *conn, void *) {
            std::string id = std::to_string(gettid());
            conn->send_message(id.data(), static_cast<int>(id.size()), 101);
        });
        program(port);
    });
    std::vector<kit::peer> clients;
    std::map<std::string, int> count;
    for (int i = 0; i < 6; i++) {
        clients.emplace_back(server.port);
        count[clients.back().next()]++;
    }
    EXPECT_EQ(3u, count.size()) << "6 clients were to be dealt out to 3 threads; " << count.size() << " serve them";
    for (const auto &thread : count) {
        EXPECT_EQ(2, thread.second) << "each of 3 threads was to serve 2 of 6 clients; one serves " << thread.second;
        EXPECT_NE("101:" + std::to_string(server.pid), thread.first) << "the first thread only accepts; it was to serve nobody";
    }
}

TEST(TcpServer, Trap_R3_TheMainLoopKeepsTurningWhileThreadsServe)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(1, echo);
        int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        itimerspec each_ms = {{0, 1000000}, {0, 1000000}};
        timerfd_settime(timer, 0, &each_ms, NULL);
        loop.add_io_event(timer, [](event_loop *, int fd, void *args) {
            uint64_t n;
            if (read(fd, &n, sizeof n) == sizeof n) {
                static_cast<tcp_server *>(args)->do_accept();   // nobody may be there
                printf("t");
            }
        }, EPOLLIN, &s);
        loop.event_process();
    });
    kit::peer client(server.port);
    client.send_frame(1, "ping");
    EXPECT_EQ("1:ping", client.next());
    size_t ticks = server.output().size();
    EXPECT_TRUE(kit::eventually([&] { return server.output().size() > ticks + 5; })) << "the timer of the main loop has stopped";
}

TEST(TcpServer, ManyClientsOfManyThreadsEachGetTheirOwnAnswers)
{
    kit::child server(program);
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int t = 0; t < 4; t++) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; i++) {
                kit::peer client(server.port);
                std::string body = std::to_string(t * 1000 + i) + std::string(5000, 'z');
                client.send_frame(1, body);
                right += client.next() == "1:" + body;
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(200, right) << "200 messages were to be answered; " << right << " were";
}

TEST(TcpServer, AClientThatSaysNothingIsGreetedAndMissed)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        char hello[] = "welcome! you online..", bye[] = "gone";
        s.set_conn_start([](net_connection *conn, void *args) {
            const char *text = static_cast<const char *>(args);
            conn->send_message(text, static_cast<int>(strlen(text)), 101);
        }, hello);
        s.set_conn_close([](net_connection *, void *args) { printf("%s;", static_cast<const char *>(args)); }, bye);
        loop.event_process();
    });
    kit::peer client(server.port);
    EXPECT_EQ("101:welcome! you online..", client.next());
    EXPECT_EQ(std::string::npos, server.output().find("gone;")) << "the close hook was called for a client that is still there";
    client.close();
    EXPECT_TRUE(server.printed("gone;"));
}

TEST(TcpServer, TheStartHookIsCalledBeforeTheFirstMessage)
{
    kit::child server([](uint16_t port) {
        tcp_server::set_conn_start([](net_connection *conn, void *) { conn->send_message("start", 5, 101); });
        program(port);
    });
    for (int i = 0; i < 50; i++) {
        kit::peer client(server.port);
        client.send_frame(1, "first");
        ASSERT_EQ("101:start", client.next());
        ASSERT_EQ("1:first", client.next());
    }
}

TEST(TcpServer, Trap_R13_ACloseHookThatOpensAFileKeepsIt)
{
    kit::child server([](uint16_t port) {
        tcp_server::set_conn_close([](net_connection *, void *) {
            static int file = -1;
            if (file == -1) {
                file = open("/dev/null", O_RDONLY | O_CLOEXEC);
            }
            struct stat info;
            printf("%s;", fstat(file, &info) == 0 && S_ISCHR(info.st_mode) ? "the file" : "something else");
        });
        program(port);
    });
    for (int i = 1; i <= 10; i++) {
        kit::peer client(server.port);
        client.send_frame(1, "x");
        EXPECT_EQ("1:x", client.next());
        client.close();
        ASSERT_TRUE(kit::eventually([&] { return kit::count_of(server.output(), ";") == i; }))
            << i << " clients have left, and the close hook was called " << kit::count_of(server.output(), ";") << " times";
    }
    EXPECT_EQ(10, kit::count_of(server.output(), "the file;")) << "the file that the first close hook opened was to be there in all 10; it was in " << kit::count_of(server.output(), "the file;");
}

TEST(TcpServer, EachMsgidGetsWhatTheProgramDecided)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send_frame(2, "please print this");
    EXPECT_TRUE(server.printed("2:please print this;"));
    EXPECT_TRUE(client.silent());
    client.send_frame(1, "please echo this");
    EXPECT_EQ("1:please echo this", client.next());
}

TEST(TcpServer, ANegativeMsgidIsAMsgidToo)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(-1, echo);
        s.add_msg_router(static_cast<int>(0x80000000), echo);
        loop.event_process();
    });
    kit::peer client(server.port);
    client.send_frame(-1, "below zero");
    EXPECT_EQ("-1:below zero", client.next());
    client.send_frame(static_cast<int>(0x80000000), "the lowest");
    EXPECT_EQ("-2147483648:the lowest", client.next());
}

TEST(TcpServer, ACallbackGetsItsOwnUserData)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        auto answer = [](const char *, uint32_t, int msgid, net_connection *conn, void *user_data) {
            const char *text = static_cast<const char *>(user_data);
            conn->send_message(text, static_cast<int>(strlen(text)), msgid);
        };
        char three[] = "three", four[] = "four";
        s.add_msg_router(3, answer, three);
        s.add_msg_router(4, answer, four);
        loop.event_process();
    });
    kit::peer client(server.port);
    client.send(kit::frame(4, "") + kit::frame(3, ""));
    EXPECT_EQ("4:four", client.next());
    EXPECT_EQ("3:three", client.next());
}

TEST(TcpServer, Trap_R24_AnUnknownMsgidDoesNotEndTheConnection)
{
    kit::child server(program);
    kit::peer client(server.port);
    for (int i = 0; i < 1000; i++) {
        client.send_frame(-77, "nobody wants this");
    }
    client.send_frame(1, "known");
    EXPECT_EQ("1:known", client.next());
    EXPECT_LT(server.output().size(), 2000u) << "a stranger can fill the log with messages that nobody wants";
}

TEST(TcpServer, Trap_R24_AMsgidCannotBeTakenTwice)
{
    kit::child server([](uint16_t port) {
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        int first = s.add_msg_router(1, echo), second = s.add_msg_router(1, print);
        printf("first %d, second %d;", first, second);
        loop.event_process();
    });
    EXPECT_TRUE(server.printed("first 0, second -1;"));
    kit::peer client(server.port);
    client.send_frame(1, "still echoed");
    EXPECT_EQ("1:still echoed", client.next());
}

TEST(TcpServer, Trap_R18_ABurstAboveTheLimitAdmitsTheLimitExactly)
{
    const int room = 100;
    int gate[2];
    ASSERT_EQ(0, pipe(gate));
    kit::child server([&](uint16_t port) {
        for (int i = room; i < MAX_CONNS; i++) {
            tcp_server::increase_conn(0, NULL);   // as if they were there: few systems allow a test so many fds
        }
        event_loop loop;
        tcp_server s(&loop, "127.0.0.1", port);
        s.add_msg_router(1, echo);
        s.add_msg_router(9, [](const char *, uint32_t, int, net_connection *, void *fd) {
            char byte;
            printf("busy;");
            if (read(*static_cast<int *>(fd), &byte, 1) != 1) {
                printf("no gate;");
            }
        }, &gate[0]);
        loop.event_process();
    });
    // The first three keep all threads busy while the burst comes: it must be counted without them.
    std::vector<kit::peer> clients;
    for (int i = 0; i < 3; i++) {
        clients.emplace_back(server.port);
        clients.back().send_frame(9, "");
    }
    ASSERT_TRUE(server.printed("busy;busy;busy;"));
    while (clients.size() < 2 * room) {
        clients.emplace_back(server.port);
    }
    EXPECT_TRUE(kit::eventually([&] { return kit::count_of(server.output(), "so many connections, max = 10000") == room; }))
        << "of " << 2 * room << " clients " << room << " were to be refused; " << kit::count_of(server.output(), "so many connections, max = 10000") << " lines say so";
    ASSERT_EQ(3, write(gate[1], "xxx", 3));
    int served = 0;
    for (kit::peer &client : clients) {
        client.send_frame(1, "ping");
        served += client.next() == "1:ping";
    }
    EXPECT_EQ(room, served) << room << " clients were to be served of " << 2 * room << " that came at once; " << served << " were";

    clients[0].close();
    EXPECT_TRUE(kit::eventually([&] {
        kit::peer next(server.port);
        next.send_frame(1, "now");
        return next.next() == "1:now";
    })) << "a client has left, and its place is not given to the next one";
    close(gate[0]);
    close(gate[1]);
}

TEST(TcpServer, Trap_R17_FdsAboveTheLimitOfConnections)
{
    kit::child server([](uint16_t port) {
        for (int i = 0; i < 300; i++) {
            if (dup(0) == -1) {
                exit(1);
            }
        }
        program(port);
    });
    for (int i = 0; i < 10; i++) {
        kit::peer client(server.port);
        client.send_frame(1, "high");
        ASSERT_EQ("1:high", client.next());
        client.close();
        ASSERT_TRUE(kit::eventually([&] {
            kit::peer probe(server.port);
            return probe.send_frame(1, "p") && probe.next() == "1:p";
        })) << "a client whose fd is above 300 has left, and the next one is not served";
    }
}

TEST(TcpServer, TwoMessagesInOnePieceAreAnsweredAsTwo)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send(kit::frame(1, "one") + kit::frame(1, "two"));
    EXPECT_EQ("1:one", client.next());
    EXPECT_EQ("1:two", client.next());
}

TEST(TcpServer, HalfAMessageWaitsForTheOtherHalf)
{
    kit::child server(program);
    kit::peer client(server.port);
    std::string message = kit::frame(1, "hello");
    client.send(message.substr(0, 6));
    EXPECT_TRUE(client.silent());
    client.send(message.substr(6));
    EXPECT_EQ("1:hello", client.next());
}

TEST(TcpServer, TheSecondClientIsServedWhileTheFirstIsConnected)
{
    kit::child server(program);
    kit::peer first(server.port);
    first.send_frame(1, "first");
    ASSERT_EQ("1:first", first.next());

    kit::peer second(server.port);
    second.send_frame(1, "second");
    EXPECT_EQ("1:second", second.next());
    first.send_frame(1, "again");
    EXPECT_EQ("1:again", first.next());
}

TEST(TcpServer, AHundredMessagesComeBackInOrder)
{
    kit::child server(program);
    kit::peer client(server.port);
    std::string all;
    for (int i = 0; i < 100; i++) {
        all += kit::frame(1, "message " + std::to_string(i));
    }
    client.send(all);
    EXPECT_EQ("", kit::peer::difference(all, client.recv(all.size())));
}

TEST(TcpServer, AClientThatHasNothingMoreToSayStillGetsItsAnswers)
{
    kit::child server(program);
    kit::peer client(server.port);
    int small = 65536;   // so that most of the answers wait in the server
    setsockopt(client.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    std::string big(60000, 'b'), all;
    for (int i = 0; i < 110; i++) {
        all += kit::frame(1, big);
    }
    client.send(all);
    client.shut_write();
    EXPECT_EQ("", kit::peer::difference(all, client.recv_all()));
}

// Frames of many sizes, with the msgids of this range, of at least that many bytes in all.
static std::string frames_of(size_t total, int first_msgid, int last_msgid)
{
    std::string all, bodies = kit::peer::pattern(65527);
    for (int i = 0; all.size() < total; i++) {
        all += kit::frame(first_msgid + i % (last_msgid - first_msgid + 1), bodies.substr(i * 7919 % 65528));
    }
    return all;
}

// Echoes the msgids 10 to 19.
static void echo_program(uint16_t port)
{
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);
    for (int msgid = 10; msgid < 20; msgid++) {
        server.add_msg_router(msgid, echo);
    }
    loop.event_process();
}

// Nobody reads until the server has everything, or takes no more.
TEST(TcpServer, ASlowReaderGetsEveryByte)
{
    kit::child server(echo_program);
    kit::peer client = kit::peer::with_small_buffer(server.port);
    std::string all = frames_of(7500000, 10, 19);
    EXPECT_EQ("", kit::peer::difference(all, client.send_and_read_slowly(all, all.size())));
    EXPECT_TRUE(client.silent()) << "more came back than was sent, or the connection was closed";
}

TEST(TcpServer, WhatIsSentInPiecesComesBackWhole)
{
    kit::child server(echo_program);
    kit::peer client(server.port);
    for (size_t size : {1, 4087, 4088, 4089, 16376, 65527}) {
        std::string all = kit::frame(10, kit::peer::pattern(size)) + kit::frame(19, "behind it");
        for (size_t cut : {size_t(1), size_t(7), size_t(8), size_t(9), size / 2 + 9, size + 7, size + 8, size + 9, all.size() - 1}) {
            ASSERT_TRUE(client.send_cut(all, cut)) << "the first " << cut << " bytes were not read";
            ASSERT_EQ("", kit::peer::difference(all, client.recv(all.size()))) << "a body of " << size << ", cut after " << cut;
        }
    }
}

// Somewhere on the way its socket takes again what waits in the server, but not all of it: who sends
// with a socket that blocks stands still there.
TEST(TcpServer, ASlowReaderDoesNotHoldUpTheOthers)
{
    kit::child server(program);
    kit::peer slow = kit::peer::with_small_buffer(server.port);
    slow.send_and_read_slowly(frames_of(7500000, 1, 1), 500000);
    std::vector<kit::peer> others;
    for (int i = 0; i < 3; i++) {   // one of them in the thread of the slow one
        others.emplace_back(server.port);
    }
    for (int part = 0; part < 20; part++) {
        for (kit::peer &quick : others) {
            quick.send_frame(1, "ping");
            ASSERT_EQ("1:ping", quick.next());
        }
        slow.read_slowly(100000);
    }
}

TEST(TcpServer, AfterAnAnswerItSleeps)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send_frame(1, "ping");
    ASSERT_EQ("1:ping", client.next());
    EXPECT_TRUE(server.comes_to_rest()) << "everything is answered, and the server spins";
}

TEST(TcpServer, WhileAnswersWaitForAReaderItSleeps)
{
    kit::child server(program);
    kit::peer client = kit::peer::with_small_buffer(server.port);
    client.send(frames_of(6600000, 1, 1));
    ASSERT_TRUE(client.was_read()) << "the server does not read what a client sends that does not read yet";
    EXPECT_TRUE(server.comes_to_rest()) << "a client does not read its answers yet, and the server spins";
    client.shut_write();
    EXPECT_TRUE(server.comes_to_rest()) << "a client sends no more and does not read its answers yet, and the server spins: "
                                           "the end of its stream can be read again and again";
}

TEST(TcpServer, Trap_R16_AClientThatIsGoneDoesNotEndTheServer)
{
    kit::child server(program);
    for (int i = 0; i < 3; i++) {
        kit::peer client(server.port);
        client.send_frame(1, "ping");
        ASSERT_EQ("1:ping", client.next());
        kill(server.pid, SIGSTOP);   // it reads and answers when the client is gone
        client.send_frame(1, "last words");
        client.shut_write();
        client.reset();
        kill(server.pid, SIGCONT);
    }
    kit::peer other(server.port);
    other.send_frame(1, "ping");
    ASSERT_EQ("1:ping", other.next()) << "clients had ended and were gone before they were answered, and nobody is served any more";

    kit::peer slow = kit::peer::with_small_buffer(server.port);
    slow.send_and_read_slowly(frames_of(7500000, 1, 1), 0);
    slow.shut_write();
    server.comes_to_rest();   // it has seen the end of the stream, and waits until it can send more
    slow.reset();
    other.send_frame(1, "pong");
    EXPECT_EQ("1:pong", other.next()) << "a client had ended and was gone while answers waited for it, and nobody is served any more";
}

TEST(TcpServer, Trap_R2_WithoutFdsItNeitherSpinsNorFillsTheLog)
{
    kit::child server([](uint16_t port) {
        kit::limit_fds(26);
        program(port);
    });
    std::vector<kit::peer> clients;
    for (int i = 0; i < 40; i++) {
        clients.emplace_back(server.port);
        clients.back().send_frame(1, "ping");
    }
    EXPECT_EQ("1:ping", clients[0].next());
    EXPECT_TRUE(server.comes_to_rest()) << "the server has no fd for most of 40 clients, and spins";
    EXPECT_LT(server.output().size(), 8000u) << "the server has no fd for most of 40 clients, and fills its log";
    size_t said = server.output().size();
    for (int i = 0; i < 40; i++) {
        clients.emplace_back(server.port);
    }
    EXPECT_TRUE(server.comes_to_rest()) << "the server has no fd for 40 more clients, and spins";
    EXPECT_EQ(said, server.output().size()) << "the server has said that it has no fds left, and says so again for each client";

    clients.clear();
    EXPECT_TRUE(kit::eventually([&] {
        kit::peer client(server.port);
        client.send_frame(1, "ping");
        return client.next() == "1:ping";
    })) << "the other clients have left, and nobody is served any more";
    rlimit enough = {1024, 1024};   // whoever looks for leaks at the end needs some
    prlimit(server.pid, RLIMIT_NOFILE, &enough, nullptr);
}

TEST(TcpServer, Trap_R4_TwoClientsAtOnceDoNotShareAMessage)
{
    kit::child server(program);
    kit::peer a(server.port), b(server.port);
    std::string of_a = kit::frame(1, std::string(200, 'a')), of_b = kit::frame(1, std::string(200, 'b'));
    a.send(of_a.substr(0, 100));
    b.send(of_b.substr(0, 100));
    a.send(of_a.substr(100));
    b.send(of_b.substr(100));
    EXPECT_EQ("", kit::peer::difference(of_a, a.recv(208)));
    EXPECT_EQ("", kit::peer::difference(of_b, b.recv(208)));
}

TEST(TcpServer, Trap_R7_AnOutOfBandByteDoesNoHarm)
{
    kit::child server(program);
    kit::peer client(server.port);
    ::send(client.fd, "!", 1, MSG_OOB);
    client.send_frame(1, "ping");
    EXPECT_EQ("1:ping", client.next());
}

TEST(TcpServer, Trap_R8_AnEmptyBodyIsAMessage)
{
    kit::child server(program);
    kit::peer client(server.port);
    client.send(kit::frame(1, "") + kit::frame(1, "after"));
    EXPECT_EQ("1:", client.next());
    EXPECT_EQ("1:after", client.next());
    client.send(kit::frame(1, ""));
    EXPECT_EQ("1:", client.next());
}

TEST(TcpServer, Trap_R9_AClientThatNeverReadsIsBounded)
{
    kit::child server(program);
    kit::peer other(server.port), greedy(server.port);
    std::string part = kit::frame(1, std::string(65527, 'x'));
    int sent = 0;
    while (sent < 1600 && greedy.send(part)) {
        sent++;
    }
    EXPECT_LT(sent, 1600) << "the server took 100 MB and kept the client";
    long kb = server.rss_kb();
    EXPECT_LT(kb, KIT_SANITIZED ? 400 * 1024 : 60 * 1024) << "a client sent and never read, and the server has grown to " << kb << " KB";
    other.send_frame(1, "ping");
    EXPECT_EQ("1:ping", other.next());
}

TEST(TcpServer, Trap_R10_ManyClientsLeaveNothingBehind)
{
    kit::child server(program);
    kit::peer other(server.port);
    other.send_frame(1, "x");
    other.next();
    int before = server.fds();
    long rss = 0;
    for (int i = 0; i < 10000; i++) {
        kit::peer client(server.port);
        client.send_frame(1, "hello");
        ASSERT_EQ("1:hello", client.next()) << "client " << i;
        if (i == 2000) {
            rss = server.rss_kb();
        }
        client.reset();   // leaves no port in TIME_WAIT
    }
    EXPECT_TRUE(kit::eventually([&] { return server.fds() == before; }))
        << "the clients have left, and the server has " << server.fds() << " fds open; before them it had " << before;
    if (!KIT_SANITIZED) {
        long cost = server.rss_kb() - rss;
        EXPECT_LT(cost, 200) << "8000 clients that came and left have cost " << cost << " KB: what is made for a client must be given back";
    }
}

TEST(TcpServer, Trap_R11_ThreeFramesCutAtEveryPoint)
{
    kit::child server(program);
    std::string all = kit::frame(1, "a") + kit::frame(1, "") + kit::frame(1, "some more bytes");
    for (size_t cut = 1; cut < all.size(); cut++) {
        kit::peer client(server.port);
        ASSERT_TRUE(client.send_cut(all, cut)) << "the first " << cut << " bytes were not read";
        ASSERT_EQ("", kit::peer::difference(all, client.recv(all.size()))) << "cut after " << cut;
        client.reset();
    }
}

TEST(TcpServer, Trap_R12_AThousandIdleClientsCostLittle)
{
    kit::child server(program);
    kit::peer first(server.port);
    first.send_frame(1, "x");
    first.next();
    long before = server.rss_kb();
    std::vector<kit::peer> clients;
    for (int i = 0; i < 500; i++) {
        clients.emplace_back(server.port);
        clients.back().send_frame(1, "x");
        ASSERT_EQ("1:x", clients.back().next());
    }
    if (!KIT_SANITIZED) {
        long cost = server.rss_kb() - before;
        EXPECT_LT(cost, 500 * 4) << "500 idle clients cost " << cost << " KB, less than 2000 are allowed: an empty buffer must go back";
    }
}

TEST(TcpServer, Trap_R14_AResetWithOutputQueuedEndsTheConnection)
{
    kit::child server(program);
    kit::peer other(server.port);
    other.send_frame(1, "x");
    other.next();
    int before = server.fds();
    kit::peer client(server.port);
    for (int i = 0; i < 30; i++) {
        client.send_frame(1, std::string(65527, 'x'));
    }
    client.reset();
    EXPECT_TRUE(kit::eventually([&] { return server.fds() == before; }))
        << "the clients have left, and the server has " << server.fds() << " fds open; before them it had " << before;
    other.send_frame(1, "ping");
    EXPECT_EQ("1:ping", other.next());
}

TEST(TcpServer, Trap_R26_TheLargestBodyAndNothingLarger)
{
    kit::child server(program);
    kit::peer client(server.port);
    std::string largest(65527, 'L');
    client.send_frame(1, largest);
    EXPECT_EQ("", kit::peer::difference("1:" + largest, client.next()));
    for (int length : {65528, 70000, -1, 0x7fffffff, static_cast<int>(0x80000000)}) {
        kit::peer liar(server.port);
        liar.send(kit::frame_head(1, length) + "some bytes");
        EXPECT_TRUE(liar.closed()) << "a length of " << length << " must end the connection";
    }
    client.send_frame(1, "ping");
    EXPECT_EQ("1:ping", client.next());
}

TEST(TcpServer, Trap_R29_APortInUseEndsWithAClearError)
{
    kit::listener taken;
    kit::child server([&](uint16_t) { program(taken.port); }, kit::child::NOTHING);
    EXPECT_GT(server.wait(), 0) << "the port was taken, and the program did not end with a status other than 0";
    EXPECT_NE("", server.output()) << "the program did not say why it ended";
}

// What a program sees that takes the body for a text: where it begins, and where it ends.
static void print_text(const char *data, uint32_t len, int msgid, net_connection *, void *)
{
    printf("%d:%.10s %zu of %u;", msgid, data, strlen(data), len);
}

static void text_program(uint16_t port)
{
    event_loop loop;
    tcp_server server(&loop, "127.0.0.1", port);
    for (int msgid = 5; msgid < 10; msgid++) {
        server.add_msg_router(msgid, print_text);
    }
    loop.event_process();
}

TEST(TcpServer, BehindABodyStandsANulThatIsNotPartOfIt)
{
    kit::child server(text_program);
    kit::peer client(server.port);
    client.send(kit::frame(5, "first") + kit::frame(6, "") + kit::frame(7, "third"));
    std::string seen = "5:first 5 of 5;6: 0 of 0;7:third 5 of 5;";
    EXPECT_TRUE(server.printed(seen)) << "each message once and in order, and behind each body a NUL that len does not count";
    std::string next = kit::frame(9, "next");
    for (size_t cut = 1; cut < next.size(); cut++) {
        client.send(kit::frame(8, "in") + next.substr(0, cut));
        seen += "8:in 2 of 2;";
        ASSERT_TRUE(server.printed(seen)) << "each message once and in order, and behind each body a NUL that len does not count";
        client.send(next.substr(cut));
        seen += "9:next 4 of 4;";
        ASSERT_TRUE(server.printed(seen)) << "each message once and in order, and behind each body a NUL that len does not count";
    }
}

TEST(TcpServer, BehindABodyThatFillsTheBufferStandsANulToo)
{
    kit::child server(text_program);
    kit::peer client(server.port);
    std::string seen;
    for (int size : {4096, 4095, 4097, 16384, 16383, 65535, 65534}) {
        std::string len = std::to_string(size - 8), rest = std::to_string(size - 20);
        client.send_frame(9, std::string(size - 8, 'x'));
        seen += "9:xxxxxxxxxx " + len + " of " + len + ";";
        ASSERT_TRUE(server.printed(seen)) << "messages of " << size << " bytes in all: behind each body must stand a NUL, and len must not count it";
        client.send(kit::frame(8, std::string(size - 20, 'y')) + kit::frame(7, "tail"));   // as many bytes in all
        seen += "8:yyyyyyyyyy " + rest + " of " + rest + ";7:tail 4 of 4;";
        ASSERT_TRUE(server.printed(seen)) << "messages of " << size << " bytes in all: behind each body must stand a NUL, and len must not count it";
    }
}

static void no_hook(net_connection *, void *) {}

TEST(TcpServer, ItsHooksAreWhereTheCourseLooksForThem)
{
    int a, b;
    tcp_server::set_conn_start(no_hook, &a);
    tcp_server::set_conn_close(no_hook, &b);
    EXPECT_TRUE(tcp_server::conn_start_cb == no_hook && tcp_server::conn_start_cb_args == &a) << "set_conn_start() was to keep the hook in conn_start_cb, and args in conn_start_cb_args";
    EXPECT_TRUE(tcp_server::conn_close_cb == no_hook && tcp_server::conn_close_cb_args == &b) << "set_conn_close() was to keep the hook in conn_close_cb, and args in conn_close_cb_args";
    tcp_server::set_conn_start(NULL);
    tcp_server::set_conn_close(NULL);
    EXPECT_EQ(NULL, tcp_server::conn_start_cb_args) << "set_conn_start(NULL) was to leave NULL in conn_start_cb_args";
    EXPECT_EQ(NULL, tcp_server::conn_close_cb_args) << "set_conn_close(NULL) was to leave NULL in conn_close_cb_args";
}
