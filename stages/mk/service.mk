# The rules of a stage of a service, on the library of reactor/v0.12. Its Makefile also says:
#   BINS       its programs: src/NAME.cpp holds the main of bin/NAME, all else goes into the library
#   NEEDS      stages whose programs its tests and its transcript start
#   DATABASE   yes: tests and transcript run beside a private MariaDB
include $(dir $(lastword $(MAKEFILE_LIST)))common.mk

REACTOR := $(STAGES)/reactor/v0.12
TESTING_PARTS := services
BESIDE  := $(if $(filter yes,$(DATABASE)),$(STAGES)/mk/with-database.sh)

SOURCES  := $(filter-out $(BINS:%=src/%.cpp),$(wildcard src/*.cpp))
TESTS    := $(wildcard test/*_test.cpp)
# test/NAME.cpp is a program too, a client to try the service with; it is built beside its source.
PROGRAMS := $(patsubst %.cpp,%,$(filter-out $(TESTS),$(wildcard test/*.cpp)))
PROTO    := $(if $(wildcard proto/lars.proto),build/proto/lars.pb)
API      := $(wildcard api/cpp/lars_api/*.cpp)
EXAMPLES := $(patsubst %.cpp,%,$(wildcard api/cpp/example/*.cpp))

CPPFLAGS := -Iinclude -I$(REACTOR)/include $(if $(PROTO),-Ibuild/proto $(shell pkg-config --cflags protobuf)) \
	$(if $(API),-Iapi/cpp/lars_api) $(shell pkg-config --cflags mysqlclient)
LIBS     := $(shell pkg-config --libs mysqlclient) $(if $(PROTO),$(shell pkg-config --libs protobuf)) -pthread
CLIENT   := $(if $(API),api/cpp/lib/liblarsclient.a)

all: lib/libstage.a $(BINS:%=bin/%) $(PROGRAMS) $(CLIENT) $(EXAMPLES)

# The library of the reactor is built by its own stage, one at a time.
$(REACTOR)/lib/liblreactor.a $(VARIANTS:%=$(REACTOR)/build/%/liblreactor.a): FORCE
	+$(Q)flock $(REACTOR) $(MAKE) --no-print-directory -s -C $(REACTOR) $(patsubst $(REACTOR)/%,%,$@)
FORCE:

# The messages. They are not what is tested, so one object serves all variants.
build/proto/lars.pb.cc: proto/lars.proto
	@mkdir -p $(@D)
	$(Q)protoc --proto_path=proto --cpp_out=$(@D) $<
build/proto/lars.pb.o: build/proto/lars.pb.cc
	$(Q)$(CXX) $(BASE) -O2 -g -w $(CPPFLAGS) -c -o $@ $<
.SECONDARY: $(PROTO:%=%.cc) $(PROGRAMS:%=build/plain/%.o) $(foreach v,$(VARIANTS),$(BINS:%=build/$(v)/src/%.o))

define variant
build/$(1)/%.o: %.cpp $(STAGES)/mk/flags.mk | $(PROTO:%=%.cc)
	@mkdir -p $$(@D)
	$$(Q)$$(CXX) $$(BASE) $$(FLAGS_$(1)) $$(CPPFLAGS) -MMD -MP -c -o $$@ $$<
build/$(1)/test/%_test.o: test/%_test.cpp $(STAGES)/mk/flags.mk $(wildcard $(TESTING)/*.h) | testing $(PROTO:%=%.cc)
	@mkdir -p $$(@D)
	$$(Q)$$(CXX) $$(BASE) $$(FLAGS_$(1)) -O0 $$(GTEST_CFLAGS) -I$(TESTING)/build/$(1) -I$(TESTING) -include testing.h $$(CPPFLAGS) -MMD -MP -c -o $$@ $$<
build/$(1)/libstage.a: $(SOURCES:%.cpp=build/$(1)/%.o) $(PROTO:%=%.o)
	$$(Q)rm -f $$@ && ar rcs $$@ $$^
build/$(1)/bin/%: build/$(1)/src/%.o build/$(1)/libstage.a $(REACTOR)/build/$(1)/liblreactor.a | testing
	@mkdir -p $$(@D)
	$$(Q)$$(CXX) $$(FLAGS_$(1)) -o $$@ $$^ $(TESTING)/build/$(1)/stop.o $$(LIBS)
build/$(1)/stage_test: $(TESTS:%.cpp=build/$(1)/%.o) $(API:%.cpp=build/$(1)/%.o) build/$(1)/libstage.a \
		$(REACTOR)/build/$(1)/liblreactor.a $(wildcard $(TESTING)/build/$(1)/lib*.a) | testing $(if $(filter plain,$(1)),,$(BINS:%=build/$(1)/bin/%))
	$$(Q)$$(CXX) $$(FLAGS_$(1)) -o $$@ $$(filter-out $(TESTING)/%,$$^) $(if $(PROTO),$(TESTING)/build/$(1)/messages.o) \
		$(TESTING)/build/$(1)/libservices.a $(TESTING)/build/$(1)/libtesting.a $$(GTEST_LIBS) $$(LIBS)
endef
$(foreach v,$(VARIANTS),$(eval $(call variant,$(v))))

lib/libstage.a: build/plain/libstage.a
	@mkdir -p $(@D)
	$(Q)cp $< $@
bin/%: build/plain/src/%.o lib/libstage.a $(REACTOR)/lib/liblreactor.a
	@mkdir -p $(@D)
	$(Q)$(CXX) $(FLAGS_plain) -o $@ $^ $(LIBS)
$(PROGRAMS): %: build/plain/%.o lib/libstage.a $(REACTOR)/lib/liblreactor.a
	$(Q)$(CXX) $(FLAGS_plain) -o $@ $^ $(LIBS)

# The client's library holds the messages too, and needs neither the reactor nor its headers.
api/cpp/lib/liblarsclient.a: $(API:%.cpp=build/plain/%.o) $(PROTO:%=%.o)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && ar rcs $@ $^
$(EXAMPLES): %: %.cpp $(CLIENT) $(wildcard api/cpp/lars_api/*.h) $(STAGES)/mk/flags.mk
	$(Q)$(CXX) $(BASE) $(FLAGS_plain) -Iapi/cpp/lars_api -o $@ $< $(CLIENT) $(shell pkg-config --libs protobuf) -pthread

# The stages whose programs are started beside this one's.
$(NEEDS:%=needs-%): needs-%:
	+$(Q)flock $(STAGES)/$* $(MAKE) --no-print-directory -s -C $(STAGES)/$* all
test run: $(NEEDS:%=needs-%)

# What compiles and links a main of your own: g++ -std=c++17 main.cpp $(make -s print-flags) -o main
print-flags:
	@echo $(subst $(STAGES)/,../../,$(CPPFLAGS) lib/libstage.a $(CLIENT) $(REACTOR)/lib/liblreactor.a) $(LIBS)

clean:
	rm -rf build lib bin $(PROGRAMS) api/cpp/lib $(EXAMPLES)
.PHONY: print-flags $(NEEDS:%=needs-%)
-include $(shell find build -name '*.d' 2> /dev/null)
