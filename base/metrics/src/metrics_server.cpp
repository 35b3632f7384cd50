#include "metrics_server.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "start_thread.h"
#include "unique_fd.h"

#ifdef __SANITIZE_THREAD__
// The library's threads share the buffer of gmtime(), for the date in their answers, which nobody
// looks at.
extern "C" const char *__tsan_default_suppressions();
extern "C" const char *__tsan_default_suppressions()
{
    return "race:libcivetweb.so\n";
}
#endif

namespace lars {

// A loop that does not come to a task within this time is busy with something else.
static constexpr std::chrono::seconds SCRAPE_TIME(2);
// Of a client that neither sends nor reads. So many may do that before others have to wait.
static constexpr const char *REQUEST_TIMEOUT_MS = "3000";
static constexpr const char *THREADS = "4";
static constexpr std::chrono::milliseconds KNOCK_INTERVAL(5);

// What scrapes and whoever waits for their end have in common.
struct progress {
    std::mutex mutex;
    std::condition_variable changed;
    bool ended = false;  // guarded by mutex: nothing is asked any more
};

struct scrape {
    metrics_page page;
    bool complete = false;  // guarded by progress::mutex
};

class metrics_server::scraper final : public prometheus::Collectable {
public:
    scraper(event_loop *loop, collector collect)
        : _loop(loop), _collect(std::move(collect)), _progress(std::make_shared<progress>())
    {
    }

    // In a thread of the library.
    std::vector<prometheus::MetricFamily> Collect() const override;
    void end();

private:
    void ask(const std::shared_ptr<scrape> &asked) const;

    event_loop *_loop;
    collector _collect;
    std::shared_ptr<progress> _progress;
};

// The scrape is complete when the last owner of the page lets go of it.
void metrics_server::scraper::ask(const std::shared_ptr<scrape> &asked) const
{
    const auto when_released = [asked, progress = _progress](metrics_page *) {
        const std::lock_guard<std::mutex> lock(progress->mutex);
        asked->complete = true;
        progress->changed.notify_all();
    };
    const std::shared_ptr<metrics_page> page(&asked->page, when_released);
    _loop->add_task([this, progress = _progress, page] {
        std::unique_lock<std::mutex> lock(progress->mutex);
        const bool ended = progress->ended;
        lock.unlock();
        if (!ended)
            _collect(page);
    });
}

std::vector<prometheus::MetricFamily> metrics_server::scraper::Collect() const
{
    const auto asked = std::make_shared<scrape>();
    ask(asked);
    std::unique_lock<std::mutex> lock(_progress->mutex);
    _progress->changed.wait_for(lock, SCRAPE_TIME,
                                [&] { return asked->complete || _progress->ended; });
    const bool complete = asked->complete && !_progress->ended;
    lock.unlock();
    // Half of the figures would look like counters that went back.
    metrics_page nothing;
    metrics_page &page = complete ? asked->page : nothing;
    page.gauge("lars_scrape_complete", "Whether all threads gave their figures in time.",
               complete ? 1 : 0);
    return page.take();
}

void metrics_server::scraper::end()
{
    const std::lock_guard<std::mutex> lock(_progress->mutex);
    _progress->ended = true;
    _progress->changed.notify_all();
}

struct metrics_server::http {
    explicit http(const endpoint &address)
        : exposer({"listening_ports", address.to_string(), "num_threads", THREADS,
                   "request_timeout_ms", REQUEST_TIMEOUT_MS})
    {
    }

    prometheus::Exposer exposer;
};

// Connects, and is gone again.
static void knock(const endpoint &address)
{
    const unique_fd fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const sockaddr_in at = address.to_sockaddr();
    [[maybe_unused]] const int outcome =
        connect(fd.get(), reinterpret_cast<const sockaddr *>(&at), sizeof at);
}

metrics_server::metrics_server(event_loop *loop, collector collect)
    : _loop(loop), _scraper(std::make_shared<scraper>(loop, std::move(collect)))
{
}

metrics_server::~metrics_server()
{
    _scraper->end();
    if (_http)
        end_http();
}

// The library looks whether it is to end when a connection comes, or after two seconds,
// which is too long for a service that is restarted.
void metrics_server::end_http()
{
    std::atomic<bool> ended{false};
    std::thread waiting;
    const status started = start_thread(&waiting, "the end of the metrics", [&] {
        _http.reset();
        ended = true;
    });
    if (!started) {
        _http.reset();
        return;
    }
    while (!ended) {
        knock(_address);
        std::this_thread::sleep_for(KNOCK_INTERVAL);
    }
    waiting.join();
}

void metrics_server::start(const metrics_options &options)
{
    if (!options.address)
        return;
    _address = *options.address;
    try {
        _http = std::make_unique<http>(_address);
        _http->exposer.RegisterCollectable(_scraper);
        _address.port = static_cast<uint16_t>(_http->exposer.GetListeningPorts().at(0));
    } catch (const std::exception &why) {
        _http.reset();
        _loop->log()(log_level::warn, "no metrics: cannot serve them at ", _address, ": ",
                     why.what());
        return;
    }
    _loop->log()(log_level::info, "metrics at http://", _address, "/metrics");
}

}  // namespace lars
