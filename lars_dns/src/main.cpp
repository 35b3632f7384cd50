// lars_dns: tells agents the routes of modules, and every change of them.
#include "dns.h"
#include "heap.h"

using namespace lars;

static const service_info INFO = {"lars_dns", "lars_dns",
                                  "Answers route lookups over TCP and pushes route changes."};

int main(int argc, char **argv)
{
    give_back_end_of_heap();
    return run_service<dns>(argc, argv, INFO, read_dns_options);
}
