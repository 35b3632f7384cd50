# Programs that link the client library as it was in Lars 1.1, before the local path: such
# ones run on, beside an agent of today.
OLDER_GEN      := $(B)/gen/older
OLDER_SOURCES  := $(wildcard tests/older/*.cpp tests/older/client/*.cpp)
OLDER_CXXFLAGS  = -isystem $(OLDER_GEN) -Itests/older/client $(PROTOBUF_CFLAGS)
$(OLDER_GEN)/lars.pb.cc: tests/older/client/lars.proto
	@mkdir -p $(@D)
	$(call say,PROTOC,$<)protoc --proto_path=tests/older/client --cpp_out=$(@D) $<
$(B)/obj/gen/older/lars.pb.o: $(OLDER_GEN)/lars.pb.cc
	@mkdir -p $(@D)
	$(call say,CXX,$<)$(CXX) $(ALL_CXXFLAGS) -w $(PROTOBUF_CFLAGS) -MD -MP -c $< -o $@
$(call program,lars_older_caller,$(OLDER_SOURCES),$$(OLDER_CXXFLAGS),,$$(PROTOBUF_LIBS))
$(B)/bin/lars_older_caller: $(B)/obj/gen/older/lars.pb.o
$(call objects,$(OLDER_SOURCES)): | $(OLDER_GEN)/lars.pb.cc
OBJECTS += $(B)/obj/gen/older/lars.pb.o
