# The compiler's flags, the same for every stage and for stages/testing.
# plain is what a reader builds; asan and tsan exist for the tests.
VARIANTS := plain asan tsan
BASE     := -std=c++17 -Wall -Wextra -Wshadow -pthread $(if $(WERROR),-Werror)
FLAGS_plain := -O2 -g
# vptr: that check needs a free fd, which some tests do not leave.
FLAGS_asan  := -O1 -g1 -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS_tsan  := -O1 -g1 -fsanitize=thread
GTEST_CFLAGS := $(shell pkg-config --cflags gtest 2>/dev/null)
GTEST_LIBS   := $(shell pkg-config --libs gtest 2>/dev/null)

# make V=1 shows every command.
ifneq ($(V),1)
Q := @
endif
