#include "password_hash.h"

#include <crypt.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "digest.h"

namespace lars {

static constexpr size_t SHORTEST = 8;
static constexpr size_t LONGEST = CRYPT_MAX_PASSPHRASE_SIZE;

status check_password(const std::string &password)
{
    if (password.size() < SHORTEST)
        return status::error("a password has at least " + std::to_string(SHORTEST) + " bytes");
    // crypt() takes less than its own limit.
    if (password.size() >= LONGEST)
        return status::error("a password has less than " + std::to_string(LONGEST) + " bytes");
    if (password.find('\0') != std::string::npos)
        return status::error("a password has no byte 0");
    return {};
}

// Empty if crypt() cannot. Its work space is too large for a stack.
static std::string crypted(const std::string &password, const std::string &setting)
{
    const auto space = std::make_unique<crypt_data>();
    const char *made =
        crypt_rn(password.c_str(), setting.c_str(), space.get(), static_cast<int>(sizeof *space));
    return made == nullptr ? "" : made;
}

status hash_password(const std::string &password, std::string *hash)
{
    if (status s = check_password(password); !s)
        return s;
    const std::unique_ptr<char, decltype(&free)> setting(crypt_gensalt_ra("$y$", 0, nullptr, 0),
                                                         &free);
    if (setting == nullptr)
        return status::from_errno("cannot make a salt");
    std::string made = crypted(password, setting.get());
    if (made.empty())
        return status::from_errno("cannot hash a password");
    *hash = std::move(made);
    return {};
}

bool password_matches(const std::string &password, const std::string &hash)
{
    const bool possible = password.size() < LONGEST && password.find('\0') == std::string::npos;
    // What is not possible takes its time all the same.
    const std::string made = crypted(possible ? password : "", hash);
    return possible && !made.empty() && made.front() != '*' && equal_secrets(made, hash);
}

bool is_password_hash(const std::string &hash)
{
    const int found = crypt_checksalt(hash.c_str());
    return hash.size() < CRYPT_OUTPUT_SIZE && hash.front() == '$' && found != CRYPT_SALT_INVALID &&
           found != CRYPT_SALT_METHOD_DISABLED;
}

}  // namespace lars
