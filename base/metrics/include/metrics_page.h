// The figures of one scrape, as they come together from the threads that own them. Any
// thread.
//
// Names and units follow Prometheus's conventions
// (https://prometheus.io/docs/practices/naming).
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace prometheus {
struct MetricFamily;
}

namespace lars {

class metrics_page {
public:
    using labels = std::vector<std::pair<std::string, std::string>>;

    metrics_page();
    ~metrics_page();
    metrics_page(const metrics_page &) = delete;
    metrics_page &operator=(const metrics_page &) = delete;

    // What only grows while the program runs; what goes up and down. HELP is one line for a
    // person. A value of the same name and the same labels is added to the one that is there,
    // so that each loop adds its own part.
    void count(const std::string &name, const std::string &help, double value,
               const labels &which = {});
    void gauge(const std::string &name, const std::string &help, double value,
               const labels &which = {});

    // Everything so far, in the order of the first values of each name. The page is empty
    // afterwards.
    std::vector<prometheus::MetricFamily> take();

private:
    struct families;

    std::unique_ptr<families> _families;
};

}  // namespace lars
