# lars_sim, which plays scenarios with the agent's own classes.
SIM_SOURCES  := $(filter-out %/lars_sim.cpp,$(wildcard lars_loadbalance_agent/tools/*.cpp))
SIM_CXXFLAGS  = -Ilars_loadbalance_agent/tools $(AGENT_CXXFLAGS) -DLARS_VERSION='"$(VERSION)"'
$(call library,lars_sim_core,$(SIM_SOURCES),$$(SIM_CXXFLAGS))
$(call program,lars_sim,lars_loadbalance_agent/tools/lars_sim.cpp,$$(SIM_CXXFLAGS),lars_sim_core lars_lb_agent_core larslocal larsmetrics larsbase lreactor larsproto,$$(PROTOBUF_LIBS))
