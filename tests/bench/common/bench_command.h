// The command line of the bench programs: [--write PAGE] [ROUNDS [SECONDS [PART...]]].
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "comparison.h"

namespace lars::bench {

// What can be measured on its own. False, and the reason on stderr, if it could not be.
struct bench_part {
    const char *name;
    std::function<bool(const bench_settings &settings)> measure;
};

struct bench_command {
    bench_settings settings;
    std::vector<const bench_part *> parts;  // of those that there are, in their order
    std::string page;                       // where the table is to go; empty: nowhere
    bool is_usual = true;                   // all parts, with the settings that nobody has chosen
};

// Reads the arguments, without the program's name. Without a part named it is all of them.
// False if they are wrong; then stderr has the usage of PROGRAM.
bool parse_bench_command(const std::string &program, std::vector<std::string> arguments,
                         const std::vector<bench_part> &parts, bench_command *command);

// Measures the parts, and puts the table of settings.table between the page's MARKs
// (bench_page.h), if the run is a usual one. False, and the reason on stderr, if anything
// fails.
bool run_bench(const bench_command &command, const std::string &mark);

}  // namespace lars::bench
