// Names of a test's own: in place of the system's resolver, for this program only. Names that
// no test has set are the resolver's. Any thread.
#pragma once

#include <string>
#include <vector>

namespace lars::test {

class name_server {
public:
    // Forgets all names, and waits until no lookup of a silent one is under way.
    ~name_server();

    // NAME has these addresses; none: there is no such name.
    void set(const std::string &name, const std::vector<std::string> &addresses);
    // Who asks for NAME waits until it is set, and gets no answer where it is forgotten.
    void be_silent(const std::string &name);

    // How many lookups wait for a silent name now; how many there were, of any name set.
    static int waiting();
    static int lookups();
};

}  // namespace lars::test
