#include "bare_pusher.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "bare_echo.h"

namespace lars::bench {

bare_pusher::~bare_pusher()
{
    _orders_out.reset();
    if (_thread.joinable())
        _thread.join();
}

bool bare_pusher::start(int subscribers, const std::string &answer)
{
    int ends[2];
    _listening = unique_fd(listen_on_loopback(&_port));
    if (!_listening.valid() || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    _orders_in = unique_fd(ends[0]);
    _orders_out = unique_fd(ends[1]);
    _thread = std::thread(
        [this, subscribers, answer] { serve(static_cast<size_t>(subscribers), answer); });
    return true;
}

void bare_pusher::push(const std::string *news)
{
    (void)!write(_orders_out.get(), &news, sizeof news);
}

void bare_pusher::serve(size_t subscribers, const std::string &answer)
{
    const auto send_to = [](const unique_fd &subscriber, const std::string &bytes) {
        send(subscriber.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    };
    while (_subscribers.size() < subscribers) {
        // It ends, too, when the other side gives up.
        pollfd ready[] = {{_listening.get(), POLLIN, 0}, {_orders_in.get(), POLLIN, 0}};
        poll(ready, 2, -1);
        if (ready[1].revents != 0)
            return;
        _subscribers.emplace_back(accept(_listening.get(), nullptr, nullptr));
        send_to(_subscribers.back(), answer);
    }
    const std::string *news = nullptr;
    while (read(_orders_in.get(), &news, sizeof news) == sizeof news) {
        for (const unique_fd &subscriber : _subscribers)
            send_to(subscriber, *news);
    }
}

}  // namespace lars::bench
