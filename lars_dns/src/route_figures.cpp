#include "route_figures.h"

namespace lars {

void route_figures::set(const values &now)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    _values = now;
}

void route_figures::add_to(metrics_page *page) const
{
    std::unique_lock<std::mutex> lock(_mutex);
    const values now = _values;
    lock.unlock();
    page->gauge("lars_dns_modules", "Modules that are served.", now.modules);
    page->gauge("lars_dns_route_version", "The version that answers have.", now.version);
    page->count("lars_dns_changed_modules_total", "Modules whose routes have changed.",
                now.changed);
    page->gauge("lars_dns_database_up", "Whether the database was read in the last round.",
                now.reading);
    if (now.last_read != clock::time_point())
        page->gauge("lars_dns_database_age_seconds",
                    "How long ago the database was last read, in seconds.",
                    std::chrono::duration<double>(clock::now() - now.last_read).count());
    page->gauge("lars_dns_doubting", "Whether the database is not believed for now.", now.doubting);
    page->gauge("lars_dns_kept_modules",
                "Modules served though the database, which is not believed, lacks them.", now.kept);
    page->gauge("lars_dns_snapshot_behind_seconds",
                "How long the snapshot has lacked a change, in seconds; 0 while it lacks none.",
                now.snapshot_behind);
}

}  // namespace lars
