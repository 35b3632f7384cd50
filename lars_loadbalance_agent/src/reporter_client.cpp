#include "reporter_client.h"

#include "server_options.h"
#include "wire.h"

namespace lars {

reporter_client::reporter_client(const std::vector<endpoint> &servers, const log_sink &log)
    : _thread(log),
      _loop(_thread.loop()),
      _client(_loop, "reporter", servers, service_client_options()),
      _summaries(_loop, [this](std::vector<call_summary> &batch) {
          for (const call_summary &summary : batch) {
              for (std::string &body : encode_call_summary(summary))
                  _waiting.push_back(std::move(body));
          }
          send_waiting();
      })
{
}

reporter_client::~reporter_client()
{
    _thread.stop();
}

status reporter_client::start()
{
    _client.set_conn_start([this](net_connection &) {
        _caller_ip.store(_client.local().ip, std::memory_order_relaxed);
        send_waiting();
    });
    _client.set_conn_close(
        [this](net_connection &) { _caller_ip.store(0, std::memory_order_relaxed); });
    _client.start();
    return _thread.start();
}

void reporter_client::stop()
{
    _thread.stop();
    // One more round here, for the messages that the thread has not come to.
    _loop->add_task([this] { _loop->stop(); });
    if (status s = _loop->event_process(); !s)
        _loop->log()(log_level::error, "reporter: ", s.message());
    _client.stop();
}

void reporter_client::send_waiting()
{
    while (!_waiting.empty()) {
        const std::string &body = _waiting.front();
        const send_result sent =
            _client.send_message(body.data(), body.size(), ID_ReportStatusRequest);
        if (sent != send_result::ok && sent != send_result::too_long)
            break;
        _waiting.pop_front();
    }
    while (_waiting.size() > MAX_WAITING) {
        _waiting.pop_front();
        ++_dropped;
        _dropped_limiter.write(_loop->log(), _loop->now(), log_level::warn,
                               "the reporter is away: ", _dropped, " messages dropped so far");
    }
}

}  // namespace lars
