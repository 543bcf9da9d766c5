# Every target sets up .venv by itself and uses nothing else; an activated
# environment is not looked at.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONSAFEPATH PIP_USER PIP_TARGET PIP_PREFIX

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test lint types pytest random accept format bench docs clean

help: ## print these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.runtime ## check, run and draw two models of the article; let one learn a rhyme
	@$(BIN)/boxwork demo

test: lint types pytest ## everything that CI runs

lint: $(VENV)/.dev ## style, formatting and the directions of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

pytest: $(VENV)/.dev ## the tests alone, on all cores
	$(BIN)/pytest -n auto --dist worksteal

random: $(VENV)/.dev ## the property tests with random examples, three times as many
	$(BIN)/pytest -n auto --dist worksteal -m hypothesis --hypothesis-profile random

accept: $(VENV)/.dev ## write the golden files anew; then read the diff
	$(BIN)/pytest --accept

format: $(VENV)/.dev ## put the sources into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## the timings, as ratios to a peer in the same run
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev ## what is generated under docs/
	$(BIN)/python docs/build.py

clean: ## remove .venv, caches and outputs
	rm -rf $(VENV) out build dist boxwork.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The two stamps share one environment: .dev is .runtime and the tools.
$(VENV)/.runtime: $(BIN)/python pyproject.toml
	@echo "Installing boxwork into $(VENV) (once; a minute or so)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	@echo "Installing boxwork and its tools into $(VENV) (once; a minute or two)"
	@$(PIP) --editable '.[dev]'
	@touch $(VENV)/.runtime $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || \
	  { echo "boxwork needs Python 3.11 or newer; there is no $(PYTHON)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "boxwork needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)." >&2; \
	    echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) comes without venv; on Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) -V)"
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }
