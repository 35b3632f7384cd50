// Frames (message.h) on a byte_stream, in both directions. It knows what a header
// says and which frames are complete, and nothing of sockets. Shared by tcp_conn and
// tcp_client. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "byte_stream.h"

namespace lars {

class frame_stream final : private byte_stream::handler {
public:
    class handler {
    public:
        // May send on the stream and close it. DATA is valid until it returns.
        virtual void handle_frame(const char *data, uint32_t len, int msgid) = 0;
        // The same as handle_end of byte_stream::handler.
        virtual void handle_end(const std::string &why) = 0;

    protected:
        ~handler() = default;
    };

    // This and what follows is the same as in byte_stream, but for the sending, which
    // adds the header.
    frame_stream(event_loop *loop, unique_fd fd, handler *owner, const queue_limits &limits,
                 std::shared_ptr<memory_total> total = nullptr);

    status start() { return _bytes.start(); }
    send_result send_message(const char *data, size_t len, int msgid)
    {
        return send_joined({data, len}, {}, msgid);
    }
    // The body is FIRST and then SECOND.
    send_result send_joined(std::string_view first, std::string_view second, int msgid);
    void batch(const std::function<void()> &work) { _bytes.batch(work); }
    void close(const std::string &why) { _bytes.close(why); }
    void close_when_sent() { _bytes.close_when_sent(); }
    void abandon() { _bytes.abandon(); }
    bool cut_beyond_share() { return _bytes.cut_beyond_share(); }
    bool was_cut() const { return _bytes.was_cut(); }
    size_t held() const { return _bytes.held(); }
    size_t queued() const { return _bytes.queued(); }

private:
    byte_stream::progress handle_bytes(const char *data, size_t size) override;
    void handle_end(const std::string &why) override;

    handler *_owner;
    byte_stream _bytes;
};

}  // namespace lars
