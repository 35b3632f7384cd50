#include "message.h"

#include <cstring>

static_assert(sizeof(msg_head) == MESSAGE_HEAD_LEN, "the header travels as it lies in memory");

int peek_message(const input_buf &ibuf, msg_head *head)
{
    if (ibuf.length() < MESSAGE_HEAD_LEN) {
        return 0;
    }
    memcpy(head, ibuf.data(), MESSAGE_HEAD_LEN);
    if (head->msglen < 0 || head->msglen > MESSAGE_LENGTH_LIMIT) {
        return -1;
    }
    return ibuf.length() >= MESSAGE_HEAD_LEN + head->msglen ? 1 : 0;
}

int put_message(output_buf *obuf, const char *data, int msglen, int msgid)
{
    // Room for both parts first: half a message would spoil all that follow.
    if (obuf->reserve(MESSAGE_HEAD_LEN + msglen) == -1) {
        return -1;
    }
    msg_head head = {msgid, msglen};
    obuf->send_data(reinterpret_cast<const char *>(&head), MESSAGE_HEAD_LEN);
    if (msglen > 0) {
        obuf->send_data(data, msglen);
    }
    return 0;
}
