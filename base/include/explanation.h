// The words for why the agent treats the hosts of a module as it does, and the two
// messages that carry them to lars_explain. These are values like any other, and any
// thread may use them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "endpoint.h"
#include "lars.pb.h"
#include "route.h"

namespace lars {

// What an ExplainRequest asks for: the module's hosts, from number FIRST on. SEQ comes
// back in the answer, so that the asker knows it again.
struct explain_request {
    module_id module;
    uint32_t seq = 0;
    uint32_t first = 0;
};

// A change of a host's state, AGE_MS milliseconds ago.
struct explained_change {
    uint64_t age_ms = 0;
    bool overloaded = false;  // what the host became
    std::string reason;
};

struct explained_host {
    route_host host;
    bool overloaded = false;
    uint64_t state_ms = 0;  // since its state began
    std::string reason;     // why it did; empty if the host began so
    double share = 0;       // of the choices now, probes apart: 0 to 1
    // The time until it may be probed; nothing where no time is set.
    std::optional<uint64_t> next_probe_ms;
    std::vector<std::pair<std::string, std::string>> figures;  // names and values
    std::vector<explained_change> changes;                     // the oldest first
};

// One of the choices to come.
struct explained_choice {
    endpoint address;    // port 0: no host, the module is overloaded
    bool probe = false;  // the host is set aside
};

// One who chooses from the table: a process, or a thread of one. Times are as above.
struct explained_client {
    uint32_t process = 0;
    uint32_t user = 0;
    uint64_t met_ms = 0;
    std::optional<uint64_t> last_choice_ms;  // nothing: none yet
    uint64_t seen_ms = 0;                    // how old what it saw was at that call
};

struct explained_module {
    bool known = false;  // if not, the rest has no meaning
    std::string policy;
    RouteOrigin origin = ROUTE_AWAITED;
    uint64_t route_ms = 0;  // since the route came from there
    bool asking = false;    // a question to the dns is on its way
    size_t hosts = 0;       // how many there are in all
    std::vector<explained_choice> next;
    bool in_table = false;  // clients may choose by themselves
    size_t clients_in_all = 0;
    std::vector<explained_client> clients;  // the first of those
};

// Reads the body of an ExplainRequest, the LEN bytes at DATA, into *OUT. Returns false if
// the body is not such a message.
bool decode_explain_request(const char *data, size_t len, explain_request *out);

// Builds the ExplainResponse to one request. It is never larger than a datagram.
class explanation_writer {
public:
    // The agent serves for RUNNING_MS.
    explanation_writer(const explain_request &asked, uint64_t running_ms,
                       const explained_module &module);

    // Adds the next host. Returns false, and adds nothing, if the answer is full.
    bool add(const explained_host &host);
    // The message's body, with what was added up to now.
    std::string body() const;

private:
    ExplainResponse _response;
    size_t _size;
};

}  // namespace lars
