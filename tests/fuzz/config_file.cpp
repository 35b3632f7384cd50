// A configuration of any bytes. What is refused names a line, no message shows what may be
// a password, and what is taken is what stands there.
#include "config_file.h"

#include <sstream>

#include "named_line.h"

namespace lars::fuzz {

// No section and no key can be that.
static constexpr const char *SECRET = "s3cret!";

static std::string trimmed(std::string text)
{
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!text.empty() && is_blank(text.back()))
        text.pop_back();
    while (!text.empty() && is_blank(text.front()))
        text.erase(0, 1);
    return text;
}

static std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines(1);
    for (char c : text.compare(0, 3, "\xef\xbb\xbf") == 0 ? text.substr(3) : text) {
        if (c == '\n')
            lines.emplace_back();
        else
            lines.back() += c;
    }
    for (std::string &line : lines)
        line = trimmed(line);
    return lines;
}

static bool is_section(const std::string &line)
{
    return !line.empty() && line[0] == '[';
}

// Each key has the value that stands in its line.
static void check_values(config_file &config, const std::vector<std::string> &lines)
{
    std::string section;
    for (const std::string &line : lines) {
        if (line.empty() || line[0] == '#' || line[0] == ';')
            continue;
        if (is_section(line)) {
            section = trimmed(line.substr(1, line.size() - 2));
            expect(config.has_section(section), "a section is lost");
            continue;
        }
        const size_t equals = line.find('=');
        const std::string key = trimmed(line.substr(0, equals));
        std::string value = trimmed(line.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        expect(config.has(section, key), "a key is lost");
        expect(config.get_string(section, key, "?") == value, "another value");
    }
}

static void check_message(const status &s, const std::string &text,
                          const std::vector<std::string> &lines)
{
    if (s)
        return;
    expect_a_line(s, text);
    for (const std::string &line : lines) {
        if (is_section(line) && line != "[mysql]")
            return;
    }
    expect(s.message().find(SECRET) == std::string::npos, "a password is shown: " + s.message());
}

// As a service does.
static status ask(config_file &config)
{
    config.alias_section("repoter", "reporter");
    const int64_t port = config.get_number("reactor", "port", 7778, 1, 65535);
    expect(port >= 1 && port <= 65535, "a number beyond its limits");
    config.get_bool("reactor", "on", true);
    const double share = std::stod(config.get_decimal("reactor", "share", "0.5", 0, 1));
    expect(share >= 0 && share <= 1, "a decimal number beyond its limits");
    config.get_ip("reactor", "ip", 1);
    for (const server_address &server : config.get_servers("reporter", "addrs"))
        expect(is_host(server.host) && server.port != 0, "a server that cannot be one");
    config.get_string("mysql", "db_passwd", "");
    config.get_number("mysql", "db_port", 3306, 1, 65535);
    config.get_ip("mysql", "db_ip", 1);
    return config.finish();
}

}  // namespace lars::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace lars;
    using namespace lars::fuzz;
    const std::string text(reinterpret_cast<const char *>(data), size);
    const std::vector<std::string> lines = lines_of(text);
    std::istringstream in(text);
    config_file config;
    const status read = config.read(in, TEXT_NAME);
    check_message(read, text, lines);
    if (!read)
        return 0;
    config_file other = config;
    check_values(other, lines);
    check_message(ask(config), text, lines);
    return 0;
}
