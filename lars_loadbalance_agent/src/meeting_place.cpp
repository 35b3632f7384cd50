#include "meeting_place.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "local_layout.h"

namespace lars {

using namespace local;

static constexpr int BACKLOG = 1024;
static constexpr int ACCEPTS_PER_ROUND = 64;
static constexpr std::chrono::seconds PATIENCE(1);
static constexpr std::chrono::milliseconds REST(100);
// A client wakes each owner once in five milliseconds at most. One that has said more than that
// is not heard for the rest of such a while, or it would keep the agent busy.
static constexpr std::chrono::milliseconds WHILE(10);
static constexpr size_t MOST_SAID = 16;
// What such a one has left in the socket when it ends is heard in few turns.
static constexpr size_t HEARD_AT_ONCE = 16384;
static constexpr uint32_t MOST_PAGES = UINT16_MAX;  // an offer has 16 bits for it

meeting_place::meeting_place(event_loop *loop, listeners told) : _loop(loop), _told(std::move(told))
{
}

meeting_place::~meeting_place()
{
    close();
}

static status at_file(const std::string &path, const std::string &what)
{
    return status::error("[agent] local = " + path + ": " + what);
}

static status address_of(const std::string &path, sockaddr_un *out)
{
    *out = {};
    out->sun_family = AF_UNIX;
    if (path.size() >= sizeof out->sun_path)
        return at_file(path, "the path is longer than a socket's may be, " +
                                 std::to_string(sizeof out->sun_path - 1) + " bytes");
    std::memcpy(out->sun_path, path.c_str(), path.size() + 1);
    return {};
}

// A socket that a killed process has left is in the way of the next one.
static status remove_what_was_left(const std::string &path, const sockaddr_un &address)
{
    struct stat found {};
    if (lstat(path.c_str(), &found) != 0)
        return {};
    if (!S_ISSOCK(found.st_mode))
        return at_file(path, "is there, and is not a socket");
    const unique_fd trial(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (connect(trial.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0)
        return at_file(path, "another process listens there");
    if (errno != ECONNREFUSED)
        return at_file(path, std::strerror(errno));
    if (unlink(path.c_str()) != 0)
        return at_file(path, std::string("cannot be removed: ") + std::strerror(errno));
    return {};
}

status meeting_place::open(const local_options &options, const sealed_memory &table)
{
    const std::string &path = options.socket;
    _most_clients = options.clients;
    _table = &table;
    if (status s = listen_at(path, options.mode); !s)
        return s;
    char *whole = realpath(path.c_str(), nullptr);
    _path = whole ? whole : path;
    std::free(whole);
    return _loop->add_io_event(_socket.get(), event_loop::READ, [this] { accept_some(); });
}

status meeting_place::listen_at(const std::string &path, mode_t mode)
{
    sockaddr_un address{};
    if (status s = address_of(path, &address); !s)
        return s;
    if (status s = remove_what_was_left(path, address); !s)
        return s;
    unique_fd listening(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!listening.valid() ||
        bind(listening.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        return at_file(path, std::strerror(errno));
    _socket = std::move(listening);
    // Nobody can connect before it listens, whatever the process's umask has let the file be.
    if (chmod(path.c_str(), mode) != 0)
        return at_file(path, std::string("its mode: ") + std::strerror(errno));
    if (listen(_socket.get(), BACKLOG) != 0)
        return at_file(path, std::strerror(errno));
    return {};
}

void meeting_place::close()
{
    while (!_clients.empty())
        end(_clients.begin());
    if (!_socket.valid())
        return;
    _loop->del_io_event(_socket.get());
    _loop->cancel(_resume);
    _socket.reset();
    unlink(_path.c_str());
    _path.clear();
}

void meeting_place::add_metrics(metrics_page *page) const
{
    if (!_socket.valid())
        return;
    page->gauge("lars_agent_local_clients", "Clients that choose from the table.",
                static_cast<double>(_clients.size()));
    page->count("lars_agent_local_refused_total", "Clients that were not given the table.",
                static_cast<double>(_refused));
}

void meeting_place::accept_some()
{
    for (int i = 0; i < ACCEPTS_PER_ROUND; ++i) {
        unique_fd fd(accept4(_socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!fd.valid()) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                rest();
            return;
        }
        welcome(std::move(fd));
    }
}

// Whoever has connected waits meanwhile, and goes on by UDP.
void meeting_place::rest()
{
    _limiter.write(_loop->log(), _loop->now(), log_level::error, "clients of the local path at ",
                   _path, " wait: ", std::strerror(errno));
    watch(0);
    _resume = _loop->run_after(REST, [this] { watch(event_loop::READ); });
}

void meeting_place::watch(uint32_t events)
{
    if (status s = _loop->set_io_mask(_socket.get(), events); !s)
        _loop->log()(log_level::error, s.message());
}

void meeting_place::welcome(unique_fd connection)
{
    client fresh;
    fresh.connection = std::move(connection);
    if (_clients.size() >= _most_clients) {
        ++_refused;
        _limiter.write(_loop->log(), _loop->now(), log_level::warn, "there are ", _most_clients,
                       " clients of the local path, as many as [agent] local_clients allows:"
                       " others go on by UDP (",
                       _refused, " so far)");
        answer(fresh, TOO_MANY_CLIENTS, -1);
        return;
    }
    const int fd = fresh.connection.get();
    if (!_loop->add_io_event(fd, event_loop::READ, [this, fd] { on_readable(fd); }))
        return;
    fresh.patience = _loop->run_after(PATIENCE, [this, fd] { end(_clients.find(fd)); });
    _clients.emplace(fd, std::move(fresh));
}

// A greeting comes first.
void meeting_place::on_readable(int fd)
{
    const auto found = _clients.find(fd);
    char said[HEARD_AT_ONCE];
    const ssize_t size = recv(fd, said, sizeof said, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    client &heard = found->second;
    if (size > 0 && heard.page) {
        wake(said, static_cast<size_t>(size));
        if (says_too_much(&heard, static_cast<size_t>(size)))
            hear_later(fd, &heard);
        return;
    }
    const bool met = size > 0 && greet(&heard, said, static_cast<size_t>(size)) == MET;
    if (!met)
        end(found);
}

bool meeting_place::says_too_much(client *heard, size_t size)
{
    if (_loop->now() - heard->spoken >= WHILE) {
        heard->spoken = _loop->now();
        heard->said = 0;
    }
    heard->said += size;
    return heard->said > MOST_SAID;
}

void meeting_place::hear_later(int fd, client *heard)
{
    _loop->del_io_event(fd);
    heard->patience = _loop->run_after(WHILE, [this, fd] {
        if (!_loop->add_io_event(fd, event_loop::READ, [this, fd] { on_readable(fd); }))
            end(_clients.find(fd));
    });
}

// Each byte is the number of an owner. Whoever says something else wakes nobody.
void meeting_place::wake(const char *said, size_t size) const
{
    for (char owner = 0; owner < static_cast<char>(OWNERS); ++owner) {
        if (std::memchr(said, owner, size))
            _told.wake(static_cast<size_t>(owner));
    }
}

uint32_t meeting_place::greet(client *met, const char *said, size_t size)
{
    const auto refuse = [this, met](uint32_t outcome, const std::string &why) {
        ++_refused;
        _limiter.write(_loop->log(), _loop->now(), log_level::warn, "refused a client at ", _path,
                       ": ", why, " (", _refused, " so far)");
        answer(*met, outcome, -1);
        return outcome;
    };
    greeting heard{};
    if (size == sizeof heard)
        std::memcpy(&heard, said, size);
    if (heard.magic != GREETING_MAGIC)
        return refuse(OTHER_VERSION, "it does not greet");
    if (heard.version != LAYOUT_VERSION)
        return refuse(OTHER_VERSION, "its table is of version " + std::to_string(heard.version) +
                                         ", here it is " + std::to_string(LAYOUT_VERSION));
    ucred peer{};
    socklen_t length = sizeof peer;
    getsockopt(met->connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length);
    const auto page = std::make_shared<client_page>();
    if (status s = client_page::make(free_number(), peer.pid, peer.uid, page.get()); !s)
        return refuse(OUT_OF_MEMORY, s.message());
    if (!answer(*met, MET, page->memory.fd()))
        return refuse(OUT_OF_MEMORY, std::string("it cannot be answered: ") + strerror(errno));
    page->memory.close_fd();
    page->met = _loop->now();
    _numbers[page->number] = page;
    _loop->cancel(met->patience);
    met->page = page;
    _told.met(page);
    return MET;
}

// A number is free again when no owner has its page any more. There are more numbers than
// clients, so that one is.
uint32_t meeting_place::free_number()
{
    do {
        _last_number = _last_number % MOST_PAGES + 1;
    } while (_numbers.count(_last_number) > 0 && !_numbers[_last_number].expired());
    return _last_number;
}

// Hands out the table and the memory PAGE, unless that is -1.
bool meeting_place::answer(const client &met, uint32_t outcome, int page) const
{
    greeting said{GREETING_MAGIC, LAYOUT_VERSION, outcome};
    iovec bytes{&said, sizeof said};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    const int descriptors[2] = {_table->fd(), page};
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof descriptors)] = {};
    if (page >= 0) {
        message.msg_control = space;
        message.msg_controllen = sizeof space;
        cmsghdr *control = CMSG_FIRSTHDR(&message);
        control->cmsg_level = SOL_SOCKET;
        control->cmsg_type = SCM_RIGHTS;
        control->cmsg_len = CMSG_LEN(sizeof descriptors);
        std::memcpy(CMSG_DATA(control), descriptors, sizeof descriptors);
    }
    return sendmsg(met.connection.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) ==
           static_cast<ssize_t>(sizeof said);
}

void meeting_place::end(client_map::iterator ended)
{
    const client gone = std::move(ended->second);
    _loop->del_io_event(gone.connection.get());
    _loop->cancel(gone.patience);
    _clients.erase(ended);
    if (gone.page)
        _told.ended(gone.page);
}

}  // namespace lars
