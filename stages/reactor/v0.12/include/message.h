// How a message travels: a header of two little-endian ints, then msglen bytes.
#pragma once

#include "msg_router.h"
#include "reactor_buf.h"

struct msg_head {
    int msgid;
    int msglen;   // of what follows the header
};

#define MESSAGE_HEAD_LEN 8
#define MESSAGE_LENGTH_LIMIT (65535 - MESSAGE_HEAD_LEN)
#define UDP_LENGTH_LIMIT (65507 - MESSAGE_HEAD_LEN)   // a datagram holds 65507 bytes

// Looks at the front of ibuf. 1: a whole message is there, and *head tells about it;
// 0: more has to come; -1: the header cannot be true, and nothing after it can be read.
int peek_message(const input_buf &ibuf, msg_head *head);

// Appends a message to obuf: all of it, or -1 and nothing when there is no room for it.
int put_message(output_buf *obuf, const char *data, int msglen, int msgid);
