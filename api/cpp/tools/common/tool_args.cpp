#include "tool_args.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace lars {

namespace {

constexpr int LAST_BASE_PORT = 65533;  // the agent listens on three in a row

bool is_option(const std::string &arg) { return arg.compare(0, 2, "--") == 0; }

std::string base_name(const std::string &path)
{
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

const char *const AGENT_USAGE = "\n  --agent IP --port N   the agent (default: LARS_AGENT=ip:port"
                                " from the environment, else 127.0.0.1:8888)\n";

tool_args::tool_args(int argc, char **argv, const std::string &usage)
    : _program(argc > 0 ? base_name(argv[0]) : ""), _usage(usage)
{
    for (int i = 1; i < argc; ++i) {
        _args.emplace_back(argv[i]);
        if (_args.back() == "--help")
            _help = true;
    }
}

std::string tool_args::option(const std::string &name, const std::string &fallback)
{
    std::string value = fallback;
    for (size_t i = 0; i < _args.size();) {
        const auto at = _args.begin() + static_cast<long>(i);
        if (_args[i] == name) {
            if (i + 1 == _args.size()) {
                reject(name + " needs a value");
                return fallback;
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

int tool_args::option_number(const std::string &name, int fallback, int lowest, int highest)
{
    return to_number(name, option(name, std::to_string(fallback)), lowest, highest);
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
    _agent_ip = option("--agent", _agent_ip);
    check_ip("--agent", _agent_ip);
    _agent_port = option_number("--port", _agent_port, 1, LAST_BASE_PORT);
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

bool tool_args::finish()
{
    if (_help) {
        std::printf("usage: %s %s", _program.c_str(), _usage.c_str());
        return false;
    }
    if (!_args.empty())
        reject((is_option(_args.front()) ? "unknown option " : "unexpected argument ") +
               _args.front());
    if (_mistake.empty())
        return true;
    std::fprintf(stderr, "%s: %s\nusage: %s %s", _program.c_str(), _mistake.c_str(),
                 _program.c_str(), _usage.c_str());
    return false;
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

int tool_args::to_number(const std::string &name, const std::string &value, int lowest,
                         int highest)
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
