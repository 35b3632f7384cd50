// What a tcp_server counts.
#pragma once

#include "metrics_page.h"
#include "tcp_server.h"

namespace lars {

// Any thread. Adds it to PAGE.
void add_server_metrics(const tcp_server &server, metrics_page *page);

}  // namespace lars
