#include "table_of_rows.h"

#include <utility>

namespace lars {

void table_of_rows::add(const route_row &row)
{
    if (!_rows.empty() && _rows.back().module != row.module)
        end_module();
    _rows.push_back(row);
}

void table_of_rows::end_module()
{
    const module_id module = _rows.back().module;
    _in_order = _in_order && (!_has_last || _last < module);
    _last = module;
    _has_last = true;
    if (_in_order) {
        for (const module_route &route : group_by_module(std::move(_rows)))
            _builder.add(route);
    }
    _rows.clear();
}

route_table table_of_rows::build(uint64_t version)
{
    if (!_rows.empty())
        end_module();
    return _builder.build(version);
}

}  // namespace lars
