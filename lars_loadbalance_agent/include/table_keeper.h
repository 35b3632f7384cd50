// What one owner of modules does for clients that choose from the table: it keeps its part of
// the table in step with its modules, takes over what the clients have counted, and offers
// them the probes. It does no I/O and looks at no clock.
//
// One thread, the owner's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <unordered_map>
#include <vector>

#include "client_page.h"
#include "page_takings.h"
#include "route_lb.h"
#include "route_watcher.h"
#include "table_part.h"

namespace lars {

class table_keeper : public route_watcher {
public:
    // MODULES and the MEMORY of this owner's part, which is as for table_part, outlive this
    // object. MODULES is to be told of this watcher. SEED decides who gets the probes.
    table_keeper(size_t owner, char *memory, const table_part::bounds &limits, route_lb *modules,
                 uint32_t seed = std::random_device{}());

    void add_page(std::shared_ptr<const client_page> page, lb_time now);
    // The client has ended. What it has counted is taken over by the next look().
    void end_page(const client_page *page);

    // Looks at all pages, and takes over what the clients have counted since the last time.
    // Returns whether that was anything, and which hosts have changed their state by it.
    struct outcome {
        bool any = false;
        std::vector<module_change> changes;
    };
    outcome look(lb_time now);
    // Whether clients are to wake this owner when they count.
    void set_asleep(bool asleep) { _part.set_asleep(asleep); }

    // Called by route_lb.
    void changed(const module_id &module, const load_balance &hosts, lb_time now) override;
    void gone(const module_id &module) override;

    // For people who ask who chooses from the table: the first MOST clients.
    struct client {
        pid_t process;
        uid_t user;
        lb_time met;
        // In ns, as the client wrote it: its last choice, 0 if there was none, and as of when
        // what it saw then was right.
        uint64_t last_choice;
        uint64_t seen;
    };
    std::vector<client> clients(size_t most) const;
    bool shows(const module_id &module) const { return _part.has(module); }
    // For operators.
    size_t pages() const { return _pages.size(); }
    size_t modules() const { return _part.modules(); }
    // What was taken over from the clients.
    struct totals {
        uint64_t choices = 0;  // with those that found no host (policy course)
        uint64_t probes = 0;   // of the choices
        uint64_t successes = 0;
        uint64_t failures = 0;
        uint64_t lies = 0;  // what cannot be true, and was left out
    };
    const totals &taken() const { return _taken; }
    // The process whose page lied last.
    pid_t last_liar() const { return _last_liar; }

private:
    struct attended {
        page_takings takings;
        bool ended = false;
    };
    struct probe {
        host_slot slot = 0;
        endpoint host;
        uint32_t number = 0;  // of the offer; 0: nobody has it
        uint32_t page = 0;
    };
    // A module in the table.
    struct shown_module {
        bool has_aside = false;  // a host of it is set aside
        std::optional<probe> due;
        // What the clients did with it since the last look.
        bool used = false;
        uint32_t choosers = 0;
        uint32_t chooser = 0;  // the page of one of them, drawn by lot; 0: nobody has chosen
    };
    using module_map = std::unordered_map<module_id, shown_module, module_id_hash>;

    void take(attended &from, size_t blocks, lb_time now);
    void take(const page_takings::item &item, uint32_t page, lb_time now);
    void note_use(module_map::value_type &used, const page_takings::item &item, uint32_t page);
    endpoint address_of(const module_id &module, host_slot slot) const;
    void offer_probes(lb_time now);
    void offer_probe(const module_id &module, shown_module &used, lb_time now);
    void publish_offer(const module_id &module, const probe &offered);
    void drop_ended();

    size_t _owner;
    route_lb *_modules;
    table_part _part;
    std::vector<attended> _pages;
    size_t _first = 0;  // the page to begin with
    module_map _shown;
    module_map::value_type *_last = nullptr;  // of _shown, the one that was used last
    // Of _shown, since the last look; null for those that have gone meanwhile.
    std::vector<module_map::value_type *> _used;
    uint32_t _number = 0;  // of the last probe
    std::minstd_rand _lot;
    totals _taken;
    pid_t _last_liar = 0;
};

}  // namespace lars
