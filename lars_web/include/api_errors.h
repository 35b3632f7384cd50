// How what goes wrong is told to who asked. Any thread.
#pragma once

#include <optional>
#include <string>

#include "http_message.h"
#include "route.h"
#include "status.h"

namespace lars {

// Of an error of the database: 503, with a code by which the page knows that the database is
// away ("database_away") or only busy ("busy"), or 500.
http_answer database_answer(const status &why);
// 400
http_answer bad_request(const std::string &message);

// The ids of a path such as /modules/1/2, the first two PARTS. *WRONG becomes the answer
// where there is none.
std::optional<module_id> module_of(const http_request &request, http_answer *wrong);
// A whole number of the query, FALLBACK where it is absent, nothing and *WRONG where it is
// not from LOWEST to HIGHEST.
std::optional<uint64_t> number_of(const http_request &request, const std::string &name,
                                  uint64_t fallback, uint64_t lowest, uint64_t highest,
                                  http_answer *wrong);

}  // namespace lars
