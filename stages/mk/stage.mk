# The rules of every stage. A stage's own Makefile says what differs:
#   IDEA, LIMIT   one line each, for the tables of stages/README.md and docs/course.md
#   PREV          the stage before, as reactor/v0.4
#   CHANGES       the files this stage adds to it or changes; all others are the same, byte for byte
#   REMOVES       the files of the stage before that are gone
#   RACES         yes: the tests also run under ThreadSanitizer
LIB ?= lreactor

STAGES := $(patsubst %/mk/stage.mk,%,$(abspath $(lastword $(MAKEFILE_LIST))))
STAGE  := $(patsubst $(STAGES)/%,%,$(CURDIR))
include $(STAGES)/mk/flags.mk

TEST_VARIANTS ?= plain asan $(if $(filter yes,$(RACES)),tsan)
ARCHIVE  := lib/lib$(LIB).a
SOURCES  := $(wildcard src/*.cpp)
PROGRAMS := $(patsubst %.cpp,%,$(wildcard example/*/*.cpp))
PROTOS   := $(wildcard example/*/*.proto)
TESTS    := $(wildcard test/*.cpp)
ifneq ($(PROTOS),)
PROTO_CFLAGS := $(shell pkg-config --cflags protobuf)
PROTO_LIBS   := $(shell pkg-config --libs protobuf)
endif

all: $(ARCHIVE) $(PROGRAMS)

define variant
build/$(1)/src/%.o: src/%.cpp $(STAGES)/mk/flags.mk
	@mkdir -p $$(@D)
	$$(Q)$$(CXX) $$(BASE) $$(FLAGS_$(1)) -Iinclude -MMD -MP -c -o $$@ $$<
build/$(1)/test/%.o: test/%.cpp $(STAGES)/mk/flags.mk $(wildcard $(STAGES)/testing/testing.h) | testing
	@mkdir -p $$(@D)
	$$(Q)$$(CXX) $$(BASE) $$(FLAGS_$(1)) -O0 $$(GTEST_CFLAGS) -I$(STAGES)/testing/build/$(1) -I$(STAGES)/testing -Iinclude -MMD -MP -c -o $$@ $$<
build/$(1)/stage_test: $(TESTS:%.cpp=build/$(1)/%.o) $(if $(filter plain,$(1)),$(ARCHIVE),$(SOURCES:%.cpp=build/$(1)/%.o)) $(wildcard $(STAGES)/testing/build/$(1)/libtesting.a) | testing
	$$(Q)$$(CXX) $$(FLAGS_$(1)) -pthread -o $$@ $$(filter-out %/libtesting.a,$$^) $(STAGES)/testing/build/$(1)/libtesting.a $$(GTEST_LIBS)
endef
$(foreach v,$(VARIANTS),$(eval $(call variant,$(v))))

$(ARCHIVE): $(SOURCES:%.cpp=build/plain/%.o)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && ar rcs $@ $^

# The messages of an example, and then the example, which includes them.
build/plain/%.pb.cc: %.proto
	@mkdir -p $(@D)
	$(Q)protoc --proto_path=$(<D) --cpp_out=$(@D) $<
build/plain/%.pb.o: build/plain/%.pb.cc
	$(Q)$(CXX) $(BASE) $(FLAGS_plain) -w $(PROTO_CFLAGS) -c -o $@ $<
build/plain/example/%.o: example/%.cpp $(STAGES)/mk/flags.mk | $(PROTOS:%.proto=build/plain/%.pb.cc)
	@mkdir -p $(@D)
	$(Q)$(CXX) $(BASE) $(FLAGS_plain) -Iinclude -I$(@D) $(PROTO_CFLAGS) -MMD -MP -c -o $@ $<
.SECONDARY: $(PROTOS:%.proto=build/plain/%.pb.cc)

define program
$(1): build/plain/$(1).o $(patsubst %.proto,build/plain/%.pb.o,$(wildcard $(dir $(1))*.proto)) $(ARCHIVE)
	$$(Q)$$(CXX) $$(FLAGS_plain) -pthread -o $$@ $$^ $(if $(wildcard $(dir $(1))*.proto),$$(PROTO_LIBS))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

# One stage at a time builds the shared part; the others wait for it.
testing:
	+$(Q)flock $(STAGES)/testing/.lock $(MAKE) --no-print-directory -s -C $(STAGES)/testing

TEST_BINARIES := $(TEST_VARIANTS:%=build/%/stage_test)
test-build: all $(TEST_BINARIES)
test: test-build
	@$(STAGES)/mk/run-tests.sh $(TEST_BINARIES)

run: all
	@$(STAGES)/mk/transcript.sh run README.md

# make diff         what this stage adds to the one before
# make diff ALL=1   with its tests and README
diff:
	@$(STAGES)/mk/diff.sh $(STAGE) $(ALL)

clean:
	rm -rf build lib $(PROGRAMS)

.PHONY: all testing test-build test run diff clean
.DELETE_ON_ERROR:
-include $(wildcard build/*/src/*.d build/*/test/*.d build/plain/example/*/*.d)
