#include "bench_page.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <ctime>
#include <fstream>

#include "paths.h"
#include "process.h"

namespace lars::bench {

std::string with_block(const std::string &page, const std::string &mark, const std::string &text)
{
    const std::string begin = "<!-- " + mark + ": begin -->\n",
                      end = "<!-- " + mark + ": end -->\n";
    const size_t first = page.find(begin);
    const size_t last = first == std::string::npos ? first : page.find(end, first);
    if (last == std::string::npos)
        return {};
    return page.substr(0, first) + begin + text + page.substr(last);
}

static std::string processor()
{
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        const size_t colon = line.find(": ");
        if (line.compare(0, 10, "model name") == 0 && colon != std::string::npos)
            return line.substr(colon + 2);
    }
    return "a processor without a name";
}

static std::string commit()
{
    const auto git = [](std::vector<std::string> words) {
        words.insert(words.begin(), {"git", "-C", test::source_path("")});
        const test::run_result result = test::run("/usr/bin/env", words);
        return result.exit_status == 0 ? result.output : "";
    };
    std::string hash = git({"rev-parse", "--short", "HEAD"});
    if (hash.empty())
        return "sources without a commit";
    hash.pop_back();
    // The page is what the run itself changes.
    const bool changed =
        !git({"status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/bench.md"})
             .empty();
    return "commit " + hash + (changed ? " with changes" : "");
}

std::string describe_run()
{
    utsname system{};
    uname(&system);
    // Without what tells one machine's kernel from another's.
    const std::string release = system.release;
    const std::string version = release.substr(0, release.find('-'));
    const time_t now = time(nullptr);
    char day[16] = "";
    tm parts{};
    strftime(day, sizeof day, "%Y-%m-%d", gmtime_r(&now, &parts));
    return processor() + ", " + std::to_string(sysconf(_SC_NPROCESSORS_ONLN)) + " processors, " +
           system.sysname + " " + version + "; " + day + ", " + commit() + ".\n";
}

}  // namespace lars::bench
