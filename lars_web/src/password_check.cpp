#include "password_check.h"

#include "digest.h"
#include "password_hash.h"

namespace lars {

status password_check::prepare()
{
    constexpr size_t BYTES = 16;
    std::string random;
    if (status s = random_bytes(BYTES, &random); !s)
        return s;
    return hash_password(to_hex(random), &_nobody);
}

password_check::outcome password_check::check(const std::string &password, const std::string *hash)
{
    {
        std::unique_lock<std::mutex> lock(_mutex);
        if (!_freed.wait_for(lock, _patience, [this] { return _free > 0; }))
            return outcome::busy;
        --_free;
    }
    const bool matches = password_matches(password, hash == nullptr ? _nobody : *hash);
    {
        const std::lock_guard<std::mutex> lock(_mutex);
        ++_free;
    }
    _freed.notify_one();
    return matches && hash != nullptr ? outcome::right : outcome::wrong;
}

}  // namespace lars
