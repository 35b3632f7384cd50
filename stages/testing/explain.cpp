#include "explain.h"

#include <sstream>
#include <vector>

namespace kit {

namespace {

// A number's or text's own name in GoogleTest's words is "expression, Which is: value".
struct value {
    std::string expression, is;
    const std::string &text() const { return is.empty() ? expression : is; }
};

class reader {
public:
    explicit reader(const std::string &message)
    {
        std::istringstream in(message);
        std::string line;
        while (getline(in, line)) {
            _lines.push_back(line);
        }
    }
    bool at(const std::string &start) const { return _next < _lines.size() && _lines[_next].compare(0, start.size(), start) == 0; }
    bool has(const std::string &part) const { return _next < _lines.size() && _lines[_next].find(part) != std::string::npos; }
    bool end() const { return _next == _lines.size(); }
    std::string line() const { return end() ? "" : _lines[_next]; }
    std::string take() { return _lines[_next++]; }
    // The rest of a line that starts so.
    std::string take(const std::string &start) { return at(start) ? take().substr(start.size()) : ""; }

private:
    std::vector<std::string> _lines;
    size_t _next = 0;
};

value take_value(reader &in)
{
    value v;
    v.expression = in.take("  ");
    v.is = in.take("    Which is: ");
    return v;
}

std::string short_of(const std::string &text)
{
    const size_t MOST = 100;
    return text == "\"\"" ? "nothing" : text.size() <= MOST ? text : text.substr(0, MOST) + "…";
}

// "kit::eventually([&] { return x; })" is a question about x.
std::string question(const std::string &expression)
{
    const std::string before = "kit::eventually([&] { return ", after = "; })";
    size_t inner = expression.size() - before.size() - after.size();
    return expression.compare(0, before.size(), before) == 0 && expression.size() > before.size() + after.size()
               ? expression.substr(before.size(), inner)
               : expression;
}

// What a peer or a program of the kit was asked: the story has said in words what came of it.
bool in_story(const std::string &expression)
{
    for (const char *asked : {".closed()", ".printed(", ".printed_line(", ".silent(", ".send(", ".send_frame(", ".accept()", ".ok()"}) {
        if (expression.find(asked) != std::string::npos && expression.find("eventually") == std::string::npos) {
            return true;
        }
    }
    return false;
}

// GoogleTest's own lines of a failure, taken from the front of the message.
struct comparison {
    std::string sentence;
    bool values = false;   // it says what was expected and what came, so it is worth saying beside the test's own words
};

comparison take_comparison(reader &in)
{
    if (in.at("Failed") && in.line() == "Failed") {   // ADD_FAILURE: the test's own words follow
        in.take();
        return {};
    }
    if (in.at("Expected equality of these values:")) {
        in.take();
        value expected = take_value(in), came = take_value(in);
        while (in.at("With diff:") || in.at("@@") || in.at("-") || in.at("+") || in.at(" ")) {
            in.take();
        }
        if (came.expression.find("difference(") != std::string::npos && came.is.size() > 2) {
            return {came.is.substr(1, came.is.size() - 2), true};   // it is a sentence already
        }
        return {"expected " + short_of(expected.text()) + ", came " + short_of(came.text()), true};
    }
    if (in.at("Value of: ")) {
        std::string expression = in.take("Value of: "), came = in.take("  Actual: "), expected = in.take("Expected: ");
        return {in_story(expression) ? "" : "expected that " + question(expression) + " is " + expected + ", it was " + came};
    }
    if (in.at("Expected: (")) {
        std::string line = in.take("Expected: ");
        size_t actual = line.find(", actual: ");
        return {actual == std::string::npos ? "expected " + line
                                            : "expected " + short_of(line.substr(0, actual)) + ", came " + short_of(line.substr(actual + 10))};
    }
    if (in.at("The difference between ")) {
        std::string line = in.take();
        while (in.has(" evaluates to ")) {
            line += " " + in.take();
        }
        return {line};
    }
    return {};
}

}  // namespace

std::string explain(const std::string &message, const std::string &story, const std::string &ended)
{
    reader in(message);
    comparison compared = take_comparison(in);
    std::string added = in.end() ? "" : in.take();
    added.erase(0, added.find_first_not_of(' '));
    if (!added.empty() && !compared.values) {
        compared.sentence.clear();
    }
    // "…; it printed:" goes with the lines that follow.
    std::string heading;
    if (!added.empty() && added.back() == ':') {
        size_t clause = added.rfind("; ");
        heading = clause == std::string::npos ? added : added.substr(clause + 2);
        added = clause == std::string::npos ? "" : added.substr(0, clause);
    }
    std::string sentence = story;
    for (const std::string &part : {added, compared.sentence, ended}) {
        if (!part.empty()) {
            sentence += (sentence.empty() ? "" : "; ") + part;
        }
    }
    if (!heading.empty()) {
        sentence += "\n" + heading + (in.end() ? " nothing" : "");
    }
    while (!in.end()) {
        sentence += "\n" + in.take();
    }
    return sentence;
}

}  // namespace kit
