# Compiler flags and the build variant. SAN=address,undefined or SAN=thread
# builds into a folder of its own, as does another compiler.
comma    := ,
compiler := $(notdir $(firstword $(CXX)))
VARIANT  := $(if $(SAN),$(subst $(comma),-,$(SAN)),plain)$(if $(filter-out g++,$(compiler)),-$(compiler))
B        := build/$(VARIANT)

VERSION  := 1.2.0
WARNINGS := -Wall -Wextra -Wshadow
ifdef SAN
OPTIMIZE := -O1 -fno-omit-frame-pointer -fsanitize=$(SAN) -fno-sanitize-recover=all
else
OPTIMIZE := -O2
endif
# A sanitizer's report needs lines, and no more: that compiles faster.
CXXFLAGS ?= $(if $(SAN),-g1,-g)
ALL_CXXFLAGS = -std=c++17 -pthread $(WARNINGS) $(OPTIMIZE) $(CXXFLAGS)
ALL_LDFLAGS  = -pthread $(OPTIMIZE) $(LDFLAGS)

# pkg-config is asked once, and only when something needs the answer.
once = $(eval $(1) := $(2))$($(1))
PROTOBUF_CFLAGS = $(call once,PROTOBUF_CFLAGS,$(shell pkg-config --cflags protobuf))
PROTOBUF_LIBS   = $(call once,PROTOBUF_LIBS,$(shell pkg-config --libs protobuf))
MYSQL_CFLAGS    = $(call once,MYSQL_CFLAGS,$(shell pkg-config --cflags mysqlclient))
MYSQL_LIBS      = $(call once,MYSQL_LIBS,$(shell pkg-config --libs mysqlclient))
PROMETHEUS_CFLAGS = $(call once,PROMETHEUS_CFLAGS,$(shell pkg-config --cflags prometheus-cpp-pull))
PROMETHEUS_LIBS   = $(call once,PROMETHEUS_LIBS,$(shell pkg-config --libs prometheus-cpp-pull))
HTTPLIB_CFLAGS  = $(call once,HTTPLIB_CFLAGS,$(shell pkg-config --cflags cpp-httplib))
HTTPLIB_LIBS    = $(call once,HTTPLIB_LIBS,$(shell pkg-config --libs cpp-httplib))
JSON_CFLAGS     = $(call once,JSON_CFLAGS,$(shell pkg-config --cflags nlohmann_json))
CRYPTO_LIBS     = $(call once,CRYPTO_LIBS,$(shell pkg-config --libs libcrypto libcrypt))
GTEST_CFLAGS    = $(call once,GTEST_CFLAGS,$(shell pkg-config --cflags gtest))
GTEST_LIBS      = $(call once,GTEST_LIBS,$(shell pkg-config --libs gtest))

# V=1 shows the commands; otherwise one short line for each step.
ifdef V
Q   :=
say  =
else
Q   := @
say  = @printf '  %-6s %s\n' $(1) $(2);
endif
