#include "agent_load.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "message.h"
#include "tool.h"

namespace lars::bench {

static constexpr int ROUND_MS = 100;  // how soon the end, and what is lost, is noticed
static constexpr std::chrono::seconds LOST(1);
static constexpr int TRIES = 3;
static constexpr int TRY_MS = 1000;
static constexpr std::chrono::milliseconds PULLED_WITHIN(1000);
static constexpr std::chrono::milliseconds PAUSE(10);

agent_load::agent_load(const agent_load_options &options)
    : _options(options), _questions(static_cast<size_t>(options.in_flight))
{
    _request.set_modid(options.module.modid);
    _request.set_cmdid(options.module.cmdid);
    _report.set_modid(options.module.modid);
    _report.set_cmdid(options.module.cmdid);
}

status agent_load::open()
{
    const sockaddr_in address = _options.server.to_sockaddr();
    _fd = unique_fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!_fd.valid() ||
        connect(_fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return status::from_errno("no socket for " + _options.server.to_string());
    for (int tries = 0; tries < TRIES && _answered.count() == 0 && !stopped(); ++tries)
        ask_once();
    if (_answered.count() == 0)
        return status::error("nobody answers at " + _options.server.to_string() +
                             (_wrong > 0 ? ", but something that is no agent" : ""));
    forget();
    return {};
}

void agent_load::ask_once()
{
    ask(&_questions[0], clock::now());
    pollfd waiting{_fd.get(), POLLIN, 0};
    poll(&waiting, 1, TRY_MS);
    receive();
}

void agent_load::wait_for_host()
{
    const auto end = clock::now() + PULLED_WITHIN;
    do {
        ask_once();
        std::this_thread::sleep_for(PAUSE);
    } while (_answered.count() == _retcodes[RET_NOEXIST] && clock::now() < end && !stopped());
    forget();
}

void agent_load::forget()
{
    _answered = latencies();
    _retcodes = {};
}

void agent_load::send(int msgid, const google::protobuf::MessageLite &body)
{
    _datagram.resize(MESSAGE_HEAD_LEN);
    encode_head({msgid, static_cast<int32_t>(body.ByteSizeLong())}, _datagram.data());
    body.AppendToString(&_datagram);
    // What cannot be sent is lost, as on its way.
    (void)!::send(_fd.get(), _datagram.data(), _datagram.size(), MSG_DONTWAIT);
}

void agent_load::ask(question *next, clock::time_point now)
{
    const auto place = static_cast<uint32_t>(next - _questions.data());
    const auto places = static_cast<uint32_t>(_questions.size());
    next->sent = now;
    do {
        next->seq = _turn++ * places + place;
    } while (next->seq == 0);
    _request.set_seq(next->seq);
    send(ID_GetHostRequest, _request);
}

void agent_load::report(const HostInfo &host)
{
    *_report.mutable_host() = host;
    send(ID_ReportRequest, _report);
}

void agent_load::take(const char *data, size_t length, clock::time_point now)
{
    const bool whole = length >= MESSAGE_HEAD_LEN && decode_head(data).msgid == ID_GetHostResponse;
    if (!whole ||
        !_response.ParseFromArray(data + MESSAGE_HEAD_LEN,
                                  static_cast<int>(length - MESSAGE_HEAD_LEN)) ||
        _response.modid() != _options.module.modid || _response.cmdid() != _options.module.cmdid) {
        ++_wrong;
        return;
    }
    question &asked = _questions[_response.seq() % _questions.size()];
    // Otherwise it was taken for lost.
    if (asked.seq == 0 || asked.seq != _response.seq())
        return;
    _answered.add(now - asked.sent);
    const auto retcode = static_cast<size_t>(_response.retcode());
    if (retcode >= _retcodes.size())
        ++_wrong;
    else
        ++_retcodes[retcode];
    if (_response.retcode() == RET_SUCC)
        report(_response.host());
    asked.seq = 0;
}

void agent_load::receive()
{
    constexpr unsigned BATCH = 32;
    static thread_local char bytes[BATCH][2048];
    mmsghdr messages[BATCH] = {};
    iovec places[BATCH];
    for (unsigned i = 0; i < BATCH; ++i) {
        places[i] = {bytes[i], sizeof bytes[i]};
        messages[i].msg_hdr.msg_iov = &places[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int count = recvmmsg(_fd.get(), messages, BATCH, MSG_DONTWAIT, nullptr);
    const auto now = clock::now();
    for (int i = 0; i < count; ++i)
        take(bytes[i], messages[i].msg_len, now);
}

void agent_load::replace_lost(clock::time_point now)
{
    for (question &one : _questions) {
        if (now - one.sent < LOST)
            continue;
        ++_lost;
        ask(&one, now);
    }
}

void agent_load::run()
{
    const auto begin = clock::now();
    auto looked = begin;
    for (question &one : _questions)
        ask(&one, clock::now());
    for (auto now = begin; now < begin + _options.length && !stopped(); now = clock::now()) {
        pollfd waiting{_fd.get(), POLLIN, 0};
        poll(&waiting, 1, ROUND_MS);
        receive();
        now = clock::now();
        for (question &one : _questions) {
            if (one.seq == 0)
                ask(&one, now);
        }
        if (now - looked >= std::chrono::milliseconds(ROUND_MS)) {
            replace_lost(now);
            looked = now;
        }
    }
    _lasted = clock::now() - begin;
}

}  // namespace lars::bench
