# What stage.mk and service.mk have in common. A stage's own Makefile says what differs:
#   IDEA, LIMIT   one line each, for the tables of stages/README.md and docs/course.md
#   PREV          the stage before, as reactor/v0.4
#   CHANGES       the files this stage adds to it or changes; all others are the same, byte for byte
#   REMOVES       the files of the stage before that are gone
#   RACES         yes: the tests also run under ThreadSanitizer
STAGES := $(patsubst %/mk/common.mk,%,$(abspath $(lastword $(MAKEFILE_LIST))))
STAGE  := $(patsubst $(STAGES)/%,%,$(CURDIR))
include $(STAGES)/mk/flags.mk

all:

TEST_VARIANTS ?= plain asan $(if $(filter yes,$(RACES)),tsan)
TEST_BINARIES := $(TEST_VARIANTS:%=build/%/stage_test)
TESTING       := $(STAGES)/testing

# One stage at a time builds the shared part; the others wait for it.
testing:
	+$(Q)flock $(TESTING) $(MAKE) --no-print-directory -s -C $(TESTING) $(TESTING_PARTS)

test-build: all $(TEST_BINARIES)
test: test-build
	@$(BESIDE) $(STAGES)/mk/run-tests.sh $(TEST_BINARIES)

run: all
	@$(BESIDE) $(STAGES)/mk/transcript.sh run README.md

# make diff         what this stage adds to the one before
# make diff ALL=1   with its tests and README
diff:
	@$(STAGES)/mk/diff.sh $(STAGE) $(ALL)

.PHONY: all testing test-build test run diff clean
.DELETE_ON_ERROR:
