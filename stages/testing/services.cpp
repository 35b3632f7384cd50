#include "services.h"

#include "journal.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <mysql.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <sstream>

namespace kit {

temp_folder::temp_folder()
{
    std::string name = testing::TempDir() + "lars-stage.XXXXXX";
    if (mkdtemp(&name[0]) == nullptr) {
        throw std::runtime_error("mkdtemp " + name);
    }
    path = name;
}

temp_folder::~temp_folder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

void temp_folder::write(const std::string &file, const std::string &text) const
{
    std::filesystem::path to = path + "/" + file;
    std::filesystem::create_directories(to.parent_path());
    std::ofstream(to) << text;
}

std::string text_of(const std::string &file)
{
    std::ifstream in(file);
    if (!in) {
        throw std::runtime_error(file + " cannot be read");
    }
    return std::string(std::istreambuf_iterator<char>(in), {});
}

uint16_t database_port()
{
    const char *port = getenv("LARS_STAGES_DB");
    if (port == nullptr) {
        throw std::runtime_error("no database: run the tests with make, or under mk/with-database.sh");
    }
    return static_cast<uint16_t>(atoi(port));
}

static MYSQL *handle(void *mysql)
{
    return static_cast<MYSQL *>(mysql);
}

schema::schema(const std::string &sql_file)
{
    static std::atomic<int> number(0);
    name = "t" + std::to_string(getpid()) + "_" + std::to_string(++number);
    MYSQL *mysql = mysql_init(nullptr);
    if (mysql_real_connect(mysql, "127.0.0.1", "root", "aceld", nullptr, database_port(), nullptr,
                           CLIENT_MULTI_STATEMENTS) == nullptr) {
        throw std::runtime_error(mysql_error(mysql));
    }
    _mysql = mysql;
    quiet inner;
    run("CREATE DATABASE " + name + " CHARACTER SET utf8mb4; USE " + name);
    if (!sql_file.empty()) {
        load(sql_file);
    }
}

schema::~schema()
{
    try {
        run("UNLOCK TABLES; DROP DATABASE " + name);
    } catch (const std::exception &error) {
        ADD_FAILURE() << error.what();
    }
    mysql_close(handle(_mysql));
}

void schema::load(const std::string &sql_file)
{
    std::string statements = text_of(sql_file);
    note("the test", "loaded " + sql_file);
    quiet inner;
    run(statements);
}

void schema::run(const std::string &statements)
{
    note("the test", "ran SQL " + shown(statements));
    MYSQL *mysql = handle(_mysql);
    int more = mysql_real_query(mysql, statements.data(), statements.size());
    while (more == 0) {
        mysql_free_result(mysql_store_result(mysql));
        more = mysql_next_result(mysql);
    }
    if (more > 0) {
        throw std::runtime_error(std::string(mysql_error(mysql)) + " in: " + statements);
    }
}

std::vector<std::string> schema::rows(const std::string &query)
{
    MYSQL *mysql = handle(_mysql);
    if (mysql_real_query(mysql, query.data(), query.size()) != 0) {
        throw std::runtime_error(std::string(mysql_error(mysql)) + " in: " + query);
    }
    std::vector<std::string> all;
    MYSQL_RES *result = mysql_store_result(mysql);
    while (MYSQL_ROW row = mysql_fetch_row(result)) {
        std::string line;
        for (unsigned i = 0; i < mysql_num_fields(result); i++) {
            line += (i > 0 ? " " : "") + std::string(row[i] == nullptr ? "NULL" : row[i]);
        }
        all.push_back(line);
    }
    mysql_free_result(result);
    return all;
}

std::string schema::value(const std::string &query)
{
    std::vector<std::string> all = rows(query);
    return all.empty() ? "" : all[0];
}

static std::string others(const std::string &name)
{
    return " FROM information_schema.processlist WHERE db = '" + name + "' AND id <> CONNECTION_ID()";
}

int schema::connections()
{
    return atoi(value("SELECT COUNT(*)" + others(name)).c_str());
}

void schema::kill_connections()
{
    for (const std::string &id : rows("SELECT id" + others(name))) {
        try {
            run("KILL " + id);
        } catch (const std::exception &) {
            // It has just ended by itself.
        }
    }
}

settings use(const schema &database, settings more, uint16_t port)
{
    more["mysql.db_port"] = std::to_string(port);
    more["mysql.db_name"] = database.name;
    return more;
}

std::string with_settings(const std::string &text, const settings &values)
{
    settings left = values;
    std::istringstream in(text);
    std::string line, section, all;
    while (getline(in, line)) {
        if (line[0] == '[') {
            section = line.substr(1, line.find(']') - 1);
        }
        size_t end = line.find_first_of(" =");
        auto it = end == std::string::npos ? left.end() : left.find(section + "." + line.substr(0, end));
        if (it != left.end()) {
            line = line.substr(0, end) + " = " + it->second;
            left.erase(it);
        }
        all += line + "\n";
    }
    // What the file does not have stands at its end, under a heading of its own.
    for (const auto &value : left) {
        size_t dot = value.first.find('.');
        all += "[" + value.first.substr(0, dot) + "]\n" + value.first.substr(dot + 1) + " = " + value.second + "\n";
    }
    return all;
}

std::string absolute(const std::string &path)
{
    return std::filesystem::absolute(path).lexically_normal();
}

std::string binary(const std::string &name)
{
    const char *folder = getenv("LARS_STAGE_BIN");
    return absolute(std::string(folder != nullptr ? folder : "bin") + "/" + name);
}

std::string stage_path(const std::string &path)
{
    const char *folder = getenv("LARS_STAGE_DIR");
    return absolute(std::string(folder != nullptr ? folder : ".") + "/" + path);
}

std::string binary_of(const std::string &stage, const std::string &path)
{
    return absolute("../../" + stage + "/" + path);
}

std::string compile(const temp_folder &folder, const std::string &source, const std::string &name)
{
    std::string program = folder.path + "/" + name, log = program + ".log";
    folder.write(name + ".cpp", source);
    std::string command = "timeout 120 g++ -std=c++17 " + program + ".cpp $(env -u MAKEFLAGS -u MAKELEVEL make -s print-flags) -o " +
                          program + " > " + log + " 2>&1";
    EXPECT_EQ(0, system(command.c_str())) << text_of(log);
    return program;
}

uint16_t free_ports(int n)
{
    while (true) {
        uint16_t first = free_port();
        int next = 1;
        while (next < n && free_port() == first + next) {
            next++;
        }
        if (next == n) {
            return first;
        }
    }
}

program::program(const std::vector<std::string> &command, const std::string &folder)
{
    start(command, folder);
}

void program::start(const std::vector<std::string> &command, const std::string &folder)
{
    if (_output == -1) {
        _output = memfd_create("output", MFD_CLOEXEC);
        fcntl(_output, F_SETFL, O_APPEND);
    }
    _name = command[0].substr(command[0].rfind('/') + 1);
    _done = false;
    _to_end = false;
    _status = 0;
    fflush(nullptr);
    pid_t parent = getpid();
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(1);
        }
        alarm(0);
        int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, 0);
        dup2(_output, 1);
        dup2(_output, 2);
        std::vector<char *> argv;
        for (const std::string &word : command) {
            argv.push_back(const_cast<char *>(word.c_str()));
        }
        argv.push_back(nullptr);
        if (chdir(folder.c_str()) == 0) {
            execv(argv[0], argv.data());
        }
        dprintf(2, "%s in %s: %s\n", argv[0], folder.c_str(), strerror(errno));
        _exit(127);
    }
}

bool program::running()
{
    if (!_done && waitpid(pid, &_status, WNOHANG) == pid) {
        _done = true;
    }
    return !_done;
}

std::string program::ended_early()
{
    return _to_end || pid == -1 || running() ? "" : _name + " had ended by then: " + ending();
}

int program::wait()
{
    _to_end = true;
    if (!eventually([this] { return !running(); })) {
        kill();
        return -1;
    }
    return WIFEXITED(_status) ? WEXITSTATUS(_status) : -1;
}

int program::stop()
{
    _to_end = true;
    if (!running()) {
        return wait();
    }
    // In this order: SIGCONT would also undo the stops by which a look for leaks, which SIGTERM
    // begins, halts the other threads, and it would wait for them for ever.
    ::kill(pid, SIGCONT);
    ::kill(pid, SIGTERM);
    int status = wait();
    return WIFSIGNALED(_status) && WTERMSIG(_status) == SIGTERM ? 0 : status;
}

void program::kill()
{
    _to_end = true;
    if (running()) {
        ::kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        _done = true;
        _status = 0;   // as wanted
    }
}

void program::pause()
{
    ::kill(pid, SIGSTOP);
}

void program::resume()
{
    ::kill(pid, SIGCONT);
}

std::string program::ending() const
{
    if (!_done) {
        return "it still runs";
    }
    return WIFSIGNALED(_status) ? std::string("it was ended by the signal ") + strsignal(WTERMSIG(_status))
                                : "it ended with status " + std::to_string(WEXITSTATUS(_status));
}

void program::forget_output()
{
    if (_output != -1 && ftruncate(_output, 0) == -1) {
        perror("ftruncate");
    }
}

void program::finish()
{
    if (!_done) {
        if (stop() != 0) {
            ADD_FAILURE() << "the program was not in good health at the end of the test: "
                          << ending()
                          << "\nit printed:\n" << output();
        }
    }
}

program::~program()
{
    finish();
    close(_output);
}

std::string program::output() const
{
    std::string all;
    char buf[4096];
    ssize_t n;
    while ((n = pread(_output, buf, sizeof buf, static_cast<off_t>(all.size()))) > 0) {
        all.append(buf, static_cast<size_t>(n));
    }
    return all;
}

bool program::printed(const std::string &text, int times) const
{
    return was_to_print(text, times, [&] { return count_of(output(), text) >= times; });
}

bool program::was_to_print(const std::string &text, int times, const std::function<bool()> &condition) const
{
    bool found;
    {
        quiet inner;
        found = eventually(condition);
    }
    std::string often = times > 1 ? " " + std::to_string(times) + " times" : "";
    note("the program", found || times == 1 ? shown_output(found, text, output()) + often
                                            : "was to print " + shown(text) + often + " and printed it " + std::to_string(count_of(output(), text)) + " times");
    return found;
}

bool program::printed_line(const std::string &line) const
{
    return was_to_print(line, 1, [&] { return ("\n" + output()).find("\n" + line + "\n") != std::string::npos; });
}

long program::rss_kb() const
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    std::string word;
    while (in >> word) {
        if (word == "VmRSS:") {
            long kb;
            in >> kb;
            return kb;
        }
    }
    return -1;
}

service::service(const std::string &name, const settings &values, const std::string &stage)
    : _command{stage.empty() ? binary(name) : binary_of(stage, "bin/" + name)}, _ports(name == "lars_lb_agent" ? 3 : 1)
{
    std::string conf = "conf/" + name + ".conf";
    std::string text = text_of(stage.empty() ? conf : "../../" + stage + "/" + conf);
    std::string missing;
    for (int attempt = 0; attempt < 3; attempt++) {
        forget_output();
        port = free_ports(_ports);
        settings all = values;
        all.insert({_ports == 3 ? "agent.port" : "reactor.port", std::to_string(port)});
        folder.write(conf, with_settings(text, all));
        start(_command, folder.path);
        if (serves()) {
            return;
        }
        missing = running() ? "" : " before it ended (" + ending() + ")";
        for (int i = _ports - 1; i >= 0; i--) {
            uint16_t one = static_cast<uint16_t>(port + i);
            missing = is_served(one) ? missing : " " + std::to_string(one) + missing;
        }
        kill();
        // Somebody else may have taken a port between the look and the bind.
        bool taken = false;
        for (int i = 0; i < _ports; i++) {
            taken = taken || !is_free(static_cast<uint16_t>(port + i));
        }
        if (!taken) {
            break;
        }
    }
    ADD_FAILURE() << name << " was given " << (_ports == 1 ? "port " : "the three ports from ") << port << " and did not open" << missing
                  << "\nit printed:\n" << output();
}

bool service::serves()
{
    quiet inner;
    return eventually([this] {
        int n = 0;
        for (int i = 0; i < _ports; i++) {
            n += is_served(static_cast<uint16_t>(port + i));
        }
        return n == _ports || !running();
    }) && running();
}

void service::restart()
{
    start(_command, folder.path);
    EXPECT_TRUE(serves()) << "the program was started again and did not serve its port\nit printed:\n" << output();
}

// What the relay's thread and the test share.
struct relay::state {
    std::mutex mutex;
    uint16_t to;
    bool cut = false, held = false, ended = false;
    int accepted = 0;
    int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
};

relay::relay(uint16_t to) : port(free_port()), _state(new state)
{
    _state->to = to;
    _thread = std::thread([this] { run(); });
    eventually([this] { return is_served(port); });
}

relay::~relay()
{
    {
        std::lock_guard<std::mutex> lock(_state->mutex);
        _state->ended = true;
    }
    eventfd_write(_state->wake, 1);
    _thread.join();
    close(_state->wake);
}

void relay::cut()
{
    note("the test", "cut the connections of the relay");
    {
        std::lock_guard<std::mutex> lock(_state->mutex);
        _state->cut = true;
    }
    eventfd_write(_state->wake, 1);
    eventually([this] { return !is_served(port); });
}

void relay::restore()
{
    note("the test", "let the relay take connections again");
    {
        std::lock_guard<std::mutex> lock(_state->mutex);
        _state->cut = false;
    }
    eventfd_write(_state->wake, 1);
    eventually([this] { return is_served(port); });
}

void relay::hold(bool on)
{
    note("the test", on ? "let nothing through the relay" : "let the relay pass on what had waited");
    {
        std::lock_guard<std::mutex> lock(_state->mutex);
        _state->held = on;
    }
    eventfd_write(_state->wake, 1);
}

int relay::accepted()
{
    std::lock_guard<std::mutex> lock(_state->mutex);
    return _state->accepted;
}

static int listen_on(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1 || listen(fd, 64) == -1) {
        close(fd);
        return -1;
    }
    return fd;
}

// Passes on what came from one end to the other; false when either is done.
static bool pass(int from, int to)
{
    char buf[65536];
    ssize_t n = ::recv(from, buf, sizeof buf, 0);
    quiet inner;
    return n > 0 && peer::adopt(dup(to)).send(std::string(buf, static_cast<size_t>(n)));
}

void relay::run()
{
    int listening = -1;
    std::vector<std::pair<peer, peer>> pairs;
    while (true) {
        bool held;
        {
            std::lock_guard<std::mutex> lock(_state->mutex);
            if (_state->ended) {
                break;
            }
            held = _state->held;
            if (_state->cut && listening != -1) {
                close(listening);
                listening = -1;
                pairs.clear();
            } else if (!_state->cut && listening == -1) {
                listening = listen_on(port);
            }
        }
        std::vector<pollfd> fds = {{_state->wake, POLLIN, 0}, {listening, POLLIN, 0}};
        for (const auto &pair : pairs) {
            fds.push_back({held ? -1 : pair.first.fd, POLLIN, 0});
            fds.push_back({held ? -1 : pair.second.fd, POLLIN, 0});
        }
        poll(fds.data(), fds.size(), 1000);
        eventfd_t count;
        eventfd_read(_state->wake, &count);
        for (size_t i = pairs.size(); i-- > 0;) {
            bool first = fds[2 + 2 * i].revents != 0, second = fds[3 + 2 * i].revents != 0;
            if ((first && !pass(pairs[i].first.fd, pairs[i].second.fd)) ||
                (second && !pass(pairs[i].second.fd, pairs[i].first.fd))) {
                pairs.erase(pairs.begin() + static_cast<long>(i));
            }
        }
        if (fds[1].revents != 0) {
            quiet inner;
            peer client = peer::adopt(accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
            peer server(_state->to);
            std::lock_guard<std::mutex> lock(_state->mutex);
            _state->accepted++;
            pairs.emplace_back(std::move(client), std::move(server));
        }
    }
    if (listening != -1) {
        close(listening);
    }
}

udp_listener::udp_listener(uint16_t port)
{
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in addr = {};
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, reinterpret_cast<sockaddr *>(&addr), sizeof addr) == -1) {
        ADD_FAILURE() << "UDP port " << port << ": " << strerror(errno);
    }
}

std::string udp_listener::recv(int ms)
{
    pollfd p = {fd, POLLIN, 0};
    if (poll(&p, 1, ms) <= 0) {
        return "";
    }
    char buf[65536];
    socklen_t len = sizeof _from;
    ssize_t n = recvfrom(fd, buf, sizeof buf, 0, reinterpret_cast<sockaddr *>(&_from), &len);
    return n > 0 ? std::string(buf, static_cast<size_t>(n)) : "";
}

bool udp_listener::answer(const std::string &datagram)
{
    return sendto(fd, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr *>(&_from), sizeof _from) ==
           static_cast<ssize_t>(datagram.size());
}

}  // namespace kit
