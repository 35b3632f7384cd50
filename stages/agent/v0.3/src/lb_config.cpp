#include "main_server.h"

void read_lb_config(void)
{
    config_file *config = config_file::instance();
    lb_config.probe_num = config->GetNumber("loadbalance", "probe_num", 10);
    lb_config.init_succ_cnt = config->GetNumber("loadbalance", "init_succ_cnt", 180);
}
