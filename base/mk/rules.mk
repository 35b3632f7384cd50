# The build rules. Every part's Makefile is included by the root Makefile, so
# there is one dependency graph, and every path in it is relative to the root.
include base/mk/flags.mk

objects = $(patsubst %.cpp,$(B)/obj/%.o,$(1))

# $(call joined,NAME,SOURCES,APART): what to compile for SOURCES. With sanitizers it is one
# source, which includes them, and those APART, which have a name for themselves that another
# one has too (the compiler says so): what all of them include is then compiled once. The
# plain variant compiles each on its own, and warns. Written anew when a folder changes.
define joined_rules
$(B)/joined/$(1).cpp: $(sort $(dir $(2)))
	@mkdir -p $$(@D)
	@printf '$(HASH)%s\n' $(patsubst %,'pragma GCC diagnostic ignored "-W%"',shadow subobject-linkage) \
	    $(patsubst %,'include "../../../%"',$(2)) >$$@
endef
HASH   := \#
joined  = $(if $(SAN),$(eval $(call joined_rules,$(1),$(filter-out $(3),$(2))))$(B)/joined/$(1).cpp $(3),$(2))

# With sanitizers, what uses our messages has a precompiled header, unless it has one of its
# own, or is compiled for speed of compiling.
COMMON      := $(if $(SAN),$(B)/common/messages.h)
with_common  = $(if $(filter $(B)/gen,$(1)),$(if $(filter -include -O0,$(1)),,$(COMMON:%=-include %)))
$(B)/common/messages.h.gch: base/mk/common.h base/mk/flags.mk $(B)/gen/lars.pb.h
	@mkdir -p $(@D)
	$(call say,CXX,$<)cp $< $(COMMON) && $(CXX) $(ALL_CXXFLAGS) $(PROTO_CXXFLAGS) -x c++-header $(COMMON) -o $@

# $(call library,NAME,SOURCES,CXXFLAGS): the static library build/<variant>/lib/libNAME.a
define library_rules
$(B)/lib/lib$(1).a: $(call objects,$(2))
$(call objects,$(2)): private PART_CXXFLAGS = $(3)
$(call objects,$(2)): | $(COMMON:%=%.gch)
$(1): $(B)/lib/lib$(1).a
OBJECTS += $(call objects,$(2))
endef
library = $(eval $(call library_rules,$(1),$(2),$(3)))

# $(call program,NAME,SOURCES,CXXFLAGS,LIBRARIES,LDLIBS): build/<variant>/bin/NAME.
# LIBRARIES are names of our own, those that need others first.
define program_rules
$(B)/bin/$(1): $(call objects,$(2)) $(patsubst %,$(B)/lib/lib%.a,$(4))
$(B)/bin/$(1): private PART_LDLIBS = $(5)
$(call objects,$(2)): private PART_CXXFLAGS = $(3)
$(call objects,$(2)): | $(COMMON:%=%.gch)
$(1): $(B)/bin/$(1)
PROGRAMS += $(B)/bin/$(1)
OBJECTS += $(call objects,$(2))
endef
program = $(eval $(call program_rules,$(1),$(2),$(3),$(4),$(5)))

$(B)/obj/%.o: %.cpp
	@mkdir -p $(@D)
	$(call say,CXX,$<)$(CXX) $(ALL_CXXFLAGS) $(call with_common,$(PART_CXXFLAGS)) $(PART_CXXFLAGS) -MD -MP -c $< -o $@

$(B)/lib/lib%.a:
	@mkdir -p $(@D)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(B)/bin/%:
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CXX) $(ALL_LDFLAGS) $(filter %.o,$^) $(filter %.a,$^) $(PART_LDLIBS) -o $@
