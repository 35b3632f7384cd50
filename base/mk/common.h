// What most sources that speak our messages include, read by the compiler once for all of
// them (a precompiled header), in the variants with sanitizers. Each source includes what it
// uses all the same: the plain variant shows that it does.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "lars.pb.h"
