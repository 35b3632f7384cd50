// Frames that arrive in pieces, against a parser that has all bytes at once. The first
// byte of the input says how many splits there are, then each has a byte; the rest is what
// the peer sends. With 255 it is sent again and again, split at each of its bytes in turn.
#include "frame_stream.h"

#include <sys/socket.h>

#include <utility>
#include <vector>

#include "expect.h"
#include "script.h"

namespace lars::fuzz {

static constexpr uint8_t EVERY_SPLIT = 255;
static constexpr size_t MOST_SPLITS = 48;

namespace {

using frames = std::vector<std::pair<int, std::string>>;

struct outcome {
    frames received;
    bool refused = false;  // a length that no frame may have
};

class recorder final : public frame_stream::handler {
public:
    explicit recorder(event_loop *loop)
    {
        int ends[2] = {-1, -1};
        expect(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0,
               "socketpair");
        _peer.reset(ends[0]);
        _stream = std::make_unique<frame_stream>(loop, unique_fd(ends[1]), this, queue_limits{});
        expect(_stream->start().ok(), "start");
    }
    ~recorder() { _stream->abandon(); }

    void handle_frame(const char *data, uint32_t len, int msgid) override
    {
        seen.received.emplace_back(msgid, std::string(data, len));
    }
    void handle_end(const std::string &) override { seen.refused = true; }

    // Nothing more is taken once the other end has closed.
    void send(const std::string &piece)
    {
        ::send(_peer.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
    }

    outcome seen;

private:
    unique_fd _peer;
    std::unique_ptr<frame_stream> _stream;
};

}  // namespace

static uint32_t little_endian(const std::string &text, size_t at)
{
    uint32_t value = 0;
    for (size_t i = 4; i-- > 0;)
        value = value * 256 + static_cast<uint8_t>(text[at + i]);
    return value;
}

static outcome parse_slowly(const std::string &text)
{
    outcome made;
    for (size_t at = 0; at + 8 <= text.size();) {
        const uint32_t length = little_endian(text, at + 4);
        if (length > 65527) {
            made.refused = true;
            break;
        }
        if (at + 8 + length > text.size())
            break;
        made.received.emplace_back(static_cast<int>(little_endian(text, at)),
                                   text.substr(at + 8, length));
        at += 8 + length;
    }
    return made;
}

static void run_round(event_loop &loop)
{
    loop.add_task([&loop] { loop.stop(); });
    expect(loop.event_process().ok(), "the loop");
}

static outcome receive(const std::vector<std::string> &pieces)
{
    static event_loop loop([](log_level, const std::string &) {});
    outcome seen;
    {
        recorder r(&loop);
        for (const std::string &piece : pieces) {
            r.send(piece);
            run_round(loop);
        }
        // What is refused ends in a round of its own.
        run_round(loop);
        seen = r.seen;
    }
    run_round(loop);
    return seen;
}

static std::vector<std::string> cut(script &input, uint8_t splits)
{
    std::vector<size_t> sizes(splits % 32);
    for (size_t &size : sizes)
        size = input.byte();
    std::vector<std::string> pieces;
    for (size_t size : sizes) {
        if (!input.at_end() && size > 0)
            pieces.push_back(input.bytes(size));
    }
    if (!input.at_end())
        pieces.push_back(input.rest());
    return pieces;
}

static void check(const std::vector<std::string> &pieces)
{
    std::string all;
    for (const std::string &piece : pieces)
        all += piece;
    const outcome wanted = parse_slowly(all);
    const outcome seen = receive(pieces);
    expect(seen.received == wanted.received, "other frames than were sent");
    expect(seen.refused == wanted.refused, "refused what is right, or the other way round");
}

}  // namespace lars::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lars::fuzz;
    script input(data, size);
    const uint8_t splits = input.byte();
    if (splits != EVERY_SPLIT) {
        check(cut(input, splits));
        return 0;
    }
    const std::string all = input.bytes(MOST_SPLITS);
    for (size_t at = 1; at < all.size(); ++at)
        check({all.substr(0, at), all.substr(at)});
    return 0;
}
