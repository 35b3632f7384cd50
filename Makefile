# Lars. "make" builds the whole system, "make help" lists what else there is.
LARS_ROOT := .
.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:
include base/mk/rules.mk

include lars_reactor/Makefile
include base/Makefile
include $(wildcard lars_dns/Makefile lars_reporter/Makefile lars_loadbalance_agent/Makefile api/cpp/Makefile)
SYSTEM_PROGRAMS := $(PROGRAMS)
include tests/Makefile

.PHONY: all demo clean help
all: lars_reactor base $(SYSTEM_PROGRAMS)

demo:
	@MAKEFLAGS= ./run_lars demo

clean:
	rm -rf build

help:
	@echo 'make            build the system into build/plain (CXX=clang++, SAN=thread: elsewhere)'
	@echo 'make demo       install what is missing, build, run everything, kill a backend, watch'
	@echo 'make test       unit and system tests, plain and with sanitizers'
	@echo 'make clean      remove everything built'

-include $(OBJECTS:.o=.d)
