#include "caller_table.h"

#include "lars_client.h"

namespace lars {

void caller_table::start_phase(const std::string &name)
{
    std::lock_guard<std::mutex> lock(_mutex);
    ++_phase;
    _name = name;
    _hosts.clear();
    _overload = _noexist = _error = 0;
}

int caller_table::phase() const
{
    std::lock_guard<std::mutex> lock(_mutex);
    return _phase;
}

void caller_table::add_call(int phase, const std::string &host, bool ok)
{
    std::lock_guard<std::mutex> lock(_mutex);
    if (phase != _phase)
        return;
    counts &seen = _hosts[host];
    ++(ok ? seen.ok : seen.failed);
}

void caller_table::add_without_host(int phase, int retcode)
{
    std::lock_guard<std::mutex> lock(_mutex);
    if (phase != _phase)
        return;
    switch (retcode) {
    case lars_client::RET_OVERLOAD: ++_overload; break;
    case lars_client::RET_NOEXIST: ++_noexist; break;
    default: ++_error;
    }
}

void caller_table::print(std::FILE *out) const
{
    std::lock_guard<std::mutex> lock(_mutex);
    std::fprintf(out, "phase %s\n%-21s %9s %9s %9s\n", _name.c_str(), "host", "calls", "ok",
                 "failed");
    for (const auto &[host, seen] : _hosts)
        std::fprintf(out, "%-21s %9ld %9ld %9ld\n", host.c_str(), seen.ok + seen.failed, seen.ok,
                     seen.failed);
    std::fprintf(out, "overload %ld\nnoexist %ld\nerror %ld\nend\n", _overload, _noexist, _error);
    std::fflush(out);
}

}  // namespace lars
