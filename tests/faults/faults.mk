# system_faults: the whole system while its parts fail. In "make test" each fault is short;
# "make faults" lets it last longer and writes the table of docs/reliability.md.
# FAULTS=reporter: those whose names hold it, the other rows stay as they are.
FAULT_SECONDS ?= 10
system_faults_CXXFLAGS := -Itests/faults
SYSTEM_TESTS += system_faults
$(eval $(call test_program,system_faults,$(wildcard tests/faults/*.cpp),$(system_LIBS)))

.PHONY: run-faults
run-faults: $(B)/bin/system_faults
	@LARS_FAULT_SECONDS=$(FAULT_SECONDS) LARS_FAULT_TABLE=docs/reliability.md $(B)/bin/system_faults '--gtest_filter=Each/*$(FAULTS)*'
