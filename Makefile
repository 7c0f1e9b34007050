# nfsgw: everything that is done with the project.  `make` lists the targets.

# Debian's own python3, unless another one is given: make PYTHON=/usr/local/bin/python3.12 serve
PYTHON  := $(shell test -x /usr/bin/python3 && echo /usr/bin/python3 || echo python3)
VENV    := .venv
BIN     := $(VENV)/bin
STATE   ?= .state
SEEDS   ?= 2000
FIRST   ?= 0
READY   := $(VENV)/.installed
TESTED  := $(VENV)/.installed-test
CHECKED := $(VENV)/.installed-check

.DEFAULT_GOAL := help
.PHONY: help serve test test-unit test-integration test-crash sim kernel bench check format docs clone clean packages

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(READY) ## Serve a demonstration volume (kept under .state/) and print how to mount it
	@$(BIN)/nfsgw --state $(STATE) serve --demo

test: $(TESTED) ## Test everything that one machine can test, the stock kernel included
	@conf/debian/install-packages
	@PYTHON=$(BIN)/python conf/tests/run

test-unit: $(TESTED) ## Only the tests that need no sockets (seconds)
	@PYTHON=$(BIN)/python conf/tests/run unit

test-integration: $(TESTED) ## Only the tests with real sockets and processes
	@PYTHON=$(BIN)/python conf/tests/run integration

test-crash: $(TESTED) ## Only the tests that kill the daemon
	@PYTHON=$(BIN)/python conf/tests/run crash

sim: $(TESTED) ## Only the simulator: SEEDS=2000 runs of a replica set with faults, from FIRST=0 on
	@NFSGW_SEEDS=$(SEEDS) NFSGW_FIRST_SEED=$(FIRST) PYTHON=$(BIN)/python conf/tests/run simulation

kernel: $(TESTED) ## Only the tests that boot a stock Debian kernel (root)
	@conf/debian/install-packages
	@PYTHON=$(BIN)/python conf/tests/run kernel

bench: $(TESTED) ## Measure operations per second; results go to benchmarks/results/
	$(BIN)/python -m benchmarks

check: $(CHECKED) ## Look for mistakes without running anything: ruff, mypy, layers, XDR
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m nfsgw.xdr.compiler --check

format: $(CHECKED) ## Bring the source into the project's form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: $(READY) ## List the documents; they are plain Markdown
	@ls README.md CONTRIBUTING.md CHANGELOG.md docs/*.md docs/*/*.md

clone: ## Try README's commands on a clean clone of the committed state (minutes)
	conf/tests/clone

packages: ## Install the Debian packages that the tests use (root)
	@conf/debian/install-packages

clean: ## Remove everything that was made, except .state/
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): setup.cfg pyproject.toml
	@PYTHON=$(PYTHON) conf/debian/make-venv $(VENV)
	@PYTHON=$(BIN)/python conf/debian/pip-install .
	@touch $@

$(TESTED): $(READY)
	@PYTHON=$(BIN)/python conf/debian/pip-install '.[test]'
	@touch $@

$(CHECKED): $(TESTED)
	@PYTHON=$(BIN)/python conf/debian/pip-install '.[test,check]'
	@touch $@
