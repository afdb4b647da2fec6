# offhook: build, test, install. `make help` says what there is.
# SPDX-License-Identifier: GPL-2.0-or-later

PREFIX  ?= /usr/local
DESTDIR ?=
B       ?= build
CC      ?= cc
PKGS    := libnetfilter_queue libmnl libnftables jansson libpcre2-8
VERSION := 0.1.0

CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
           -Wswitch-enum -Wvla -Wformat=2
ifeq ($(WERROR),1)
WARN += -Werror
endif
ifeq ($(DEBUG),1)
CFLAGS := -O0 -g3
endif
# A sanitized build lives beside the plain one.
ifeq ($(SAN),1)
B       := build-san
CFLAGS  := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS += -fsanitize=address,undefined
endif
ifneq ($(V),1)
Q := @
endif

PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
CPPFLAGS_ALL = -D_GNU_SOURCE -DOFFHOOK_VERSION='"$(VERSION)"' -DOFFHOOK_RULES='"$(PREFIX)/share/offhook/rules"' \
               -Ibridge $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL   = -std=gnu11 $(WARN) $(CFLAGS)

LIB_SRC  := $(sort $(wildcard bridge/*/*.c))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
# A program of the lab is a folder of sources, and what all of them share.
LAB_BIN  := $(B)/lab/phone $(B)/lab/cucm
LAB_OBJ  := $(patsubst %.c,$(B)/%.o,$(wildcard examples/lab/*_common.c))
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(B)/unit/%)
UNIT_HLP := $(patsubst %.c,$(B)/%.o,$(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c)))

all: $(B)/offhook lab-programs

$(B)/offhook: $(B)/bridge/main.o $(B)/liboffhook.a
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(LIBS)

$(B)/liboffhook.a: $(LIB_OBJ)
	@echo "  AR    $@"
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

lab-programs: $(LAB_BIN)
$(B)/lab/phone: $(patsubst %.c,$(B)/%.o,$(wildcard examples/lab/phone/*.c))
$(B)/lab/cucm: $(patsubst %.c,$(B)/%.o,$(wildcard examples/lab/cucm/*.c))
$(LAB_BIN): $(LAB_OBJ)
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -ljansson -lm

unit-programs: $(UNIT_BIN)
$(B)/unit/%: $(B)/tests/unit/%.o $(UNIT_HLP) $(B)/liboffhook.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(PKG_LIBS) $(LIBS)

unit: $(UNIT_BIN)
	$(Q)set -e; for t in $(UNIT_BIN); do echo "== $$t"; $$t; done

# Fuzzers: `make fuzz-programs` builds them with clang's libFuzzer into build-fuzz/; `make fuzz-corpus` replays
# tests/fuzz/corpus/ with each, under the sanitizers, without a fuzzing engine.
FUZZ     := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_CC  ?= clang
fuzz-programs:
	@mkdir -p build-fuzz
	$(Q)set -e; for f in $(FUZZ); do echo "  FUZZ  $$f"; $(FUZZ_CC) $(CPPFLAGS_ALL) -std=gnu11 -g -O1 \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -o build-fuzz/$$f tests/fuzz/$$f.c \
		$(filter-out bridge/live/% bridge/cli/%,$(LIB_SRC)) $(PKG_LIBS); done

fuzz-replay: $(FUZZ:%=$(B)/fuzz/%)
$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/replay_main.o $(B)/liboffhook.a
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(LIBS)

fuzz-corpus:
	$(Q)$(MAKE) SAN=1 fuzz-replay
	$(Q)set -e; for f in $(FUZZ); do build-san/fuzz/$$f tests/fuzz/corpus/$$f; done

test:
	scripts/test

install: $(B)/offhook
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/share/offhook/rules
	install -m 755 $(B)/offhook $(DESTDIR)$(PREFIX)/sbin/offhook
	install -m 644 $(wildcard rules/*.rules) $(DESTDIR)$(PREFIX)/share/offhook/rules/

clean:
	rm -rf $(B)

help:
	@echo "make                    build/offhook and the lab's programs"
	@echo "make unit               the unit tests"
	@echo "make test               everything scripts/test runs"
	@echo "make fuzz-corpus        replay the fuzzers' corpora under the sanitizers"
	@echo "make fuzz-programs      the fuzzers themselves, in build-fuzz/ (clang)"
	@echo "make SAN=1 …            the same under AddressSanitizer and UBSan, in build-san/"
	@echo "make install DESTDIR=…  install under PREFIX ($(PREFIX))"
	@echo "make clean              remove $(B)/"
	@echo "V=1 shows commands; DEBUG=1 builds without optimization; WERROR=1 makes warnings errors"

.PHONY: fuzz-programs fuzz-replay fuzz-corpus all lab-programs unit-programs unit test install clean help
.SECONDARY:

-include $(shell find $(B) -name '*.d' 2>/dev/null)
