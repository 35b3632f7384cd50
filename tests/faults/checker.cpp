#include "checker.h"

#include <algorithm>

#include "lars_client.h"

namespace lars::faults {

static constexpr size_t KEPT_ERRORS = 5;

void checker::add_error(const std::string &what)
{
    if (_seen.errors.size() < KEPT_ERRORS)
        _seen.errors.push_back(what);
}

void checker::answered(int modid, int retcode, uint32_t ip, int port, steady::time_point asked)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    _seen.longest =
        std::max(_seen.longest, std::chrono::duration_cast<milliseconds>(steady::now() - asked));
    if (retcode == lars_client::RET_SYSTEM_ERROR) {
        ++_seen.unanswered;
        return;
    }
    ++_seen.answers;
    if (retcode != lars_client::RET_SUCC) {
        ++_seen.no_exist;
        add_error(std::string(lars_client::retcode_name(retcode)) + " for module " +
                  std::to_string(modid));
        return;
    }
    uint32_t version = 0;
    std::string what = _history.judge(modid, ip, port, asked, &version);
    uint32_t &highest = _versions[static_cast<size_t>(modid)];
    if (what.empty() && version < highest)
        what = "module " + std::to_string(modid) + " went back from version " +
               std::to_string(highest) + " to " + std::to_string(version);
    if (!what.empty()) {
        ++_seen.wrong;
        add_error(what);
    } else {
        highest = version;
    }
}

void checker::pushed(int modid, const std::vector<std::pair<uint32_t, int>> &hosts, bool back)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    ++_seen.pushed;
    std::string what = back ? "the version of the dns went back" : "";
    if (hosts.size() != HOSTS)
        what = "the dns sent " + std::to_string(hosts.size()) + " hosts of module " +
               std::to_string(modid);
    for (const auto &[ip, port] : hosts) {
        uint32_t version = 0;
        const std::string one =
            _history.judge(modid, ip, port, steady::time_point::min(), &version);
        if (!one.empty())
            what = "the dns sent " + one;
        if (version != (hosts[0].first & 0xffff))
            what = "the dns sent hosts of two versions";
    }
    if (!what.empty()) {
        ++_seen.wrong;
        add_error(what);
    }
}

void checker::wrong(const std::string &what)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    ++_seen.wrong;
    add_error(what);
}

void checker::agent_restarts()
{
    const std::lock_guard<std::mutex> lock(_mutex);
    _versions.fill(0);
}

uint32_t checker::version_of(int modid) const
{
    const std::lock_guard<std::mutex> lock(_mutex);
    return _versions[static_cast<size_t>(modid)];
}

seen checker::result() const
{
    const std::lock_guard<std::mutex> lock(_mutex);
    return _seen;
}

}  // namespace lars::faults
