#include "server_metrics.h"

namespace lars {

static void add_refused(const tcp_server &server, metrics_page *page)
{
    const auto add = [page](const char *reason, uint64_t count) {
        page->count("lars_connections_refused_total", "Connections turned away, by reason.", count,
                    {{"reason", reason}});
    };
    add("max_connections", server.refused());
    add("max_per_address", server.refused_per_address());
    add("not_allowed", server.not_allowed());
}

static void add_cut(const tcp_server &server, metrics_page *page)
{
    const auto add = [page](const char *reason, uint64_t count) {
        page->count("lars_connections_cut_total", "Connections ended here, by reason.", count,
                    {{"reason", reason}});
    };
    add("not_reading", server.overflows());
    add("memory_limit", server.memory_cuts());
    add("silent", server.silent());
}

void add_server_metrics(const tcp_server &server, metrics_page *page)
{
    page->gauge("lars_connections", "Open connections.", server.connections());
    add_refused(server, page);
    add_cut(server, page);
    page->count("lars_unknown_messages_total", "Messages with an id that nobody knows.",
                server.unknown_messages());
    page->gauge("lars_connection_buffer_bytes", "Memory in the buffers of connections.",
                server.memory_held());
}

}  // namespace lars
