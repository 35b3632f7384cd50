// Notices that the other end of a connection is there but does not answer: hung, switched
// off without a word, or sending bytes that never make a message. When nothing was heard
// for a while it has something small asked, and when nothing is heard after a question
// it has the peer left. Loop thread only.
//
// With several addresses to turn to, a peer that falls silent is left after two and a half
// seconds. With a single one there is nothing to turn to, only a connection to make anew,
// and more patience. While nobody answers anywhere, patience grows.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

#include "event_loop.h"

namespace lars {

class peer_watch {
public:
    // LOOP outlives this. ADDRESSES says how many there are to turn to. ASK asks the peer
    // something, calls asked(), and returns true; or returns false if there is nothing to
    // ask, and is then not called until something was asked or heard. LEAVE is called
    // once a connection.
    peer_watch(event_loop *loop, std::function<size_t()> addresses, std::function<bool()> ask,
               std::function<void()> leave);
    // As end().
    ~peer_watch();
    peer_watch(const peer_watch &) = delete;
    peer_watch &operator=(const peer_watch &) = delete;

    // A connection has begun; it is gone.
    void begin();
    void end();

    // While there is a connection. Something was sent that is to be answered.
    void asked();
    // While there is a connection. A whole message came that such a peer sends.
    void heard();

private:
    using clock = event_loop::clock;

    clock::duration patience() const;
    clock::time_point due() const;
    void arm();
    void on_timer();

    event_loop *_loop;
    std::function<size_t()> _addresses;
    std::function<bool()> _ask;
    std::function<void()> _leave;

    size_t _left = 0;          // peers left since something was heard
    bool _waiting = false;     // for an answer
    clock::time_point _since;  // of the question; without one, of what was heard last
    clock::time_point _armed_for;
    event_loop::timer_id _timer = 0;
};

}  // namespace lars
