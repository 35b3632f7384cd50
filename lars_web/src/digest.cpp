#include "digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace lars {

status random_bytes(size_t count, std::string *bytes)
{
    std::string made(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char *>(made.data()), static_cast<int>(count)) != 1)
        return status::error("the system gives no random bytes");
    *bytes = std::move(made);
    return {};
}

std::string to_hex(std::string_view bytes)
{
    static constexpr char DIGITS[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const unsigned char byte : bytes) {
        text += DIGITS[byte >> 4];
        text += DIGITS[byte & 15];
    }
    return text;
}

static std::string hex_of(const unsigned char *bytes, unsigned size)
{
    return to_hex({reinterpret_cast<const char *>(bytes), size});
}

std::string sha256_hex(std::string_view text)
{
    unsigned char made[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), made, &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 failed");
    return hex_of(made, size);
}

std::string hmac_hex(std::string_view key, std::string_view text)
{
    unsigned char made[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char *>(text.data()), text.size(), made,
             &size) == nullptr)
        throw std::runtime_error("HMAC failed");
    return hex_of(made, size);
}

bool equal_secrets(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace lars
