#include "module_text.h"

namespace lars {

std::optional<module_id> parse_module(const std::string &text)
{
    const size_t comma = text.find(',');
    if (comma == std::string::npos)
        return std::nullopt;
    const auto modid = parse_id(text.substr(0, comma));
    const auto cmdid = parse_id(text.substr(comma + 1));
    if (!modid || !cmdid)
        return std::nullopt;
    return module_id{*modid, *cmdid};
}

nlohmann::json to_json(const module_id &module)
{
    return {module.modid, module.cmdid};
}

nlohmann::json to_json(const route_host &host)
{
    return {{"host", host.address.to_string()}, {"weight", host.weight}};
}

nlohmann::json to_json(const std::vector<route_host> &hosts)
{
    nlohmann::json list = nlohmann::json::array();
    for (const route_host &host : hosts)
        list.push_back(to_json(host));
    return list;
}

static std::string number_of(int32_t id, id_form form)
{
    return form == id_form::as_signed ? std::to_string(id)
                                      : std::to_string(static_cast<uint32_t>(id));
}

std::string condition_of(const std::vector<module_id> &modules, id_form form)
{
    if (modules.empty())
        return "FALSE";
    std::string list;
    for (const module_id &module : modules)
        list += (list.empty() ? "(" : ", (") + number_of(module.modid, form) + ", " +
                number_of(module.cmdid, form) + ")";
    return "(modid, cmdid) IN (" + list + ")";
}

}  // namespace lars
