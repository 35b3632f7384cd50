#include "user_name.h"

#include <pwd.h>
#include <unistd.h>

#include <climits>
#include <vector>

#include "route_edit.h"
#include "utf8.h"

namespace lars {

static std::string login_name()
{
    passwd entry;
    passwd *found = nullptr;
    std::vector<char> room(16384);
    if (getpwuid_r(geteuid(), &entry, room.data(), room.size(), &found) != 0 || !found)
        return std::to_string(geteuid());
    return found->pw_name;
}

std::string user_name()
{
    char host[HOST_NAME_MAX + 1] = "?";
    gethostname(host, sizeof host);
    host[HOST_NAME_MAX] = '\0';
    const std::string whole = login_name() + "@" + host;
    std::string name(first_characters(whole, edit_author::MOST_OF_WHO));
    for (char &c : name)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
            c = '?';
    return name;
}

}  // namespace lars
