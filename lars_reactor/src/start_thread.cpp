#include "start_thread.h"

#include <system_error>

namespace lars {

status start_thread(std::thread *thread, const std::string &what, std::function<void()> run)
{
    if (thread->joinable())
        return status::error("cannot start " + what + ": it has been started");
    try {
        *thread = std::thread(std::move(run));
    } catch (const std::system_error &e) {
        return status::error("cannot start " + what + ": " + e.what());
    }
    return {};
}

}  // namespace lars
