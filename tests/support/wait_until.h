// Waits for something that can only be asked for, again and again.
#pragma once

#include <chrono>
#include <thread>

namespace lars::test {

// True as soon as HAPPENED() is; false if it is not within the time.
template <typename predicate>
bool wait_until(predicate happened,
                std::chrono::milliseconds within = std::chrono::milliseconds(10000))
{
    const auto deadline = std::chrono::steady_clock::now() + within;
    while (!happened()) {
        if (std::chrono::steady_clock::now() >= deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

}  // namespace lars::test
