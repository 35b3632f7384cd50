# "make -C PART": build or clean that part through the one graph at the root. Relative
# paths, because make takes an absolute one with a space in it for two.
ROOT := $(dir $(lastword $(MAKEFILE_LIST)))../..
PART := $(shell realpath --relative-to=$(ROOT) .)

.PHONY: all test clean
all:
	@$(MAKE) --no-print-directory -C $(ROOT) $(PART)
test:
	@$(MAKE) --no-print-directory -C $(ROOT) test-$(PART)
clean:
	rm -rf $(ROOT)/build/*/obj/$(PART)
