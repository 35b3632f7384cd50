#include <mysql.h>
#include <unistd.h>

#include <vector>

#include "dns_route.h"
#include "subscribe.h"

// Everything is read again after so many looks, in case a change was not announced.
static const int LOOKS_UNTIL_RELOAD = 10;

void *check_route_changes(void *)
{
    Route *route = Route::instance();
    mysql_thread_init();
    route->remove_changes();   // the table that was loaded has them
    bool changed = false;
    int looks = 0;
    while (true) {
        sleep(1);
        looks++;
        if (route->load_version() == 1) {
            changed = true;
        }
        // What fails is tried again at the next look.
        if ((!changed && looks < LOOKS_UNTIL_RELOAD) || route->load_route_data() == -1) {
            continue;
        }
        route->swap();
        looks = 0;
        if (changed) {
            changed = false;
            // The new table is in use first: who subscribes from now on finds it.
            std::vector<uint64_t> changes;
            route->load_changes(changes);
            SubscribeList::instance()->publish(changes);
            route->remove_changes();
        }
    }
}
