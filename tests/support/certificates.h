// Certificates of a test's own, made by the command openssl. One thread.
#pragma once

#include <string>

#include "temp_dir.h"

namespace lars::test {

// A certificate authority, and what it signs. Each file is in PEM form. An openssl that
// fails makes the running test fail.
class certificates {
public:
    certificates();

    // The authority's own certificate.
    std::string ca() const { return _folder.file("ca.pem"); }

    // Signs a certificate for NAMES, such as "IP:127.0.0.1,DNS:localhost", which is then
    // in certificate(FILE), with its key in key(FILE).
    void make(const std::string &file, const std::string &names) const;
    std::string certificate(const std::string &file) const { return _folder.file(file + ".pem"); }
    std::string key(const std::string &file) const { return _folder.file(file + ".key"); }

private:
    void openssl(const std::string &arguments) const;

    temp_dir _folder;
};

}  // namespace lars::test
