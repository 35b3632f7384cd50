// The two numbers that name a module. Any thread; a value like any other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace lars {

struct module_id {
    int32_t modid = 0;
    int32_t cmdid = 0;

    bool operator==(const module_id &other) const
    {
        return modid == other.modid && cmdid == other.cmdid;
    }

    // Which of COUNT owners has the module; ids may be negative.
    size_t owner(size_t count) const
    {
        const int64_t n = static_cast<int64_t>(count);
        const int64_t rest = (int64_t{modid} + cmdid) % n;
        return static_cast<size_t>(rest < 0 ? rest + n : rest);
    }

    std::string to_string() const
    {
        return "(" + std::to_string(modid) + "," + std::to_string(cmdid) + ")";
    }
};

struct module_id_hash {
    size_t operator()(module_id id) const
    {
        // Neighbouring ids must not fall into neighbouring buckets' lists:
        // Fibonacci hashing (Knuth, The Art of Computer Programming 6.4).
        const uint64_t both = uint64_t{static_cast<uint32_t>(id.modid)} << 32 |
                              static_cast<uint32_t>(id.cmdid);
        return static_cast<size_t>((both * 0x9e3779b97f4a7c15u) >> 16);
    }
};

}  // namespace lars
