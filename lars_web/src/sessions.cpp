#include "sessions.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <vector>

#include "digest.h"
#include "unique_fd.h"
#include "whole_file.h"

namespace lars {

static constexpr size_t KEY_BYTES = 32;
static constexpr size_t ID_BYTES = 16;
static constexpr size_t LONGEST_VALUE = 256;
static constexpr size_t MOST_ENDED = 10000;
// Clocks of one machine go back a little when they are set.
static constexpr int64_t CLOCK_ERROR = 60;

// False if there is a file already.
static status make_key(const std::string &path)
{
    std::string key;
    if (status s = random_bytes(KEY_BYTES, &key); !s)
        return s;
    const unique_fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.valid())
        return errno == EEXIST ? status() : status::from_errno("cannot make " + path);
    if (!write_all(file.get(), key) || fsync(file.get()) != 0)
        return status::from_errno("cannot write " + path);
    return {};
}

status sessions::open(const std::string &path)
{
    if (path.empty())
        return random_bytes(KEY_BYTES, &_key);
    if (status s = make_key(path); !s)
        return s;
    if (status s = read_file(path, &_key); !s)
        return s;
    if (_key.size() != KEY_BYTES)
        return status::error(path + " is no key of sessions: it has " +
                             std::to_string(_key.size()) + " bytes instead of " +
                             std::to_string(KEY_BYTES) +
                             ". If it is removed, a new one is made "
                             "and everybody has to log in again");
    struct stat info {};
    if (stat(path.c_str(), &info) != 0 || (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return status::error(path + " signs sessions: nobody but its owner may have access to it "
                                    "(chmod 600)");
    _ended_path = path + ".ended";
    return read_ended();
}

// The file has lines "ID UNTIL", and "all UNTIL".
status sessions::read_ended()
{
    if (access(_ended_path.c_str(), F_OK) != 0 && errno == ENOENT)
        return {};
    std::string text;
    if (status s = read_file(_ended_path, &text); !s)
        return s;
    std::istringstream in(text);
    std::string id;
    int64_t until = 0;
    while (in >> id) {
        if (!(in >> until))
            return status::error(_ended_path + " is no list of sessions that have ended");
        if (id == "all")
            _all_ended_until = until;
        else
            _ended[id] = until;
    }
    return {};
}

// The label keeps signatures of sessions and CSRF tokens apart; no content has a line feed.
std::string sessions::sign(const std::string &content, const user_list::entry &owner) const
{
    return hmac_hex(_key, "session\n" + content + "\n" + owner.hash);
}

std::string sessions::csrf_token(const session &of) const
{
    return hmac_hex(_key, "csrf\n" + of.user + ":" + of.id);
}

status sessions::begin(const std::string &user, const user_list::entry &owner, int64_t now,
                       std::string *value) const
{
    std::string id;
    if (status s = random_bytes(ID_BYTES, &id); !s)
        return s;
    const std::string content = user + ":" + std::to_string(now) + ":" + to_hex(id);
    *value = content + ":" + sign(content, owner);
    return {};
}

static std::vector<std::string> fields_of(const std::string &value)
{
    std::vector<std::string> fields;
    std::istringstream in(value);
    for (std::string field; std::getline(in, field, ':');)
        fields.push_back(field);
    return fields;
}

std::optional<session> sessions::find(const std::string &value, const user_list &users,
                                      int64_t now) const
{
    if (value.size() > LONGEST_VALUE)
        return std::nullopt;
    const std::vector<std::string> fields = fields_of(value);
    if (fields.size() != 4)
        return std::nullopt;
    const user_list::entry *owner = users.user(fields[0]);
    if (owner == nullptr)
        return std::nullopt;
    const std::string content = value.substr(0, value.rfind(':'));
    if (!equal_secrets(fields[3], sign(content, *owner)))
        return std::nullopt;
    session found{fields[0], fields[2], 0, owner->may};
    std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), found.issued);
    if (found.issued > now + CLOCK_ERROR || now - found.issued >= _life.count())
        return std::nullopt;
    const std::lock_guard<std::mutex> lock(_mutex);
    if (found.issued <= _all_ended_until || _ended.count(found.id) != 0)
        return std::nullopt;
    return found;
}

status sessions::end(const session &ended, int64_t now)
{
    const std::lock_guard<std::mutex> lock(_mutex);
    for (auto one = _ended.begin(); one != _ended.end();)
        one = one->second <= now ? _ended.erase(one) : std::next(one);
    _ended[ended.id] = ended.issued + _life.count();
    if (_ended.size() > MOST_ENDED) {
        // Rather everybody logs in again than that an ended session lives again.
        _all_ended_until = now;
        _ended.clear();
    }
    if (_ended_path.empty())
        return {};
    std::ostringstream text;
    text << "all " << _all_ended_until << "\n";
    for (const auto &[id, until] : _ended)
        text << id << " " << until << "\n";
    return replace_file(_ended_path, text.str());
}

}  // namespace lars
