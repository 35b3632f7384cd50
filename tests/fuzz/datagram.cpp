// A datagram, against the rule of the wire contract: exactly 8 bytes of header and as many
// as its length says.
#include "datagram_frame.h"

#include <string>

#include "expect.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using lars::fuzz::expect;
    const auto *bytes = reinterpret_cast<const char *>(data);
    const auto frame = lars::parse_datagram(bytes, size);
    uint64_t length = 0, msgid = 0;
    for (size_t i = 0; size >= 8 && i < 4; ++i) {
        msgid |= uint64_t{data[i]} << 8 * i;
        length |= uint64_t{data[4 + i]} << 8 * i;
    }
    const bool right = size >= 8 && length == size - 8;
    expect(frame.has_value() == right, right ? "refused a frame" : "took what is no frame");
    if (!frame)
        return 0;
    expect(static_cast<uint32_t>(frame->msgid) == msgid, "another msgid");
    expect(std::string(frame->body, frame->len) == std::string(bytes + 8, size - 8),
           "another body");
    return 0;
}
