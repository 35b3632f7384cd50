// The targets, as unit_fuzz plays them: each has the name of its file.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lars::fuzz {

using target_function = int(const uint8_t *data, size_t size);

extern "C" {
target_function fuzz_config_file;
target_function fuzz_course_policy;
target_function fuzz_datagram;
target_function fuzz_frame_stream;
target_function fuzz_route_file;
target_function fuzz_route_journal;
target_function fuzz_route_lb;
target_function fuzz_scenario;
target_function fuzz_wire;
}

struct target {
    const char *name;
    target_function *play;
};

static constexpr target TARGETS[] = {
    {"config_file", fuzz_config_file},
    {"course_policy", fuzz_course_policy},
    {"datagram", fuzz_datagram},
    {"frame_stream", fuzz_frame_stream},
    {"route_file", fuzz_route_file},
    {"route_journal", fuzz_route_journal},
    {"route_lb", fuzz_route_lb},
    {"scenario", fuzz_scenario},
    {"wire", fuzz_wire},
};

}  // namespace lars::fuzz
