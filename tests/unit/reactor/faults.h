// Makes system calls of this program fail the way a kernel under pressure lets
// them, at a moment of the test's choosing. Each object ends its fault.
#pragma once

#include <cstddef>
#include <functional>

namespace lars::test {

// The next COUNT accepts, in any thread, fail with ERROR.
class accept_fault {
public:
    accept_fault(int error, int count);
    ~accept_fault();
    int left() const;
};

// TAKE decides how many bytes each send or sendmsg of this thread may take; 0: EAGAIN.
class send_fault {
public:
    using decision = std::function<size_t(size_t size)>;
    explicit send_fault(decision take);
    ~send_fault();
};

// Counts the send and sendmsg calls of this thread.
size_t sends_of_this_thread();

// Every connect of this thread comes from the address it goes to.
class self_connect_fault {
public:
    self_connect_fault();
    ~self_connect_fault();
};

}  // namespace lars::test
