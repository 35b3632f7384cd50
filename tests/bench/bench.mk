# "make bench": bench_system starts the services and bench_server, and compares them. "make
# bench-big": the same with a large table, beside redis-server.
$(call library,larsload,$(wildcard tests/bench/load/*.cpp),$$(REACTOR_CXXFLAGS) $$(API_CXXFLAGS))
BENCH_CXXFLAGS = $(ROUTES_CXXFLAGS) $(API_CXXFLAGS) -Itests/support -Itests/bench/load -Itests/bench/common
$(call library,larsbench,$(wildcard tests/bench/common/*.cpp),$$(BENCH_CXXFLAGS))
BENCH_LIBS    := larsbench larsroutes larsload larsclient larstest larsdb larsbase lreactor larsproto
BENCH_LDLIBS   = -lgtest $(PROTOBUF_LIBS) $(MYSQL_LIBS)
bench_program  = $(call program,$(1),$(2),$(3),$(BENCH_LIBS),$$(BENCH_LDLIBS))
$(call bench_program,bench_server,$(wildcard tests/bench/servers/*.cpp),$$(BASE_CXXFLAGS) $$(API_CXXFLAGS) -Itests/support -Itests/bench/load)
$(call bench_program,bench_system,$(wildcard tests/bench/system/*.cpp),$$(BENCH_CXXFLAGS))
$(call bench_program,bench_big,$(wildcard tests/bench/big/*.cpp),$$(BENCH_CXXFLAGS))
$(B)/bin/bench_system: | $(B)/bin/bench_server $(SYSTEM_PROGRAMS)
$(B)/bin/bench_big: | $(SYSTEM_PROGRAMS)

.PHONY: run-bench run-bench-big
run-bench: $(B)/bin/bench_system
	@$(B)/bin/bench_system --write docs/bench.md $(BENCH)
run-bench-big: $(B)/bin/bench_big
	@$(B)/bin/bench_big --write docs/bench.md $(BENCH)

# lars_bench: a load for a system that runs.
BENCH_TOOL_SOURCES := $(wildcard tests/bench/tool/*.cpp)
BENCH_TOOL_CXXFLAGS = $(BASE_CXXFLAGS) $(API_CXXFLAGS) -Iapi/cpp/tools/common -Itests/bench/load
$(call program,lars_bench,$(BENCH_TOOL_SOURCES),$$(BENCH_TOOL_CXXFLAGS),larsload larstools larsclient larsbase lreactor larsproto,$$(PROTOBUF_LIBS))
SYSTEM_PROGRAMS += $(B)/bin/lars_bench
