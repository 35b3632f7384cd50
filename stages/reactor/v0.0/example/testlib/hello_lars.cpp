#include "tcp_server.h"

int main()
{
    lars_hello();
    return 0;
}
