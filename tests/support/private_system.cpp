#include "private_system.h"

#include <algorithm>
#include <iterator>

#include "free_port.h"
#include "paths.h"
#include "text_match.h"

namespace lars::test {

private_system::private_system()
{
    const char *usual[] = {"33306", "7778", "7779", "8888", "8889", "8890",
                           "9778",  "9779", "9888", "7780", "9780"};
    uint16_t next = free_port(std::size(usual));
    for (const char *port : usual)
        _ports[port] = std::to_string(next++);
    for (const std::string conf :
         {"lars_dns/conf/lars_dns.conf", "lars_reporter/conf/lars_reporter.conf",
          "lars_loadbalance_agent/conf/lars_lb_agent.conf", "lars_web/conf/lars_web.conf"}) {
        const std::string text = with_ports(read_text(source_path(conf)));
        _folder.write(conf.substr(conf.rfind('/') + 1),
                      replace_matches(text, "= run/", "= " + _folder.file("state/")));
    }
    const std::string bin = bin_path("lars_dns");
    _options.environment = {"LARS_RUN=" + _folder.file("state"), "LARS_CONF_DIR=" + _folder.path(),
                            "LARS_BIN=" + bin.substr(0, bin.rfind('/')),
                            "LARS_DB_PORT=" + port("33306"),
                            "LARS_AGENT=127.0.0.1:" + port("8888")};
    _options.folder = source_path("");
}

std::string private_system::with_ports(const std::string &text) const
{
    static const char *const DIGITS = "0123456789";
    std::string ours;
    for (size_t at = 0; at < text.size();) {
        const size_t number = std::min(text.find_first_of(DIGITS, at), text.size());
        const size_t end = std::min(text.find_first_not_of(DIGITS, number), text.size());
        ours += text.substr(at, number - at);
        const auto port = _ports.find(text.substr(number, end - number));
        ours += port == _ports.end() ? text.substr(number, end - number) : port->second;
        at = end;
    }
    return ours;
}

}  // namespace lars::test
