#include "log_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "start_thread.h"
#include "unique_fd.h"

namespace lars {

using clock = std::chrono::steady_clock;

static constexpr size_t QUEUE_LIMIT = 1 << 20;
static constexpr std::chrono::milliseconds CLOSING_TIME(1000);
static constexpr int POLL_MS = 100;
// A pipe or socket that poll() calls writable takes so much without making us wait.
static constexpr size_t PIECE = 4096;

// What the thread needs, which may have to be left behind where a disk never answers.
struct log_writer::shared {
    explicit shared(std::string name) : component(std::move(name)) {}

    void put(log_level level, const std::string &message);
    void run();
    void reopen_file();
    std::string_view write_lines(std::string_view text);
    bool wait_writable() const;
    void tell_losses();
    status open_file(unique_fd *out) const;

    const std::string component;
    std::string path;  // empty: stderr
    unique_fd file;    // the thread's, once it runs

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::string waiting;     // guarded by mutex, as are those below
    uint64_t lost = 0;       // since the start
    uint64_t lost_told = 0;  // of these the log has told
    bool reopening = false;
    bool closing = false;
    bool ended = false;
    clock::time_point give_up = clock::time_point::max();
};

void log_writer::shared::put(log_level level, const std::string &message)
{
    const std::string line = format_log_line(component, level, message);
    const std::lock_guard<std::mutex> lock(mutex);
    if (ended || waiting.size() + line.size() > QUEUE_LIMIT) {
        ++lost;
        return;
    }
    waiting += line;
    changed.notify_all();
}

status log_writer::shared::open_file(unique_fd *out) const
{
    // Without O_NONBLOCK a fifo would make us wait for somebody who reads it.
    out->reset(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640));
    return out->valid() ? status() : status::from_errno("cannot write the log " + path);
}

void log_writer::shared::reopen_file()
{
    unique_fd fresh;
    if (status s = open_file(&fresh); !s)
        put(log_level::error, s.message());
    else
        file = std::move(fresh);
}

// False when it is time to give up.
bool log_writer::shared::wait_writable() const
{
    pollfd wanted{path.empty() ? STDERR_FILENO : file.get(), POLLOUT, 0};
    while (poll(&wanted, 1, POLL_MS) <= 0) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (clock::now() >= give_up)
            return false;
    }
    return true;
}

// Returns what could not be written.
std::string_view log_writer::shared::write_lines(std::string_view text)
{
    const int fd = path.empty() ? STDERR_FILENO : file.get();
    while (!text.empty()) {
        if (!wait_writable())
            break;
        const ssize_t written = write(fd, text.data(), std::min(text.size(), PIECE));
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            break;
        text.remove_prefix(static_cast<size_t>(std::max<ssize_t>(written, 0)));
    }
    return text;
}

void log_writer::shared::tell_losses()
{
    uint64_t untold = 0;
    {
        const std::lock_guard<std::mutex> lock(mutex);
        untold = lost - lost_told;
    }
    if (untold == 0)
        return;
    const std::string line = format_log_line(
        component, log_level::warn, std::to_string(untold) + " lines of the log were lost");
    const bool told = write_lines(line).empty();
    const std::lock_guard<std::mutex> lock(mutex);
    lost_told += told ? untold : 0;
}

void log_writer::shared::run()
{
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
        changed.wait(lock, [this] { return closing || reopening || !waiting.empty(); });
        const bool reopen_now = std::exchange(reopening, false);
        const std::string text = std::exchange(waiting, {});
        if (!reopen_now && text.empty())
            break;
        lock.unlock();
        if (reopen_now)
            reopen_file();
        const std::string_view unwritten = write_lines(text);
        if (unwritten.empty())
            tell_losses();
        lock.lock();
        lost += static_cast<uint64_t>(std::count(unwritten.begin(), unwritten.end(), '\n'));
        if (clock::now() >= give_up)
            break;
    }
    ended = true;
    changed.notify_all();
}

log_writer::log_writer(std::string component)
    : _shared(std::make_shared<shared>(std::move(component)))
{
}

log_writer::~log_writer()
{
    {
        std::unique_lock<std::mutex> lock(_shared->mutex);
        _shared->closing = true;
        _shared->give_up = clock::now() + CLOSING_TIME;
        _shared->changed.notify_all();
        if (_thread.joinable())
            _shared->changed.wait_until(lock, _shared->give_up + CLOSING_TIME / 2,
                                        [this] { return _shared->ended; });
    }
    if (!_thread.joinable()) {
        // It was never started: what it would have written is written here.
        _shared->run();
        return;
    }
    const std::lock_guard<std::mutex> lock(_shared->mutex);
    if (_shared->ended)
        _thread.join();
    else
        _thread.detach();  // it waits for a disk, and ends with the process
}

status log_writer::open(const std::string &path)
{
    _shared->path = path;
    return _shared->open_file(&_shared->file);
}

status log_writer::start()
{
    return start_thread(&_thread, "the log's thread", [mine = _shared] { mine->run(); });
}

void log_writer::reopen()
{
    const std::lock_guard<std::mutex> lock(_shared->mutex);
    if (_shared->path.empty())
        return;
    _shared->reopening = true;
    _shared->changed.notify_all();
}

log_sink log_writer::sink() const
{
    const auto put = [mine = _shared](log_level level, const std::string &line) {
        mine->put(level, line);
    };
    return {put, log_level::info};
}

uint64_t log_writer::lost() const
{
    const std::lock_guard<std::mutex> lock(_shared->mutex);
    return _shared->lost;
}

}  // namespace lars
