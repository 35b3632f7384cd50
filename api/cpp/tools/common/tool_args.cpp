#include "tool_args.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace lars {

static constexpr int LAST_BASE_PORT = 65533;  // the agent listens on three in a row

static bool is_option(const std::string &arg)
{
    return arg.compare(0, 2, "--") == 0;
}

static std::string base_name(const std::string &path)
{
    return path.substr(path.rfind('/') + 1);
}

tool_args::tool_args(int argc, char **argv, const std::string &synopsis, const std::string &details)
    : _program(argc > 0 ? base_name(argv[0]) : ""), _synopsis(synopsis), _details(details)
{
    for (int i = 1; i < argc; ++i) {
        _args.emplace_back(argv[i]);
        if (_args.back() == "--help")
            _help = true;
        if (_args.back() == "--version")
            _version = true;
    }
}

std::optional<std::string> tool_args::option(const std::string &name)
{
    std::optional<std::string> value;
    for (size_t i = 0; i < _args.size();) {
        const auto at = _args.begin() + static_cast<long>(i);
        if (_args[i] == name) {
            if (i + 1 == _args.size()) {
                reject(name + " needs a value");
                return std::nullopt;
            }
            value = _args[i + 1];
            _args.erase(at, at + 2);
        } else if (_args[i].compare(0, name.size() + 1, name + "=") == 0) {
            value = _args[i].substr(name.size() + 1);
            _args.erase(at);
        } else {
            ++i;
        }
    }
    return value;
}

std::optional<int> tool_args::option_number(const std::string &name, int lowest, int highest)
{
    const std::optional<std::string> value = option(name);
    return value ? std::optional<int>(to_number(name, *value, lowest, highest)) : std::nullopt;
}

bool tool_args::flag(const std::string &name)
{
    bool found = false;
    for (size_t i = 0; i < _args.size();) {
        if (_args[i] == name) {
            found = true;
            _args.erase(_args.begin() + static_cast<long>(i));
        } else {
            ++i;
        }
    }
    return found;
}

void tool_args::ask_agent()
{
    _synopsis += " [--agent IP] [--port N]";
    _details += "  --agent IP --port N   the agent (default: LARS_AGENT=ip:port"
                " from the environment, else 127.0.0.1:8888)\n";
    if (const char *environment = std::getenv("LARS_AGENT")) {
        const std::string address = environment;
        const size_t colon = address.rfind(':');
        if (colon == std::string::npos) {
            reject("LARS_AGENT is '" + address + "', not ip:port");
        } else {
            _agent_ip = address.substr(0, colon);
            check_ip("LARS_AGENT", _agent_ip);
            _agent_port = to_number("LARS_AGENT", address.substr(colon + 1), 1, LAST_BASE_PORT);
        }
    }
    if (const auto ip = option("--agent")) {
        _agent_ip = *ip;
        check_ip("--agent", _agent_ip);
    }
    _agent_port = option_number("--port", 1, LAST_BASE_PORT).value_or(_agent_port);
}

std::string tool_args::text(const std::string &name)
{
    if (_args.empty()) {
        reject(name + " is missing");
        return "";
    }
    const std::string value = _args.front();
    if (is_option(value)) {
        reject("unknown option " + value);
        return "";
    }
    _args.erase(_args.begin());
    return value;
}

std::string tool_args::ip(const std::string &name)
{
    const std::string value = text(name);
    check_ip(name, value);
    return value;
}

int tool_args::number(const std::string &name, int lowest, int highest)
{
    return to_number(name, text(name), lowest, highest);
}

int tool_args::number_or(const std::string &name, int fallback, int lowest, int highest)
{
    return _args.empty() ? fallback : number(name, lowest, highest);
}

tool_module tool_args::module()
{
    tool_module module;
    module.modid = number("MODID");
    module.cmdid = number("CMDID");
    return module;
}

std::string tool_args::usage() const
{
    return "usage: " + _program + " " + _synopsis + "\n" + _details;
}

bool tool_args::finish()
{
    if (_help) {
        std::printf("%s", usage().c_str());
        return false;
    }
    if (_version) {
        std::printf("%s %s\n", _program.c_str(), LARS_VERSION);
        return false;
    }
    if (!_args.empty())
        reject((is_option(_args.front()) ? "unknown option " : "unexpected argument ") +
               _args.front());
    if (_mistake.empty())
        return true;
    std::fprintf(stderr, "%s: %s\n%s", _program.c_str(), _mistake.c_str(), usage().c_str());
    return false;
}

int tool_args::refused(int retcode, const lars_client &client) const
{
    std::printf("%s\n", lars_client::retcode_name(retcode));
    if (!client.error().empty())
        std::fprintf(stderr, "%s: %s\n", _program.c_str(), client.error().c_str());
    return 1;
}

void tool_args::reject(const std::string &why)
{
    if (_mistake.empty())
        _mistake = why;
}

void tool_args::check_ip(const std::string &name, const std::string &value)
{
    in_addr address{};
    if (inet_pton(AF_INET, value.c_str(), &address) != 1)
        reject(name + ": '" + value + "' is not an IPv4 address");
}

int tool_args::to_number(const std::string &name, const std::string &value, int lowest, int highest)
{
    int number = 0;
    const char *end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error == std::errc() && stop == end && number >= lowest && number <= highest)
        return number;
    reject(name + ": '" + value + "' is not a number from " + std::to_string(lowest) + " to " +
           std::to_string(highest));
    return lowest;
}

}  // namespace lars
