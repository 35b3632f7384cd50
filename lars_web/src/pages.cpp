#include "pages.h"

#include <map>

#include "digest.h"

// What pages.sh has made: ends with one whose name is nullptr.
extern "C" {
struct lars_web_page {
    const char *name;
    const char *begin;
    const char *end;
};
extern const lars_web_page lars_web_pages[];
}

namespace lars {

static std::string type_of(const std::string &name)
{
    static const std::map<std::string, std::string> TYPES = {
        {"html", "text/html; charset=utf-8"},
        {"css", "text/css; charset=utf-8"},
        {"js", "text/javascript; charset=utf-8"},
        {"svg", "image/svg+xml"},
        {"png", "image/png"},
        {"ico", "image/x-icon"},
        {"json", "application/json"},
        {"txt", "text/plain; charset=utf-8"},
        {"woff2", "font/woff2"}};
    const auto at = TYPES.find(name.substr(name.rfind('.') + 1));
    return at == TYPES.end() ? "application/octet-stream" : at->second;
}

static std::vector<page> collect_pages()
{
    constexpr size_t ETAG_DIGITS = 32;
    std::vector<page> found;
    for (const lars_web_page *one = lars_web_pages; one->name != nullptr; ++one) {
        const std::string_view content(one->begin, static_cast<size_t>(one->end - one->begin));
        const std::string etag = "\"" + sha256_hex(content).substr(0, ETAG_DIGITS) + "\"";
        found.push_back({one->name, type_of(one->name), etag, content});
    }
    return found;
}

const std::vector<page> &all_pages()
{
    static const std::vector<page> PAGES = collect_pages();
    return PAGES;
}

http_answer answer_page(const page &one, const http_request &request)
{
    http_answer answer;
    answer.type = one.type;
    // Asked for each time, so that a new version's pages are used with it.
    answer.headers = {{"Cache-Control", "no-cache"}, {"ETag", one.etag}};
    const auto known = request.headers.find("if-none-match");
    if (known != request.headers.end() && known->second.find(one.etag) != std::string::npos) {
        answer.status = 304;
        // Of what is not sent: the library would say 0.
        answer.headers.emplace_back("Content-Length", std::to_string(one.content.size()));
    } else {
        answer.body = one.content;
    }
    return answer;
}

static std::string pattern_of(const std::string &name)
{
    std::string pattern = "/";
    for (const char c : name)
        pattern += c == '.' ? "\\." : std::string(1, c);
    return pattern;
}

void add_pages(http_server *server)
{
    for (const page &one : all_pages()) {
        const auto answer = [&one](const http_request &request) {
            return answer_page(one, request);
        };
        server->add("GET", pattern_of(one.name), http_server::needs::nothing, answer);
        if (one.name == "index.html")
            server->add("GET", "/", http_server::needs::nothing, answer);
    }
}

}  // namespace lars
