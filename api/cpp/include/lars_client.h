// lars_client: asks the Lars agent of this machine which server to call, and
// tells it how the call went.
//
//     lars::lars_client client;
//     std::string ip;
//     int port = 0;
//     if (client.get_host(modid, cmdid, ip, port) == lars::lars_client::RET_SUCC) {
//         int retcode = call_the_server(ip, port);  // 0: it went well
//         client.report(modid, cmdid, ip, port, retcode, milliseconds);
//     }
//
// Link with -llarsclient -lprotobuf -pthread, or with what pkg-config says of lars, where
// it is installed as a package. Nothing here prints or exits, and
// no error is an exception. Every call returns within the deadline (reg_init,
// which pauses, within 100 ms more), whether there is an agent or not.
//
// A client is for one thread at a time: give each thread a client of its own.
// After fork() the child may go on with a copy of its parent's client: it notices
// that, and opens sockets of its own. (Unless another thread was using it at that
// moment.) A client that was moved from may only be destroyed or assigned to.
//
// Where client and agent are on one machine, and the agent offers it, get_host and
// report use the local path: the client chooses from a table that the agent keeps in
// memory for all programs of the machine, and counts in memory that the agent reads. That
// is hundreds of times faster than asking by UDP, and means the same. A client gets
// there by itself: the first questions for a module go by UDP, the later ones do not.
// When the agent is away, the client goes on choosing from the table as it was, and what it
// counts meanwhile goes to the agent that it meets next. Whatever ends a client without its
// destructor takes nothing away that an agent which runs has to learn.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace lars {

class lars_client {
public:
    // What the calls return. They live in the class, so this header and the
    // generated lars.pb.h can be included together.
    static constexpr int RET_SUCC = 0;
    static constexpr int RET_OVERLOAD = 1;      // only with policy = course: see get_host()
    static constexpr int RET_SYSTEM_ERROR = 2;  // no right answer, or a wrong argument: see error()
    static constexpr int RET_NOEXIST = 3;       // the agent has no such module (yet)

    static constexpr int DEFAULT_PORT = 8888;
    static constexpr int DEFAULT_DEADLINE_MS = 100;

    struct host {
        std::string ip;
        int port = 0;
    };

    // The agent listens at AGENT_IP, an IPv4 address in numbers, on BASE_PORT
    // and the two ports after it. A mistake here, or having no descriptor left,
    // makes the calls return RET_SYSTEM_ERROR. A client that could not open its
    // sockets tries again at each call.
    explicit lars_client(const std::string &agent_ip = "127.0.0.1", int base_port = DEFAULT_PORT);
    ~lars_client();
    lars_client(lars_client &&other) noexcept;
    lars_client &operator=(lars_client &&other) noexcept;

    // How long each later call waits for the agent's answer; less than 1 counts
    // as 1.
    void set_deadline(int milliseconds);

    // Asks for the host to call next. ip and port are set with RET_SUCC and
    // otherwise left alone. RET_OVERLOAD means that every host of the module is
    // set aside and it is no probe's turn; an agent says so only with policy =
    // course, for with policy = adaptive there is always one to call. A module whose
    // route the agent does not have is RET_NOEXIST; the question makes the agent
    // ask its dns for the route.
    int get_host(int modid, int cmdid, std::string &ip, int &port);

    // Tells the agent how a call of that host went: retcode 0 is a success,
    // anything else a failure. timecost_ms is how many milliseconds the call took.
    // By it an agent with policy = adaptive knows that a call began before its host
    // was set aside, or came back, and says nothing about the host as it is now.
    // Without timecost_ms, with 0, or with more than a minute, it counts as one that
    // began after that.
    // For an agent with policy = course a failure weighs timecost_ms / 100 when
    // failures are compared with successes, at least 1 and at most 50: a call that
    // hung for a second weighs as much as ten that were refused. A run of failures
    // counts calls, whatever they weigh. For a success timecost_ms is ignored there.
    // The agent does not answer, so RET_SUCC means that the report was sent, or counted
    // where the agent reads it; RET_SYSTEM_ERROR, that it could not be.
    int report(int modid, int cmdid, const std::string &ip, int port, int retcode,
               int timecost_ms = 0);

    // Asks for all hosts of the module, overloaded or not. The route is replaced
    // with RET_SUCC and otherwise left alone. A route that does not fit a datagram
    // comes cut to what fits. RET_NOEXIST is as for get_host; RET_OVERLOAD is
    // never returned.
    int get_route(int modid, int cmdid, std::vector<host> &route);

    // Waits until the agent has the route of a module. A program calls this at
    // its start, so that its first get_host finds a host. It asks up to three
    // times, with a pause of 50 ms after a try that brought no route, and waits
    // for the answers to all three together no longer than the deadline: so it
    // returns within the deadline and 100 ms. Returns RET_SUCC, or what the last
    // try gave: RET_NOEXIST or RET_SYSTEM_ERROR.
    int reg_init(int modid, int cmdid);

    // Why the last call returned RET_SYSTEM_ERROR; empty if it did not. Before
    // the first call: why the sockets could not be opened, if so. Valid until
    // the next call.
    const std::string &error() const;

    // Whether the local path is used where there is one. It is, unless this says no; then all
    // calls go by UDP.
    void use_local(bool wanted);

    // Whether the last get_host chose by the local path. No system call.
    bool is_local() const;

    // Why get_host does not choose by the local path; or, where it goes on choosing without the
    // agent, why it could not meet the agent again. In words for a person, and as of the last
    // time that something went wrong. Empty if nothing has since client and agent met, and
    // before the first get_host. Valid until the next call.
    const std::string &local_error() const;

    // For how long nothing has shown that the agent lives: an answer by UDP, or, on the
    // local path, its signs of life in memory. 0 while client and agent are connected by
    // the local path and the agent works, or sleeps because nobody calls. Before the first
    // answer it counts from when the client was made. It may make a system call, and
    // belongs to the client's thread as the calls do.
    std::chrono::milliseconds stale() const;

    // "RET_OVERLOAD" for 1, and so on. Any thread.
    static const char *retcode_name(int retcode);

private:
    struct impl;
    std::unique_ptr<impl> _impl;
};

}  // namespace lars
