// Which reports of one connection are in the database, for an agent that wants to know.
// A report is done when none of its rows waits any more: each was stored, or replaced by
// a later row of the same key that is done, or dropped (the queue was full, or the
// database never takes it), so that nobody sends for ever what will never be stored. Any
// thread, unless stated.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "calls.h"

namespace lars {

class stored_reports;

// Says that something of a report waits. The report is done when the last owner lets go.
class report_receipt {
public:
    report_receipt(std::shared_ptr<stored_reports> reports, uint64_t seq);
    ~report_receipt();
    report_receipt(const report_receipt &) = delete;
    report_receipt &operator=(const report_receipt &) = delete;

    // The reports of the connection that this one came over.
    const stored_reports &reports() const { return *_reports; }

private:
    std::shared_ptr<stored_reports> _reports;
    uint64_t _seq;
};

class stored_reports : public std::enable_shared_from_this<stored_reports> {
public:
    using growth_callback = std::function<void(const std::shared_ptr<stored_reports> &grown)>;

    // ON_GROWTH is called, in any thread, when there is something to say that answer() and
    // growth() have not said: once, until one of them is called.
    explicit stored_reports(growth_callback on_growth) : _on_growth(std::move(on_growth)) {}

    // The report SEQ has come. Each of its rows keeps the receipt. To be followed by
    // answer(), in the same thread.
    std::shared_ptr<report_receipt> take(uint64_t seq);
    // What to tell the agent now.
    summary_answer answer();
    // The same, or nothing if that has been told.
    std::optional<summary_answer> growth();

    // The connection is gone: nobody is told anything any more.
    void end();
    bool ended() const;

private:
    friend class report_receipt;

    void done(uint64_t seq);
    uint64_t stored() const;

    growth_callback _on_growth;
    mutable std::mutex _mutex;
    std::multiset<uint64_t> _waiting;  // guarded by _mutex, as all below
    uint64_t _taken = 0;
    uint64_t _told = 0;     // of what is stored
    bool _telling = false;  // somebody is about to
    bool _ended = false;
};

}  // namespace lars
