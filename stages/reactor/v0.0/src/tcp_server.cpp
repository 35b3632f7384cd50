#include "tcp_server.h"

#include <cstdio>

void lars_hello()
{
    printf("lars hello\n");
}
