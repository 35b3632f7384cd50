#include "user_file.h"

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <vector>

#include "digest.h"
#include "password_hash.h"
#include "whole_file.h"

namespace lars {

static constexpr size_t LONGEST_NAME = 32;

const user_list::entry *user_list::user(const std::string &name) const
{
    const auto at = entries.find(name);
    return at == entries.end() || at->second.token ? nullptr : &at->second;
}

visitor user_list::owner_of(const std::string &token) const
{
    // Of the hash, how long a comparison takes tells nothing about the token.
    const auto at = names_of_tokens.find(sha256_hex(token));
    return at == names_of_tokens.end() ? visitor()
                                       : visitor{at->second, entries.at(at->second).may};
}

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_user_name(std::string_view name)
{
    return !name.empty() && name.size() <= LONGEST_NAME &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
           });
}

const char *to_string(right may)
{
    return may == right::change ? "change" : may == right::read ? "read" : "none";
}

std::optional<right> parse_right(std::string_view text)
{
    if (text == "read")
        return right::read;
    if (text == "change")
        return right::change;
    return std::nullopt;
}

static std::vector<std::string> words_of(const std::string &line)
{
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

static bool is_token_hash(const std::string &hash)
{
    return hash.size() == 64 && hash.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Adds a line's entry, or says what is wrong with it, without showing the hash.
static std::string add_line(const std::vector<std::string> &words, user_list *out)
{
    if (words.size() != 4 || (words[0] != "user" && words[0] != "token"))
        return "expected \"user NAME RIGHT HASH\" or \"token NAME RIGHT HASH\"";
    user_list::entry one;
    one.token = words[0] == "token";
    one.hash = words[3];
    if (!is_user_name(words[1]))
        return "a name has 1 to 32 letters, digits and any of \"._-\"";
    const auto may = parse_right(words[2]);
    if (!may)
        return "the right is not read or change";
    one.may = *may;
    if (one.token ? !is_token_hash(one.hash) : !is_password_hash(one.hash))
        return "the hash is none of a " + std::string(one.token ? "token" : "password");
    if (one.token && !out->names_of_tokens.emplace(one.hash, words[1]).second)
        return "the token is there twice";
    if (!out->entries.emplace(words[1], one).second)
        return "the name " + words[1] + " is there twice";
    return "";
}

status parse_users(const std::string &text, const std::string &path, user_list *out)
{
    user_list read;
    std::istringstream in(text);
    size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        const std::vector<std::string> words = words_of(line);
        if (words.empty() || words[0][0] == '#')
            continue;
        if (const std::string wrong = add_line(words, &read); !wrong.empty())
            return status::error(path + ":" + std::to_string(number) + ": " + wrong,
                                 status_kind::bad_data);
    }
    *out = std::move(read);
    return {};
}

std::string with_entry(const std::string &text, const std::string &name,
                       const std::optional<user_list::entry> &entry)
{
    std::string made;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        const std::vector<std::string> words = words_of(line);
        const bool counts = !words.empty() && words[0][0] != '#';
        if (!counts || words.size() < 2 || words[1] != name)
            made += line + "\n";
    }
    if (entry)
        made += std::string(entry->token ? "token " : "user ") + name + " " +
                to_string(entry->may) + " " + entry->hash + "\n";
    return made;
}

status user_file::look(version *found, mode_t *mode) const
{
    struct stat info {};
    if (stat(_path.c_str(), &info) != 0) {
        *found = version();
        return errno == ENOENT ? status() : status::from_errno("cannot read " + _path);
    }
    *found = {info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
    *mode = info.st_mode;
    return {};
}

// Under _mutex. Reads the file if it is not the one that was seen last.
status user_file::take()
{
    version found;
    mode_t mode = 0;
    if (status s = look(&found, &mode); !s)
        return s;
    if (found == _seen)
        return {};
    std::string text;
    if (found.size >= 0) {
        if (status s = read_file(_path, &text); !s)
            return s;
    }
    user_list fresh;
    if (status s = parse_users(text, _path, &fresh); !s)
        return s;
    if ((mode & (S_IRWXG | S_IRWXO)) != 0)
        _log(log_level::warn, _path,
             " holds hashes of passwords: others than its owner should "
             "not have access to it (chmod 600)");
    _users = std::make_shared<user_list>(std::move(fresh));
    _seen = found;
    return {};
}

status user_file::read()
{
    const std::lock_guard<std::mutex> lock(_mutex);
    if (status s = take(); !s)
        return s;
    if (_path.empty())
        _log(log_level::warn, "there is no file of users ([web] users): nobody can log in");
    else if (_users->entries.empty())
        _log(log_level::warn, _path, " has no users: nobody can log in (lars_web --add-user NAME)");
    return {};
}

std::shared_ptr<const user_list> user_file::users()
{
    const std::lock_guard<std::mutex> lock(_mutex);
    if (const status s = take(); !s)
        _trouble.say(_log, log_level::error, s.message(), "users stay as they were: ", s.message());
    else if (_trouble.over())
        _log(log_level::info, _path, " can be read again");
    return _users;
}

}  // namespace lars
