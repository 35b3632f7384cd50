// Everything the library offers.
#pragma once

#include "buf_pool.h"
#include "config_file.h"
#include "event_loop.h"
#include "io_buf.h"
#include "message.h"
#include "msg_router.h"
#include "net_connection.h"
#include "reactor_buf.h"
#include "tcp_client.h"
#include "tcp_conn.h"
#include "tcp_server.h"
#include "thread_pool.h"
#include "thread_queue.h"
#include "udp_client.h"
#include "udp_server.h"
