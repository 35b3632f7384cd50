#include "change_api.h"

#include <algorithm>

#include "api_errors.h"
#include "module_text.h"
#include "route_audit.h"
#include "route_hint.h"

namespace lars {

using nlohmann::json;

static json to_json(const std::vector<route_edit> &edits)
{
    json list = json::array();
    for (const route_edit &edit : edits)
        list.push_back({{"module", to_json(edit.module)},
                        {"before", to_json(edit.expected)},
                        {"after", to_json(edit.wanted)}});
    return list;
}

static http_answer conflict_answer(const module_id &module, const std::vector<route_host> &present)
{
    http_answer answer = error_answer(409, "conflict",
                                      "somebody else has changed module " + module.to_string() +
                                          " meanwhile: look at it again");
    json body = json::parse(answer.body);
    body["module"] = to_json(module);
    body["version"] = hosts_mark(present);
    body["hosts"] = to_json(present);
    answer.body = body.dump();
    return answer;
}

// The hosts of MODULE, if they are those of VERSION. *WRONG becomes the answer if they are
// not.
static bool read_expected(route_editor &editor, const module_id &module, const std::string &version,
                          std::vector<route_host> *hosts, http_answer *wrong)
{
    if (status s = editor.read(module, hosts); !s) {
        *wrong = database_answer(s);
        return false;
    }
    if (version == hosts_mark(*hosts))
        return true;
    *wrong = conflict_answer(module, *hosts);
    return false;
}

static void remove_host(const endpoint &address, std::vector<route_host> *hosts)
{
    hosts->erase(std::remove_if(hosts->begin(), hosts->end(),
                                [&](const route_host &one) { return one.address == address; }),
                 hosts->end());
}

static void set_host(const route_host &host, std::vector<route_host> *hosts)
{
    remove_host(host.address, hosts);
    hosts->push_back(host);
}

static http_answer not_there(const module_id &module, const endpoint &address)
{
    return bad_request("module " + module.to_string() + " has no host " + address.to_string());
}

// The planners fill in EDITS, or return an answer that says why not; a status of 200 means
// that they have.
static http_answer plan_change(db_client &client, const module_id &module,
                               const change_request &wanted, std::vector<route_edit> *edits)
{
    route_edit edit;
    edit.module = module;
    http_answer wrong;
    route_editor editor(&client);
    if (!read_expected(editor, module, wanted.version, &edit.expected, &wrong))
        return wrong;
    edit.wanted = edit.expected;
    for (const endpoint &address : wanted.removed) {
        if (!find_host(edit.expected, address))
            return not_there(module, address);
        remove_host(address, &edit.wanted);
    }
    for (const route_host &host : wanted.set)
        set_host(host, &edit.wanted);
    sort_hosts(&edit.wanted);
    edits->push_back(std::move(edit));
    return {};
}

static http_answer plan_move(db_client &client, const module_id &module,
                             const change_request &wanted, std::vector<route_edit> *edits)
{
    if (*wanted.to == module)
        return bad_request("to: that is the module where the hosts are");
    route_edit from, to;
    from.module = module;
    to.module = *wanted.to;
    http_answer wrong;
    route_editor editor(&client);
    if (!read_expected(editor, module, wanted.version, &from.expected, &wrong))
        return wrong;
    if (status s = editor.read(to.module, &to.expected); !s)
        return database_answer(s);
    if (wanted.to_version && *wanted.to_version != hosts_mark(to.expected))
        return conflict_answer(to.module, to.expected);
    from.wanted = from.expected;
    to.wanted = to.expected;
    for (const endpoint &address : wanted.moved) {
        const route_host *host = find_host(from.expected, address);
        if (!host)
            return not_there(module, address);
        if (find_host(to.expected, address))
            return bad_request("module " + to.module.to_string() + " has " + address.to_string() +
                               " already");
        to.wanted.push_back(*host);
        remove_host(address, &from.wanted);
    }
    sort_hosts(&to.wanted);
    edits->push_back(std::move(from));
    edits->push_back(std::move(to));
    return {};
}

static http_answer plan_undo(db_client &client, const module_id &module,
                             const change_request &wanted, std::vector<route_edit> *edits)
{
    http_answer wrong;
    std::vector<route_host> present;
    route_editor editor(&client);
    if (!read_expected(editor, module, wanted.version, &present, &wrong))
        return wrong;
    std::vector<audit_entry> change;
    if (status s = last_audit(&client, module, &change); !s)
        return database_answer(s);
    if (change.empty())
        return error_answer(404, "not_found",
                            "no change of module " + module.to_string() + " is recorded");
    if (status s = edits_to_undo(change, edits); !s)
        return database_answer(s);
    for (const route_edit &edit : *edits) {
        if (edit.module == module && edit.expected != present)
            return error_answer(409, "conflict",
                                "module " + module.to_string() +
                                    " was changed by something that does not record it");
    }
    return {};
}

http_answer change_api::change(const http_request &request)
{
    return run(request, change_kind::change, std::nullopt, plan_change);
}

http_answer change_api::move(const http_request &request)
{
    return run(request, change_kind::move, edit_action::move, plan_move);
}

http_answer change_api::undo(const http_request &request)
{
    return run(request, change_kind::undo, edit_action::undo, plan_undo);
}

static bool changes_nothing(const std::vector<route_edit> &edits)
{
    return std::all_of(edits.begin(), edits.end(),
                       [](const route_edit &edit) { return edit.expected == edit.wanted; });
}

http_answer change_api::run(const http_request &request, change_kind kind,
                            std::optional<edit_action> action, const planner &plan)
{
    http_answer wrong;
    const auto module = module_of(request, &wrong);
    if (!module)
        return wrong;
    change_request wanted;
    if (status s = read_change_request(request.body, kind, &wanted); !s)
        return bad_request(s.message());

    std::vector<route_edit> edits;
    edit_outcome outcome;
    const status done = _database->use([&](db_client &client) {
        edits.clear();
        wrong = plan(client, *module, wanted, &edits);
        if (wrong.status != 200 || changes_nothing(edits) || wanted.preview)
            return status();
        route_editor editor(&client, {request.who.name, wanted.note});
        return editor.apply(edits, action.value_or(action_of(edits[0])), &outcome);
    });
    if (!done)
        return database_answer(done);
    if (wrong.status != 200)
        return wrong;
    if (changes_nothing(edits))
        return bad_request("this changes nothing");
    if (outcome.conflict)
        return conflict_answer(outcome.conflict->module, outcome.conflict->hosts);
    if (!wanted.preview)
        send_route_hint(_told);
    const auto version_of = [&](const module_id &which) {
        const auto edit = std::find_if(edits.begin(), edits.end(),
                                       [&](const route_edit &one) { return one.module == which; });
        return hosts_mark(wanted.preview ? edit->expected : edit->wanted);
    };
    json body = {{"applied", !wanted.preview},
                 {"version", version_of(*module)},
                 {"changes", to_json(edits)}};
    if (wanted.to)
        body["to_version"] = version_of(*wanted.to);
    return json_answer(body);
}

}  // namespace lars
