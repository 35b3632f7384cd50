#include <climits>

#include "main_server.h"

load_balance_config lb_config = {10, 180};
route_lb *r_lb[3];

int lb_index(int modid, int cmdid)
{
    int64_t sum = static_cast<int64_t>(modid) + cmdid;   // of two ints: it may be negative or large
    return static_cast<int>((sum % 3 + 3) % 3);
}

static int number(const char *key, unsigned default_value)
{
    unsigned value = config_file::instance()->GetNumber("loadbalance", key, default_value);
    return value > INT_MAX ? INT_MAX : static_cast<int>(value);
}

void create_route_lb()
{
    for (int i = 0; i < 3; i++) {
        r_lb[i] = new route_lb(i + 1);
    }
}

void init_lb_agent()
{
    lb_config.probe_num = number("probe_num", 10);
    lb_config.init_succ_cnt = number("init_succ_cnt", 180);
    create_route_lb();
}
