// What a process runs out of: room on its disk, descriptors.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "fault.h"
#include "surroundings.h"
#include "wait_until.h"

namespace lars::faults {

using test::running_service;

// Of a running process: what it has open stays so.
static void limit(pid_t pid, int what, rlim_t most)
{
    rlimit now{};
    EXPECT_EQ(prlimit(pid, static_cast<__rlimit_resource>(what), nullptr, &now), 0);
    now.rlim_cur = std::min(most, now.rlim_max);
    EXPECT_EQ(prlimit(pid, static_cast<__rlimit_resource>(what), &now, nullptr), 0);
}

static void fill(world &w, running_service &service)
{
    if (!have_private_mounts()) {
        limit(service.process().pid(), RLIMIT_FSIZE, 0);
        return;
    }
    // The generation before makes way for the one after, and so there would be room.
    for (const char *kept : {"snapshot~", "routes~"})
        unlink(service.folder().file(kept).c_str());
    EXPECT_TRUE(fill_disk(w.filler(service)));
}

// Or the disk was not full.
static bool felt(world &w, running_service &service)
{
    const char *says = have_private_mounts() ? "No space left" : "too large";
    return test::wait_until([&] {
        fill(w, service);
        return service.process().wait_for_output(says, milliseconds(50));
    });
}

static void make_room(world &w, running_service &service)
{
    if (have_private_mounts())
        EXPECT_EQ(unlink(w.filler(service).c_str()), 0);
    else
        limit(service.process().pid(), RLIMIT_FSIZE, RLIM_INFINITY);
}

static promise unnoticed(const char *text)
{
    promise p{text};
    p.during = true;
    return p;
}

static fault full_disk(const char *who, running_service &(world::*get)(), const char *text)
{
    return {who, "its disk full", unnoticed(text), [get](world &w) { fill(w, (w.*get)()); },
            [get](world &w) {
                EXPECT_TRUE(felt(w, (w.*get)())) << "the disk was not full";
                make_room(w, (w.*get)());
            }};
}

static std::string log_of(running_service &service)
{
    return service.folder().file("log");
}

// The reporter has no other file. Each SIGHUP makes a line of the log.
static void fill_with_log(world &w)
{
    fill(w, w.reporter());
    const auto said = [&w] { return test::read_text(log_of(w.reporter())).size(); };
    size_t before = 0;
    EXPECT_TRUE(test::wait_until([&] {
        before = said();
        for (int i = 0; i < 10; ++i) {
            w.reporter().process().signal(SIGHUP);
            std::this_thread::sleep_for(milliseconds(5));
        }
        return said() == before;
    })) << "there was room for the log";
}

static fault full_disk_of_log()
{
    fault f{
        "reporter", "the disk of its log full",
        unnoticed("every call is answered, routes stay current, no report is lost; lines of"
                  " the log are, and are counted"),
        fill_with_log, [](world &w) {
            make_room(w, w.reporter());
            EXPECT_TRUE(test::wait_until([&w] {
                w.reporter().process().signal(SIGHUP);
                return test::read_text(log_of(w.reporter())).find("lines of the log were lost") !=
                       std::string::npos;
            })) << test::read_text(log_of(w.reporter()));
        }};
    f.prepare = [](world &w) { w.reporter().set_arguments({"-l", log_of(w.reporter())}); };
    return f;
}

static constexpr rlim_t NO_MORE = 3;

// Whoever connects now waits, and whoever has a connection keeps it.
static fault no_descriptors(const char *who, running_service &(world::*get)(),
                            const std::string &(world::*ip)() const, const char *text)
{
    const auto begin = [get, ip](world &w) {
        running_service &service = (w.*get)();
        limit(service.process().pid(), RLIMIT_NOFILE, NO_MORE);
        for (int i = 0; i < 5; ++i)
            w.knock((w.*ip)(), service.port());
    };
    const auto end = [get](world &w) {
        EXPECT_TRUE((w.*get)().process().wait_for_output("no fd is left"))
            << "there were descriptors";
        limit((w.*get)().process().pid(), RLIMIT_NOFILE, 1024);
        w.clear_knocks();
    };
    return {who, "no descriptor left", unnoticed(text), begin, end};
}

// It cannot connect to the dns that comes back.
static fault agent_without_descriptors()
{
    promise p{"every call is answered, from the routes known; current again once it can connect"};
    p.current_within = milliseconds(8000);  // the longest pause between attempts to connect
    return {"agent", "no descriptor left, and its dns starts anew", p,
            [](world &w) {
                limit(w.agent().process().pid(), RLIMIT_NOFILE, NO_MORE);
                w.dns().process().kill();
                EXPECT_TRUE(w.dns().start());
            },
            [](world &w) {
                EXPECT_TRUE(w.agent().process().wait_for_output("Too many open files"))
                    << w.agent().process().output();
                limit(w.agent().process().pid(), RLIMIT_NOFILE, 1024);
            }};
}

static std::string folder_of(test::database_server &server)
{
    return server.socket().substr(0, server.socket().rfind('/'));
}

static void fill_disk_of_database(world &w)
{
    EXPECT_TRUE(fill_disk(folder_of(w.server()) + "/filler"));
    db_client client(w.database().options());
    status done = client.connect();
    if (done)
        done = client.execute("CREATE TABLE Filler (text LONGTEXT)");
    for (int i = 0; done && i < 100; ++i)
        done = client.execute("INSERT INTO Filler VALUES (REPEAT('x', 1000000))");
    EXPECT_FALSE(done) << "the disk was not full";
}

static fault full_disk_of_database()
{
    promise p{"every call is answered, from the routes known; reports wait, none is lost"};
    p.current_within = milliseconds(70000);  // MariaDB looks once a minute whether there is room
    return {"database",
            "its disk full",
            p,
            fill_disk_of_database,
            [](world &w) { EXPECT_EQ(unlink((folder_of(w.server()) + "/filler").c_str()), 0); },
            behind::nothing,
            needs::private_mounts};
}

static fault database_without_descriptors()
{
    promise p{"every call is answered, from the routes known; reports wait, none is lost"};
    p.current_within = milliseconds(20000);
    return {"database", "no descriptor left, and its connections are cut", p,
            [](world &w) {
                w.database().kill_connections();
                limit(w.server().pid(), RLIMIT_NOFILE, NO_MORE);
            },
            [](world &w) {
                db_client one_more(w.database().options());
                EXPECT_FALSE(one_more.connect()) << "there were descriptors";
                limit(w.server().pid(), RLIMIT_NOFILE, 4096);
            }};
}

std::vector<fault> resource_faults()
{
    return {full_disk("dns", &world::dns,
                      "every call is answered, routes stay current; the snapshot waits"),
            full_disk("agent", &world::agent,
                      "every call is answered, routes stay current; the route cache waits"),
            full_disk_of_log(),
            no_descriptors("dns", &world::dns, &world::dns_ip,
                           "agents that are connected are served on, others wait"),
            no_descriptors("reporter", &world::reporter, &world::reporter_ip,
                           "agents that are connected are served on, others wait"),
            agent_without_descriptors(),
            full_disk_of_database(),
            database_without_descriptors()};
}

}  // namespace lars::faults
