# "make bench": lars_bench starts the services and bench_server, and compares them.
$(call library,larsload,$(wildcard tests/bench/load/*.cpp),$$(REACTOR_CXXFLAGS))
BENCH_LIBS    := larsload larstest larsdb larsbase lreactor larsproto
BENCH_LDLIBS   = -lgtest $(PROTOBUF_LIBS) $(MYSQL_LIBS)
bench_program  = $(call program,$(1),$(2),$(3),$(BENCH_LIBS),$$(BENCH_LDLIBS))
$(call bench_program,bench_server,$(wildcard tests/bench/servers/*.cpp),$$(BASE_CXXFLAGS) -Itests/support -Itests/bench/load)
$(call bench_program,lars_bench,$(wildcard tests/bench/system/*.cpp),$$(DB_CXXFLAGS) -Itests/support -Itests/bench/load)
$(B)/bin/lars_bench: | $(B)/bin/bench_server $(SYSTEM_PROGRAMS)

.PHONY: run-bench
run-bench: $(B)/bin/lars_bench
	@$(B)/bin/lars_bench $(BENCH)
