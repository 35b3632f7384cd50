// What most tests include, read by the compiler once for all of them (a precompiled header).
// Each test includes what it uses all the same. (Without "#pragma once": GCC warns of it in
// a file that it compiles.)

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>
