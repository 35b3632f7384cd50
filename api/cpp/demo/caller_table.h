// What the threads of the demo's caller have seen in the current phase. Any thread.
#pragma once

#include <cstdio>
#include <map>
#include <mutex>
#include <string>

namespace lars {

class caller_table {
public:
    // Forgets the counts and begins a new phase, which is shown by that name.
    void start_phase(const std::string &name);

    // The number of the phase that there is now. A call is counted only in the phase in
    // which it began, so its thread asks for this before.
    int phase() const;
    // Counts a call of that host; an answer of the agent that named no host.
    void add_call(int phase, const std::string &host, bool ok);
    void add_without_host(int phase, int retcode);

    // Writes a line "host calls ok failed" for each host, then how many answers had no
    // host, then the line "end".
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
