// lars_web: the console.
#include "user_command.h"
#include "web.h"

using namespace lars;

static const service_info INFO = {"lars_web", "lars_web",
                                  "Shows and changes in a browser what the database of Lars holds.",
                                  USER_COMMAND_HELP};

int main(int argc, char **argv)
{
    if (const auto exit_status = run_user_command(argc, argv, INFO))
        return *exit_status;
    return run_service<web>(argc, argv, INFO, read_web_options);
}
