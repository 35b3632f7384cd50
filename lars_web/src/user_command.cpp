#include "user_command.h"

#include <getopt.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "config_path.h"
#include "digest.h"
#include "password_hash.h"
#include "terminal_password.h"
#include "user_file.h"
#include "web_options.h"
#include "whole_file.h"

namespace lars {

const char *const USER_COMMAND_HELP =
    "These change the users instead, and a running console takes them up:\n"
    "  --add-user NAME     adds a user, or changes the password and the right; asks for the\n"
    "                      password, or reads it, one line, from what is no terminal\n"
    "  --add-token NAME    adds a script's token, or makes it a new one; prints it, this once\n"
    "  --right read|change what either may do (a new one: read)\n"
    "  --remove-user NAME  removes the user or the token of that name\n"
    "  --list-users        prints users and tokens with their rights\n";

enum { ADD_USER = 256, ADD_TOKEN, REMOVE_USER, LIST_USERS, RIGHT };
static const option OPTIONS[] = {{"add-user", required_argument, nullptr, ADD_USER},
                                 {"add-token", required_argument, nullptr, ADD_TOKEN},
                                 {"remove-user", required_argument, nullptr, REMOVE_USER},
                                 {"list-users", no_argument, nullptr, LIST_USERS},
                                 {"right", required_argument, nullptr, RIGHT},
                                 {nullptr, 0, nullptr, 0}};

struct user_command {
    int what = 0;  // one of the options
    std::string name;
    std::optional<right> may;
    std::string config_path;
};

// Reads the command line into *OUT, or says what is wrong.
static std::string parse(int argc, char **argv, user_command *out)
{
    int choice = 0;
    optind = 1;
    while ((choice = getopt_long(argc, argv, "c:", OPTIONS, nullptr)) != -1) {
        if (choice == 'c') {
            out->config_path = optarg;
        } else if (choice == RIGHT) {
            out->may = parse_right(optarg);
            if (!out->may)
                return "--right is read or change";
        } else if (choice == '?') {
            return "the command line is wrong (see --help)";
        } else if (out->what != 0) {
            return "one of --add-user, --add-token, --remove-user and --list-users at a time";
        } else {
            out->what = choice;
            out->name = optarg == nullptr ? "" : optarg;
        }
    }
    if (optind != argc)
        return std::string("what is \"") + argv[optind] + "\"?";
    if (out->what == 0)
        return "--right goes with --add-user or --add-token";
    if (out->what == LIST_USERS || is_user_name(out->name))
        return "";
    return "a name has 1 to 32 letters, digits and any of \"._-\"";
}

static status read_users(const std::string &path, std::string *text, user_list *users)
{
    if (path.empty())
        return status::error("the configuration names no file of users ([web] users)");
    if (std::filesystem::exists(path)) {
        if (status s = read_file(path, text); !s)
            return s;
    }
    return parse_users(*text, path, users);
}

// Whoever runs the console owns the file, or its folder; root does not take it away.
static status keep_owner(const std::string &path, const struct stat &before)
{
    if (geteuid() != 0 || chown(path.c_str(), before.st_uid, before.st_gid) == 0)
        return {};
    return status::from_errno("cannot give " + path + " to its owner");
}

static status write_users(const std::string &path, const std::string &text)
{
    struct stat before {};
    const std::string folder = std::filesystem::path(path).parent_path();
    if (stat(path.c_str(), &before) != 0 &&
        stat(folder.empty() ? "." : folder.c_str(), &before) != 0)
        return status::from_errno("cannot write " + path);
    umask(S_IRWXG | S_IRWXO);
    if (status s = replace_file(path, text); !s)
        return s;
    return keep_owner(path, before);
}

static status make_user(const std::string &name, user_list::entry *made)
{
    std::string password;
    if (status s = ask_password("password of " + name, &password); !s)
        return s;
    return hash_password(password, &made->hash);
}

static status make_token(user_list::entry *made, std::string *token)
{
    constexpr size_t TOKEN_BYTES = 32;
    std::string random;
    if (status s = random_bytes(TOKEN_BYTES, &random); !s)
        return s;
    *token = to_hex(random);
    made->hash = sha256_hex(*token);
    return {};
}

static status add(const user_command &command, const std::string &path, const std::string &text,
                  const user_list &users)
{
    user_list::entry made;
    made.may = right::read;
    made.token = command.what == ADD_TOKEN;
    const auto there = users.entries.find(command.name);
    if (there != users.entries.end()) {
        if (there->second.token != made.token)
            return status::error(command.name + " is a " + (made.token ? "user" : "token") +
                                 " already: --remove-user first");
        made.may = there->second.may;
    }
    made.may = command.may.value_or(made.may);
    std::string token;
    if (status s = made.token ? make_token(&made, &token) : make_user(command.name, &made); !s)
        return s;
    if (status s = write_users(path, with_entry(text, command.name, made)); !s)
        return s;
    if (made.token)
        std::cout << token << std::endl;
    return {};
}

static status run(const user_command &command, const std::string &path)
{
    std::string text;
    user_list users;
    if (status s = read_users(path, &text, &users); !s)
        return s;
    if (command.what == LIST_USERS) {
        for (const auto &[name, one] : users.entries)
            std::cout << (one.token ? "token " : "user ") << name << " " << to_string(one.may)
                      << "\n";
        return {};
    }
    if (command.what != REMOVE_USER)
        return add(command, path, text, users);
    if (users.entries.count(command.name) == 0)
        return status::error("there is no " + command.name + " in " + path, status_kind::missing);
    return write_users(path, with_entry(text, command.name, std::nullopt));
}

static bool is_user_command(int argc, char **argv)
{
    for (int i = 1; i < argc; ++i) {
        const std::string word = std::string(argv[i]).substr(0, std::strcspn(argv[i], "="));
        if (word == "--add-user" || word == "--add-token" || word == "--remove-user" ||
            word == "--list-users" || word == "--right")
            return true;
    }
    return false;
}

std::optional<int> run_user_command(int argc, char **argv, const service_info &info)
{
    if (!is_user_command(argc, argv))
        return std::nullopt;
    const auto refuse = [&info](const std::string &why, int exit_status) {
        fprintf(stderr, "%s: %s\n", info.name.c_str(), why.c_str());
        return exit_status;
    };
    user_command command;
    command.config_path = default_config_path(info.name, info.folder);
    if (const std::string wrong = parse(argc, argv, &command); !wrong.empty())
        return refuse(wrong, 2);
    web_options options;
    if (const status s = read_web_options(command.config_path, &options); !s)
        return refuse(s.message(), 2);
    if (const status s = run(command, options.users_file); !s)
        return refuse(s.message(), 1);
    return 0;
}

}  // namespace lars
