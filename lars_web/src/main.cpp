// lars_web: the console.
#include "web.h"

using namespace lars;

static const service_info INFO = {
    "lars_web", "lars_web", "Shows and changes in a browser what the database of Lars holds."};

int main(int argc, char **argv)
{
    return run_service<web>(argc, argv, INFO, read_web_options);
}
