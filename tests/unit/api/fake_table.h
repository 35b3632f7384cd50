// The agent's side of the local path, as far as a client can see: a table and a page in sealed
// memory, and a Unix socket where both are handed out, once for each call of meet(). Whatever
// is wrong about them, a test decides. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "local_layout.h"
#include "table_writer.h"
#include "temp_dir.h"

namespace lars::test {

// Memory that a descriptor can pass on, mapped for writing before it was sealed.
class sealed_memory {
public:
    sealed_memory(size_t size, int seals);
    ~sealed_memory();
    sealed_memory(const sealed_memory &) = delete;
    sealed_memory &operator=(const sealed_memory &) = delete;

    int fd() const { return _fd; }
    char *data() const { return _data; }

private:
    int _fd = -1;
    char *_data = nullptr;
    size_t _size = 0;
};

class fake_table {
public:
    static constexpr int TABLE_SEALS = 0x2 | 0x4 | 0x10;  // shrink, grow, future write
    static constexpr int PAGE_SEALS = 0x2 | 0x4;

    explicit fake_table(uint64_t agent = 1, size_t blocks = 64, int table_seals = TABLE_SEALS,
                        int page_seals = PAGE_SEALS);
    ~fake_table();

    // Listens on the file of its socket, or on that of another one; and no longer.
    void listen(const std::string &path = "");
    void close_socket();
    const std::string &path() const { return _path; }

    // Waits until a client has connected and said its greeting, and answers with the
    // descriptors, and this greeting. Returns whether the client's was right.
    bool meet(local::greeting answer = right_greeting());
    // The same, with descriptors of the test's choice.
    bool meet_with(const std::vector<int> &descriptors, local::greeting answer = right_greeting());
    // The same for a second client, beside the first, which stays connected.
    bool meet_other(const std::vector<int> &descriptors);
    // The first half of these: waits for the client and its greeting.
    bool accept();
    // Whether a client has connected that was not met.
    bool has_caller() const;
    // Ends the connection.
    void hang_up();
    // How many bytes have come from the client.
    size_t wakings();
    static local::greeting right_greeting();

    table_writer &table() { return *_table; }
    int table_fd() const { return _table_memory.fd(); }
    int page_fd() const { return _page_memory.fd(); }
    local::page_header &page() const;
    // The sum of a counter over the cells of a module, and of one host if PORT is not 0.
    uint32_t counted(local::counter which, int modid, int cmdid, uint32_t port = 0) const;
    // All cells of the page.
    std::vector<local::cell *> cells() const;
    // Marks all that was counted as taken.
    void take_all();

private:
    temp_dir _folder;
    std::string _path;
    int _listener = -1;
    int _connection = -1;
    int _other = -1;  // the first client's, of two
    sealed_memory _table_memory;
    sealed_memory _page_memory;
    std::unique_ptr<table_writer> _table;
};

}  // namespace lars::test
