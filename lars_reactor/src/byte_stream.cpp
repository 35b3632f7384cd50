#include "byte_stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <cassert>

namespace lars {

static const char PEER_CLOSED[] = "the peer closed the connection";

static iovec to_iovec(std::string_view bytes)
{
    return {const_cast<char *>(bytes.data()), bytes.size()};
}

static ssize_t send_pieces(int fd, iovec *parts, int count)
{
    // The kernel has less to copy and to check.
    if (count == 1)
        return send(fd, parts->iov_base, parts->iov_len, MSG_NOSIGNAL);
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = static_cast<size_t>(count);
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

byte_stream::byte_stream(event_loop *loop, unique_fd fd, handler *owner, const queue_limits &limits,
                         std::shared_ptr<memory_total> total)
    : _loop(loop),
      _fd(std::move(fd)),
      _owner(owner),
      _limits(limits),
      _memory(std::move(total)),
      _input(loop->buffers(), &_memory),
      _output(loop->buffers(), &_memory)
{
}

byte_stream::~byte_stream()
{
    if (_fd.valid())
        _loop->del_io_event(_fd.get());
}

status byte_stream::start()
{
    return _loop->add_io_event(
        _fd.get(), event_loop::READ, [this] { on_read(); }, [this] { on_write(); });
}

// Without the queue. False if the connection has failed.
bool byte_stream::send_now(const pieces &what, size_t *sent)
{
    iovec parts[std::tuple_size_v<pieces>];
    std::transform(what.begin(), what.end(), parts, to_iovec);
    const ssize_t n = send_pieces(_fd.get(), parts, std::size(parts));
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        close(std::strerror(errno));
        return false;
    }
    *sent = n > 0 ? static_cast<size_t>(n) : 0;
    return true;
}

send_result byte_stream::send(std::string_view first, std::string_view second,
                              std::string_view third)
{
    if (_state != state::open)
        return send_result::closed;
    const pieces what = {first, second, third};
    const size_t size = first.size() + second.size() + third.size();
    const bool fits = _output.length() + size <= _limits.max_queue;
    if (_batching && fits && _output.append_to_block(what, size))
        return send_result::ok;
    return send(what, size);
}

send_result byte_stream::send(const pieces &what, size_t size)
{
    // What only waits for the end of a batch says nothing about the peer.
    if (_batching && _output.length() + size > _limits.max_queue) {
        flush();
        if (_state != state::open)
            return send_result::closed;
    }
    if (_output.length() + size > _limits.max_queue) {
        close("the peer does not read, " + std::to_string(_output.length()) + " bytes are queued");
        return send_result::overflow;
    }

    size_t sent = 0;
    if (!_batching && _output.length() == 0 && !send_now(what, &sent))
        return send_result::closed;
    for (std::string_view piece : what) {
        const size_t gone = std::min(sent, piece.size());
        sent -= gone;
        if (gone < piece.size())
            _output.append(piece.data() + gone, piece.size() - gone);
    }
    if (_memory.beyond_share()) {
        flush();
        if (cut_beyond_share())
            return send_result::overflow;
    } else if (!_batching) {
        update_interest();
    }
    return send_result::ok;
}

bool byte_stream::cut_beyond_share()
{
    if (_state == state::closing || _state == state::closed || !_memory.beyond_share())
        return false;
    _cut = true;
    _memory.count_cut();
    close("its buffers take " + std::to_string(_memory.held()) +
          " bytes, and those of all connections too many");
    return true;
}

template <typename callable>
void byte_stream::run_batch(const callable &work)
{
    _batching = true;
    try {
        work();
    } catch (...) {
        _batching = false;
        close("a callback threw an exception");
        throw;
    }
    _batching = false;
    flush();
}

void byte_stream::batch(const std::function<void()> &work)
{
    run_batch(work);
}

void byte_stream::close(const std::string &why)
{
    if (_state == state::closing || _state == state::closed)
        return;
    _state = state::closing;
    _why = why;
    _output.clear();
    // The socket becomes readable, so the loop comes to on_read and ends it there.
    shutdown(_fd.get(), SHUT_RDWR);
    update_interest();
}

void byte_stream::close_when_sent()
{
    if (_state != state::open)
        return;
    _state = state::draining;
    flush();
}

void byte_stream::abandon()
{
    if (_state == state::closed)
        return;
    _state = state::closed;
    _loop->del_io_event(_fd.get());
    _fd.reset();
}

void byte_stream::on_read()
{
    if (_state == state::closing) {
        end();
        return;
    }
    run_batch([this] { receive(); });
}

void byte_stream::on_write()
{
    if (_state == state::closing) {
        end();
        return;
    }
    flush();
    if (_input_state != input_state::resuming || _state != state::open)
        return;
    run_batch([this] { deliver_kept(); });
}

void byte_stream::receive()
{
    char *space = _loop->receive_space();
    const ssize_t n = recv(_fd.get(), space, event_loop::RECEIVE_SPACE, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        close(std::strerror(errno));
        return;
    }
    if (n == 0) {
        // It may still want its answers: flush ends the stream once they are sent.
        _peer_done = true;
        return;
    }
    if (_state == state::open)
        take(space, static_cast<size_t>(n));
}

void byte_stream::take(const char *data, size_t size)
{
    if (_input_state == input_state::resuming)
        deliver_kept();
    while (_input.length() > 0 && size > 0 && delivers()) {
        const size_t part = std::min(_missing, size);
        keep(data, part);
        data += part;
        size -= part;
        deliver_kept();
    }
    if (_input.length() == 0 && size > 0 && delivers()) {
        const size_t used = deliver(data, size);
        data += used;
        size -= used;
    }
    keep(data, size);
}

void byte_stream::deliver_kept()
{
    _input_state = input_state::flowing;
    if (_input.length() > 0)
        _input.pop(deliver(_input.data(), _input.length()));
}

// Returns how many of them the handler used.
size_t byte_stream::deliver(const char *data, size_t size)
{
    const progress made = _owner->handle_bytes(data, size);
    assert(made.used <= size && made.missing > 0);
    _missing = made.missing;
    return made.used;
}

void byte_stream::keep(const char *data, size_t size)
{
    if (_state == state::open && !_input.append(data, size))
        close(std::to_string(_input.length()) + " bytes came that make no message");
    else
        cut_beyond_share();
}

void byte_stream::flush()
{
    if (_state == state::closed)
        return;
    flush_queue();
    const bool all_sent = _output.length() == 0;
    // What was held back is still to be delivered, and answered.
    const bool holds_back = _state == state::open && _input_state != input_state::flowing;
    if (_peer_done && all_sent && !holds_back)
        close(PEER_CLOSED);
    else if (_state == state::draining && all_sent)
        shutdown(_fd.get(), SHUT_WR);
    update_interest();
}

void byte_stream::flush_queue()
{
    while (_output.length() > 0) {
        iovec parts[16];
        const ssize_t n = send_pieces(_fd.get(), parts, _output.pieces(parts, 16));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0) {
            close(std::strerror(errno));
            return;
        }
        _output.pop(static_cast<size_t>(n));
    }
}

void byte_stream::update_interest()
{
    if (_output.length() > _limits.high_water)
        _input_state = input_state::paused;
    else if (_input_state == input_state::paused && _output.length() <= _limits.high_water / 2)
        _input_state = input_state::resuming;

    const bool listens = _state != state::open || _input_state != input_state::paused;
    const bool reads = _state == state::closing || (listens && !_peer_done);
    const bool resumes = _state == state::open && _input_state == input_state::resuming;
    const bool writes = _output.length() > 0 || resumes;
    const uint32_t mask = (reads ? event_loop::READ : 0) | (writes ? event_loop::WRITE : 0);
    if (status s = _loop->set_io_mask(_fd.get(), mask); !s)
        _loop->log()(log_level::error, s.message());
}

void byte_stream::end()
{
    _state = state::closed;
    _loop->del_io_event(_fd.get());
    _fd.reset();
    _input.clear();
    _output.clear();
    _owner->handle_end(_why);
}

}  // namespace lars
