// Clients of a fake agent, and how long they wait for it; tools likewise.
#pragma once

#include "fake_agent.h"
#include "lars_client.h"
#include "process.h"

namespace lars::test {

inline constexpr int LONG_MS = 20000;  // when an answer is certain to come
inline constexpr int SHORT_MS = 40;    // when none comes

inline lars_client client_of(const fake_agent &agent, int deadline_ms = LONG_MS)
{
    lars_client client("127.0.0.1", agent.base_port());
    client.set_deadline(deadline_ms);
    return client;
}

// For a tool that asks the agent at this port.
inline process_options with_agent(int port)
{
    process_options options;
    options.environment = {"LARS_AGENT=127.0.0.1:" + std::to_string(port)};
    return options;
}

}  // namespace lars::test
