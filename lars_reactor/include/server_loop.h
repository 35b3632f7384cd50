// What a tcp_server keeps in one of its loops: the connections that live there, and
// the state that the program keeps for that loop (tcp_server::set_loop_state). Each
// loop has its own, so that callbacks use it without a lock.
//
// Only the thread of that loop may call these methods. tcp_server::run_in_loops
// hands out a server_loop, which is valid until the task returns.
#pragma once

#include <cassert>
#include <cstdint>
#include <memory>
#include <typeinfo>
#include <utility>

namespace lars {

class event_loop;
class net_connection;

// An object of some type, and the knowledge which type that is.
struct loop_state_holder {
    std::shared_ptr<void> object;
    const std::type_info *type = nullptr;
};

class server_loop {
public:
    server_loop(const server_loop &) = delete;
    server_loop &operator=(const server_loop &) = delete;

    // The loop itself. It stays the server's.
    event_loop *loop() const { return _loop; }

    // The connection with that id. Null when it is gone, and when it lives in another
    // loop. It stays the server's, and is valid until the running task or callback
    // returns.
    virtual net_connection *find(uint64_t conn_id) const = 0;

    // The state of this loop. T must be the type that was given to set_loop_state.
    template <typename T>
    T &state() const
    {
        assert(_state.object && *_state.type == typeid(T));
        return *static_cast<T *>(_state.object.get());
    }

protected:
    server_loop(event_loop *loop, loop_state_holder state) : _loop(loop), _state(std::move(state))
    {
    }
    ~server_loop() = default;

    event_loop *_loop;

private:
    loop_state_holder _state;
};

}  // namespace lars
