#include "bench_command.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "bench_page.h"
#include "temp_dir.h"

namespace lars::bench {

static bool refuse(const std::string &program, const std::vector<bench_part> &parts)
{
    std::string names;
    for (const bench_part &part : parts)
        names += std::string(names.empty() ? "" : " ") + part.name;
    std::fprintf(stderr, "usage: %s [--write PAGE] [ROUNDS [SECONDS [PART...]]]\nparts: %s\n",
                 program.c_str(), names.c_str());
    return false;
}

bool parse_bench_command(const std::string &program, std::vector<std::string> arguments,
                         const std::vector<bench_part> &parts, bench_command *command)
{
    bench_settings &settings = command->settings;
    if (arguments.size() > 1 && arguments[0] == "--write") {
        command->page = arguments[1];
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    if (arguments.size() > 0)
        settings.rounds = std::atoi(arguments[0].c_str());
    if (arguments.size() > 1)
        settings.seconds = std::atof(arguments[1].c_str());
    if (settings.rounds < 1 || settings.rounds > 1000 ||
        !(settings.seconds > 0 && settings.seconds < 3600))
        return refuse(program, parts);
    std::set<std::string> wanted;
    for (size_t i = 2; i < arguments.size(); ++i)
        wanted.insert(arguments[i]);
    const bool all = wanted.empty();
    for (const bench_part &part : parts) {
        if (wanted.erase(part.name) > 0 || all)
            command->parts.push_back(&part);
    }
    command->is_usual = all && settings.rounds == bench_settings().rounds &&
                        settings.seconds == bench_settings().seconds;
    return wanted.empty() || refuse(program, parts);
}

static bool write_page(const std::string &path, const std::string &mark, const bench_table &table)
{
    const std::string page =
        with_block(test::read_text(path), mark, describe_run() + "\n" + table.markdown());
    if (page.empty())
        return std::fprintf(stderr, "%s has no marks of %s\n", path.c_str(), mark.c_str()), false;
    test::write_text(path, page);
    return true;
}

bool run_bench(const bench_command &command, const std::string &mark)
{
    for (const bench_part *part : command.parts) {
        if (!part->measure(command.settings))
            return false;
    }
    if (command.page.empty())
        return true;
    if (command.is_usual)
        return write_page(command.page, mark, *command.settings.table);
    std::fprintf(stderr, "%s stays as it is: that is written by a whole run alone\n",
                 command.page.c_str());
    return true;
}

}  // namespace lars::bench
