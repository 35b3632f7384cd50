// Everything that lars_reactor offers.
#pragma once

#include "config_file.h"
#include "event_loop.h"
#include "log.h"
#include "message.h"
#include "server_loop.h"
#include "tcp_client.h"
#include "tcp_server.h"
#include "thread_pool.h"
#include "thread_queue.h"
#include "udp_client.h"
#include "udp_server.h"
