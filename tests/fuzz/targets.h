// The targets, as unit_fuzz plays them: each has the name of its file.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lars::fuzz {

using target_function = int(const uint8_t *data, size_t size);

extern "C" {
target_function fuzz_frame_stream;
}

struct target {
    const char *name;
    target_function *play;
};

static constexpr target TARGETS[] = {
    {"frame_stream", fuzz_frame_stream},
};

}  // namespace lars::fuzz
