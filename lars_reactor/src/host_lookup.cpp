#include "host_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "start_thread.h"

namespace lars {

// What the thread needs, which may be left behind.
struct host_lookup::shared {
    std::string host;
    family wanted = family::any;

    std::mutex mutex;
    std::condition_variable changed;
    bool running = false;  // guarded by mutex, as below
    bool cancelled = false;
    answer found;
    callback on_answer;
};

host_lookup::host_lookup(std::string host, family wanted) : _shared(std::make_shared<shared>())
{
    _shared->host = std::move(host);
    _shared->wanted = wanted;
}

host_lookup::~host_lookup()
{
    cancel();
}

const std::string &host_lookup::host() const
{
    return _shared->host;
}

static bool is_address(const std::string &host)
{
    in6_addr any{};
    return inet_pton(AF_INET, host.c_str(), &any) == 1 ||
           inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

static host_lookup::answer look_up(const std::string &host, host_lookup::family wanted)
{
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_family = wanted == host_lookup::family::ipv4 ? AF_INET : AF_UNSPEC;
    addrinfo *found = nullptr;
    if (const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found))
        return {{}, gai_strerror(error)};
    std::vector<std::string> addresses;
    for (const addrinfo *one = found; one; one = one->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0,
                        NI_NUMERICHOST) != 0)
            continue;
        if (std::find(addresses.begin(), addresses.end(), text) == addresses.end())
            addresses.emplace_back(text);
    }
    freeaddrinfo(found);
    return {addresses, addresses.empty() ? "it has no address" : ""};
}

// With the mutex held.
status host_lookup::start_if_idle()
{
    if (_shared->running || _shared->cancelled)
        return {};
    std::thread thread;
    const status started = start_thread(&thread, "a lookup", [mine = _shared] {
        answer found = look_up(mine->host, mine->wanted);
        const std::lock_guard<std::mutex> ended(mine->mutex);
        mine->found = std::move(found);
        mine->running = false;
        mine->changed.notify_all();
        // With the mutex, so that the callback's owner is still there.
        if (const callback told = std::exchange(mine->on_answer, nullptr))
            told(mine->found);
    });
    if (!started)
        return started;
    thread.detach();
    _shared->running = true;
    return {};
}

bool host_lookup::is_answered(std::chrono::steady_clock::duration within, answer *out)
{
    if (is_address(_shared->host)) {
        *out = {{_shared->host}, ""};
        return true;
    }
    std::unique_lock<std::mutex> lock(_shared->mutex);
    if (status s = start_if_idle(); !s) {
        *out = {{}, s.message()};
        return true;
    }
    _shared->changed.wait_for(lock, within,
                              [this] { return !_shared->running || _shared->cancelled; });
    if (_shared->running || _shared->cancelled)
        return false;
    *out = _shared->found;
    return true;
}

status host_lookup::begin(callback on_answer)
{
    const std::lock_guard<std::mutex> lock(_shared->mutex);
    if (status s = start_if_idle(); !s)
        return s;
    if (!_shared->cancelled)
        _shared->on_answer = std::move(on_answer);
    return {};
}

void host_lookup::cancel()
{
    const std::lock_guard<std::mutex> lock(_shared->mutex);
    _shared->cancelled = true;
    _shared->on_answer = nullptr;
    _shared->changed.notify_all();
}

}  // namespace lars
