// lars_web's command line for users, as the program.
#include "user_command.h"

#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "console.h"
#include "paths.h"
#include "process.h"

namespace lars {
namespace {

using namespace test;

struct command_line {
    command_line() { configure("users = " + users()); }
    void configure(const std::string &web) const
    {
        folder.write("conf", "[web]\n" + web + "\n[mysql]\ndb_user = lars\n");
    }

    std::string users() const { return folder.file("users"); }
    // INPUT is what comes from stdin.
    run_result run(const std::string &arguments, const std::string &input = "") const
    {
        folder.write("input", input);
        return test::run("/bin/sh",
                         {"-c", "exec '" + bin_path("lars_web") + "' -c '" + folder.file("conf") +
                                    "' " + arguments + " <'" + folder.file("input") + "'"});
    }
    user_list read() const
    {
        user_list list;
        const status s = parse_users(read_text(users()), users(), &list);
        EXPECT_TRUE(s.ok()) << s.message();
        return list;
    }

    temp_dir folder;
};

TEST(UserCommand, AddsAUserWhoseLineIsReadFromStdin)
{
    const command_line c;
    const run_result added = c.run("--add-user ann --right change", "ann's password\n");
    ASSERT_EQ(added.exit_status, 0) << added.output;
    EXPECT_EQ(added.output, "");
    ASSERT_NE(c.read().user("ann"), nullptr);
    EXPECT_EQ(c.read().user("ann")->may, right::change);
    EXPECT_TRUE(password_matches("ann's password", c.read().user("ann")->hash));
    struct stat info {};
    ASSERT_EQ(stat(c.users().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    // A new password leaves the right.
    ASSERT_EQ(c.run("--add-user=ann", "new password").exit_status, 0);
    EXPECT_EQ(c.read().user("ann")->may, right::change);
    EXPECT_TRUE(password_matches("new password", c.read().user("ann")->hash));
    // The least is given.
    ASSERT_EQ(c.run("--add-user bob", "bob's password\n").exit_status, 0);
    EXPECT_EQ(c.read().user("bob")->may, right::read);
    EXPECT_EQ(c.run("--list-users").output, "user ann change\nuser bob read\n");
}

TEST(UserCommand, PrintsATokenOnceAndKeepsItsHash)
{
    const command_line c;
    const run_result added = c.run("--add-token ci --right change");
    ASSERT_EQ(added.exit_status, 0) << added.output;
    ASSERT_EQ(added.output.size(), 65u) << added.output;
    const std::string token = added.output.substr(0, 64);
    EXPECT_EQ(c.read().owner_of(token).name, "ci");
    EXPECT_EQ(read_text(c.users()).find(token), std::string::npos);
    const run_result again = c.run("--add-token ci");
    EXPECT_EQ(c.read().owner_of(token).name, "");
    EXPECT_EQ(c.read().owner_of(again.output.substr(0, 64)).may, right::change);
    EXPECT_EQ(c.run("--add-user ci", "some password").exit_status, 1);
}

TEST(UserCommand, RemovesOneAndLeavesTheOthers)
{
    const command_line c;
    write_text(c.users(), "# ours\n");
    ASSERT_EQ(c.run("--add-token ci").exit_status, 0);
    ASSERT_EQ(c.run("--add-token other").exit_status, 0);
    ASSERT_EQ(c.run("--remove-user ci").exit_status, 0);
    EXPECT_EQ(c.run("--list-users").output, "token other read\n");
    EXPECT_EQ(read_text(c.users()).substr(0, 7), "# ours\n");
    const run_result gone = c.run("--remove-user ci");
    EXPECT_EQ(gone.exit_status, 1);
    EXPECT_NE(gone.output.find("there is no ci"), std::string::npos) << gone.output;
}

TEST(UserCommand, WhatMakesNoSenseIsRefusedAndChangesNothing)
{
    const command_line c;
    EXPECT_EQ(c.run("--add-user ann", "1234567\n").exit_status, 1);
    EXPECT_EQ(c.run("--add-user ann", "").exit_status, 1);
    EXPECT_EQ(c.run("--add-user a:b", "12345678\n").exit_status, 2);
    EXPECT_EQ(c.run("--add-user ''", "12345678\n").exit_status, 2);
    EXPECT_EQ(c.run("--add-user").exit_status, 2);
    EXPECT_EQ(c.run("--add-user ann --right write", "12345678\n").exit_status, 2);
    EXPECT_EQ(c.run("--add-user ann bob", "12345678\n").exit_status, 2);
    EXPECT_EQ(c.run("--add-user ann --add-token ci", "12345678\n").exit_status, 2);
    EXPECT_EQ(c.run("--add-user ann --verbose", "12345678\n").exit_status, 2);
    EXPECT_EQ(c.run("--right read").exit_status, 2);
    EXPECT_FALSE(std::filesystem::exists(c.users()));
    write_text(c.users(), "user ann\n");
    const run_result broken = c.run("--add-token ci");
    EXPECT_EQ(broken.exit_status, 1);
    EXPECT_NE(broken.output.find(c.users() + ":1: "), std::string::npos) << broken.output;
    EXPECT_EQ(read_text(c.users()), "user ann\n");
    c.configure("users =");
    EXPECT_EQ(c.run("--list-users").exit_status, 1);
    c.configure("user = x");
    EXPECT_EQ(c.run("--list-users").exit_status, 2);
}

TEST(UserCommand, HelpNamesThem)
{
    const std::string help = run(bin_path("lars_web"), {"--help"}).output;
    for (const char *word : {"--add-user NAME", "--add-token NAME", "--remove-user NAME",
                             "--list-users", "--right read|change", "--ready-fd"})
        EXPECT_NE(help.find(word), std::string::npos) << word;
}

// A person at a terminal.
struct typed_result {
    int exit_status = -1;
    std::string shown;
};

// Reads what the program shows until TEXT is there, or its end.
void read_until(int terminal, const std::string &text, std::string *shown)
{
    const size_t from = shown->size();
    char block[256];
    while (text.empty() || shown->find(text, from) == std::string::npos) {
        const ssize_t got = read(terminal, block, sizeof block);
        if (got <= 0)
            return;
        shown->append(block, static_cast<size_t>(got));
    }
}

typed_result type_passwords(const command_line &c, const std::vector<std::string> &lines)
{
    const std::string program = bin_path("lars_web"), conf = c.folder.file("conf");
    int terminal = -1;
    const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
        alarm(20);
        execl(program.c_str(), "lars_web", "-c", conf.c_str(), "--add-user", "ann", nullptr);
        _exit(127);
    }
    typed_result result;
    for (const std::string &line : lines) {
        read_until(terminal, ": ", &result.shown);
        EXPECT_EQ(write(terminal, (line + "\n").data(), line.size() + 1),
                  static_cast<ssize_t>(line.size() + 1));
    }
    read_until(terminal, "", &result.shown);
    int state = 0;
    waitpid(child, &state, 0);
    close(terminal);
    result.exit_status = WIFEXITED(state) ? WEXITSTATUS(state) : 128;
    return result;
}

TEST(UserCommand, ATerminalIsAskedTwiceAndShowsNothing)
{
    const command_line c;
    const typed_result typed = type_passwords(c, {"typed password", "typed password"});
    EXPECT_EQ(typed.exit_status, 0) << typed.shown;
    EXPECT_EQ(typed.shown.find("typed password"), std::string::npos) << typed.shown;
    ASSERT_NE(c.read().user("ann"), nullptr);
    EXPECT_TRUE(password_matches("typed password", c.read().user("ann")->hash));
    const typed_result different = type_passwords(c, {"typed password", "typed passwort"});
    EXPECT_EQ(different.exit_status, 1);
    EXPECT_NE(different.shown.find("two different passwords"), std::string::npos)
        << different.shown;
}

}  // namespace
}  // namespace lars
