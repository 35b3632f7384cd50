# Each file of tests/fuzz is a target of libFuzzer. "make fuzz" builds programs of them, with
# clang; otherwise they are a library, with which unit_fuzz plays what was found before.
FUZZED        := $(patsubst tests/fuzz/%.cpp,%,$(wildcard tests/fuzz/*.cpp))
FUZZ_CXXFLAGS  = -Itests/fuzz -Itests/support -Ilars_reactor/src -Ilars_loadbalance_agent/tools -Ilars_dns/include $(AGENT_CXXFLAGS)
FUZZ_LIBS     := lars_dns_core lars_sim_core lars_lb_agent_core larslocal larsmetrics larsbase lreactor larsproto

ifeq ($(VARIANT),fuzz)
$(foreach t,$(FUZZED),$(call program,fuzz_$(t),tests/fuzz/$(t).cpp,$$(FUZZ_CXXFLAGS),$(FUZZ_LIBS),-fsanitize=fuzzer $$(PROTOBUF_LIBS)))
.PHONY: fuzz-targets print-fuzz-targets
fuzz-targets: $(FUZZED:%=$(B)/bin/fuzz_%)
print-fuzz-targets:
	@echo $(FUZZED)
else
# In one program each needs a name of its own: fuzz_NAME.
$(call library,larsfuzz,$(FUZZED:%=tests/fuzz/%.cpp),$$(TEST_OPTIMIZE) $$(FUZZ_CXXFLAGS) -DLLVMFuzzerTestOneInput=fuzz_$$(basename $$(notdir $$<)))
endif
