// How a client meets the agent at its Unix socket: it connects, says a greeting, and is
// handed the table and a page of its own. No call here waits. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "owned_fd.h"

namespace lars {

class local_meeting {
public:
    // What a whole meeting brings.
    struct gifts {
        owned_fd connection;
        owned_fd table;
        owned_fd page;
    };
    enum class answer { none_yet, met, refused };

    // Connects to the socket at PATH and sends the greeting. False if that does not succeed
    // at once; then WHY becomes the reason.
    bool begin(const std::string &path, std::string &why);
    bool waits() const { return _socket.is_open(); }
    // While it waits: looks whether the answer has come. With met, BROUGHT is the
    // caller's; with refused, WHY becomes the reason. With both, nothing is waited for any more.
    answer look(gifts &brought, std::string &why);
    // Waits for nothing any more.
    void give_up() { _socket.close(); }

private:
    owned_fd _socket;
    std::string _path;
};

// Whether PATH can be that of a Unix socket that an agent names: absolute, and not too long.
bool is_socket_path(const std::string &path);

}  // namespace lars
