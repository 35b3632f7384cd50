#include "web.h"

namespace lars {

web::web(const service_context &context, const options &configured)
    : _context(context), _options(configured)
{
}

status web::start()
{
    _context.serving({_options.address});
    return {};
}

void web::reload(const options &)
{
    _context.loop->log()(log_level::warn, "a change needs a restart");
}

void web::stop(std::function<void()> done)
{
    done();
}

}  // namespace lars
