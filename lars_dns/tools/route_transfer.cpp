#include "route_transfer.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "route_list.h"
#include "whole_file.h"

namespace lars {

static const std::string STANDARD = "-";

static std::string number_of(uint64_t number, const char *what)
{
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string in_words(const route_editor::counts &all)
{
    return number_of(all.modules, "module") + " and " + number_of(all.hosts, "host");
}

bool says_yes(const std::string &question)
{
    printf("%s", question.c_str());
    fflush(stdout);
    std::string answer;
    return std::getline(std::cin, answer) && answer == "yes";
}

static route_editor::counts count(const std::vector<module_route> &routes)
{
    route_editor::counts all{routes.size(), 0};
    for (const module_route &route : routes)
        all.hosts += route.hosts.size();
    return all;
}

status export_routes(route_editor &editor, const route_command &command)
{
    std::vector<module_route> routes;
    if (status s = editor.read_all(&routes); !s)
        return s;
    const std::string text = route_list_text(routes, command.format);
    if (command.file == STANDARD)
        return write_all(STDOUT_FILENO, text) ? status() : status::from_errno("standard output");
    if (status s = replace_file(command.file, text); !s)
        return s;
    printf("%s in %s\n", in_words(count(routes)).c_str(), command.file.c_str());
    return {};
}

static status read_standard_input(std::string *text)
{
    char piece[65536];
    // One byte too many is enough to refuse it.
    while (text->size() <= LONGEST_ROUTE_LIST) {
        const ssize_t got = read(STDIN_FILENO, piece, sizeof piece);
        if (got == 0)
            return {};
        if (got < 0 && errno != EINTR)
            return status::from_errno("standard input");
        text->append(piece, got < 0 ? 0 : static_cast<size_t>(got));
    }
    return {};
}

status read_list(const route_command &command, std::vector<module_route> *routes)
{
    const bool standard = command.file == STANDARD;
    std::string text;
    if (status s = standard ? read_standard_input(&text) : read_file(command.file, &text); !s)
        return s;
    const status s = parse_route_list(text, command.format, routes);
    return s ? s
             : status::error((standard ? "standard input" : command.file) + ": " + s.message(),
                             s.kind());
}

namespace {

// Shows what edits change, a line for each host, and counts.
class edit_printer {
public:
    void show(const route_edit &edit);
    // The lines that were left out, and all of it in numbers.
    void finish() const;
    uint64_t modules_gone() const { return _modules_gone; }

private:
    void line(const std::string &text);

    static constexpr uint64_t MOST_LINES = 40;
    uint64_t _lines = 0, _modules = 0, _modules_gone = 0;
    uint64_t _added = 0, _removed = 0, _changed = 0;
};

}  // namespace

void edit_printer::line(const std::string &text)
{
    if (++_lines <= MOST_LINES)
        printf("%s\n", text.c_str());
}

void edit_printer::show(const route_edit &edit)
{
    const std::string module =
        std::to_string(edit.module.modid) + " " + std::to_string(edit.module.cmdid);
    ++_modules;
    _modules_gone += edit.wanted.empty();
    // Both are in order.
    auto was = edit.expected.begin();
    for (const route_host &host : edit.wanted) {
        for (; was != edit.expected.end() && was->address < host.address; ++was, ++_removed)
            line(was->to_string() + " goes from " + module);
        if (was == edit.expected.end() || was->address != host.address) {
            line(host.to_string() + " comes to " + module);
            ++_added;
            continue;
        }
        if (was->weight != host.weight) {
            line(host.address.to_string() + " in " + module + " gets weight " +
                 std::to_string(host.weight) + ", it has " + std::to_string(was->weight));
            ++_changed;
        }
        ++was;
    }
    for (; was != edit.expected.end(); ++was, ++_removed)
        line(was->to_string() + " goes from " + module);
}

void edit_printer::finish() const
{
    if (_lines > MOST_LINES)
        printf("... and %s more\n", number_of(_lines - MOST_LINES, "line").c_str());
    printf("In all, of %s: %s come, %s go, %s get another weight.\n",
           number_of(_modules, "module").c_str(), std::to_string(_added).c_str(),
           std::to_string(_removed).c_str(), std::to_string(_changed).c_str());
}

status import_routes(route_editor &editor, const route_command &command,
                     const std::vector<module_route> &wanted, const std::string &from)
{
    std::vector<module_route> present;
    if (status s = editor.read_all(&present); !s)
        return s;
    const std::vector<route_edit> edits = difference(present, wanted);
    if (edits.empty()) {
        printf("the database holds exactly these routes already\n");
        return {};
    }
    edit_printer printer;
    for (const route_edit &edit : edits)
        printer.show(edit);
    printer.finish();
    if (printer.modules_gone() * 2 > present.size())
        printf("More than half of all modules lose their route: %s of %s.\n",
               std::to_string(printer.modules_gone()).c_str(),
               std::to_string(present.size()).c_str());
    if (!command.confirmed && !says_yes("Type yes to change " + from + " so: "))
        return status::error("nothing is changed");

    edit_outcome outcome;
    if (status s = editor.replace_all(wanted, table_mark_of(present), &outcome); !s)
        return s;
    if (!outcome.applied)
        return status::error("somebody else has changed routes meanwhile: nothing is changed; call"
                             " it again to see what there is to change now");
    printf("imported: %s are all that there is\n", in_words(count(wanted)).c_str());
    return {};
}

}  // namespace lars
