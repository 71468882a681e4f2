# Everything a person or a machine runs here. `make` alone lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers

# Wheels only, each with a known hash: nothing is built and nothing unlocked comes in.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
COMPILE := $(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
IN_EMPTY_DATABASE := folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && export DATABASE_URL="sqlite:///$$folder/empty.db"

.PHONY: help run test lint format types migrations sure soak bench profile examples migration lock clean rebuild

help: ## List these targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.run ## Start the atlas on http://127.0.0.1:8000 (PORT=8001 make run for another port)
	@$(BIN)/python -m app.prepare
	@exec $(BIN)/gunicorn -c gunicorn.conf.py

test: $(VENV)/.dev ## Run the tests (ARGS="-k search" for some of them)
	@$(BIN)/pytest -n 2 $(ARGS)

lint: $(VENV)/.dev ## Check the rules and the format of the code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(VENV)/.dev ## Format the code and mend what can be mended
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

types: $(VENV)/.dev ## Check the types
	@$(BIN)/mypy

migrations: $(VENV)/.dev ## Check that the migrations make what the models say
	@$(IN_EMPTY_DATABASE) && $(BIN)/alembic upgrade head && $(BIN)/alembic check

sure: lint types migrations ## Lint, types, migrations, and the tests with the coverage floor
	@$(BIN)/pytest -n 2 --cov --cov-report=term-missing:skip-covered $(ARGS)

soak: $(VENV)/.dev ## Run the long tests, which the others leave out (SOAK_WRITES=10000 SOAK_STEPS=10000 for shorter ones)
	@$(BIN)/pytest -m soak --hypothesis-profile soak $(ARGS)

bench: $(VENV)/.dev $(PEERS)/.ready ## Compare with other frameworks (ARGS="--rows 1000,100000 --rounds 3"); needs wrk
	@$(BIN)/python -m bench.comparing --write $(ARGS)

profile: $(VENV)/.dev ## Show where requests' time goes (ARGS="--database-url sqlite:////tmp/big.db /use-cases")
	@$(BIN)/python -m bench.profiling $(ARGS)

examples: $(VENV)/.dev ## Write the documentation's examples anew from real answers
	@$(BIN)/python -m tests.make_examples

migration: $(VENV)/.dev ## Write a migration from the models (NAME="add library topics")
	@test -n "$(NAME)" || { echo 'A migration needs a name: make migration NAME="add library topics"' >&2; exit 1; }
	@$(IN_EMPTY_DATABASE) && $(BIN)/alembic upgrade head && $(BIN)/alembic revision --autogenerate -m "$(NAME)"

lock: $(VENV)/.dev ## Write the locks anew (ARGS=--upgrade for the newest versions)
	@$(COMPILE) $(ARGS) requirements.in -o requirements.txt
	@$(COMPILE) $(ARGS) requirements-dev.in -o requirements-dev.txt
	@$(COMPILE) $(ARGS) bench/peers/requirements.in -o bench/peers/requirements.txt

clean: ## Remove the environment, caches and test results, never the data
	@rm -rf $(VENV) $(PEERS) .hypothesis .mypy_cache .pytest_cache .ruff_cache .schemathesis htmlcov test-results
	@rm -f .coverage .coverage.* coverage.xml
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment remembers its folder and its Python. It is made anew when the checkout was moved
# (its scripts hold absolute paths), when its Python is gone, or when PYTHON asks for another one.
MADE := $(shell test -x $(BIN)/python && cat $(VENV)/.python 2>/dev/null)
WANTED := $(CURDIR) $(lastword $(MADE))
ifneq ($(origin PYTHON),file)
WANTED := $(CURDIR) $(shell $(PYTHON) -c 'import platform; print(platform.python_version())' 2>/dev/null)
endif
ifneq ($(MADE),$(WANTED))
$(VENV)/.python: rebuild
endif

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo \
	  "Tool Atlas needs Python 3.11 or newer; $(PYTHON) is: $$($(PYTHON) --version 2>&1 | head -n 1). Name another one: PYTHON=python3.12 make run" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo \
	  "$(PYTHON) lacks its venv module. Debian and Ubuntu have it in a package: apt-get install python3-venv" >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@echo "$(CURDIR) $$($(BIN)/python -c 'import platform; print(platform.python_version())')" > $@

# The command line tool. Written here and not by pip, which would need a build tool that no lock holds.
# -P keeps a package `app` of the folder that it is called in from being taken for this one.
$(BIN)/toolatlas: $(VENV)/.python Makefile
	@$(BIN)/python -c 'import os, shlex; root = shlex.quote(os.getcwd()); \
	  print(f"#!/bin/sh\nPYTHONPATH={root} exec {root}/$(BIN)/python -P -m app.cli \"$$@\"")' > $@
	@chmod +x $@

$(VENV)/.run: $(VENV)/.python requirements.txt | $(BIN)/toolatlas
	@echo "Installing what the atlas needs into $(VENV) (about a minute, once) ..."
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.python requirements-dev.txt | $(BIN)/toolatlas
	@echo "Installing what tests and checks need into $(VENV) (about a minute, once) ..."
	@$(INSTALL) -r requirements-dev.txt
	@touch $@

$(PEERS)/.ready: $(VENV)/.python bench/peers/requirements.txt
	@echo "Installing what the benchmark's peers need into $(PEERS) (about a minute, once) ..."
	@$(BIN)/python -m venv --clear $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r bench/peers/requirements.txt
	@touch $@
