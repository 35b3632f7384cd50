// Starts a thread, with the error as a value.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "status.h"

namespace lars {

// Any thread. Runs RUN in *THREAD, which has none yet and has to be joined by its
// owner. The error, where the system gives no thread, says WHAT it would have been.
status start_thread(std::thread *thread, const std::string &what, std::function<void()> run);

}  // namespace lars
