// A connected stream socket as a stream of bytes in both directions: what is sent is
// queued where the socket does not take it, and a peer that does not read is no
// longer read from. It knows no message format. Loop thread only.
//
// Received bytes are handed over where they were received; only those that the
// handler cannot use yet are copied. What a handler sends while it is given bytes
// leaves in one write afterwards.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "event_loop.h"
#include "input_buf.h"
#include "memory_use.h"
#include "net_connection.h"
#include "output_buf.h"
#include "queue_limits.h"
#include "unique_fd.h"

namespace lars {

class byte_stream {
public:
    // What a handler has made of the bytes it was given. The first USED are done
    // with. The others are kept and given again, with what follows them, when at
    // least MISSING (1 or more) further bytes are there, or earlier.
    struct progress {
        size_t used = 0;
        size_t missing = 1;
    };

    class handler {
    public:
        // May send on the stream and close it. Stops, and leaves the rest unused,
        // once the stream no longer delivers().
        virtual progress handle_bytes(const char *data, size_t size) = 0;
        // Once, after the last bytes: the socket is closed, WHY says why. Comes from
        // the loop, never from inside send or close; the stream may then be given to
        // event_loop::destroy_later.
        virtual void handle_end(const std::string &why) = 0;

    protected:
        ~handler() = default;
    };

    // LOOP and OWNER outlive this. FD is connected and does not block. What the stream
    // holds counts in TOTAL, if there is one.
    byte_stream(event_loop *loop, unique_fd fd, handler *owner, const queue_limits &limits,
                std::shared_ptr<memory_total> total = nullptr);
    ~byte_stream();

    // Begins to receive.
    status start();

    // Sends the three, one behind the other, in one system call where nothing is queued.
    // What the socket does not take at once is copied.
    send_result send(std::string_view first, std::string_view second = {},
                     std::string_view third = {});

    // Runs WORK; what it sends on this stream leaves in one write at the end. Where it
    // throws, the stream closes, as it does when a handler throws: nobody knows how far
    // it came with the bytes it was given.
    void batch(const std::function<void()> &work);
    // For a handler, between two messages of a batch: does not let the queue grow
    // without end.
    void send_if_much_is_queued()
    {
        if (_output.length() > BATCH_BYTES)
            flush();
    }

    // False once the stream is closing, draining, or paused because the peer does not
    // read: then the handler leaves what it has not used for later.
    bool delivers() const { return _state == state::open && _input_state != input_state::paused; }

    // Delivers and sends nothing more; handle_end follows in the next round.
    void close(const std::string &why);

    // Delivers nothing more, sends what is queued, and ends when the peer has seen
    // that.
    void close_when_sent();

    // Closes the socket at once and forgets the owner: nothing more is delivered or
    // sent, and handle_end does not follow. For an owner that goes.
    void abandon();

    // Closes the stream if it holds more than its share of what all may hold.
    bool cut_beyond_share();
    // True if it was closed for that reason.
    bool was_cut() const { return _cut; }
    // Bytes of memory that its buffers take.
    size_t held() const { return _memory.held(); }

    // For tests. Bytes that wait to be sent.
    size_t queued() const { return _output.length(); }

private:
    enum class state {
        open,
        draining,  // close_when_sent() was called: what is queued leaves, nothing is delivered
        closing,   // close() was called: the loop has still to come and end it
        closed,    // the socket is gone
    };
    enum class input_state {
        flowing,
        paused,    // above the high-water mark: nothing is read
        resuming,  // bytes may be kept that no event tells of: on_write delivers them
    };

    // While bytes are handled, answers are sent when this much is queued.
    static constexpr size_t BATCH_BYTES = 64u << 10;

    using pieces = std::array<std::string_view, 3>;
    send_result send(const pieces &what, size_t size);
    bool send_now(const pieces &what, size_t *sent);
    void on_read();
    void on_write();
    template <typename callable>
    void run_batch(const callable &work);
    void receive();
    void take(const char *data, size_t size);
    void deliver_kept();
    size_t deliver(const char *data, size_t size);
    void keep(const char *data, size_t size);
    void flush();
    void flush_queue();
    void update_interest();
    void end();

    event_loop *_loop;
    unique_fd _fd;
    handler *_owner;
    queue_limits _limits;
    state _state = state::open;
    input_state _input_state = input_state::flowing;
    bool _peer_done = false;  // the peer sends no more; it may still read
    bool _batching = false;   // what is sent waits for the end of the batch
    bool _cut = false;
    memory_use _memory;
    input_buf _input;     // what the handler could not use yet; more only while paused
    size_t _missing = 1;  // so many bytes more before the handler is asked again
    output_buf _output;
    std::string _why;
};

}  // namespace lars
