// A folder of a test's own under $TMPDIR or /tmp; it goes, with all that is in
// it, at the end. Its path is short enough for a Unix socket in it.
#pragma once

#include <string>

namespace lars::test {

class temp_dir {
public:
    temp_dir();
    ~temp_dir();
    temp_dir(const temp_dir &) = delete;
    temp_dir &operator=(const temp_dir &) = delete;

    const std::string &path() const { return _path; }
    std::string file(const std::string &name) const { return _path + "/" + name; }

    // Writes the file and returns its path.
    std::string write(const std::string &name, const std::string &text) const;

private:
    std::string _path;
};

// Nothing for a file that cannot be read.
std::string read_text(const std::string &path);
void write_text(const std::string &path, const std::string &text);

}  // namespace lars::test
