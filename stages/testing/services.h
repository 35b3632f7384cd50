// What the tests of the service stages share beside testing.h: real programs in folders of
// their own, a schema on the private database, and ways to take a server away. For tests only.
#ifndef STAGES_SERVICES_H
#define STAGES_SERVICES_H

#include "testing.h"

#include <netinet/in.h>

#include <map>
#include <utility>

namespace kit {

// A folder that is removed with everything in it.
class temp_folder {
public:
    temp_folder();
    ~temp_folder();
    temp_folder(const temp_folder &) = delete;
    temp_folder &operator=(const temp_folder &) = delete;

    void write(const std::string &file, const std::string &text) const;   // folders are made
    std::string path;
};

// The private database's port on 127.0.0.1 (user root, password aceld). Throws where none runs.
uint16_t database_port();

// A schema of the test's own, with the tables of a file of this stage. It goes with the object.
class schema {
public:
    explicit schema(const std::string &sql_file = "sql/lars_dns.sql");
    ~schema();
    schema(const schema &) = delete;
    schema &operator=(const schema &) = delete;

    void load(const std::string &sql_file);              // a file's statements; throws what the server says
    void run(const std::string &statements);
    std::vector<std::string> rows(const std::string &query);   // a row's columns with a space between
    std::string value(const std::string &query);         // of the first row, "" if there is none
    int connections();                                   // of others to this schema
    void kill_connections();                             // of others to this schema

    std::string name;

private:
    void *_mysql;
};

// "section.key" to value.
typedef std::map<std::string, std::string> settings;
// A configuration's text with these values in the place of its own.
std::string with_settings(const std::string &text, const settings &values);
// These values and the [mysql] of a service that uses this schema, perhaps through a relay's port.
settings use(const schema &database, settings more = settings(), uint16_t port = database_port());

// The stage's program with this name in the variant under test, or the reader's (check-mine).
std::string binary(const std::string &name);
std::string absolute(const std::string &path);
// A file of the stage, or of the reader's.
std::string stage_path(const std::string &path);
// A program of another stage, as ("dns/v0.3", "bin/lars_dns").
std::string binary_of(const std::string &stage, const std::string &path);
std::string text_of(const std::string &file);

// Compiles and links a main as a follower of the course does: with what make print-flags says,
// in the stage's folder. The program's path, in the folder; where it fails the compiler's words
// are the test's failure.
std::string compile(const temp_folder &folder, const std::string &source, const std::string &name = "main");

// n neighbouring ports of 127.0.0.1 that are free.
uint16_t free_ports(int n);

// A program as a user starts it. It cannot outlive the test.
class program : private watched {
public:
    explicit program(const std::vector<std::string> &command, const std::string &folder = ".");
    virtual ~program();                       // ends it; it must have been in good health
    program(const program &) = delete;
    program &operator=(const program &) = delete;

    // Sends SIGTERM and waits. 0: it was running, or had ended with 0, and had leaked nothing.
    int stop();
    int wait();                               // for its end: the exit status, or -1
    void kill();                              // at once, with SIGKILL
    void pause();                             // SIGSTOP; resume() lets it go on
    void resume();
    bool running();
    std::string ending() const;               // how it ended, in words, or that it still runs
    std::string output() const;               // stdout and stderr together
    bool printed(const std::string &text, int times = 1) const;   // waits until it has, so often
    bool printed_line(const std::string &line) const;             // waits until a whole line is this
    long rss_kb() const;

    pid_t pid = -1;

protected:
    program() = default;
    void start(const std::vector<std::string> &command, const std::string &folder);
    void forget_output();
    void finish();

private:
    std::string ended_early() override;
    bool was_to_print(const std::string &text, int times, const std::function<bool()> &condition) const;
    std::string _name;
    int _output = -1;
    bool _done = false;
    bool _to_end = false;   // the test waits for its end, or brings it about
    int _status = 0;
};

// A service in a folder of its own, with the stage's configuration but for these values. The
// port is a free one; the object is there when the port is served.
class service : public program {
public:
    // name: lars_dns, lars_reporter or lars_lb_agent; stage: "" for the one under test
    explicit service(const std::string &name, const settings &values = settings(), const std::string &stage = "");
    void restart();                           // as after kill() or stop(): the same folder and port

    uint16_t port = 0;                        // the first of the agent's three
    temp_folder folder;

private:
    std::vector<std::string> _command;
    int _ports;
    bool serves();
};

// Stands before a server, so that a test can take the server away and bring it back.
class relay {
public:
    explicit relay(uint16_t to);
    ~relay();
    relay(const relay &) = delete;
    relay &operator=(const relay &) = delete;

    void cut();                               // connections end, new ones are refused
    void restore();
    void hold(bool on);                       // nothing is passed on, and nothing is closed
    int accepted();                           // how many connections there were

    uint16_t port = 0;

private:
    struct state;
    void run();
    std::unique_ptr<state> _state;
    std::thread _thread;
};

// A UDP socket on a port of 127.0.0.1, for tests of those who ask.
class udp_listener {
public:
    explicit udp_listener(uint16_t port);
    ~udp_listener() { ::close(fd); }
    udp_listener(const udp_listener &) = delete;
    udp_listener &operator=(const udp_listener &) = delete;

    std::string recv(int ms = patience_ms());   // the next datagram, "" if none comes
    bool answer(const std::string &datagram); // to whoever sent the last one

    int fd;

private:
    sockaddr_in _from = {};
};

}  // namespace kit

#endif
