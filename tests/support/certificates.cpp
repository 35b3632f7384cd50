#include "certificates.h"

#include <gtest/gtest.h>

#include "process.h"

namespace lars::test {

static const char *new_key = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ";

certificates::certificates()
{
    openssl("req -x509 -days 2 -subj '/CN=an authority of the tests'" + std::string(new_key) +
            key("ca") + " -out " + ca());
}

void certificates::make(const std::string &file, const std::string &names) const
{
    const std::string request = _folder.file(file + ".csr");
    const std::string extension = _folder.write(file + ".ext", "subjectAltName = " + names + "\n");
    openssl("req -subj /CN=" + file + new_key + key(file) + " -out " + request);
    openssl("x509 -req -days 2 -in " + request + " -CA " + ca() + " -CAkey " + key("ca") +
            " -CAcreateserial -extfile " + extension + " -out " + certificate(file));
}

void certificates::openssl(const std::string &arguments) const
{
    const run_result done = run("/bin/sh", {"-c", "exec openssl " + arguments});
    EXPECT_EQ(done.exit_status, 0) << done.output;
}

}  // namespace lars::test
