// Everything that lars_reactor offers. The other headers of this folder may be included
// one by one.
#pragma once

#include "backoff.h"
#include "config_file.h"
#include "endpoint.h"
#include "event_loop.h"
#include "ip_ranges.h"
#include "log.h"
#include "loop_thread.h"
#include "message.h"
#include "net_connection.h"
#include "queue_limits.h"
#include "server_loop.h"
#include "start_thread.h"
#include "status.h"
#include "tcp_client.h"
#include "tcp_server.h"
#include "thread_pool.h"
#include "thread_queue.h"
#include "udp_client.h"
#include "udp_server.h"
#include "unique_fd.h"
