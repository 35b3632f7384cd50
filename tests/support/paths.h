// Where the programs and files under test are.
#pragma once

#include <string>

namespace lars::test {

// A program of the variant under test: in $LARS_BIN, or else beside the test.
std::string bin_path(const std::string &name);

// A file of the repository, such as "base/sql/schema.sql": from $LARS_ROOT, or
// else found above the test's own program.
std::string source_path(const std::string &name);

}  // namespace lars::test
