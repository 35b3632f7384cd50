#include "audit_api.h"

#include "api_errors.h"
#include "module_text.h"
#include "route_audit.h"

namespace lars {

using nlohmann::json;

static json to_json(const audit_entry &entry)
{
    return {{"id", entry.id},         {"ts", entry.ts},
            {"who", entry.who},       {"action", entry.action},
            {"before", entry.before}, {"after", entry.after},
            {"note", entry.note},     {"module", to_json(entry.module)}};
}

http_answer audit_api::list(const http_request &request)
{
    http_answer wrong;
    audit_page page;
    const auto limit = number_of(request, "limit", 50, 1, 200, &wrong);
    const auto before = number_of(request, "before", UINT64_MAX, 0, UINT64_MAX, &wrong);
    if (!limit || !before)
        return wrong;
    page.limit = *limit;
    if (*before != UINT64_MAX)
        page.before = before;
    if (const auto module = request.parameter("module")) {
        page.module = parse_module(*module);
        if (!page.module)
            return bad_request("module: expected MODID,CMDID");
    }
    std::vector<audit_entry> entries;
    const status s =
        _database->use([&](db_client &client) { return read_audit(&client, page, &entries); });
    if (!s && s.kind() != status_kind::missing)
        return database_answer(s);
    json list = json::array();
    for (const audit_entry &entry : entries)
        list.push_back(to_json(entry));
    return json_answer({{"entries", list}, {"recorded", s.ok()}});
}

}  // namespace lars
