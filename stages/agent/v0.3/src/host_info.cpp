#include "host_info.h"

host_info::host_info(uint32_t host_ip, int host_port, uint32_t init_vsucc)
    : ip(host_ip), port(host_port), vsucc(init_vsucc), verr(0), rsucc(0), rerr(0), contin_succ(0), contin_err(0), overload(false)
{
}
