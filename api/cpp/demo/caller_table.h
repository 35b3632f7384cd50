// What the caller's threads saw in the current phase. Any thread.
#pragma once

#include <cstdio>
#include <map>
#include <mutex>
#include <string>

namespace lars {

class caller_table {
public:
    // Forgets the counts and starts a new phase.
    void start_phase(const std::string &name);

    // The phase now; a call is counted only in the phase in which it began.
    int phase() const;
    void add_call(int phase, const std::string &host, bool ok);
    void add_without_host(int phase, int retcode);

    // "host calls ok failed" for each host, then the answers without a host,
    // then the line "end".
    void print(std::FILE *out) const;

private:
    struct counts {
        long ok = 0;
        long failed = 0;
    };

    mutable std::mutex _mutex;  // guards everything below
    int _phase = 0;
    std::string _name = "start";
    std::map<std::string, counts> _hosts;
    long _overload = 0;
    long _noexist = 0;
    long _error = 0;
};

}  // namespace lars
