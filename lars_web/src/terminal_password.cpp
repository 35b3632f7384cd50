#include "terminal_password.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "password_hash.h"

namespace lars {

// While it lives, the terminal does not show what is typed, and keys like Ctrl-C wait, so
// that it cannot be left like that.
class silent_terminal {
public:
    silent_terminal()
    {
        sigset_t held;
        sigemptyset(&held);
        for (const int number : {SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGHUP})
            sigaddset(&held, number);
        sigprocmask(SIG_BLOCK, &held, &_signals);
        _works = tcgetattr(STDIN_FILENO, &_before) == 0;
        termios silent = _before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        _works = _works && tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    ~silent_terminal()
    {
        if (_works)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &_before);
        sigprocmask(SIG_SETMASK, &_signals, nullptr);
    }
    silent_terminal(const silent_terminal &) = delete;
    silent_terminal &operator=(const silent_terminal &) = delete;

    bool works() const { return _works; }

private:
    termios _before{};
    sigset_t _signals{};
    bool _works = false;
};

static status read_line(std::string *line)
{
    if (!std::getline(std::cin, *line))
        return status::error("no password came from stdin");
    if (!line->empty() && line->back() == '\r')
        line->pop_back();
    return {};
}

static status ask_silently(const std::string &question, std::string *line)
{
    const silent_terminal silent;
    if (!silent.works())
        return status::error("the terminal would show the password");
    fprintf(stderr, "%s: ", question.c_str());
    const status s = read_line(line);
    fprintf(stderr, "\n");
    return s;
}

status ask_password(const std::string &what, std::string *password)
{
    std::string first;
    if (isatty(STDIN_FILENO) == 0) {
        if (status s = read_line(&first); !s)
            return s;
    } else {
        std::string second;
        if (status s = ask_silently("new " + what, &first); !s)
            return s;
        if (status s = check_password(first); !s)
            return s;
        if (status s = ask_silently("the same again", &second); !s)
            return s;
        if (first != second)
            return status::error("these were two different passwords");
    }
    if (status s = check_password(first); !s)
        return s;
    *password = std::move(first);
    return {};
}

}  // namespace lars
