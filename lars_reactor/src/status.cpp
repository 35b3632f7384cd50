#include "status.h"

namespace lars {

const char *to_string(status_kind kind)
{
    switch (kind) {
    case status_kind::ok: return "ok";
    case status_kind::failed: return "failed";
    case status_kind::unavailable: return "unavailable";
    case status_kind::denied: return "denied";
    case status_kind::missing: return "missing";
    case status_kind::conflict: return "conflict";
    case status_kind::rejected: return "rejected";
    case status_kind::bad_data: return "bad_data";
    }
    return "?";
}

}  // namespace lars
