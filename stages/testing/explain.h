// A failed expectation in one plain sentence: what the peers did, what was expected, what came.
#ifndef STAGES_EXPLAIN_H
#define STAGES_EXPLAIN_H

#include <string>

namespace kit {

// message: what GoogleTest says of it, with what the test added; story: see journal(); ended: a
// program that is gone, see ended_early(). The first line is the sentence; what the test added in
// further lines (a program's output) follows it.
std::string explain(const std::string &message, const std::string &story, const std::string &ended);

}  // namespace kit

#endif
