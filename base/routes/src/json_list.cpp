#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "placed_rows.h"

namespace lars {

namespace {

using json = nlohmann::json;

// Takes a list as the library reads it: nothing but the rows is kept, however large it is, and
// what is nested deeper than a list can be ends it.
class list_taker : public nlohmann::json_sax<json> {
public:
    bool null() override { return refuse_value("null"); }
    bool boolean(bool value) override { return refuse_value(value ? "true" : "false"); }
    bool number_float(double, const string_t &text) override { return refuse_value(text); }
    bool binary(binary_t &) override { return refuse_value("bytes"); }
    bool number_integer(int64_t value) override
    {
        return take_number(value, std::to_string(value));
    }
    bool number_unsigned(uint64_t value) override
    {
        // Too large for any of ours, too.
        constexpr uint64_t most = std::numeric_limits<int64_t>::max();
        return take_number(static_cast<int64_t>(std::min(value, most)), std::to_string(value));
    }
    bool string(string_t &value) override;
    bool start_array(size_t) override;
    bool end_array() override;
    bool start_object(size_t) override;
    bool end_object() override;
    bool key(string_t &name) override;
    bool parse_error(size_t, const std::string &, const nlohmann::detail::exception &why) override;

    static std::string place_of(const placed_row &row)
    {
        return "[" + std::to_string(row.line) + "].hosts[" + std::to_string(row.host) + "]";
    }
    const status &failure() const { return _failure; }
    std::vector<placed_row> take_rows() { return std::move(_rows); }

private:
    enum class inside { nothing, list, module, hosts, host };

    bool fail(const std::string &what);
    bool refuse_value(const std::string &value);
    bool take_number(int64_t value, const std::string &text);
    std::string place() const;
    bool end_host();
    bool end_module();

    inside _inside = inside::nothing;
    std::string _key;  // of the object that is read; empty: none yet
    std::optional<int32_t> _modid, _cmdid;
    bool _has_hosts = false;
    size_t _first_row = 0;  // of the module
    uint32_t _modules = 0;  // which one is read
    uint32_t _hosts = 0;    // the same, in the module
    std::optional<endpoint> _address;
    std::optional<uint32_t> _weight;
    std::vector<placed_row> _rows;
    status _failure;
};

}  // namespace

std::string list_taker::place() const
{
    std::string path = "[" + std::to_string(_modules) + "]";
    switch (_inside) {
    case inside::nothing: return "JSON";
    case inside::list: return path;
    case inside::module: return path + (_key.empty() ? "" : "." + _key);
    case inside::hosts:
    case inside::host: break;
    }
    path += ".hosts[" + std::to_string(_hosts) + "]";
    return path + (_inside == inside::host && !_key.empty() ? "." + _key : "");
}

bool list_taker::fail(const std::string &what)
{
    if (_failure)
        _failure = list_error(place(), what);
    return false;
}

// VALUE is not what can stand here.
bool list_taker::refuse_value(const std::string &value)
{
    const std::string shown = in_quotes(value);
    switch (_inside) {
    case inside::nothing: return fail(shown + " is not an array of modules");
    case inside::list: return fail(shown + R"( is not a module: expected {"modid":)");
    case inside::hosts: return fail(shown + R"( is not a host: expected {"host":"IP:PORT"})");
    case inside::module:
        return fail(shown + (_key == "hosts" ? " is not an array of hosts"
                                             : " is not an id: expected a number of 32 bits"));
    case inside::host: break;
    }
    return fail(shown + (_key == "host" ? R"( is not a host: expected "IP:PORT")"
                                        : " is not a weight: expected 0 to 4294967295"));
}

bool list_taker::take_number(int64_t value, const std::string &text)
{
    if (_inside == inside::module && _key != "hosts") {
        (_key == "modid" ? _modid : _cmdid) = parse_id(text);
        return (_key == "modid" ? _modid : _cmdid) || refuse_value(text);
    }
    if (_inside != inside::host || _key != "weight" || value < 0 ||
        value > std::numeric_limits<uint32_t>::max())
        return refuse_value(text);
    _weight = static_cast<uint32_t>(value);
    return true;
}

bool list_taker::string(string_t &value)
{
    if (_inside != inside::host || _key != "host")
        return refuse_value(value);
    _address = endpoint::parse(value);
    if (!_address)
        return refuse_value(value);
    return route_host{*_address}.can_be_called() || fail(in_quotes(value) + " cannot be called");
}

bool list_taker::start_array(size_t)
{
    if (_inside == inside::nothing)
        _inside = inside::list;
    else if (_inside == inside::module && _key == "hosts")
        _inside = inside::hosts;
    else
        return refuse_value("[");
    return true;
}

bool list_taker::end_array()
{
    _inside = _inside == inside::hosts ? inside::module : inside::nothing;
    return true;
}

bool list_taker::start_object(size_t)
{
    if (_inside == inside::list)
        _inside = inside::module;
    else if (_inside == inside::hosts)
        _inside = inside::host;
    else
        return refuse_value("{");
    _key.clear();
    return true;
}

bool list_taker::end_object()
{
    _key.clear();
    return _inside == inside::host ? end_host() : end_module();
}

bool list_taker::end_host()
{
    if (!_address)
        return fail(R"("host" is missing)");
    placed_row row{{}, _modules, _hosts};
    row.row.host = {*_address, _weight.value_or(route_host::DEFAULT_WEIGHT)};
    _rows.push_back(row);
    ++_hosts;
    _address.reset();
    _weight.reset();
    _inside = inside::hosts;
    _key = "hosts";
    return true;
}

bool list_taker::end_module()
{
    for (const auto &[there, name] :
         {std::pair(_modid.has_value(), "modid"), std::pair(_cmdid.has_value(), "cmdid"),
          std::pair(_has_hosts, "hosts")})
        if (!there)
            return fail("\"" + std::string(name) + "\" is missing");
    for (; _first_row < _rows.size(); ++_first_row)
        _rows[_first_row].row.module = {*_modid, *_cmdid};
    ++_modules;
    _hosts = 0;
    _modid.reset();
    _cmdid.reset();
    _has_hosts = false;
    _inside = inside::list;
    return true;
}

bool list_taker::key(string_t &name)
{
    const bool of_module = _inside == inside::module;
    const bool known = of_module ? name == "modid" || name == "cmdid" || name == "hosts"
                                 : name == "host" || name == "weight";
    _key.clear();
    if (!known)
        return fail("the key " + in_quotes(name) + " is not known");
    const bool twice = name == "modid"   ? _modid.has_value()
                       : name == "cmdid" ? _cmdid.has_value()
                       : name == "hosts" ? _has_hosts
                       : name == "host"  ? _address.has_value()
                                         : _weight.has_value();
    if (twice)
        return fail("the key " + in_quotes(name) + " stands there twice");
    _key = name;
    _has_hosts = _has_hosts || name == "hosts";
    return true;
}

// WHY says "[json.exception.parse_error.101] parse error at line 1, column 2: ...", and ends
// with what was read last, which may be long; or, of a number, "[...] number overflow ...".
bool list_taker::parse_error(size_t, const std::string &, const nlohmann::detail::exception &why)
{
    std::string_view text = why.what();
    const auto drop_through = [&text](std::string_view end) {
        const size_t at = text.find(end);
        if (at != std::string_view::npos)
            text.remove_prefix(at + end.size());
        return at != std::string_view::npos;
    };
    drop_through("] ");
    std::string where = place();
    if (text.rfind("parse error at ", 0) == 0) {
        text.remove_prefix(std::string_view("parse error at ").size());
        where = text.substr(0, text.find(": "));
        drop_through(": ");
    }
    std::string shown;
    for (const char c : text.substr(0, 150))
        shown += c >= ' ' && c <= '~' ? c : '?';
    if (_failure)
        _failure = list_error(where, shown);
    return false;
}

status parse_json_list(std::string_view text, std::vector<module_route> *routes)
{
    list_taker taker;
    if (!json::sax_parse(text.begin(), text.end(), &taker))
        return taker.failure() ? list_error("JSON", "it cannot be read") : taker.failure();
    return group_placed_rows(taker.take_rows(), list_taker::place_of, routes);
}

}  // namespace lars
