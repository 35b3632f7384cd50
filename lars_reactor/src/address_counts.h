// How many connections there are from each address. Any thread: connections come in one
// loop and end in others, so there is a lock, which is taken for that alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace lars {

class address_counts {
public:
    // Counts one more from IP, unless there are LIMIT: then it returns false.
    bool enter(uint32_t ip, size_t limit)
    {
        std::lock_guard<std::mutex> lock(_mutex);
        size_t &count = _counts[ip];
        if (count >= limit)
            return false;
        ++count;
        return true;
    }
    // One from IP that has entered is gone.
    void leave(uint32_t ip)
    {
        std::lock_guard<std::mutex> lock(_mutex);
        const auto found = _counts.find(ip);
        if (found != _counts.end() && --found->second == 0)
            _counts.erase(found);
    }
    // How many addresses are known.
    size_t size() const
    {
        std::lock_guard<std::mutex> lock(_mutex);
        return _counts.size();
    }

private:
    mutable std::mutex _mutex;
    std::unordered_map<uint32_t, size_t> _counts;  // guarded by _mutex; none is 0
};

}  // namespace lars
