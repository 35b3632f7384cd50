#include "host_info.h"

#include "main_server.h"

// With so many failures an overloaded host begins.
static const uint32_t INIT_ERR_CNT = 5;

host_info::host_info(uint32_t host_ip, int host_port, uint32_t init_vsucc)
    : ip(host_ip), port(host_port), vsucc(init_vsucc), verr(0), rsucc(0), rerr(0), contin_succ(0), contin_err(0), overload(false)
{
}

void host_info::set_idle()
{
    vsucc = lb_config.init_succ_cnt;
    verr = 0;
    rsucc = rerr = contin_succ = contin_err = 0;
    overload = false;
}

void host_info::set_overload()
{
    vsucc = 0;
    verr = INIT_ERR_CNT;
    rsucc = rerr = contin_succ = contin_err = 0;
    overload = true;
}
