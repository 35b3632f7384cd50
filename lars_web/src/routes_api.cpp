#include "routes_api.h"

#include <algorithm>
#include <set>

#include "api_errors.h"
#include "module_text.h"
#include "route_editor.h"
#include "route_hint.h"
#include "route_list.h"

namespace lars {

using nlohmann::json;

static constexpr size_t MOST_SHOWN = 200;
static constexpr const char *CHANGED_SINCE =
    "somebody has changed routes since the preview: look again";

static std::optional<list_format> format_of(const http_request &request, http_answer *wrong)
{
    const auto format = parse_list_format(request.parameter("format").value_or("json"));
    if (!format)
        *wrong = bad_request("format: expected csv or json");
    return format;
}

http_answer routes_api::export_all(const http_request &request)
{
    http_answer answer;
    const auto format = format_of(request, &answer);
    if (!format)
        return answer;
    std::vector<module_route> routes;
    const status s =
        _database->use([&](db_client &client) { return route_editor(&client).read_all(&routes); });
    if (!s)
        return database_answer(s);
    const bool csv = *format == list_format::csv;
    answer.type = csv ? "text/csv; charset=utf-8" : "application/json";
    answer.headers.emplace_back("Content-Disposition", std::string("attachment; filename=routes.") +
                                                           (csv ? "csv" : "json"));
    answer.body = route_list_text(routes, *format);
    return answer;
}

http_answer routes_api::import_all(const http_request &request)
{
    http_answer wrong;
    const auto format = format_of(request, &wrong);
    if (!format)
        return wrong;
    std::vector<module_route> wanted;
    if (status s = parse_route_list(request.body, *format, &wanted); !s)
        return bad_request(s.message());
    return answer_import(request, wanted);
}

static json describe(const std::vector<route_edit> &edits)
{
    json list = json::array();
    for (size_t i = 0; i < std::min(edits.size(), MOST_SHOWN); ++i)
        list.push_back({{"module", to_json(edits[i].module)},
                        {"before", audit_text(edits[i].expected)},
                        {"after", audit_text(edits[i].wanted)}});
    return list;
}

http_answer routes_api::answer_import(const http_request &request,
                                      const std::vector<module_route> &wanted)
{
    const bool preview = request.parameter("preview").value_or("0") == "1";
    const auto version = request.parameter("version");
    if (!preview && !version)
        return bad_request("version: that of the preview has to be given");
    std::string present_version;
    edit_outcome outcome;
    const status s = _database->use([&](db_client &client) {
        route_editor editor(&client, {request.who.name, request.parameter("note").value_or("")});
        std::vector<module_route> present;
        if (status read = editor.read_all(&present); !read)
            return read;
        present_version = table_mark_of(present);
        outcome.edits = difference(present, wanted);
        if (preview || *version != present_version)
            return status();
        return editor.replace_all(wanted, *version, &outcome);
    });
    if (!s)
        return database_answer(s);
    if (!preview && !outcome.applied)
        return error_answer(409, "conflict", CHANGED_SINCE);
    if (!preview)
        send_route_hint(_told);
    return json_answer({{"version", preview ? present_version : table_mark_of(wanted)},
                        {"changes", describe(outcome.edits)},
                        {"modules", outcome.edits.size()},
                        {"applied", !preview}});
}

// The body, an object whose members are all of KNOWN, and texts.
static status read_texts(const std::string &body, const std::set<std::string> &known, json *read)
{
    *read = json::parse(body, nullptr, false);
    if (!read->is_object())
        return status::error("the body has to be a JSON object", status_kind::bad_data);
    for (const auto &[name, found] : read->items()) {
        if (known.count(name) == 0)
            return status::error("'" + name + "' means nothing here", status_kind::bad_data);
        if (!found.is_string())
            return status::error(name + ": expected a text", status_kind::bad_data);
    }
    return {};
}

static json to_json(const route_editor::counts &all)
{
    return {{"modules", all.modules}, {"hosts", all.hosts}};
}

// What clearing would remove, and the version that it may be given.
http_answer routes_api::preview_clear()
{
    std::string version;
    route_editor::counts all;
    const status s = _database->use([&](db_client &client) {
        route_editor editor(&client);
        const status read = editor.read_mark(&version);
        return read ? editor.count(&all) : read;
    });
    if (!s)
        return database_answer(s);
    json body = to_json(all);
    body["version"] = version;
    return json_answer(body);
}

http_answer routes_api::clear(const http_request &request)
{
    if (request.parameter("preview").value_or("0") == "1")
        return preview_clear();
    json body;
    if (status s = read_texts(request.body, {"confirm", "version", "note"}, &body); !s)
        return bad_request(s.message());
    if (body.value("confirm", "") != "clear")
        return bad_request("confirm: expected \"clear\"");
    std::optional<std::string> version;
    if (body.contains("version"))
        version = body["version"].get<std::string>();
    route_editor::counts removed;
    bool applied = false;
    const status s = _database->use([&](db_client &client) {
        route_editor editor(&client, {request.who.name, body.value("note", "")});
        return editor.clear(&removed, version, &applied);
    });
    if (!s)
        return database_answer(s);
    if (!applied)
        return error_answer(409, "conflict", CHANGED_SINCE);
    send_route_hint(_told);
    return json_answer(to_json(removed));
}

http_answer routes_api::accept(const http_request &request)
{
    json body;
    if (status s = read_texts(request.body, {"note"}, &body); !s)
        return bad_request(s.message());
    route_editor::counts all;
    const status s = _database->use([&](db_client &client) {
        route_editor editor(&client, {request.who.name, body.value("note", "")});
        const status done = editor.accept();
        return done ? editor.count(&all) : done;
    });
    if (!s)
        return database_answer(s);
    send_route_hint(_told);
    return json_answer(to_json(all));
}

}  // namespace lars
