#include "route_reader.h"

#include <algorithm>

#include "route_comparison.h"
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

status route_reader::read_in_transaction(const route_table &served, bool full, result *out)
{
    change_reader::changes news;
    if (status s = _changes.read(&news); !s)
        return s;
    out->version = news.version;
    out->named = std::move(news.named);
    out->accepted = news.accepted;
    out->rows_came = news.unclear || !news.modules.empty();
    const bool version_alone = news.version_is_new && news.modules.empty();
    if (!full && !news.unclear && !version_alone && news.modules.size() <= MAX_SINGLE_MODULES)
        return news.modules.empty() ? status() : read_modules(served, news.modules, out);
    if (status s = _changes.find_end(); !s)
        return s;
    return served.size() == 0 ? read_first(out) : compare(served, out);
}

// Calls EACH for the rows that are in order, and notes the others.
status route_reader::read_rows(const std::string &where, const row_callback &each, result *out)
{
    return read_route_data(&_db, where, [&each, out](const stored_route &row) -> status {
        status good = row.readable;
        if (good && !row.as_row().host.can_be_called())
            good = status::error("serverip and serverport must not be 0");
        if (good) {
            each(row.as_row());
        } else {
            ++out->bad_rows;
            out->bad_row = "RouteData id " + row.id + ": " + good.message();
        }
        return {};
    });
}

status route_reader::read_first(result *out)
{
    std::vector<route_row> rows;
    const auto keep = [&rows](const route_row &row) { rows.push_back(row); };
    if (status s = read_rows("", keep, out); !s)
        return s;
    out->rows = rows.size();
    out->table = std::make_shared<route_table>(group_by_module(std::move(rows)));
    out->complete = true;
    return {};
}

// Of a large table, which mostly is as it was, only the modules that differ are kept.
status route_reader::compare(const route_table &served, result *out)
{
    route_comparison comparison(served);
    const auto take = [&](const route_row &row) {
        comparison.add(row);
        ++out->rows;
    };
    if (status s = read_rows("", take, out); !s)
        return s;
    result of_those;
    if (status s = read_modules(served, comparison.differences(), &of_those); !s)
        return s;
    out->table = std::move(of_those.table);
    out->complete = true;
    return {};
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
    const auto keep_if_wanted = [&](const route_row &row) {
        if (std::binary_search(modules.begin(), modules.end(), row.module))
            rows.push_back(row);
    };
    const bool one_by_one = modules.size() <= MAX_SINGLE_MODULES;
    for (size_t i = 0; one_by_one && i < modules.size(); i += MODULES_PER_STATEMENT) {
        const size_t end = std::min(i + MODULES_PER_STATEMENT, modules.size());
        const std::string where = condition_of_any(&modules[i], modules.data() + end);
        if (status s = read_rows(where, keep_if_wanted, out); !s)
            return s;
    }
    if (!one_by_one) {
        if (status s = read_rows("", keep_if_wanted, out); !s)
            return s;
    }
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
