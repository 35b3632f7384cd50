# larstest: what the tests share (processes, databases, wire peers).
TEST_SUPPORT_CXXFLAGS = $(TEST_OPTIMIZE) -Itests/support $(DB_CXXFLAGS)
$(call library,larstest,$(wildcard tests/support/*.cpp),$$(TEST_SUPPORT_CXXFLAGS))
