// lars_reporter: stores the call statistics of all agents.
#include "reporter.h"

using namespace lars;

static const service_info INFO = {"lars_reporter", "lars_reporter",
                                  "Stores the call statistics that agents send."};

int main(int argc, char **argv)
{
    return run_service<reporter>(argc, argv, INFO, read_reporter_options);
}
