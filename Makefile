# make report   the importance report of the example journal, from nothing but Python 3.11 and make
# make test     everything is tested
# PYTHON=python3.12 make test   uses another interpreter

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOURNAL ?= data/digits
METRIC ?= val_error
REPORT ?= report.html
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help report test lint types contracts docs oldest bench sweep clean

help:
	@echo "make report     the importance report of $(JOURNAL): answer here, page in $(REPORT)"
	@echo "make test       all tests"
	@echo "make lint       ruff: rules and formatting"
	@echo "make types      mypy --strict"
	@echo "make contracts  which package may import which"
	@echo "make docs       write docs/cli.md anew from the commands"
	@echo "make oldest     importance, report and plan with every dependency at its lower bound"
	@echo "make bench      the benchmarks, beside peers"
	@echo "make sweep      train the example journal's 550 runs again (into build/digits)"
	@echo "make clean      remove $(VENV) and what was built"

# One stamp per set of extras: an environment is made once and refreshed when pyproject.toml changes.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Knobwise needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-test

report: $(VENV)/.installed
	@$(BIN)/knobwise report --journal $(JOURNAL) -m $(METRIC) -o $(REPORT)
	@echo
	@echo "The whole report: file://$(abspath $(REPORT))"

# One numeric thread per worker: the tests' own processes already fill the machine.
# Neighbours stay with one worker, so what a module sets up is set up once.
test: $(VENV)/.installed-test
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto --dist worksteal $(TESTS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

contracts: $(VENV)/.installed-dev
	$(BIN)/lint-imports --no-cache

docs: $(VENV)/.installed
	$(BIN)/python docs/cli_reference.py > docs/cli.md

oldest:
	PYTHON=$(PYTHON) .ci/oldest

# The peers get an environment of their own (benchmarks/peers.txt); BENCH=--small takes minutes, not hours.
bench: $(VENV)/.installed
	for what in accuracy further coverage pairs verdicts speed classical; do \
	  $(BIN)/python -m benchmarks.$$what $(BENCH) || exit 1; done

sweep: $(VENV)/.installed
	$(BIN)/python -m examples.sweep_digits --journal build/digits

clean:
	rm -rf $(VENV) build dist $(REPORT) .mypy_cache .ruff_cache .pytest_cache .hypothesis
