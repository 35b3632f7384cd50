#include "wire_peer.h"

namespace lars::test {

static void put_le32(std::string &to, uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
        to += static_cast<char>(value >> shift & 0xff);
}

std::string encode_frame(int32_t msgid, const std::string &body)
{
    std::string bytes;
    put_le32(bytes, static_cast<uint32_t>(msgid));
    put_le32(bytes, static_cast<uint32_t>(body.size()));
    return bytes + body;
}

std::string from_hex(const std::string &hex)
{
    std::string digits;
    for (char c : hex)
        if (c != ' ')
            digits += c;
    std::string bytes;
    for (size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    return bytes;
}

std::string to_hex(const std::string &bytes)
{
    static const char digits[] = "0123456789abcdef";
    std::string hex;
    for (unsigned char c : bytes) {
        hex += digits[c >> 4];
        hex += digits[c & 0xf];
    }
    return hex;
}

}  // namespace lars::test
