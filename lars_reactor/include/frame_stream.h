// A connected TCP socket as a stream of frames, in both directions. Shared by
// tcp_conn and tcp_client. Loop thread only.
//
// Received frames are handed over where they were received; only a frame that
// is not complete yet is copied. What a handler sends while a batch of frames
// is handled leaves in one write at the end of the batch.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "event_loop.h"
#include "input_buf.h"
#include "net_connection.h"
#include "output_buf.h"
#include "unique_fd.h"

namespace lars {

// The limits on what is queued for a peer that does not read. Above high_water
// nothing more is read from it until half of that is left; above
// max_queue it is closed. Bytes.
struct queue_limits {
    size_t high_water = 1u << 20;
    size_t max_queue = 8u << 20;
};

class frame_stream {
public:
    class handler {
    public:
        // May send on the stream and close it.
        virtual void handle_frame(const char *data, uint32_t len, int msgid) = 0;
        // Once, after the last frame: the socket is closed, WHY says why. Comes
        // from the loop, never from inside send_message or close; the stream may
        // then be given to event_loop::destroy_later.
        virtual void handle_end(const std::string &why) = 0;

    protected:
        ~handler() = default;
    };

    // LOOP and OWNER outlive this. FD is connected and does not block.
    frame_stream(event_loop *loop, unique_fd fd, handler *owner, const queue_limits &limits);
    ~frame_stream();

    // Begins to receive.
    status start();

    send_result send_message(const char *data, size_t len, int msgid);

    // Runs WORK; what it sends on this stream leaves in one write at the end.
    void batch(const std::function<void()> &work);

    // Delivers and sends nothing more; handle_end follows in the next round.
    void close(const std::string &why);

    // Delivers nothing more, sends what is queued, and ends when the peer has
    // seen that.
    void close_when_sent();

    // Closes the socket at once and forgets the owner: nothing more is delivered or
    // sent, and handle_end does not follow. For an owner that goes.
    void abandon();

    size_t queued() const { return _output.length(); }

private:
    bool usable() const { return _fd.valid() && !_closed && !_closing; }
    void on_read();
    void on_write();
    void receive();
    void deliver_kept();
    size_t deliver(const char *data, size_t size);
    size_t missing_of_kept() const;
    void flush();
    void update_interest();
    void end();

    event_loop *_loop;
    unique_fd _fd;
    handler *_owner;
    queue_limits _limits;
    input_buf _input;    // the start of a frame; more only while paused
    output_buf _output;
    std::string _why;
    bool _batching = false;    // what is sent waits for the end of the batch
    bool _paused = false;      // above the high-water mark: nothing is read
    bool _resumed = false;     // frames may be kept that no event tells of: on_write delivers them
    bool _peer_done = false;   // the peer sends no more; it may still read
    bool _closing = false;     // close_when_sent() was called
    bool _closed = false;      // close() was called
};

}  // namespace lars
