# The rules of a stage of the reactor: a library and the programs under example/.
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

ARCHIVE  := lib/liblreactor.a
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
build/$(1)/test/%.o: test/%.cpp $(STAGES)/mk/flags.mk $(wildcard $(TESTING)/testing.h) | testing
	@mkdir -p $$(@D)
	$$(Q)$$(CXX) $$(BASE) $$(FLAGS_$(1)) -O0 $$(GTEST_CFLAGS) -I$(TESTING)/build/$(1) -I$(TESTING) -Iinclude -MMD -MP -c -o $$@ $$<
build/$(1)/liblreactor.a: $(SOURCES:%.cpp=build/$(1)/%.o)
	$$(Q)rm -f $$@ && ar rcs $$@ $$^
build/$(1)/stage_test: $(TESTS:%.cpp=build/$(1)/%.o) $(if $(filter plain,$(1)),$(ARCHIVE),$(SOURCES:%.cpp=build/$(1)/%.o)) $(wildcard $(TESTING)/build/$(1)/libtesting.a) | testing
	$$(Q)$$(CXX) $$(FLAGS_$(1)) -pthread -o $$@ $$(filter-out %/libtesting.a,$$^) $(TESTING)/build/$(1)/libtesting.a $$(GTEST_LIBS)
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

clean:
	rm -rf build lib $(PROGRAMS)
-include $(wildcard build/*/src/*.d build/*/test/*.d build/plain/example/*/*.d)
