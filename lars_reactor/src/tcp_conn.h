// One accepted connection. Lives in one loop of a tcp_server, which owns it;
// callbacks get it as a net_connection. Loop thread only; other threads send
// through tcp_server::send_message with its id.
#pragma once

#include "frame_stream.h"
#include "net_connection.h"

namespace lars {

class conn_group;

class tcp_conn final : public net_connection, private frame_stream::handler {
public:
    // GROUP outlives this.
    tcp_conn(conn_group *group, uint64_t id, unique_fd fd, const endpoint &peer);

    status start() { return _stream.start(); }
    send_result send_message(const char *data, size_t len, int msgid) override
    {
        return send_joined({data, len}, {}, msgid);
    }
    send_result send_joined(std::string_view first, std::string_view second, int msgid) override;
    void close() override;
    void close_when_sent() override { _stream.close_when_sent(); }
    void end(const std::string &why) { _stream.close(why); }
    void abandon() { _stream.abandon(); }

    // True once it has sent a message that somebody waits for.
    bool heard() const { return _heard; }
    bool cut_beyond_share() { return _stream.cut_beyond_share(); }
    bool was_cut() const { return _stream.was_cut(); }
    // Bytes of memory that its buffers take.
    size_t held() const { return _stream.held(); }

    const conn_group &group() const { return *_group; }
    uint64_t id() const override { return _id; }
    endpoint peer() const override { return _peer; }
    event_loop *loop() const override;

private:
    void handle_frame(const char *data, uint32_t len, int msgid) override;
    void handle_end(const std::string &why) override;

    conn_group *_group;
    uint64_t _id;
    endpoint _peer;
    bool _heard = false;
    frame_stream _stream;
};

}  // namespace lars
