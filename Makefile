# Steelyard's build.
#
#   make                          the Lua modules for LUA_VERSION, and the C library
#   make install PREFIX=/usr/local LUA_VERSION=5.4 [DESTDIR=...]
#   make uninstall                with the same variables
#   make c-tests examples fuzzers oom-sweep      the programs that scripts/test runs
#   make clean
#
# LUA_VERSION is 5.4 (the home version), 5.3, 5.2, 5.1 or jit. Everything is built below build/;
# objects that do not touch Lua are shared by all Lua versions. FLAVOR=asan builds a second tree,
# below build/asan, under AddressSanitizer and UndefinedBehaviorSanitizer; any other FLAVOR is just a
# tree of its own, for other CC or CFLAGS. Objects are rebuilt when the flags change.

# LuaRocks names a folder of headers; which Lua they are for stands in them.
LUA_VERSION ?= $(if $(LUA_INCDIR),$(shell sed -n 's/^.define LUA_VERSION_NUM[^0-9]*\([0-9]\)0\([0-9]\).*/\1.\2/p' $(LUA_INCDIR)/lua.h),5.4)
PREFIX ?= /usr/local
CC ?= cc
CFLAGS ?= -O3 -g
PKG_CONFIG ?= pkg-config
INSTALL ?= install
FLAVOR ?= release

ifeq ($(LUA_VERSION),jit)
LUA_PACKAGES := luajit
LUA_ABI := 5.1
else
LUA_PACKAGES := lua$(LUA_VERSION) lua-$(LUA_VERSION) lua$(subst .,,$(LUA_VERSION)) lua
LUA_ABI := $(LUA_VERSION)
endif
LUA_PACKAGE := $(firstword $(foreach p,$(LUA_PACKAGES),$(if $(shell $(PKG_CONFIG) --exists $(p) 2>/dev/null && echo yes),$(p))))
# LUA_INCDIR (LuaRocks gives it) says more than pkg-config knows.
LUA_CFLAGS ?= $(if $(LUA_INCDIR),-I$(LUA_INCDIR),$(if $(LUA_PACKAGE),$(shell $(PKG_CONFIG) --cflags $(LUA_PACKAGE))))
LUA_LIBS ?= $(if $(LUA_PACKAGE),$(shell $(PKG_CONFIG) --libs $(LUA_PACKAGE)),-llua$(LUA_VERSION))

pkg = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null)
CJSON_CFLAGS ?= $(call pkg,--cflags,libcjson) $(if $(CJSON_INCDIR),-I$(CJSON_INCDIR))
CJSON_LIBS ?= $(or $(call pkg,--libs,libcjson),$(if $(CJSON_LIBDIR),-L$(CJSON_LIBDIR)) -lcjson)
ZLIB_CFLAGS ?= $(call pkg,--cflags,zlib) $(if $(ZLIB_INCDIR),-I$(ZLIB_INCDIR))
ZLIB_LIBS ?= $(or $(call pkg,--libs,zlib),$(if $(ZLIB_LIBDIR),-L$(ZLIB_LIBDIR)) -lz)
NLOPT_CFLAGS ?= $(call pkg,--cflags,nlopt) $(if $(NLOPT_INCDIR),-I$(NLOPT_INCDIR))
NLOPT_LIBS ?= $(or $(call pkg,--libs,nlopt),$(if $(NLOPT_LIBDIR),-L$(NLOPT_LIBDIR)) -lnlopt)
HAVE_NLOPT := $(if $(NLOPT_INCDIR),yes,$(shell $(PKG_CONFIG) --exists nlopt 2>/dev/null && echo yes))
# Networks are built on any CBLAS.
OPENBLAS_PACKAGE := $(firstword $(foreach p,openblas cblas,$(if $(shell $(PKG_CONFIG) --exists $(p) 2>/dev/null && echo yes),$(p))))
OPENBLAS_CFLAGS ?= $(if $(OPENBLAS_PACKAGE),$(call pkg,--cflags,$(OPENBLAS_PACKAGE))) $(if $(OPENBLAS_INCDIR),-I$(OPENBLAS_INCDIR))
OPENBLAS_LIBS ?= $(or $(if $(OPENBLAS_PACKAGE),$(call pkg,--libs,$(OPENBLAS_PACKAGE))),$(if $(OPENBLAS_LIBDIR),-L$(OPENBLAS_LIBDIR)) -lopenblas)
HAVE_OPENBLAS := $(if $(OPENBLAS_PACKAGE)$(OPENBLAS_INCDIR),yes)
# OpenBLAS brings LAPACK, which EASE and iALS take; beside another CBLAS, name one in OPENBLAS_LIBS.
HAVE_LAPACK = $(shell mkdir -p $(BUILD); printf 'void dpftrf_(void); int main(void) { dpftrf_(); }' | \
  $(CC) -x c -o $(BUILD)/.lapack - $(LDFLAGS) $(OPENBLAS_LIBS) 2>/dev/null && echo yes)
OPENMP ?= -fopenmp

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wcast-qual -Wcast-align -Wstrict-prototypes \
  -Wmissing-prototypes -Wold-style-definition -Wredundant-decls -Wundef -Wwrite-strings \
  -Wpointer-arith -Wformat=2 -Wvla -Wdouble-promotion
# No contraction: a fused multiply-add would give other bits on other machines.
STRICT := -std=gnu11 -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno -fno-trapping-math
BUILD := $(if $(filter release,$(FLAVOR)),build,build/$(FLAVOR))
ifeq ($(FLAVOR),asan)
SANITIZE := -fsanitize=address,undefined
override CFLAGS := -O1 -g $(SANITIZE) -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
DEPENDENCY_CFLAGS := $(CJSON_CFLAGS) $(ZLIB_CFLAGS) $(NLOPT_CFLAGS) $(OPENBLAS_CFLAGS) \
  $(if $(HAVE_OPENBLAS),$(if $(HAVE_LAPACK),-DSY_HAVE_LAPACK=1))
ALL_CFLAGS := $(STRICT) $(WARNINGS) -Icsrc $(CFLAGS) $(OPENMP)

# Kernels are compiled once for each instruction set and picked at run time.
ARCH := $(shell $(CC) -dumpmachine)
ifneq (,$(findstring x86_64,$(ARCH)))
KERNEL_SETS := baseline avx2 avx512
KERNEL_avx2 := -march=x86-64-v3 -mno-fma
KERNEL_avx512 := -march=x86-64-v4 -mprefer-vector-width=512
ifneq (,$(SANITIZE))
# The frames in which GCC looks for uses after return are not aligned enough for these vectors (GCC
# bug 110027).
KERNEL_avx512 += $(shell $(CC) --param asan-use-after-return=0 -E -x c /dev/null >/dev/null 2>&1 && echo --param asan-use-after-return=0)
endif
else
KERNEL_SETS := baseline
endif
KERNEL_baseline :=
DISPATCH := $(foreach s,$(KERNEL_SETS),-DSY_HAVE_$(s)=1)

BASE_SOURCES := $(wildcard csrc/base/*.c)
KERNEL_SOURCES := $(filter-out csrc/kernel/vector/%,$(wildcard csrc/kernel/*.c csrc/kernel/*/*.c))
VECTOR_SOURCES := $(wildcard csrc/kernel/vector/*.c)
IO_SOURCES := $(wildcard csrc/io/*.c)
NLOPT_SOURCES := csrc/lua/bind_nlopt.c
# Files directly in csrc/learn are compiled once, those in its folders for each instruction set.
LEARN_SOURCES := $(wildcard csrc/learn/*.c)
LEARN_VECTOR_SOURCES := $(wildcard csrc/learn/*/*.c)
LEARN_BIND_SOURCES := $(wildcard csrc/lua/learn.c csrc/lua/bind_net*.c csrc/lua/bind_optimizer*.c csrc/lua/bind_linear*.c)
BIND_SOURCES := $(filter-out $(NLOPT_SOURCES) $(LEARN_BIND_SOURCES),$(wildcard csrc/lua/*.c))

PLAIN_OBJECTS := $(patsubst csrc/%.c,$(BUILD)/obj/%.o,$(BASE_SOURCES) $(KERNEL_SOURCES) $(IO_SOURCES))
VECTOR_OBJECTS := $(foreach s,$(KERNEL_SETS),$(patsubst csrc/%.c,$(BUILD)/obj/%.$(s).o,$(VECTOR_SOURCES)))
LIBRARY_OBJECTS := $(PLAIN_OBJECTS) $(VECTOR_OBJECTS)
LEARN_OBJECTS := $(patsubst csrc/%.c,$(BUILD)/obj/%.o,$(LEARN_SOURCES)) \
  $(foreach s,$(KERNEL_SETS),$(patsubst csrc/%.c,$(BUILD)/obj/%.$(s).o,$(LEARN_VECTOR_SOURCES)))
LUA_DIR := $(BUILD)/lua$(LUA_VERSION)
BIND_OBJECTS := $(patsubst csrc/lua/%.c,$(LUA_DIR)/obj/%.o,$(BIND_SOURCES))
NLOPT_OBJECTS := $(patsubst csrc/lua/%.c,$(LUA_DIR)/obj/%.o,$(NLOPT_SOURCES)) $(LUA_DIR)/obj/lsy.o \
  $(LUA_DIR)/obj/lsy_array.o $(BUILD)/obj/base/status.o
LEARN_BIND_OBJECTS := $(patsubst csrc/lua/%.c,$(LUA_DIR)/obj/%.o,$(LEARN_BIND_SOURCES)) \
  $(LUA_DIR)/obj/lsy.o $(LUA_DIR)/obj/lsy_array.o $(LUA_DIR)/obj/lsy_sparse.o

VERSION := $(shell sed -n 's/^\#define SY_VERSION "\(.*\)"/\1/p' csrc/steelyard.h)
SO_MAJOR := $(firstword $(subst ., ,$(VERSION)))
SO_REAL := libsteelyard.so.$(VERSION)
SO_NAME := libsteelyard.so.$(SO_MAJOR)
LEARN_REAL := libsteelyard_learn.so.$(VERSION)
LEARN_NAME := libsteelyard_learn.so.$(SO_MAJOR)

CORE := $(LUA_DIR)/steelyard/core.so
NLOPT := $(LUA_DIR)/steelyard/nlopt.so
LEARN := $(LUA_DIR)/steelyard/learn.so
LIBRARY := $(addprefix $(BUILD)/lib/,libsteelyard.a libsteelyard.so \
  $(if $(HAVE_OPENBLAS),libsteelyard_learn.a libsteelyard_learn.so))
MODULES := $(CORE) $(if $(HAVE_NLOPT),$(NLOPT)) $(if $(HAVE_OPENBLAS),$(LEARN))
LIBS := $(CJSON_LIBS) $(ZLIB_LIBS) -lm

.PHONY: all modules library install uninstall clean
all: modules library
modules: $(MODULES)
library: $(LIBRARY)

# ------------------------------------------------------------------- what must be in place --

# A missing header is told in words, once, instead of in a hundred compiler messages.
define MISSING
	{ echo "steelyard: $(1) is missing: install $(2)" >&2; \
	  echo "(on Debian and Ubuntu, scripts/setup build installs all that is needed)" >&2; exit 1; }
endef
try_include = printf '\#include <%s>\n' $(1) | $(CC) $(2) -E - >/dev/null 2>&1

$(BUILD)/.found:
	@mkdir -p $(@D)
	@$(call try_include,stdio.h) || $(call MISSING,a C compiler with its headers,gcc and libc6-dev)
	@$(call try_include,cjson/cJSON.h,$(DEPENDENCY_CFLAGS)) || $(call MISSING,the header of cJSON,libcjson-dev (apt)$(comma) cjson-devel (dnf)$(comma) cjson-dev (apk)$(comma) cjson (brew))
	@$(call try_include,zlib.h,$(DEPENDENCY_CFLAGS)) || $(call MISSING,the header of zlib,zlib1g-dev (apt)$(comma) zlib-devel (dnf)$(comma) zlib-dev (apk)$(comma) zlib (brew))
	@$(if $(HAVE_NLOPT),true,echo "steelyard: NLopt is not here (libnlopt-dev), so the module steelyard.nlopt is not built" >&2)
	@$(if $(HAVE_OPENBLAS),true,echo "steelyard: OpenBLAS is not here (libopenblas-dev), so the module steelyard.learn is not built" >&2)
	@touch $@
comma := ,

$(LUA_DIR)/.found:
	@mkdir -p $(@D)
	@$(call try_include,lua.h,$(LUA_CFLAGS)) || $(call MISSING,the header lua.h for Lua $(LUA_VERSION),$(if $(filter jit,$(LUA_VERSION)),libluajit-5.1-dev,$(if $(filter 5.1,$(LUA_VERSION)),liblua5.1-0-dev,liblua$(LUA_VERSION)-dev)))
	@printf '#include <lua.h>\nSTEELYARD LUA_VERSION_NUM\n' | $(CC) $(LUA_CFLAGS) -E -P - | grep -q 'STEELYARD $(subst .,0,$(LUA_ABI))$$' || \
	  { echo "steelyard: the lua.h found with \"$(LUA_CFLAGS)\" is not that of Lua $(LUA_VERSION); set LUA_INCDIR or LUA_VERSION" >&2; exit 1; }
	@touch $@

# The flags of the last build: files that change only when the flags do, looked at while make reads
# this file, so that a tree with nothing to do is up to date to `make -q` too.
define KEEP_FLAGS
mkdir -p $(dir $(1)) && { echo '$(2)' | cmp -s - $(1) || echo '$(2)' >$(1); }
endef
ifneq (,$(filter-out clean uninstall,$(or $(MAKECMDGOALS),all)))
$(shell $(call KEEP_FLAGS,$(BUILD)/.flags,$(CC) $(ALL_CFLAGS) $(DISPATCH) $(DEPENDENCY_CFLAGS)))
$(shell $(call KEEP_FLAGS,$(LUA_DIR)/.flags,$(LUA_CFLAGS)))
endif
$(BUILD)/.flags: | $(BUILD)/.found
$(LUA_DIR)/.flags: | $(LUA_DIR)/.found

# -------------------------------------------------------------------------------- compiling --

$(BUILD)/obj/%.baseline.o: csrc/%.c $(BUILD)/.flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(KERNEL_baseline) -DSY_SET=baseline -MMD -MP -c -o $@ $<
$(BUILD)/obj/%.avx2.o: csrc/%.c $(BUILD)/.flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(KERNEL_avx2) -DSY_SET=avx2 -MMD -MP -c -o $@ $<
$(BUILD)/obj/%.avx512.o: csrc/%.c $(BUILD)/.flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(KERNEL_avx512) -DSY_SET=avx512 -MMD -MP -c -o $@ $<
$(BUILD)/obj/%.o: csrc/%.c $(BUILD)/.flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(DEPENDENCY_CFLAGS) $(DISPATCH) -MMD -MP -c -o $@ $<
$(LUA_DIR)/obj/%.o: csrc/lua/%.c $(BUILD)/.flags $(LUA_DIR)/.flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(DEPENDENCY_CFLAGS) $(LUA_CFLAGS) -MMD -MP -c -o $@ $<

# ---------------------------------------------------------------------------------- linking --

ifeq ($(shell uname -s),Darwin)
MODULE_LINK := -bundle -undefined dynamic_lookup
LIBRARY_LINK = -dynamiclib -install_name @rpath/$(1)
hidden = -Wl,-load_hidden,$(1)
else
# Lua unloads its modules when it ends, and libgomp's threads would find their code gone: stay.
MODULE_LINK := -shared -Wl,-z,nodelete
LIBRARY_LINK = -shared -Wl,-soname,$(1) -Wl,--no-undefined
# What is taken out of an archive stays within.
hidden = -Wl,--exclude-libs,$(notdir $(1)) $(1)
endif

$(CORE): $(LIBRARY_OBJECTS) $(BIND_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(MODULE_LINK) $(OPENMP) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)
$(NLOPT): $(NLOPT_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(MODULE_LINK) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(NLOPT_LIBS) -lm
$(LEARN): $(LEARN_OBJECTS) $(LEARN_BIND_OBJECTS) $(BUILD)/lib/libsteelyard.a
	@mkdir -p $(@D)
	$(CC) $(MODULE_LINK) $(OPENMP) $(SANITIZE) $(LDFLAGS) -o $@ $(filter %.o,$^) $(call hidden,$(BUILD)/lib/libsteelyard.a) $(OPENBLAS_LIBS) $(LIBS)
$(BUILD)/lib/libsteelyard.a: $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/lib/$(SO_REAL): $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	$(CC) $(call LIBRARY_LINK,$(SO_NAME)) $(OPENMP) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/lib/libsteelyard.so: $(BUILD)/lib/$(SO_REAL)
	ln -sf $(SO_REAL) $(@D)/$(SO_NAME)
	ln -sf $(SO_NAME) $@
$(BUILD)/lib/libsteelyard_learn.a: $(LEARN_OBJECTS)
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^
# Stands on the shared libsteelyard, with a copy of what that does not show.
$(BUILD)/lib/$(LEARN_REAL): $(LEARN_OBJECTS) $(BUILD)/lib/libsteelyard.so $(BUILD)/lib/libsteelyard.a
	@mkdir -p $(@D)
	$(CC) $(call LIBRARY_LINK,$(LEARN_NAME)) $(OPENMP) $(SANITIZE) $(LDFLAGS) -o $@ $(filter %.o,$^) -L$(BUILD)/lib -lsteelyard $(call hidden,$(BUILD)/lib/libsteelyard.a) $(OPENBLAS_LIBS) $(LIBS)
$(BUILD)/lib/libsteelyard_learn.so: $(BUILD)/lib/$(LEARN_REAL)
	ln -sf $(LEARN_REAL) $(@D)/$(LEARN_NAME)
	ln -sf $(LEARN_NAME) $@

# ------------------------------------------------------------- programs for tests and examples --

LEARN_TESTS := $(patsubst spec/c/%.c,$(BUILD)/test/%,$(wildcard spec/c/net*_test.c spec/c/optimizer*_test.c spec/c/linear*_test.c))
C_TESTS := $(filter-out $(if $(HAVE_OPENBLAS),,$(LEARN_TESTS)),$(patsubst spec/c/%.c,$(BUILD)/test/%,$(wildcard spec/c/*_test.c)))
FUZZERS := $(patsubst spec/c/%.c,$(BUILD)/fuzz/%,$(wildcard spec/c/fuzz_*.c))
EXAMPLES := $(patsubst examples/%.c,$(BUILD)/examples/%,$(wildcard examples/*/*.c))
.PHONY: c-tests fuzzers examples oom-sweep
c-tests: $(C_TESTS)
fuzzers: $(FUZZERS)
examples: $(EXAMPLES)
oom-sweep: $(LUA_DIR)/oom-sweep

$(BUILD)/test/%: spec/c/%.c $(BUILD)/lib/libsteelyard.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(DEPENDENCY_CFLAGS) $(DISPATCH) $(LDFLAGS) -MMD -MP -o $@ $< $(BUILD)/lib/libsteelyard.a $(LIBS)
$(LEARN_TESTS): $(BUILD)/test/%: spec/c/%.c $(BUILD)/lib/libsteelyard_learn.a $(BUILD)/lib/libsteelyard.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(DEPENDENCY_CFLAGS) $(DISPATCH) $(LDFLAGS) -MMD -MP -o $@ $< $(BUILD)/lib/libsteelyard_learn.a $(BUILD)/lib/libsteelyard.a $(OPENBLAS_LIBS) $(LIBS)
$(BUILD)/fuzz/%: spec/c/%.c $(BUILD)/lib/libsteelyard.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(DEPENDENCY_CFLAGS) -DSTANDALONE $(LDFLAGS) -MMD -MP -o $@ $< $(BUILD)/lib/libsteelyard.a $(LIBS)
# As an embedding program would be built: the public header and the shared library, nothing else.
$(BUILD)/examples/%: examples/%.c $(BUILD)/lib/libsteelyard.so
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(WARNINGS) $(CFLAGS) -Icsrc $(LDFLAGS) -MMD -MP -o $@ $< -L$(BUILD)/lib -Wl,-rpath,$(abspath $(BUILD)/lib) -lsteelyard -lm
$(LUA_DIR)/oom-sweep: spec/oom/sweep.c $(MODULES)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(WARNINGS) $(CFLAGS) -fno-builtin $(LUA_CFLAGS) -rdynamic -MMD -MP -o $@ $< $(LUA_LIBS) -ldl

# ------------------------------------------------------------------------------- installing --

LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
BINDIR ?= $(PREFIX)/bin
LUA_SHARE ?= $(PREFIX)/share/lua/$(LUA_ABI)
LUA_LIB ?= $(PREFIX)/lib/lua/$(LUA_ABI)
LUA_FILES := $(patsubst lua/%,%,$(shell find lua/steelyard -name '*.lua'))
MODULE_FILES := $(notdir $(MODULES))
# The command line is for the home version.
CLI := $(if $(filter 5.4,$(LUA_VERSION)),$(BINDIR)/steelyard)

# install-lua is what LuaRocks runs; install adds the C library.
.PHONY: install-lua install-c
install: install-lua install-c

install-lua: modules
	$(INSTALL) -d "$(DESTDIR)$(LUA_LIB)/steelyard"
	$(INSTALL) -m 755 $(MODULES) "$(DESTDIR)$(LUA_LIB)/steelyard"
	@for file in $(LUA_FILES); do \
	  $(INSTALL) -d "$(DESTDIR)$(LUA_SHARE)/$$(dirname $$file)" && \
	  $(INSTALL) -m 644 lua/$$file "$(DESTDIR)$(LUA_SHARE)/$$file" || exit 1; \
	done
	@echo "installed $(words $(LUA_FILES)) Lua files below $(DESTDIR)$(LUA_SHARE)/steelyard"
ifneq (,$(CLI))
	$(INSTALL) -d "$(DESTDIR)$(BINDIR)"
	sed -e 's|@LUA_SHARE@|$(LUA_SHARE)|g' -e 's|@LUA_LIB@|$(LUA_LIB)|g' scripts/steelyard >"$(DESTDIR)$(CLI)"
	chmod 755 "$(DESTDIR)$(CLI)"
endif

install-c: library
	$(INSTALL) -d "$(DESTDIR)$(LIBDIR)/pkgconfig" "$(DESTDIR)$(INCLUDEDIR)"
	$(INSTALL) -m 644 $(BUILD)/lib/libsteelyard.a "$(DESTDIR)$(LIBDIR)"
	$(INSTALL) -m 755 $(BUILD)/lib/$(SO_REAL) "$(DESTDIR)$(LIBDIR)"
	ln -sf $(SO_REAL) "$(DESTDIR)$(LIBDIR)/$(SO_NAME)"
	ln -sf $(SO_NAME) "$(DESTDIR)$(LIBDIR)/libsteelyard.so"
ifneq (,$(HAVE_OPENBLAS))
	$(INSTALL) -m 644 $(BUILD)/lib/libsteelyard_learn.a "$(DESTDIR)$(LIBDIR)"
	$(INSTALL) -m 755 $(BUILD)/lib/$(LEARN_REAL) "$(DESTDIR)$(LIBDIR)"
	ln -sf $(LEARN_REAL) "$(DESTDIR)$(LIBDIR)/$(LEARN_NAME)"
	ln -sf $(LEARN_NAME) "$(DESTDIR)$(LIBDIR)/libsteelyard_learn.so"
	printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCLUDEDIR)' '' \
	  'Name: steelyard_learn' 'Description: networks and optimizers of Steelyard, on CBLAS' \
	  'Version: $(VERSION)' 'Requires: steelyard' $(if $(OPENBLAS_PACKAGE),'Requires.private: $(OPENBLAS_PACKAGE)') \
	  'Libs: -L$${libdir} -lsteelyard_learn' 'Libs.private: $(if $(OPENBLAS_PACKAGE),,$(OPENBLAS_LIBS) )-lm' \
	  'Cflags: -I$${includedir}' >"$(DESTDIR)$(LIBDIR)/pkgconfig/steelyard_learn.pc"
endif
	$(INSTALL) -m 644 csrc/steelyard.h "$(DESTDIR)$(INCLUDEDIR)"
	$(INSTALL) -d "$(DESTDIR)$(INCLUDEDIR)/steelyard"
	$(INSTALL) -m 644 csrc/steelyard/*.h "$(DESTDIR)$(INCLUDEDIR)/steelyard"
	printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCLUDEDIR)' '' \
	  'Name: steelyard' 'Description: value-model tuning and ranking measures for recommenders' \
	  'Version: $(VERSION)' 'Requires.private: libcjson zlib' 'Libs: -L$${libdir} -lsteelyard' \
	  'Libs.private: -lm $(OPENMP)' 'Cflags: -I$${includedir}' >"$(DESTDIR)$(LIBDIR)/pkgconfig/steelyard.pc"

uninstall:
	@for file in $(LUA_FILES); do rm -f "$(DESTDIR)$(LUA_SHARE)/$$file"; done
	cd "$(DESTDIR)$(LUA_LIB)/steelyard" 2>/dev/null && rm -f $(MODULE_FILES) || true
	cd "$(DESTDIR)$(LIBDIR)" 2>/dev/null && rm -f libsteelyard.a libsteelyard.so $(SO_NAME) $(SO_REAL) pkgconfig/steelyard.pc \
	  libsteelyard_learn.a libsteelyard_learn.so $(LEARN_NAME) $(LEARN_REAL) pkgconfig/steelyard_learn.pc || true
	rm -f $(patsubst csrc/%,"$(DESTDIR)$(INCLUDEDIR)/%",$(wildcard csrc/steelyard.h csrc/steelyard/*.h))
	rmdir "$(DESTDIR)$(INCLUDEDIR)/steelyard" 2>/dev/null || true
	rm -f $(if $(CLI),"$(DESTDIR)$(CLI)")
	@find "$(DESTDIR)$(LUA_SHARE)/steelyard" "$(DESTDIR)$(LUA_LIB)/steelyard" -depth -type d -empty -delete 2>/dev/null || true

clean:
	rm -rf build

-include $(LIBRARY_OBJECTS:.o=.d) $(BIND_OBJECTS:.o=.d) $(NLOPT_OBJECTS:.o=.d)
-include $(LEARN_OBJECTS:.o=.d) $(LEARN_BIND_OBJECTS:.o=.d)
-include $(addsuffix .d,$(C_TESTS) $(FUZZERS) $(EXAMPLES) $(LUA_DIR)/oom-sweep)
