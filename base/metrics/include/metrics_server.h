// Serves a service's metrics over HTTP, as text that Prometheus reads, at /metrics. Each
// scrape asks the threads that own the figures for them, so that counting costs those no
// more than adding to a number. HTTP is a library's (prometheus-cpp, with threads of its
// own).
#pragma once

#include <functional>
#include <memory>

#include "endpoint.h"
#include "event_loop.h"
#include "metrics_options.h"
#include "metrics_page.h"

namespace lars {

class metrics_server {
public:
    // Called in the loop's thread for each scrape, to put figures on PAGE, which it may pass
    // on to other threads. The scrape is answered once nobody holds the page any more.
    using collector = std::function<void(const std::shared_ptr<metrics_page> &page)>;

    // LOOP outlives this.
    metrics_server(event_loop *loop, collector collect);
    // Answers no more: a scrape that waits for figures ends without them.
    ~metrics_server();

    // Once, in the loop's thread. Serves at the address of OPTIONS, if there is one, and logs
    // which it is. That it cannot is a warning in the log, and nothing else: a service does
    // its work without metrics.
    void start(const metrics_options &options);

private:
    class scraper;
    struct http;

    void end_http();

    event_loop *_loop;
    std::shared_ptr<scraper> _scraper;
    std::unique_ptr<http> _http;
    endpoint _address;  // of it
};

}  // namespace lars
