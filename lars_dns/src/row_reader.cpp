#include "row_reader.h"

#include "route_comparison.h"
#include "route_data.h"

namespace lars {

status read_route_rows(db_client *db, const std::string &where,
                       const std::function<void(const route_row &row)> &each, row_count *count)
{
    return read_route_data(db, where, [&each, count](const stored_route &row) -> status {
        status good = row.readable;
        if (good && !row.as_row().host.can_be_called())
            good = status::error("serverip and serverport must not be 0");
        if (good) {
            ++count->good;
            each(row.as_row());
        } else {
            ++count->bad;
            count->bad_row = "RouteData id " + row.id + ": " + good.message();
        }
        return {};
    });
}

status compare_rows(db_client *db, const route_table &served, table_differences *out)
{
    route_comparison comparison(served);
    const auto take = [&comparison](const route_row &row) { comparison.add(row); };
    if (status s = read_route_rows(db, "", take, &out->rows); !s)
        return s;
    out->modules = comparison.differences();
    return {};
}

}  // namespace lars
