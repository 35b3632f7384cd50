// Looks up a host's name in a thread of its own. The system's resolver waits as long as it
// likes for name servers that say nothing, and cannot be cut short: here it is waited for
// no longer than is wanted, and is left behind. It is asked anew only once it has answered,
// so that there is one such thread at most. One thread, the owner's, unless stated.
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace lars {

class host_lookup {
public:
    host_lookup();
    ~host_lookup();
    host_lookup(const host_lookup &) = delete;
    host_lookup &operator=(const host_lookup &) = delete;

    // Blocks until the resolver has answered for HOST, whatever it says. False if that has
    // not happened WITHIN that time, or before cancel(). An address needs no resolver.
    bool is_answered(const std::string &host, std::chrono::steady_clock::duration within);

    // Any thread. A call that waits returns at once, and so does each later one.
    void cancel();

private:
    struct shared;

    std::shared_ptr<shared> _shared;
};

}  // namespace lars
