#include "testing.h"

#include "buf_pool.h"
#include "io_buf.h"
#include "reactor_buf.h"

TEST(IoBuf, PopAndAdjustKeepWhatWaits)
{
    io_buf buffer(16);
    memcpy(buffer.data, "0123456789", 10);
    buffer.length = 10;
    buffer.pop(4);
    EXPECT_EQ(4, buffer.head);
    EXPECT_EQ(6, buffer.length);
    buffer.adjust();
    EXPECT_EQ(0, buffer.head);
    EXPECT_EQ("456789", std::string(buffer.data, buffer.length));

    io_buf other(8);
    buffer.pop(2);
    other.copy(&buffer);
    EXPECT_EQ("6789", std::string(other.data + other.head, other.length));
    other.clear();
    EXPECT_EQ(0, other.length);
    EXPECT_EQ(16, buffer.capacity);
}

TEST(BufPool, GivesTheSmallestSizeThatFits)
{
    buf_pool *pool = buf_pool::instance();
    const std::pair<int, int> cases[] = {{0, m4K}, {1, m4K}, {m4K, m4K}, {m4K + 1, m16K}, {m64K, m64K},
        {m64K + 1, m256K}, {m1M - 1, m1M}, {m1M + 1, m4M}, {m8M, m8M}};
    for (const auto &c : cases) {
        io_buf *buffer = pool->alloc_buf(c.first);
        ASSERT_NE(nullptr, buffer);
        EXPECT_EQ(c.second, buffer->capacity) << c.first;
        EXPECT_EQ(0, buffer->length);
        pool->revert(buffer);
    }
    EXPECT_EQ(nullptr, pool->alloc_buf(m8M + 1));
    EXPECT_EQ(nullptr, pool->alloc_buf(-1));
}

TEST(BufPool, ABufferThatCameBackIsUsedAgainEmpty)
{
    buf_pool *pool = buf_pool::instance();
    io_buf *first = pool->alloc_buf();
    first->length = 10;
    first->pop(3);
    pool->revert(first);
    io_buf *second = pool->alloc_buf();
    EXPECT_EQ(first, second);
    EXPECT_EQ(0, second->length);
    EXPECT_EQ(0, second->head);
    pool->revert(second);
}

#if !KIT_SANITIZED   // a sanitizer touches all of the memory it hands out
TEST(BufPool, Trap_R30_SpentMemoryGivesNullAndComesBack)
{
    buf_pool *pool = buf_pool::instance();
    std::vector<io_buf *> lent;
    while (io_buf *buffer = pool->alloc_buf(m8M)) {
        lent.push_back(buffer);
        ASSERT_LE(lent.size(), EXTRA_MEM_LIMIT / (m8M / 1024));
    }
    EXPECT_EQ(nullptr, pool->alloc_buf(m8M));
    for (io_buf *buffer : lent) {
        pool->revert(buffer);
    }
    io_buf *again = pool->alloc_buf(m8M);
    EXPECT_NE(nullptr, again);
    pool->revert(again);
}
#endif

TEST(InputBuf, ReadsUntilTheEnd)
{
    kit::socket_pair pair(false);
    kit::peer other = kit::peer::adopt(pair.a);
    pair.a = -1;
    input_buf in;
    EXPECT_EQ(nullptr, in.data());
    other.send("abc");
    EXPECT_EQ(3, in.read_data(pair.b));
    other.send("def");
    EXPECT_EQ(3, in.read_data(pair.b));
    EXPECT_EQ("abcdef", std::string(in.data(), in.length()));
    in.pop(4);
    in.adjust();
    EXPECT_EQ("ef", std::string(in.data(), in.length()));
    other.close();
    EXPECT_EQ(0, in.read_data(pair.b));
    EXPECT_EQ(2, in.length());
    in.pop(2);
    EXPECT_EQ(0, in.length());
    EXPECT_EQ(-1, in.read_data(-1));
    EXPECT_EQ(EBADF, errno);
}

TEST(InputBuf, Trap_R7_GrowsBeforeItIsFullAndNeverReadsPastItsEnd)
{
    kit::socket_pair pair(true);
    kit::peer other = kit::peer::adopt(pair.a);
    pair.a = -1;
    std::string sent, one;
    input_buf in;
    for (int i = 0; i < 60; i++) {
        one.assign(i == 0 ? m4K - 1 : 1000 + i, static_cast<char>('a' + i % 26));
        ASSERT_TRUE(other.send(one));
        sent += one;
        while (in.read_data(pair.b) > 0) {
        }
        ASSERT_EQ(EAGAIN, errno);
        ASSERT_EQ(static_cast<int>(sent.size()), in.length());
    }
    EXPECT_TRUE(sent == std::string(in.data(), in.length()));
}

TEST(InputBuf, BehindWhatWaitsThereIsAlwaysOnePlaceMore)
{
    kit::socket_pair pair(true);
    kit::peer other = kit::peer::adopt(pair.a);
    pair.a = -1;
    ASSERT_TRUE(other.send(std::string(m4K, 'a')));
    input_buf in;
    int full = in.read_data(pair.b);
    ASSERT_EQ(m4K - 1, full) << "the last place of the buffer stays free";
    EXPECT_EQ('\0', in.swap_byte(full, '!'));
    EXPECT_EQ('a', in.swap_byte(full - 1, 'z'));
    EXPECT_EQ('z', in.data()[full - 1]);
    EXPECT_EQ('!', in.data()[full]);
    EXPECT_EQ(full, in.length());

    in.pop(m4K - 2);   // one byte waits at the end, and there is no room behind it
    ASSERT_EQ(1, in.read_data(pair.b));
    EXPECT_EQ("za", std::string(in.data(), in.length()));
}

TEST(OutputBuf, Trap_R9_WhatTheSocketDoesNotTakeStaysInOrder)
{
    kit::socket_pair pair(true);
    kit::peer other = kit::peer::adopt(pair.b);
    pair.b = -1;
    output_buf out;
    std::string all, back;
    for (int i = 0; i < 1000; i++) {
        std::string line = "line " + std::to_string(i) + std::string(700, '.') + "\n";
        ASSERT_EQ(0, out.send_data(line.data(), static_cast<int>(line.size())));
        all += line;
    }
    EXPECT_GT(out.write2fd(pair.a), 0);
    EXPECT_GT(out.length(), 0) << "the socket took everything: make the test larger";
    while (back.size() < all.size()) {
        std::string part = other.recv_some();
        ASSERT_FALSE(part.empty());
        back += part;
        ASSERT_GE(out.write2fd(pair.a), 0);
    }
    EXPECT_TRUE(all == back);
    EXPECT_EQ(0, out.length());
}

TEST(OutputBuf, Trap_R9_TakesNoMoreThanTheLargestBuffer)
{
    output_buf out;
    std::string part(m1M, 'x');
    for (int i = 0; i < 8; i++) {
        ASSERT_EQ(0, out.send_data(part.data(), m1M));
    }
    EXPECT_EQ(-1, out.send_data("x", 1));
    EXPECT_EQ(m8M, out.length());
    EXPECT_EQ(-1, out.send_data(part.data(), -5));
}

TEST(OutputBuf, TheRoomInFrontIsUsedAgain)
{
    kit::socket_pair pair(true);
    kit::peer other = kit::peer::adopt(pair.b);
    pair.b = -1;
    output_buf out;
    std::string first(4000, 'a'), second(2000, 'b');
    out.send_data(first.data(), 4000);
    out.pop(3000);
    out.send_data(second.data(), 2000);   // fits, but not behind the first
    EXPECT_EQ(3000, out.length());
    EXPECT_EQ(3000, out.write2fd(pair.a));
    EXPECT_TRUE(other.recv(3000) == std::string(1000, 'a') + second);
}

TEST(OutputBuf, Trap_R16_AResetSocketIsAnErrorNotASignal)
{
    kit::socket_pair pair(true);
    close(pair.b);
    pair.b = -1;
    output_buf out;
    out.send_data("x", 1);
    EXPECT_EQ(-1, out.write2fd(pair.a));
    EXPECT_EQ(EPIPE, errno);
}
