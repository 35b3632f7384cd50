// Memory that others are handed: its size stays, and where it is said so they cannot write it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "sealed_memory.h"

namespace lars {
namespace {

constexpr size_t SIZE = 8192;

class SealedMemory : public testing::Test {
protected:
    void make(sealed_memory::writers who)
    {
        const status made = sealed_memory::make("test", SIZE, who, &_memory);
        ASSERT_TRUE(made) << made.message();
    }
    // As whoever was handed the descriptor could.
    int opened_anew(int flags) const
    {
        return open(("/proc/self/fd/" + std::to_string(_memory.fd())).c_str(), flags | O_CLOEXEC);
    }

    sealed_memory _memory;
};

TEST_F(SealedMemory, IsZeroAndSeenByWhoeverMapsIt)
{
    make(sealed_memory::writers::only_this_process);
    EXPECT_EQ(_memory.data()[SIZE - 1], 0);
    void *seen = mmap(nullptr, SIZE, PROT_READ, MAP_SHARED, _memory.fd(), 0);
    ASSERT_NE(seen, MAP_FAILED);
    _memory.data()[17] = 'x';
    EXPECT_EQ(static_cast<const char *>(seen)[17], 'x');
    munmap(seen, SIZE);
}

TEST_F(SealedMemory, OthersCannotWriteWhateverTheyTry)
{
    make(sealed_memory::writers::only_this_process);
    const auto maps_for_writing = [](int fd) {
        return mmap(nullptr, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED;
    };
    EXPECT_FALSE(maps_for_writing(_memory.fd()));
    EXPECT_EQ(pwrite(_memory.fd(), "x", 1, 0), -1);
    const unique_fd anew(opened_anew(O_RDWR));
    if (anew.valid()) {
        EXPECT_FALSE(maps_for_writing(anew.get()));
        EXPECT_EQ(pwrite(anew.get(), "x", 1, 0), -1);
    }
    void *read_only = mmap(nullptr, SIZE, PROT_READ, MAP_SHARED, _memory.fd(), 0);
    ASSERT_NE(read_only, MAP_FAILED);
    EXPECT_EQ(mprotect(read_only, SIZE, PROT_READ | PROT_WRITE), -1);
    munmap(read_only, SIZE);
    EXPECT_EQ(fallocate(_memory.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, SIZE), -1);
    EXPECT_EQ(fcntl(_memory.fd(), F_ADD_SEALS, F_SEAL_WRITE), -1);
    _memory.data()[0] = 'y';
    EXPECT_EQ(_memory.data()[0], 'y');
}

TEST_F(SealedMemory, NobodyChangesItsSize)
{
    for (const auto who :
         {sealed_memory::writers::all, sealed_memory::writers::only_this_process}) {
        make(who);
        EXPECT_EQ(ftruncate(_memory.fd(), 0), -1);
        EXPECT_EQ(ftruncate(_memory.fd(), 2 * SIZE), -1);
        EXPECT_EQ(fcntl(_memory.fd(), F_GET_SEALS) & (F_SEAL_SHRINK | F_SEAL_GROW),
                  F_SEAL_SHRINK | F_SEAL_GROW);
    }
}

TEST_F(SealedMemory, ThatOfAPageIsWrittenByBoth)
{
    make(sealed_memory::writers::all);
    void *other = mmap(nullptr, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, _memory.fd(), 0);
    ASSERT_NE(other, MAP_FAILED);
    static_cast<char *>(other)[5] = 'z';
    EXPECT_EQ(_memory.data()[5], 'z');
    munmap(other, SIZE);
}

TEST_F(SealedMemory, StaysMappedWithoutItsDescriptor)
{
    make(sealed_memory::writers::all);
    _memory.close_fd();
    EXPECT_EQ(_memory.fd(), -1);
    sealed_memory moved = std::move(_memory);
    moved.data()[0] = 'a';
    EXPECT_EQ(_memory.data(), nullptr);
    EXPECT_EQ(moved.data()[0], 'a');
}

TEST(SealedMemoryError, NamesWhatCannotBeMade)
{
    sealed_memory memory;
    const status made =
        sealed_memory::make("too-large", size_t{1} << 60, sealed_memory::writers::all, &memory);
    ASSERT_FALSE(made);
    EXPECT_NE(made.message().find("too-large"), std::string::npos) << made.message();
    EXPECT_EQ(memory.data(), nullptr);
}

}  // namespace
}  // namespace lars
