#include "doubt_log.h"

namespace lars {

static constexpr std::chrono::seconds REMINDER_INTERVAL(60);

void doubt_log::say(const route_doubt &doubt, const std::string &database,
                    route_doubt::time_point now)
{
    if (!doubt.doubting()) {
        if (!_said.empty())
            _log(log_level::info, "the database is believed again");
        _said.clear();
        return;
    }
    if (_said == doubt.reason() && now < _next_reminder)
        return;
    _said = doubt.reason();
    _next_reminder = now + REMINDER_INTERVAL;
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(*doubt.ends() - now);
    _log(log_level::error, "the database ", database, " is not believed: ", _said, ". ",
         doubt.kept(), " modules that it lacks are served on, and the snapshot",
         " stays as it is; what is new or changed there is served. If the database is right:",
         " lars_route accept (else it is believed in ", left.count(), " s)");
}

}  // namespace lars
