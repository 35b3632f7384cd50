#include "process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace lars {

static double seconds_of(const timeval &time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

static void add_processor_time(metrics_page *page)
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    page->count("process_cpu_seconds_total", "Processor time, of user and system, in seconds.",
                seconds_of(used.ru_utime) + seconds_of(used.ru_stime));
}

static void add_memory(metrics_page *page)
{
    std::ifstream file("/proc/self/statm");
    uint64_t all = 0;
    uint64_t resident = 0;
    if (file >> all >> resident)
        page->gauge("process_resident_memory_bytes", "Resident memory, in bytes.",
                    static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)));
}

static void add_files(metrics_page *page)
{
    std::error_code failed;
    size_t open = 0;
    for (auto at = std::filesystem::directory_iterator("/proc/self/fd", failed);
         !failed && at != std::filesystem::directory_iterator(); at.increment(failed))
        ++open;
    // One of them is the listing's.
    if (!failed && open > 0)
        page->gauge("process_open_fds", "Open file descriptors.", static_cast<double>(open - 1));
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        page->gauge("process_max_fds", "How many may be open.",
                    static_cast<double>(limit.rlim_cur));
}

// Since 1970. Nothing if the system does not say it.
static std::optional<double> start_time()
{
    // Field 22 of /proc/self/stat, in ticks since the machine was started; the name before it
    // may hold spaces, and ends with the last parenthesis.
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    std::ifstream since_start("/proc/uptime");
    double uptime = 0;
    const size_t name_end = line.rfind(')');
    if (name_end == std::string::npos || !(since_start >> uptime))
        return std::nullopt;
    std::istringstream fields(line.substr(name_end + 1));
    std::string field;
    for (int number = 3; number <= 22; ++number)
        fields >> field;
    const double ticks = std::strtod(field.c_str(), nullptr);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count() - uptime +
           ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void add_process_metrics(const service_context &context, metrics_page *page)
{
    page->gauge("lars_build_info", "1, with the version of the program.", 1,
                {{"version", LARS_VERSION}});
    if (context.lost_log_lines)
        page->count("lars_log_lines_lost_total", "Lines that the log could not take.",
                    context.lost_log_lines());
    add_processor_time(page);
    add_memory(page);
    add_files(page);
    // Once: it would be another one each time the clock is set.
    static const std::optional<double> started = start_time();
    if (started)
        page->gauge("process_start_time_seconds",
                    "When the program was started, in seconds since 1970.", *started);
}

}  // namespace lars
