// What is the same for every program: its version, its processor time, memory and files,
// and its log. The names are those that all client libraries of Prometheus give them.
#pragma once

#include "metrics_page.h"
#include "service.h"

namespace lars {

// Any thread. Adds them to PAGE. CONTEXT is what run_service gave the service.
void add_process_metrics(const service_context &context, metrics_page *page);

}  // namespace lars
