// lars_lb_agent: gives the processes of this machine a healthy host to call.
#include "agent.h"

using namespace lars;

static const service_info INFO = {"lars_lb_agent", "lars_loadbalance_agent",
                                  "Hands out healthy hosts to the processes of this machine."};

int main(int argc, char **argv)
{
    return run_service<agent>(argc, argv, INFO, read_agent_options);
}
