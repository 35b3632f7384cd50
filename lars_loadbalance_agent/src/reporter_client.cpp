#include "reporter_client.h"

#include <algorithm>
#include <iterator>

#include "server_options.h"

namespace lars {

static constexpr std::chrono::milliseconds LAST_ANSWER_WITHIN(1000);
// A reporter takes one that says nothing for a minute for an outsider.
static constexpr std::chrono::seconds GREETING_AFTER(30);

reporter_client::reporter_client(const std::vector<server_address> &servers, const log_sink &log,
                                 uint32_t caller)
    : _thread(log),
      _loop(_thread.loop()),
      _caller(caller),
      _client(_loop, "reporter", servers, service_client_options()),
      _watch(
          _loop, [this] { return _client.address_count(); }, [this] { return ask(); },
          [this] { on_silence(); }),
      _summaries(_loop, [this](std::vector<call_summary> &batch) {
          for (const call_summary &summary : batch)
              add(summary);
          send_waiting();
          drop_oldest();
      })
{
}

reporter_client::~reporter_client()
{
    _thread.stop();
}

status reporter_client::start()
{
    _client.set_conn_start([this](net_connection &) { on_connected(); });
    _client.set_conn_close([this](net_connection &) { on_disconnected(); });
    const status added = _client.add_msg_router(
        ID_ReportStatusResponse,
        [this](const char *data, uint32_t len, int, net_connection &) { on_answer(data, len); });
    if (!added)
        return added;
    _client.start();
    return _thread.start();
}

void reporter_client::stop()
{
    _thread.stop();
    // Some more rounds here, for the messages that the thread has not come to.
    _loop->add_task([this] {
        _stopping = true;
        if (!answer_is_due())
            _loop->stop();
    });
    _loop->run_after(LAST_ANSWER_WITHIN, [this] { _loop->stop(); });
    if (status s = _loop->event_process(); !s)
        _loop->log()(log_level::error, "reporter: ", s.message());
    _client.stop();
    _watch.end();
}

// While it stops. Without a connection one may come just now, from a reporter to the next.
bool reporter_client::answer_is_due()
{
    if (_taken == _reports.size())
        return false;
    if (_client.connected())
        return habit_of_peer() == habit::acknowledges;
    return std::any_of(_habits.begin(), _habits.end(),
                       [](const auto &one) { return one.second == habit::acknowledges; });
}

reporter_client::habit &reporter_client::habit_of_peer()
{
    return _habits[_client.peer()];
}

// Also true of a peer that is not known yet itself, if there is another such one.
bool reporter_client::others_may_acknowledge() const
{
    bool all_known = false;
    for (const endpoint &address : _client.known_addresses(&all_known)) {
        const auto found = _habits.find(address);
        const bool silent = found != _habits.end() && found->second == habit::silent;
        if (address != _client.peer() && !silent)
            return true;
    }
    return !all_known;
}

// Those of addresses that a name has no more.
void reporter_client::forget_old_habits()
{
    bool all_known = false;
    const std::vector<endpoint> known = _client.known_addresses(&all_known);
    for (auto it = _habits.begin(); it != _habits.end();)
        it = std::find(known.begin(), known.end(), it->first) == known.end() ? _habits.erase(it)
                                                                             : std::next(it);
}

// Whether what is sent to this peer is kept until it is stored.
bool reporter_client::keeps()
{
    const habit known = habit_of_peer();
    return known == habit::acknowledges || (known == habit::unknown && others_may_acknowledge());
}

void reporter_client::add(const call_summary &summary)
{
    for (std::string &body : encode_call_summary(summary)) {
        _bytes += body.size();
        _reports.push_back({std::move(body)});
    }
}

void reporter_client::on_connected()
{
    _caller_ip.store(_caller != 0 ? _caller : _client.local().ip, std::memory_order_relaxed);
    forget_old_habits();
    _watch.begin();
    const uint64_t before = _last_seq;
    _loop->cancel(_greeting_timer);
    _greeting_timer = _loop->run_after(GREETING_AFTER, [this, before] {
        if (_client.connected() && _last_seq == before)
            send_question();
    });
    send_waiting();
    if (_stopping && !answer_is_due())
        _loop->stop();
}

void reporter_client::on_disconnected()
{
    _caller_ip.store(0, std::memory_order_relaxed);
    _watch.end();
    _sent = _taken = _on_the_way = 0;
    if (_stopping && !answer_is_due())
        _loop->stop();
}

void reporter_client::on_answer(const char *data, uint32_t len)
{
    summary_answer answer;
    if (!_codec.decode_summary_answer(data, len, &answer) || answer.taken > _last_seq)
        return;
    habit_of_peer() = habit::acknowledges;
    _watch.heard();
    for (; _taken < _sent && _reports[_taken].seq <= answer.taken; ++_taken)
        _on_the_way -= _reports[_taken].body.size();
    for (; _taken > 0 && _reports.front().seq <= answer.stored; --_taken, --_sent) {
        _bytes -= _reports.front().body.size();
        _reports.pop_front();
    }
    send_waiting();
    if (_stopping && !answer_is_due())
        _loop->stop();
}

// It was sent reports, or asked, and has not answered.
void reporter_client::on_silence()
{
    habit &known = habit_of_peer();
    const bool leave = keeps();
    if (known == habit::unknown)
        known = habit::silent;
    if (leave) {
        _loop->log()(log_level::warn, "reporter: ", _client.peer(), " does not answer");
        _client.close();
        return;
    }
    // One that does not acknowledge, as it seems.
    forget_sent();
    send_waiting();
}

bool reporter_client::ask()
{
    if (habit_of_peer() != habit::acknowledges)
        return false;
    send_question();
    _watch.asked();
    return true;
}

// A summary of nothing, which is answered all the same.
void reporter_client::send_question()
{
    std::string body;
    append_summary_seq(&body, ++_last_seq);
    _client.send_message(body.data(), body.size(), ID_ReportStatusRequest);
}

bool reporter_client::send_one(report &next)
{
    std::string body = next.body;
    append_summary_seq(&body, ++_last_seq);
    const send_result sent = _client.send_message(body.data(), body.size(), ID_ReportStatusRequest);
    next.seq = _last_seq;
    return sent == send_result::ok || sent == send_result::too_long;
}

void reporter_client::send_waiting()
{
    const bool kept = keeps();
    while (_client.connected() && _sent < _reports.size() && _on_the_way < MAX_ON_THE_WAY) {
        report &next = _reports[_sent];
        if (!send_one(next))
            return;
        ++_sent;
        if (!kept) {
            forget_sent();
            continue;
        }
        _on_the_way += next.body.size();
        _watch.asked();
    }
}

void reporter_client::forget_sent()
{
    for (; _sent > 0; --_sent) {
        _bytes -= _reports.front().body.size();
        _reports.pop_front();
    }
    _taken = _on_the_way = 0;
}

void reporter_client::drop_oldest()
{
    while (_reports.size() > MAX_KEPT || _bytes > MAX_KEPT_BYTES) {
        const size_t size = _reports.front().body.size();
        if (_taken > 0)
            --_taken;
        else if (_sent > 0)
            _on_the_way -= size;
        if (_sent > 0)
            --_sent;
        _bytes -= size;
        _reports.pop_front();
        ++_dropped;
        _dropped_limiter.write(_loop->log(), _loop->now(), log_level::warn,
                               "the reporter is away, or does not store: ", _dropped,
                               " messages dropped so far");
    }
}

void reporter_client::add_metrics(const std::shared_ptr<metrics_page> &page)
{
    _loop->add_task([this, page] {
        page->gauge("lars_agent_upstream_connected", "Whether there is a connection.",
                    _client.connected(), {{"upstream", "reporter"}});
        page->gauge("lars_agent_summaries_waiting",
                    "Reports to the reporter that are not sent, or not stored.",
                    static_cast<double>(_reports.size()));
        page->count("lars_agent_summaries_dropped_total",
                    "Reports to the reporter that were dropped, because too many waited.",
                    static_cast<double>(_dropped));
    });
}

}  // namespace lars
