// What processes that a test has forked tell it, in memory that they share: there it is also
// after a process was killed.
#pragma once

#include <sys/mman.h>

#include <new>

namespace lars::test {

template <typename note>
class shared_notes {
public:
    explicit shared_notes(size_t count) : _size(count * sizeof(note))
    {
        void *memory =
            mmap(nullptr, _size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            throw std::bad_alloc();
        _notes = new (memory) note[count]();
    }
    ~shared_notes() { munmap(_notes, _size); }
    shared_notes(const shared_notes &) = delete;
    shared_notes &operator=(const shared_notes &) = delete;

    note &operator[](size_t number) { return _notes[number]; }

private:
    size_t _size;
    note *_notes = nullptr;
};

}  // namespace lars::test
