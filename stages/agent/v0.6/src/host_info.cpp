#include "host_info.h"

#include <cmath>
#include <ctime>

#include "main_server.h"

host_info::host_info(uint32_t host_ip, int host_port, uint32_t init_vsucc)
    : ip(host_ip), port(host_port), vsucc(init_vsucc), verr(0), rsucc(0), rerr(0), contin_succ(0), contin_err(0), overload(false),
      idle_ts(time(NULL)), overload_ts(0), probe_failed(false)
{
}

void host_info::set_idle()
{
    vsucc = lb_config.init_succ_cnt;
    verr = 0;
    rsucc = rerr = contin_succ = contin_err = 0;
    overload = false;
    idle_ts = time(NULL);
}

void host_info::set_overload()
{
    vsucc = 0;
    verr = lb_config.init_err_cnt;
    rsucc = rerr = contin_succ = contin_err = 0;
    overload = true;
    overload_ts = time(NULL);
    probe_failed = false;
}

bool host_info::check_window()
{
    // By whole numbers: 0.7 is no exact float.
    const int64_t scale = 1000000;
    return rerr > 0 && rerr * scale >= llround(lb_config.window_err_rate * static_cast<double>(scale)) * (rsucc + rerr);
}
