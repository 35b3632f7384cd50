#include "request_head.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace lars {

static constexpr size_t LONGEST_TARGET = 4096;
static constexpr size_t MOST_HEADERS = 100;

static std::string lower(std::string_view text)
{
    std::string made(text);
    for (char &c : made) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return made;
}

static std::string_view trimmed(std::string_view text)
{
    const size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

static http_answer bad(const std::string &why)
{
    return error_answer(400, "bad_request", why);
}

// RFC 9110, 5.6.2.
static bool is_token(std::string_view text)
{
    static constexpr std::string_view SIGNS = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               SIGNS.find(c) != std::string_view::npos;
    });
}

static bool has_control(std::string_view text)
{
    return std::any_of(text.begin(), text.end(),
                       [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
}

// The next line, without its end; nothing where a line feed or a carriage return stands alone.
static std::optional<std::string_view> next_line(std::string_view *text)
{
    const size_t end = text->find("\r\n");
    if (end == std::string_view::npos)
        return std::nullopt;
    const std::string_view line = text->substr(0, end);
    text->remove_prefix(end + 2);
    if (line.find_first_of("\r\n") != std::string_view::npos)
        return std::nullopt;
    return line;
}

static std::optional<http_answer> parse_request_line(std::string_view line, request_head *out)
{
    const size_t first = line.find(' ');
    const size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return bad("the request's line is no method, path and version");
    const std::string_view target = line.substr(first + 1, last - first - 1);
    out->method = line.substr(0, first);
    out->version = line.substr(last + 1);
    if (out->version != "HTTP/1.1" && out->version != "HTTP/1.0")
        return error_answer(505, "bad_request", "only HTTP/1.0 and HTTP/1.1 are spoken here");
    static const std::vector<std::string> METHODS = {"GET",    "HEAD",  "POST",   "PUT",
                                                     "DELETE", "PATCH", "OPTIONS"};
    if (std::find(METHODS.begin(), METHODS.end(), out->method) == METHODS.end())
        return error_answer(405, "bad_method", "no such method is known here");
    if (target.size() > LONGEST_TARGET)
        return error_answer(414, "too_large",
                            "the path is longer than " + std::to_string(LONGEST_TARGET) + " bytes");
    if (target.front() != '/' || has_control(target) || target.find(' ') != std::string_view::npos)
        return bad("the path does not begin with /, or has blanks");
    out->target = target;
    return std::nullopt;
}

// A header that comes twice is one list (RFC 9110, 5.3), except where no list makes sense.
static std::optional<http_answer> add_header(std::string_view line, request_head *out)
{
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return bad("a header has no name");
    const std::string name = lower(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (has_control(value))
        return bad("the header " + name + " has control characters");
    const auto [at, fresh] = out->headers.emplace(name, value);
    if (fresh)
        return std::nullopt;
    for (const char *single : {"host", "content-length", "transfer-encoding", "authorization",
                               "content-type", "x-csrf-token", "x-forwarded-proto"}) {
        if (name == single)
            return bad("the header " + name + " is there twice");
    }
    at->second += name == "cookie" ? "; " : ", ";
    at->second += value;
    return std::nullopt;
}

static std::optional<http_answer> find_body(request_head *out)
{
    const auto encoding = out->headers.find("transfer-encoding");
    const auto length = out->headers.find("content-length");
    if (encoding != out->headers.end()) {
        if (lower(encoding->second) != "chunked" || out->version == "HTTP/1.0")
            return bad("no transfer encoding but chunked is known here");
        if (length != out->headers.end())
            return bad("a request has a Content-Length or a Transfer-Encoding, not both");
        // The library would take the chunks for the next request.
        if (out->method == "DELETE")
            return error_answer(411, "bad_request", "DELETE needs a Content-Length");
        out->chunked = true;
    } else if (length != out->headers.end()) {
        const std::string &digits = length->second;
        const char *end = digits.data() + digits.size();
        const auto parsed = std::from_chars(digits.data(), end, out->content_length);
        if (parsed.ec != std::errc() || parsed.ptr != end)
            return bad("the Content-Length is no number");
    }
    const bool has_body = out->chunked || out->content_length > 0;
    if (has_body && (out->method == "GET" || out->method == "HEAD" || out->method == "OPTIONS"))
        return bad(out->method + " has no body here");
    if (has_body && out->headers.count("content-encoding") != 0)
        return error_answer(415, "bad_request", "bodies are not to be compressed");
    return std::nullopt;
}

std::optional<http_answer> parse_head(std::string_view text, request_head *out)
{
    const auto first = next_line(&text);
    if (!first)
        return bad("a line does not end with CR and LF");
    if (auto refused = parse_request_line(*first, out))
        return refused;
    for (size_t count = 0;; ++count) {
        const auto line = next_line(&text);
        if (!line)
            return bad("a line does not end with CR and LF");
        if (line->empty())
            break;
        if (count == MOST_HEADERS)
            return error_answer(431, "too_large",
                                "more than " + std::to_string(MOST_HEADERS) + " headers");
        if (auto refused = add_header(*line, out))
            return refused;
    }
    if (out->version == "HTTP/1.1" && out->headers.count("host") == 0)
        return bad("the header host is missing");
    return find_body(out);
}

bool request_head::keeps_connection() const
{
    const auto wish = headers.find("connection");
    const std::string words = wish == headers.end() ? "" : lower(wish->second);
    if (version == "HTTP/1.0")
        return words.find("keep-alive") != std::string::npos;
    return words.find("close") == std::string::npos;
}

std::string request_head::path() const
{
    return target.substr(0, target.find_first_of("?#"));
}

std::string request_head::for_library() const
{
    std::string text = method + " " + target + " " + version + "\r\n";
    text += keeps_connection() ? "Connection: Keep-Alive\r\n" : "Connection: close\r\n";
    const auto expects = headers.find("expect");
    if (expects != headers.end() && lower(expects->second) == "100-continue")
        text += "Expect: 100-continue\r\n";
    text += chunked ? "Transfer-Encoding: chunked\r\n"
                    : "Content-Length: " + std::to_string(content_length) + "\r\n";
    return text + "\r\n";
}

}  // namespace lars
