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

static status read_name_change(const std::string &text, name_change *change)
{
    constexpr size_t LONGEST = 255;
    const json body = json::parse(text, nullptr, false);
    if (!body.is_object() || !body.contains("name") || !body["name"].is_string() ||
        body.size() != (body.contains("was") ? 2u : 1u))
        return status::error("expected {\"name\": \"...\"}, and \"was\" if need be");
    change->name = body["name"];
    if (!is_short_text(change->name, LONGEST))
        return status::error("name: at most 255 characters, on one line");
    if (!body.contains("was"))
        return {};
    if (!body["was"].is_string())
        return status::error("was: expected a text, which is empty where there was no name");
    change->was = body["was"].get<std::string>();
    return {};
}

http_answer module_api::set_name(const http_request &request)
{
    const id_kind kind = request.parts.at(0) == "modid" ? id_kind::modid : id_kind::cmdid;
    const auto id = parse_id(request.parts.at(1));
    if (!id)
        return bad_request("'" + request.parts.at(1) +
                           "' is not an id: expected a number of 32 bits");
    name_change change;
    if (status s = read_name_change(request.body, &change); !s)
        return bad_request(s.message());
    std::string present;
    const status s = _database->use(
        [&](db_client &client) { return write_name(client, kind, *id, change, &present); });
    if (!s)
        return database_answer(s);
    if (present == change.name)
        return json_answer({{"name", present}});
    const std::string why = "somebody else has changed this name: it is '" + present + "' now";
    return json_answer({{"error", {{"code", "conflict"}, {"message", why}}}, {"name", present}},
                       409);
}

}  // namespace lars
