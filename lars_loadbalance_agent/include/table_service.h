// When one owner of modules looks at the pages of the clients that choose from the table: at
// short intervals while they count anything, and not at all while they do not.
//
// One thread, the owner's, unless stated.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "client_page.h"
#include "event_loop.h"
#include "route_lb.h"
#include "table_keeper.h"

namespace lars {

class table_service {
public:
    // Hosts that have changed their state by what clients have counted.
    using changes_callback = std::function<void(const std::vector<module_change> &)>;

    // As table_keeper's. Looks in LOOP, and calls CHANGED there.
    table_service(event_loop *loop, size_t owner, char *memory, const table_part::bounds &limits,
                  route_lb *modules, changes_callback changed);

    // Any thread. The loop's next round does it.
    void add_page(std::shared_ptr<const client_page> page);
    void end_page(std::shared_ptr<const client_page> page);
    void wake();

    // After the loop has ended, or in it: takes over what was counted until now.
    void look_last();

    table_keeper &keeper() { return _keeper; }
    const table_keeper &keeper() const { return _keeper; }

private:
    void begin();
    void look();

    event_loop *_loop;
    table_keeper _keeper;
    changes_callback _changed;
    event_loop::timer_id _timer = 0;
    int _quiet = 0;  // looks in a row that found nothing
};

}  // namespace lars
