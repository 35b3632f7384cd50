#include "metrics_page.h"

#include <prometheus/metric_family.h>

#include <mutex>
#include <unordered_map>
#include <utility>

namespace lars {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct metrics_page::families {
    // The sample of that name and those labels.
    ClientMetric &find(const std::string &name, const std::string &help, MetricType type,
                       const labels &which);

    std::mutex mutex;
    std::vector<MetricFamily> all;  // guarded by mutex, as below
    std::unordered_map<std::string, size_t> family_of;
    std::unordered_map<std::string, size_t> sample_of;  // by name and labels
};

static std::string key_of(const std::string &name, const metrics_page::labels &which)
{
    std::string key = name;
    for (const auto &[label, value] : which)
        key.append(1, '\0').append(label).append(1, '\0').append(value);
    return key;
}

ClientMetric &metrics_page::families::find(const std::string &name, const std::string &help,
                                           MetricType type, const labels &which)
{
    const auto [place, is_new_name] = family_of.emplace(name, all.size());
    if (is_new_name)
        all.push_back({name, help, type, {}});
    std::vector<ClientMetric> &samples = all[place->second].metric;
    const auto [sample, is_new] = sample_of.emplace(key_of(name, which), samples.size());
    if (is_new) {
        samples.emplace_back();
        for (const auto &[label, value] : which)
            samples.back().label.push_back({label, value});
    }
    return samples[sample->second];
}

metrics_page::metrics_page() : _families(std::make_unique<families>()) {}

metrics_page::~metrics_page() = default;

void metrics_page::count(const std::string &name, const std::string &help, double value,
                         const labels &which)
{
    const std::lock_guard<std::mutex> lock(_families->mutex);
    _families->find(name, help, MetricType::Counter, which).counter.value += value;
}

void metrics_page::gauge(const std::string &name, const std::string &help, double value,
                         const labels &which)
{
    const std::lock_guard<std::mutex> lock(_families->mutex);
    _families->find(name, help, MetricType::Gauge, which).gauge.value += value;
}

std::vector<MetricFamily> metrics_page::take()
{
    const std::lock_guard<std::mutex> lock(_families->mutex);
    _families->family_of.clear();
    _families->sample_of.clear();
    return std::exchange(_families->all, {});
}

}  // namespace lars
