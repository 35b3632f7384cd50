#include "udp_server.h"

#include <sys/socket.h>

// No SO_REUSEADDR: for UDP it would let two servers take the same port.
udp_server::udp_server(event_loop *loop, const char *ip, uint16_t port) : udp_socket("udp_server", bind, loop, ip, port)
{
    _peer = sockaddr_in();   // nobody has sent anything yet
}
