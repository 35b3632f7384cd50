#include "module_search.h"

#include <algorithm>

#include "module_names.h"
#include "module_text.h"

namespace lars {

static std::string as_unsigned(int32_t id)
{
    return std::to_string(static_cast<uint32_t>(id));
}

static std::string one_of(const std::string &column, const std::vector<int32_t> &ids)
{
    if (ids.empty())
        return "FALSE";
    std::string list;
    for (const int32_t id : ids)
        list += (list.empty() ? "" : ", ") + as_unsigned(id);
    return column + " IN (" + list + ")";
}

static std::string without_blanks(const std::string &text)
{
    const size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string::npos)
        return "";
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// "1 2" and "1, 2" as "1,2".
static std::string with_comma(std::string text)
{
    const size_t gap = text.find_first_of(", ");
    if (gap == std::string::npos)
        return text;
    const size_t next = text.find_first_not_of(", ", gap);
    return next == std::string::npos ? text.substr(0, gap) : text.replace(gap, next - gap, ",");
}

// *CONDITION becomes which rows of RouteData are meant.
static status condition_for(db_client &client, const std::string &text, std::string *condition)
{
    if (text.empty()) {
        *condition = "TRUE";
        return {};
    }
    if (const auto both = parse_module(with_comma(text))) {
        *condition = condition_of({*both}, id_form::as_unsigned);
        return {};
    }
    std::vector<int32_t> modids, cmdids;
    if (status s = find_names(client, id_kind::modid, text, &modids); !s)
        return s;
    if (status s = find_names(client, id_kind::cmdid, text, &cmdids); !s)
        return s;
    if (const auto id = parse_id(text)) {
        modids.push_back(*id);
        cmdids.push_back(*id);
    }
    *condition = "(" + one_of("modid", modids) + " OR " + one_of("cmdid", cmdids) + ")";
    return {};
}

static std::string behind(const std::optional<module_id> &after)
{
    if (!after)
        return "";
    const std::string modid = as_unsigned(after->modid);
    return " AND (modid > " + modid + " OR (modid = " + modid + " AND cmdid > " +
           as_unsigned(after->cmdid) + "))";
}

static status read_page(db_client &client, const std::string &condition, size_t most,
                        module_page *page)
{
    const status s =
        client.query("SELECT DISTINCT modid, cmdid FROM RouteData WHERE " + condition +
                         " ORDER BY modid, cmdid LIMIT " + std::to_string(most + 1),
                     [page](const db_row &row) {
                         module_id module;
                         if (row.get_id(0, &module.modid) && row.get_id(1, &module.cmdid))
                             page->modules.push_back(module);
                         return status();
                     });
    page->more = page->modules.size() > most;
    page->modules.resize(std::min(page->modules.size(), most));
    return s;
}

status find_modules(db_client &client, const std::string &text,
                    const std::optional<module_id> &after, size_t most, module_page *page)
{
    *page = module_page();
    std::string condition;
    if (status s = condition_for(client, without_blanks(text), &condition); !s)
        return s;
    if (status s = read_page(client, condition + behind(after), most, page); !s)
        return s;
    if (!after && !page->more) {
        page->total = page->modules.size();
        return {};
    }
    return client.query("SELECT COUNT(DISTINCT modid, cmdid) FROM RouteData WHERE " + condition,
                        [page](const db_row &row) { return row.get_unsigned(0, &page->total); });
}

}  // namespace lars
