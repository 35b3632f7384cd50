# Lars. "make" builds the whole system, "make help" lists what else there is.
LARS_ROOT := .
.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:
include base/mk/rules.mk

include lars_reactor/Makefile
include base/Makefile
include lars_dns/Makefile
include lars_reporter/Makefile
include lars_loadbalance_agent/Makefile
include lars_web/Makefile
include api/cpp/Makefile
SYSTEM_PROGRAMS := $(PROGRAMS)
include tests/Makefile

.PHONY: all demo check test test-extra bench bench-big faults fuzz fuzz-merge stages format install deb clean help
all: lars_reactor base api/cpp $(SYSTEM_PROGRAMS)

# MAKEFLAGS is emptied because these scripts start makes of their own.
demo:
	@MAKEFLAGS= ./run_lars demo

check:
	@./run_lars deps
	@MAKEFLAGS= tests/run_tests plain -- $(UNIT_TESTS)

test:
	@./run_lars deps
	@MAKEFLAGS= tests/run_tests

bench:
	@./run_lars deps
	@$(MAKE) --no-print-directory run-bench

bench-big:
	@./run_lars deps redis-server
	@$(MAKE) --no-print-directory run-bench-big

faults:
	@./run_lars deps
	@$(MAKE) --no-print-directory run-faults

fuzz:
	@./run_lars deps
	@MAKEFLAGS= tests/fuzz/run

fuzz-merge:
	@MAKEFLAGS= tests/fuzz/run --merge

stages:
	@./run_lars deps
	@$(MAKE) --no-print-directory -C stages test

format:
	@tests/check_format --apply

test-extra:
	@./run_lars deps
	@MAKEFLAGS= tests/extra/run

PREFIX ?= /usr/local
INSTALLED := lars_dns lars_reporter lars_lb_agent lars_web lars_route lars_get_host lars_get_route lars_report lars_simulator lars_qps \
	lars_explain lars_sim lars_bench
# By way of the environment a path may hold spaces.
install: export PREFIX := $(PREFIX)
install: export DESTDIR := $(DESTDIR)
install: export STATEDIR := $(STATEDIR)
install: export LARS_USER := $(LARS_USER)
install: all $(if $(SAN),,liblars)
	@base/run/install.sh $(B) $(INSTALLED)

# The packages are Debian's own work: their tools are not needed for anything else.
deb:
	@./run_lars deps debhelper dpkg-dev
	@MAKEFLAGS= base/deb/build.sh $(VERSION)

clean:
	rm -rf build
	@if [ -f stages/Makefile ]; then $(MAKE) --no-print-directory -C stages clean; fi

help:
	@echo 'make            build the system into build/plain (CXX=clang++ or SAN=thread: elsewhere)'
	@echo 'make demo       install what is missing, build, run everything, kill a backend, watch'
	@echo 'make check      the unit tests, plain: for daily work, at most two minutes once built'
	@echo 'make test       install what is missing; all tests, plain and with sanitizers; the stages plain'
	@echo 'make bench      measure this machine, against bare sockets; writes docs/bench.md'
	@echo '                (BENCH="5 1 dns agent": rounds, seconds, parts, and nothing is written)'
	@echo 'make bench-big  measure lars_dns over 1,000,000 routes, beside redis-server; the same'
	@echo 'make faults     the system under 300 calls a second while its parts fail; writes docs/reliability.md'
	@echo 'make fuzz       feed what reads bytes with made-up ones (FUZZ_SECONDS=60 for each target); needs clang'
	@echo 'make stages     build and test the stages of the course, with sanitizers too'
	@echo 'make test-extra what takes long or needs more packages: work of learners is judged rightly, ...'
	@echo 'make format     lay the code out as .clang-format says (clang-format 14)'
	@echo 'make install    PREFIX=/usr/local LARS_USER=who-runs-the-services STATEDIR=PREFIX/var/lib/lars;'
	@echo '                configurations that are there stay as they are'
	@echo 'make deb        Debian packages, into build/deb: the services, the tools, the client library'
	@echo 'make clean      remove everything built'
	@echo 'make -C PART [all|test|clean], where PART is lars_reactor, lars_dns, ..., api/cpp'
	@echo 'V=1 shows the commands.'

-include $(OBJECTS:.o=.d)
