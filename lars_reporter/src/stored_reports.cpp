#include "stored_reports.h"

#include <algorithm>

namespace lars {

report_receipt::report_receipt(std::shared_ptr<stored_reports> reports, uint64_t seq)
    : _reports(std::move(reports)), _seq(seq)
{
}

report_receipt::~report_receipt()
{
    _reports->done(_seq);
}

std::shared_ptr<report_receipt> stored_reports::take(uint64_t seq)
{
    {
        std::lock_guard<std::mutex> lock(_mutex);
        _waiting.insert(seq);
        _taken = std::max(_taken, seq);
        _telling = true;
    }
    return std::make_shared<report_receipt>(shared_from_this(), seq);
}

// With the lock.
uint64_t stored_reports::stored() const
{
    return _waiting.empty() ? _taken : std::min(_taken, *_waiting.begin() - 1);
}

summary_answer stored_reports::answer()
{
    std::lock_guard<std::mutex> lock(_mutex);
    _telling = false;
    _told = std::max(_told, stored());
    return {_taken, _told};
}

std::optional<summary_answer> stored_reports::growth()
{
    std::lock_guard<std::mutex> lock(_mutex);
    _telling = false;
    if (stored() <= _told)
        return std::nullopt;
    _told = stored();
    return summary_answer{_taken, _told};
}

void stored_reports::done(uint64_t seq)
{
    {
        std::lock_guard<std::mutex> lock(_mutex);
        _waiting.erase(_waiting.find(seq));
        if (_ended || _telling || stored() <= _told)
            return;
        _telling = true;
    }
    _on_growth(shared_from_this());
}

void stored_reports::end()
{
    std::lock_guard<std::mutex> lock(_mutex);
    _ended = true;
}

bool stored_reports::ended() const
{
    std::lock_guard<std::mutex> lock(_mutex);
    return _ended;
}

}  // namespace lars
