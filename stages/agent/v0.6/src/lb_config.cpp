#include <ifaddrs.h>
#include <net/if.h>

#include "main_server.h"

// The address by which others know this machine; 127.0.0.1 where it has no other.
static uint32_t local_address()
{
    in_addr found;
    inet_aton("127.0.0.1", &found);
    ifaddrs *all = NULL;
    if (getifaddrs(&all) == 0) {
        for (ifaddrs *it = all; it != NULL; it = it->ifa_next) {
            if (it->ifa_addr != NULL && it->ifa_addr->sa_family == AF_INET && !(it->ifa_flags & IFF_LOOPBACK)) {
                found = reinterpret_cast<sockaddr_in *>(it->ifa_addr)->sin_addr;
                break;
            }
        }
        freeifaddrs(all);
    }
    return ntohl(found.s_addr);
}

void read_lb_config(void)
{
    config_file *config = config_file::instance();
    lb_config.probe_num = config->GetNumber("loadbalance", "probe_num", 10);
    lb_config.init_succ_cnt = config->GetNumber("loadbalance", "init_succ_cnt", 180);
    lb_config.err_rate = config->GetFloat("loadbalance", "err_rate", 0.1f);
    lb_config.succ_rate = config->GetFloat("loadbalance", "succ_rate", 0.95f);
    lb_config.contin_err_limit = config->GetNumber("loadbalance", "contin_err_limit", 15);
    lb_config.contin_succ_limit = config->GetNumber("loadbalance", "contin_succ_limit", 15);
    lb_config.init_err_cnt = config->GetNumber("loadbalance", "init_err_cnt", 5);
    lb_config.window_err_rate = config->GetFloat("loadbalance", "window_err_rate", 0.7f);
    lb_config.idle_timeout = config->GetNumber("loadbalance", "idle_timeout", 15);
    lb_config.overload_timeout = config->GetNumber("loadbalance", "overload_timeout", 15);
    lb_config.update_timeout = config->GetNumber("loadbalance", "update_timeout", 15);
    lb_config.local_ip = local_address();
}
