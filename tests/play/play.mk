# A scenario in real processes: backends that behave as it says, and callers.
PLAY_CXXFLAGS = -Itests/support -Ilars_loadbalance_agent/tools $(API_CXXFLAGS) $(BASE_CXXFLAGS)
$(call program,lars_play_backends,tests/play/backends.cpp,$$(PLAY_CXXFLAGS),lars_sim_core larsbase lreactor larsproto,$$(PROTOBUF_LIBS))
$(call program,lars_play_callers,tests/play/callers.cpp,$$(PLAY_CXXFLAGS),larstest lars_sim_core larsclient larsbase lreactor larsproto,$$(PROTOBUF_LIBS))
$(call objects,tests/play/backends.cpp tests/play/callers.cpp): | $(B)/gen/lars.pb.h
