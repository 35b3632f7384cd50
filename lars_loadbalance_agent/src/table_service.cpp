#include "table_service.h"

#include <utility>

namespace lars {

// A client may wait for two of these until its failures count, and others see it.
static constexpr std::chrono::milliseconds INTERVAL(5);
// So many looks find nothing, and clients are told that they have to wake this owner. What
// one of them counts just then, without having been told, the look after that finds: a store
// has long left its processor by then.
static constexpr int QUIET_LOOKS = 4;

table_service::table_service(event_loop *loop, size_t owner, char *memory,
                             const table_part::bounds &limits, route_lb *modules,
                             changes_callback changed)
    : _loop(loop), _keeper(owner, memory, limits, modules), _changed(std::move(changed))
{
    _keeper.set_asleep(true);
}

void table_service::add_page(std::shared_ptr<const client_page> page)
{
    _loop->add_task([this, page] { _keeper.add_page(page, _loop->now()); });
}

// The page is given back where the last task that has it is over.
void table_service::end_page(std::shared_ptr<const client_page> page)
{
    _loop->add_task([this, page] {
        _keeper.end_page(page.get());
        look();
    });
}

void table_service::wake()
{
    _loop->add_task([this] { begin(); });
}

void table_service::begin()
{
    if (_timer != 0)
        return;
    _quiet = 0;
    _timer = _loop->run_every(INTERVAL, [this] { look(); });
    // Awake only after a sign of life: by an old one this owner would seem to be away.
    look();
    _keeper.set_asleep(false);
}

void table_service::look()
{
    const table_keeper::outcome found = _keeper.look(_loop->now());
    _changed(found.changes);
    if (_timer == 0)
        return;
    if (found.any) {
        if (_quiet >= QUIET_LOOKS)
            _keeper.set_asleep(false);
        _quiet = 0;
        return;
    }
    if (++_quiet == QUIET_LOOKS)
        _keeper.set_asleep(true);
    if (_quiet > QUIET_LOOKS) {
        _loop->cancel(_timer);
        _timer = 0;
    }
}

void table_service::look_last()
{
    _changed(_keeper.look(_loop->now()).changes);
}

}  // namespace lars
