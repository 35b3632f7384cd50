#include "metrics_reader.h"

#include <httplib.h>

#include <chrono>
#include <cstdlib>

namespace lars {

static constexpr size_t LONGEST_PAGE = 16 << 20;
static constexpr std::chrono::seconds PATIENCE(2);

static std::string_view label_of(std::string_view line, std::string_view name)
{
    const std::string begin = std::string(name) + "=\"";
    const size_t at = line.find(begin);
    if (at == std::string_view::npos)
        return {};
    const std::string_view rest = line.substr(at + begin.size());
    return rest.substr(0, rest.find('"'));
}

static std::optional<double> value_of(std::string_view line)
{
    const size_t blank = line.rfind(' ');
    if (blank == std::string_view::npos)
        return std::nullopt;
    const std::string text(line.substr(blank + 1));
    char *end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || !(value >= 0 && value < 1e12))
        return std::nullopt;
    return value;
}

static bool begins(std::string_view line, std::string_view name)
{
    return line.substr(0, name.size()) == name;
}

service_figures parse_figures(std::string_view text)
{
    service_figures figures;
    while (!text.empty()) {
        const size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        if (begins(line, "lars_build_info{"))
            figures.version = label_of(line, "version");
        else if (begins(line, "lars_dns_database_age_seconds "))
            figures.behind = value_of(line);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return figures;
}

status read_service(const server_address &address, service_figures *figures)
{
    httplib::Client client(address.host, address.port);
    client.set_connection_timeout(PATIENCE);
    client.set_read_timeout(PATIENCE);
    client.set_write_timeout(PATIENCE);
    const auto deadline = std::chrono::steady_clock::now() + 2 * PATIENCE;
    std::string page;
    const auto result = client.Get("/metrics", [&](const char *data, size_t size) {
        page.append(data, size);
        return page.size() <= LONGEST_PAGE && std::chrono::steady_clock::now() < deadline;
    });
    if (!result)
        return status::error(address.to_string() + ": " + httplib::to_string(result.error()),
                             status_kind::unavailable);
    if (result->status != 200)
        return status::error(address.to_string() + "/metrics: status " +
                             std::to_string(result->status));
    *figures = parse_figures(page);
    return {};
}

}  // namespace lars
