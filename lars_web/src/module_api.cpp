#include "module_api.h"

#include <ctime>

#include "api_errors.h"
#include "change_request.h"
#include "module_json.h"
#include "module_search.h"
#include "module_text.h"

namespace lars {

using nlohmann::json;

static status read_all_names(db_client &client, const std::vector<module_id> &modules,
                             module_name_list *names)
{
    std::vector<int32_t> modids, cmdids;
    for (const module_id &module : modules) {
        modids.push_back(module.modid);
        cmdids.push_back(module.cmdid);
    }
    if (status s = read_names(client, id_kind::modid, modids, &names->modids); !s)
        return s;
    return read_names(client, id_kind::cmdid, cmdids, &names->cmdids);
}

http_answer module_api::list(const http_request &request)
{
    http_answer wrong;
    const auto most = number_of(request, "limit", 50, 1, 200, &wrong);
    if (!most)
        return wrong;
    const std::string after = request.parameter("after").value_or("");
    const auto after_module = parse_module(after);
    if (!after.empty() && !after_module)
        return bad_request("after: expected MODID,CMDID");
    const int64_t now = time(nullptr);
    module_page page;
    std::vector<module_view> views;
    module_name_list names;
    module_histories histories;
    const status s = _database->use([&](db_client &client) {
        status done =
            find_modules(client, request.parameter("q").value_or(""), after_module, *most, &page);
        if (done)
            done = read_module_views(client, page.modules, now, &views);
        if (done)
            done = read_all_names(client, page.modules, &names);
        return done ? _history->read(client, page.modules, now, &histories) : done;
    });
    if (!s)
        return database_answer(s);
    json modules = json::array();
    for (const module_view &view : views)
        modules.push_back(to_json(view, names, histories[view.module]));
    json next;
    if (page.more)
        next = std::to_string(page.modules.back().modid) + "," +
               std::to_string(page.modules.back().cmdid);
    return json_answer({{"modules", modules}, {"next", next}, {"total", page.total}});
}

http_answer module_api::one(const http_request &request)
{
    http_answer wrong;
    const auto module = module_of(request, &wrong);
    if (!module)
        return wrong;
    const int64_t now = time(nullptr);
    std::vector<module_view> views;
    module_name_list names;
    module_histories histories;
    const status s = _database->use([&](db_client &client) {
        status done = read_module_views(client, {*module}, now, &views);
        if (done)
            done = read_all_names(client, {*module}, &names);
        return done ? _history->read(client, {*module}, now, &histories) : done;
    });
    if (!s)
        return database_answer(s);
    json body = to_json(views[0], names, histories[*module]);
    add_details(views[0], histories[*module], now, &body);
    return json_answer(body);
}

http_answer module_api::set_name(const http_request &request)
{
    const id_kind kind = request.parts.at(0) == "modid" ? id_kind::modid : id_kind::cmdid;
    const auto id = parse_id(request.parts.at(1));
    if (!id)
        return bad_request("'" + request.parts.at(1) +
                           "' is not an id: expected a number of 32 bits");
    const json body = json::parse(request.body, nullptr, false);
    if (!body.is_object() || !body.contains("name") || !body["name"].is_string() ||
        body.size() != 1)
        return bad_request("expected {\"name\": \"...\"}");
    const std::string name = body["name"];
    constexpr size_t LONGEST = 255;
    if (!is_short_text(name, LONGEST))
        return bad_request("name: at most 255 characters, on one line");
    const status s =
        _database->use([&](db_client &client) { return write_name(client, kind, *id, name); });
    return s ? json_answer({{"name", name}}) : database_answer(s);
}

}  // namespace lars
