#include "host_lookup.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "start_thread.h"

namespace lars {

// What the thread needs, which may be left behind.
struct host_lookup::shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool running = false;  // guarded by mutex, as below
    bool cancelled = false;
    std::vector<std::string> found;
};

host_lookup::host_lookup() : _shared(std::make_shared<shared>()) {}

host_lookup::~host_lookup() = default;

static bool is_address(const std::string &host)
{
    in6_addr any{};
    return inet_pton(AF_INET, host.c_str(), &any) == 1 ||
           inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

static std::vector<std::string> look_up(const std::string &host)
{
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    std::vector<std::string> addresses;
    if (getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0)
        return addresses;
    for (const addrinfo *one = found; one; one = one->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0,
                        NI_NUMERICHOST) == 0)
            addresses.emplace_back(text);
    }
    freeaddrinfo(found);
    return addresses;
}

bool host_lookup::is_answered(const std::string &host, std::chrono::steady_clock::duration within,
                              std::vector<std::string> *addresses)
{
    *addresses = {host};
    if (is_address(host))
        return true;
    std::unique_lock<std::mutex> lock(_shared->mutex);
    if (!_shared->running && !_shared->cancelled) {
        std::thread thread;
        const status started = start_thread(&thread, "a lookup", [mine = _shared, host] {
            std::vector<std::string> found = look_up(host);
            const std::lock_guard<std::mutex> ended(mine->mutex);
            mine->found = std::move(found);
            mine->running = false;
            mine->changed.notify_all();
        });
        // Whoever connects then has to wait for the resolver himself.
        if (!started)
            return true;
        thread.detach();
        _shared->running = true;
    }
    _shared->changed.wait_for(lock, within,
                              [this] { return !_shared->running || _shared->cancelled; });
    if (_shared->running || _shared->cancelled)
        return false;
    if (!_shared->found.empty())
        *addresses = _shared->found;
    return true;
}

void host_lookup::cancel()
{
    const std::lock_guard<std::mutex> lock(_shared->mutex);
    _shared->cancelled = true;
    _shared->changed.notify_all();
}

}  // namespace lars
