#include "route_reader.h"

#include <algorithm>
#include <iterator>

#include "route_data.h"

namespace lars {

// With more modules to read than this, one look at every row is cheaper.
static constexpr size_t MAX_SINGLE_MODULES = 1000;
// A statement for some of the modules: one for hundreds takes the server long to plan.
static constexpr size_t MODULES_PER_STATEMENT = 100;

status route_reader::connect()
{
    const status connected = _db.connect();
    if (!connected)
        return connected;
    // MySQL 8 keeps what a table_mark reads for a day otherwise; MariaDB has no such setting.
    const status set = _db.execute("SET SESSION information_schema_stats_expiry = 0");
    return _db.connected() ? status() : set;
}

db_options route_reader::server() const
{
    db_options one = _db.options();
    one.servers.clear();
    return one;
}

status route_reader::read(const route_table &served, bool full, result *out)
{
    result found;
    if (!full) {
        // One statement is enough to see that there is nothing.
        change_reader::changes news;
        if (status s = _changes.read(&news); !s)
            return s;
        found.version = news.version;
        if (!news.any()) {
            _changes.keep();
            *out = std::move(found);
            return {};
        }
    }
    const status outcome =
        _db.read_transaction([&] { return read_in_transaction(served, full, &found); });
    if (!outcome)
        return outcome;
    _changes.keep();
    *out = std::move(found);
    return {};
}

status route_reader::read_differences(const route_table &served, const table_differences &compared,
                                      result *out)
{
    result found;
    const status outcome = _db.read_transaction(
        [&] { return read_differences_in_transaction(served, compared, &found); });
    if (!outcome)
        return outcome;
    _changes.keep();
    *out = std::move(found);
    return {};
}

status route_reader::read_changes(change_reader::changes *news, result *out)
{
    if (status s = _changes.read(news); !s)
        return s;
    out->version = news->version;
    out->named = std::move(news->named);
    out->accepted = news->accepted;
    out->rows_came = news->unclear || !news->modules.empty();
    return {};
}

// Whether only the modules that NEWS name may have changed.
static bool is_clear(const change_reader::changes &news)
{
    return !news.unclear && !(news.version_is_new && news.modules.empty());
}

status route_reader::read_in_transaction(const route_table &served, bool full, result *out)
{
    change_reader::changes news;
    if (status s = read_changes(&news, out); !s)
        return s;
    if (!full && is_clear(news) && news.modules.size() <= MAX_SINGLE_MODULES)
        return news.modules.empty() ? status() : read_modules(served, news.modules, out);
    if (status s = _changes.find_end(); !s)
        return s;
    return read_all(served, out);
}

// Without a version it counts whether there are any rows, and of this very moment that is
// known only if all are read. Where ids have begun anew, rows may have been passed over.
status route_reader::read_differences_in_transaction(const route_table &served,
                                                     const table_differences &compared, result *out)
{
    change_reader::changes news;
    if (status s = read_changes(&news, out); !s)
        return s;
    std::vector<module_id> modules;
    std::set_union(compared.modules.begin(), compared.modules.end(), news.modules.begin(),
                   news.modules.end(), std::back_inserter(modules));
    if (status s = _changes.find_end(); !s)
        return s;
    const bool is_enough = news.version && is_clear(news) && !_changes.ids_begin_anew() &&
                           modules.size() <= MAX_SINGLE_MODULES;
    return is_enough ? complete(served, modules, compared.rows, out) : read_all(served, out);
}

status route_reader::read_all(const route_table &served, result *out)
{
    return served.size() == 0 ? read_first(out) : compare(served, out);
}

status route_reader::read_first(result *out)
{
    std::vector<route_row> rows;
    row_count count;
    const auto keep = [&rows](const route_row &row) { rows.push_back(row); };
    if (status s = read_route_rows(&_db, "", keep, &count); !s)
        return s;
    out->count_all(count);
    out->table = std::make_shared<route_table>(group_by_module(std::move(rows)));
    return {};
}

// Of a large table, which mostly is as it was, only the modules that differ are kept.
status route_reader::compare(const route_table &served, result *out)
{
    table_differences found;
    if (status s = compare_rows(&_db, served, &found); !s)
        return s;
    return complete(served, found.modules, found.rows, out);
}

// Makes *OUT the whole table: SERVED, which differs from the COUNT rows only in MODULES.
status route_reader::complete(const route_table &served, const std::vector<module_id> &modules,
                              const row_count &count, result *out)
{
    if (status s = read_modules(served, modules, out); !s)
        return s;
    out->count_all(count);
    return {};
}

void route_reader::result::count_all(const row_count &count)
{
    complete = true;
    rows = count.good;
    bad_rows = count.bad;
    bad_row = count.bad_row;
}

static std::string condition_of_any(const module_id *first, const module_id *end)
{
    std::string where;
    for (; first != end; ++first)
        where += (where.empty() ? " WHERE (" : " OR (") + condition_of(*first) + ")";
    return where;
}

// MODULES are in order.
status route_reader::read_modules(const route_table &served, const std::vector<module_id> &modules,
                                  result *out)
{
    std::vector<route_row> rows;
    row_count count;
    const auto keep_if_wanted = [&](const route_row &row) {
        if (std::binary_search(modules.begin(), modules.end(), row.module))
            rows.push_back(row);
    };
    const bool one_by_one = modules.size() <= MAX_SINGLE_MODULES;
    for (size_t i = 0; one_by_one && i < modules.size(); i += MODULES_PER_STATEMENT) {
        const size_t end = std::min(i + MODULES_PER_STATEMENT, modules.size());
        const std::string where = condition_of_any(&modules[i], modules.data() + end);
        if (status s = read_route_rows(&_db, where, keep_if_wanted, &count); !s)
            return s;
    }
    if (!one_by_one) {
        if (status s = read_route_rows(&_db, "", keep_if_wanted, &count); !s)
            return s;
    }
    out->bad_rows = count.bad;
    out->bad_row = count.bad_row;
    std::vector<module_route> changed;
    for (const module_id &module : modules)
        changed.push_back({module, {}});
    for (module_route &route : group_by_module(std::move(rows))) {
        const auto place = std::lower_bound(
            changed.begin(), changed.end(), route.module,
            [](const module_route &r, const module_id &wanted) { return r.module < wanted; });
        place->hosts = std::move(route.hosts);
    }
    out->table = std::make_shared<route_table>(served.with(std::move(changed)));
    return {};
}

}  // namespace lars
