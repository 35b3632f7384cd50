#include <random>

#include "input_buf.h"
#include "net_support.h"
#include "output_buf.h"

namespace lars {
namespace {

using test::pattern;

void fill(io_buf &buf, const std::string &text)
{
    ASSERT_LE(text.size(), buf.space_size());
    std::memcpy(buf.space(), text.data(), text.size());
    buf.filled(text.size());
}

std::string text_of(const io_buf &buf)
{
    return std::string(buf.data(), buf.length());
}

TEST(IoBuf, PopAdjustAndFillKeepTheBytesInOrder)
{
    io_buf buf(8);
    EXPECT_EQ(buf.capacity(), 8u);
    fill(buf, "abcdef");
    EXPECT_EQ(buf.space_size(), 2u);
    buf.pop(4);
    EXPECT_EQ(text_of(buf), "ef");
    EXPECT_EQ(buf.space_size(), 2u);
    buf.adjust();
    EXPECT_EQ(buf.space_size(), 6u);
    fill(buf, "ghijkl");
    EXPECT_EQ(text_of(buf), "efghijkl");
    EXPECT_EQ(buf.space_size(), 0u);
    buf.pop(8);
    EXPECT_EQ(buf.length(), 0u);
    EXPECT_EQ(buf.space_size(), 8u);
    fill(buf, "x");
    buf.clear();
    EXPECT_EQ(buf.space_size(), 8u);
}

TEST(BufPool, HandsOutTheSmallestSizeThatHoldsIt)
{
    buf_pool pool;
    EXPECT_EQ(pool.alloc_buf()->capacity(), 4096u);
    EXPECT_EQ(pool.alloc_buf(0)->capacity(), 4096u);
    for (size_t i = 0; i < buf_pool::SIZES.size(); ++i) {
        EXPECT_EQ(pool.alloc_buf(buf_pool::SIZES[i])->capacity(), buf_pool::SIZES[i]);
        EXPECT_EQ(pool.alloc_buf(buf_pool::SIZES[i] - 1)->capacity(), buf_pool::SIZES[i]);
    }
    EXPECT_EQ(pool.alloc_buf((8u << 20) + 1), nullptr);
    EXPECT_EQ(pool.alloc_buf(SIZE_MAX), nullptr);
}

TEST(BufPool, GivesBackWhatItKeptEmptied)
{
    buf_pool pool;
    std::unique_ptr<io_buf> buf = pool.alloc_buf(5000);
    const io_buf *first = buf.get();
    fill(*buf, "old");
    buf->pop(1);
    pool.revert(std::move(buf));
    EXPECT_EQ(pool.kept_bytes(), 16384u);
    buf = pool.alloc_buf(10000);
    EXPECT_EQ(buf.get(), first);
    EXPECT_EQ(buf->length(), 0u);
    EXPECT_EQ(buf->space_size(), 16384u);
    EXPECT_EQ(pool.kept_bytes(), 0u);
}

TEST(BufPool, KeepsNoMoreThanItsLimit)
{
    buf_pool pool;
    std::vector<std::unique_ptr<io_buf>> taken;
    for (int i = 0; i < 1000; ++i)
        taken.push_back(pool.alloc_buf());
    taken.push_back(pool.alloc_buf(8u << 20));
    for (std::unique_ptr<io_buf> &buf : taken)
        pool.revert(std::move(buf));
    EXPECT_EQ(pool.kept_bytes(), buf_pool::KEEP_BYTES);
    pool.revert(nullptr);
    EXPECT_EQ(pool.kept_bytes(), buf_pool::KEEP_BYTES);
}

TEST(InputBuf, HoldsMemoryOnlyWhileItHoldsBytes)
{
    buf_pool pool;
    input_buf in(pool);
    EXPECT_EQ(in.length(), 0u);
    EXPECT_EQ(in.data(), nullptr);
    EXPECT_TRUE(in.append("x", 0));
    EXPECT_EQ(in.data(), nullptr);
    in.pop(0);

    EXPECT_TRUE(in.append("abc", 3));
    EXPECT_EQ(pool.kept_bytes(), 0u);
    in.pop(3);
    EXPECT_EQ(in.data(), nullptr);
    EXPECT_EQ(pool.kept_bytes(), 4096u);
}

TEST(InputBuf, GrowsAndKeepsItsBytesInOrder)
{
    buf_pool pool;
    input_buf in(pool);
    const std::string bytes = pattern(300000);
    std::string seen;
    size_t appended = 0;
    std::minstd_rand random(1);
    while (appended < bytes.size()) {
        const size_t part = std::min<size_t>(random() % 9000, bytes.size() - appended);
        ASSERT_TRUE(in.append(bytes.data() + appended, part));
        appended += part;
        const size_t gone = random() % (in.length() + 1) / 2;
        seen.append(in.data() ? in.data() : "", gone);
        in.pop(gone);
    }
    seen.append(in.data(), in.length());
    EXPECT_TRUE(seen == bytes);
}

TEST(InputBuf, MoreThanTheLargestBufferIsRefusedAndChangesNothing)
{
    buf_pool pool;
    input_buf in(pool);
    ASSERT_TRUE(in.append("abc", 3));
    const std::string large(8u << 20, 'x');
    EXPECT_FALSE(in.append(large.data(), large.size()));
    EXPECT_EQ(std::string(in.data(), in.length()), "abc");
    EXPECT_TRUE(in.append(large.data(), large.size() - 3));
    EXPECT_EQ(in.length(), large.size());
}

std::string text_of(const output_buf &out)
{
    iovec parts[64];
    std::string text;
    const int count = out.pieces(parts, 64);
    for (int i = 0; i < count; ++i)
        text.append(static_cast<const char *>(parts[i].iov_base), parts[i].iov_len);
    return text;
}

TEST(OutputBuf, KeepsItsBytesInOrder)
{
    buf_pool pool;
    output_buf out(pool);
    const std::string bytes = pattern(900000);
    std::string seen;
    size_t appended = 0;
    std::minstd_rand random(2);
    while (appended < bytes.size() || out.length() > 0) {
        const size_t part = std::min<size_t>(random() % 90000, bytes.size() - appended);
        out.append(bytes.data() + appended, part);
        appended += part;
        ASSERT_EQ(out.length(), appended - seen.size());
        const size_t gone = std::min<size_t>(random() % 100000, out.length());
        seen += text_of(out).substr(0, gone);
        out.pop(gone);
    }
    EXPECT_TRUE(seen == bytes);
}

TEST(OutputBuf, GivesAtMostAsManyPiecesAsWanted)
{
    buf_pool pool;
    output_buf out(pool);
    iovec parts[2];
    EXPECT_EQ(out.pieces(parts, 2), 0);
    const std::string bytes = pattern(200000);
    out.append(bytes.data(), bytes.size());
    EXPECT_EQ(out.pieces(parts, 2), 2);
}

TEST(OutputBuf, Trap_R30_GrowsWithUseAndGivesItsMemoryBack)
{
    buf_pool pool;
    output_buf out(pool);
    out.append("small", 5);
    out.pop(2);
    EXPECT_EQ(text_of(out), "all");
    out.clear();
    EXPECT_EQ(out.length(), 0u);
    EXPECT_EQ(pool.kept_bytes(), 4096u);  // a small queue took a small block
    out.clear();

    const std::string bytes = pattern(200000);
    out.append(bytes.data(), bytes.size());
    out.pop(bytes.size());
    EXPECT_EQ(text_of(out), "");
    EXPECT_LE(pool.kept_bytes(), 4096u + 4 * 65536u);
    out.append("again", 5);
    EXPECT_EQ(text_of(out), "again");
}

}  // namespace
}  // namespace lars
