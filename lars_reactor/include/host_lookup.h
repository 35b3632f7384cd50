// Looks up a host's name in a thread of its own. The system's resolver waits as long as it
// likes for name servers that say nothing, and cannot be cut short: here it is waited for
// no longer than is wanted, or not at all, and is left behind. It is asked anew only once it
// has answered, so that there is one such thread at most. One thread, the owner's, unless
// stated.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "status.h"

namespace lars {

class host_lookup {
public:
    enum class family { ipv4, any };

    struct answer {
        std::vector<std::string> addresses;  // each in numbers, and each once
        std::string error;                   // why there are none, in the resolver's words
    };

    // Of HOST, which may be an address in numbers too: that needs no thread. Only addresses of
    // the family WANTED are found.
    explicit host_lookup(std::string host, family wanted = family::any);
    // No callback runs afterwards.
    ~host_lookup();
    host_lookup(const host_lookup &) = delete;
    host_lookup &operator=(const host_lookup &) = delete;

    const std::string &host() const;

    // Blocks until the resolver has answered, and *OUT becomes what it says. False if there
    // was no answer WITHIN that time, or before cancel(). Where the system gives no thread
    // the answer is an error.
    bool is_answered(std::chrono::steady_clock::duration within, answer *out);

    // Does not block. ON_ANSWER is called once for it, in some other thread (that of the
    // lookup), unless this is destroyed or cancelled first. It must not use this lookup. Where
    // one is under way already, its answer is the one. An error if the system gives no thread.
    using callback = std::function<void(const answer &found)>;
    status begin(callback on_answer);

    // Any thread. A call that waits returns at once, and so does each later one.
    void cancel();

private:
    struct shared;

    status start_if_idle();

    std::shared_ptr<shared> _shared;
};

}  // namespace lars
