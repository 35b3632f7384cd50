// A client, an agent that answers it by UDP and offers the local path, and the other side of
// that path.
#pragma once

#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "clients.h"
#include "coarse_clock.h"
#include "fake_table.h"
#include "wait_until.h"

namespace lars::test {

inline constexpr uint32_t IP = 0x0a000001;  // 10.0.0.1

// The file of the socket that an agent offers. Any thread.
class offered_path {
public:
    void set(const std::string &path)
    {
        const std::lock_guard<std::mutex> lock(_mutex);
        _path = path;
    }
    std::string get() const
    {
        const std::lock_guard<std::mutex> lock(_mutex);
        return _path;
    }

private:
    mutable std::mutex _mutex;
    std::string _path;
};

// What good_agent() answers, and PATH, which outlives it, where the client asks for it.
fake_agent::handler offering_agent(const offered_path *path);

class LocalPath : public testing::Test {
protected:
    struct choice {
        int retcode = -1;
        std::string ip;
        int port = 0;
    };

    void SetUp() override;

    static std::vector<table_host> three_hosts() { return {{IP, 1}, {IP, 2}, {IP, 3}}; }
    table_writer &table() { return _now->table(); }
    // The client meets this one from now on.
    void use(fake_table &other);

    choice choose(int modid, int cmdid);
    // Of the host 10.0.0.1 at that port.
    void report(int modid, int cmdid, int port, int retcode, int timecost_ms = 0);
    // Until the client chooses that module by the table; or has met for any module. Returns how
    // many requests the agent had got by then.
    size_t meet(int modid, int cmdid);
    void meet_any();
    // What the last question for a host said.
    bool was_asked_for_local() const;

    fake_table _fake;
    fake_table *_now = &_fake;
    offered_path _path;
    fake_agent _agent{offering_agent(&_path)};
    lars_client _client;
    int _first_port = 0;  // of the choice by which meet() found that it was local
};

}  // namespace lars::test
