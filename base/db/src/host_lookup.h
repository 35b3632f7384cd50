// Looks up a host's name in a thread of its own. The system's resolver waits as long as it
// likes for name servers that say nothing, and cannot be cut short: here it is waited for
// no longer than is wanted, and is left behind. It is asked anew only once it has answered,
// so that there is one such thread at most. One thread, the owner's, unless stated.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace lars {

class host_lookup {
public:
    host_lookup();
    ~host_lookup();
    host_lookup(const host_lookup &) = delete;
    host_lookup &operator=(const host_lookup &) = delete;

    // Blocks until the resolver has answered for HOST. *ADDRESSES becomes what it says, each
    // in numbers; HOST itself where that is an address, or where nothing is known of it. False
    // if there was no answer WITHIN that time, or before cancel().
    bool is_answered(const std::string &host, std::chrono::steady_clock::duration within,
                     std::vector<std::string> *addresses);

    // Any thread. A call that waits returns at once, and so does each later one.
    void cancel();

private:
    struct shared;

    std::shared_ptr<shared> _shared;
};

}  // namespace lars
