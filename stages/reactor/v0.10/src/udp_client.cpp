#include "udp_client.h"

#include <sys/socket.h>

// Once connected, the system drops what others send to this socket.
udp_client::udp_client(event_loop *loop, const char *ip, uint16_t port) : udp_socket("udp_client", connect, loop, ip, port)
{
}
