# "make -C PART": build or clean that part through the one graph at the root.
ROOT := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../..)
PART := $(patsubst $(ROOT)/%,%,$(CURDIR))

.PHONY: all test clean
all:
	@$(MAKE) --no-print-directory -C $(ROOT) $(PART)
test:
	@$(MAKE) --no-print-directory -C $(ROOT) test-$(PART)
clean:
	rm -rf $(ROOT)/build/*/obj/$(PART)
