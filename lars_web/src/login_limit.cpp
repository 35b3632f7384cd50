#include "login_limit.h"

#include <algorithm>

namespace lars {

login_limit::seconds login_limit::tries::wait(const std::string &name, time_point now)
{
    const auto at = _by_name.find(name);
    if (at == _by_name.end() || at->second->blocked_until <= now)
        return seconds(0);
    return std::chrono::ceil<seconds>(at->second->blocked_until - now);
}

void login_limit::tries::drop_old(time_point now)
{
    while (!_failures.empty() && (now - _failures.front().last >= _limits.forgotten_after ||
                                  _failures.size() > _limits.remembered)) {
        _by_name.erase(_failures.front().name);
        _failures.pop_front();
    }
}

void login_limit::tries::add(const std::string &name, unsigned free, time_point now)
{
    auto at = _by_name.find(name);
    if (at == _by_name.end()) {
        _failures.push_back({name, 0, now, now});
        at = _by_name.emplace(name, std::prev(_failures.end())).first;
    }
    failures &one = *at->second;
    _failures.splice(_failures.end(), _failures, at->second);
    one.last = now;
    ++one.count;
    if (one.count >= free) {
        constexpr unsigned ENOUGH = 20;  // doublings, for any longest wait
        const seconds doubled(1u << std::min(one.count - free, ENOUGH));
        one.blocked_until = now + std::min(doubled, _limits.longest_wait);
    }
    drop_old(now);
}

void login_limit::tries::forget(const std::string &name)
{
    const auto at = _by_name.find(name);
    if (at == _by_name.end())
        return;
    _failures.erase(at->second);
    _by_name.erase(at);
}

void login_limit::tries::take_back(const std::string &name)
{
    const auto at = _by_name.find(name);
    if (at == _by_name.end() || at->second->count == 0)
        return;
    --at->second->count;
    at->second->blocked_until = at->second->last;
}

std::optional<login_limit::seconds> login_limit::begin(const std::string &user,
                                                       const std::string &address, time_point now)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    const seconds wait = std::max(_users.wait(user, now), _addresses.wait(address, now));
    if (wait > seconds(0))
        return wait;
    _users.add(user, _limits.failures_of_user, now);
    _addresses.add(address, _limits.failures_of_address, now);
    return std::nullopt;
}

void login_limit::not_checked(const std::string &user, const std::string &address)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    _users.take_back(user);
    _addresses.take_back(address);
}

void login_limit::succeeded(const std::string &user, const std::string &address)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    _users.forget(user);
    _addresses.take_back(address);
}

}  // namespace lars
