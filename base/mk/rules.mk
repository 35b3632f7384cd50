# The build rules. Every part's Makefile is included by the root Makefile, so
# there is one dependency graph, and every path in it is relative to the root.
include base/mk/flags.mk

objects = $(patsubst %.cpp,$(B)/obj/%.o,$(1))

# $(call library,NAME,SOURCES,CXXFLAGS): the static library build/<variant>/lib/libNAME.a
define library_rules
$(B)/lib/lib$(1).a: $(call objects,$(2))
$(call objects,$(2)): private PART_CXXFLAGS = $(3)
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
$(1): $(B)/bin/$(1)
PROGRAMS += $(B)/bin/$(1)
OBJECTS += $(call objects,$(2))
endef
program = $(eval $(call program_rules,$(1),$(2),$(3),$(4),$(5)))

$(B)/obj/%.o: %.cpp
	@mkdir -p $(@D)
	$(call say,CXX,$<)$(CXX) $(ALL_CXXFLAGS) $(PART_CXXFLAGS) -MD -MP -c $< -o $@

$(B)/lib/lib%.a:
	@mkdir -p $(@D)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(B)/bin/%:
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CXX) $(ALL_LDFLAGS) $(filter %.o,$^) $(filter %.a,$^) $(PART_LDLIBS) -o $@
