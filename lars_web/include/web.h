// lars_web as a whole. All calls are made in the thread of the context's loop.
#pragma once

#include <functional>

#include "service.h"
#include "status.h"
#include "web_options.h"

namespace lars {

class web {
public:
    using options = web_options;

    web(const service_context &context, const options &configured);

    // Takes the port and serves, whether there is a database or not.
    status start();
    // Warns in the log that a change needs a restart.
    void reload(const options &fresh);
    // Stops serving, and calls DONE.
    void stop(std::function<void()> done);

private:
    service_context _context;
    options _options;
};

}  // namespace lars
