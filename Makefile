# `make run` serves the app, `make test` runs every test; both prepare what they need in .venv first.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
HOST ?= 127.0.0.1
PORT ?= 7860
ARGS ?=
MOVIELENS ?= ml-latest-small
USERS ?= 40

VENV := .venv
BIN := $(VENV)/bin
APP_READY := $(VENV)/.app-ready
TESTS_READY := $(VENV)/.tests-ready
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.DEFAULT_GOAL := help
.PHONY: help run test test-slow lint bench bench-app results space-check architecture audit licences sbom load week reproduce people chromium

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(APP_READY) ## serve the app on http://127.0.0.1:7860 (HOST=..., PORT=...)
	HOST=$(HOST) PORT=$(PORT) $(BIN)/python app.py

people: $(TESTS_READY) ## show many people, assembled from MovieLens and profiled (MOVIELENS=folder, USERS=40)
	$(BIN)/python -m training.scale.assemble_people --movielens $(MOVIELENS) --users $(USERS) --out runs/people-$(USERS)
	HOST=$(HOST) PORT=$(PORT) $(BIN)/python app.py --profiles runs/people-$(USERS)/profiles

# What needs no browser runs on two cores at once; what drives one is timed by it, and has the machine to itself.
test: $(TESTS_READY) chromium ## run the whole suite (ARGS="tests/cli -q" for a part)
ifeq ($(strip $(ARGS)),)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not e2e"
	$(BIN)/python -m pytest -m "not slow and e2e"
else
	$(BIN)/python -m pytest $(ARGS)
endif

test-slow: $(TESTS_READY) ## what trains for many minutes: the tutorial, GRPO on the large configurations
	$(BIN)/python -m pytest -m slow $(ARGS)

lint: $(TESTS_READY) ## check style, format and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

bench: $(TESTS_READY) ## measure every path beside its alternative, write BENCHMARKS.md (ARGS="search edit" for rows)
	$(BIN)/python -m benchmarks $(ARGS)

bench-app: $(APP_READY) ## print the app's speed and memory on this machine
	$(BIN)/python -m benchmarks.app

results: $(TESTS_READY) ## build RESULTS.md, docs/results/, the figure and the READMEs' tables from what is logged in results/
	$(BIN)/python -m training.evaluate.write_results --summary README.md

architecture: $(TESTS_READY) ## draw docs/architecture.md's picture of who imports whom anew
	$(BIN)/python -m benchmarks.architecture

space-check: ## build the Space's environment, start it, walk the main path
	$(PYTHON) -m benchmarks.space

audit: $(TESTS_READY) ## look every pinned dependency up among the known vulnerabilities
	PIP_AUDIT=$(BIN)/pip-audit .ci/audit

licences: $(TESTS_READY) ## list the licences of all dependencies in docs/licences.md
	$(BIN)/python .ci/licences

sbom: $(TESTS_READY) ## write sbom.json (CycloneDX): every dependency of the app with the hashes of its files
	$(BIN)/cyclonedx-py requirements requirements.lock --of JSON -o sbom.json

load: $(TESTS_READY) chromium ## the app under 1, 10, 50 visitors for ten minutes each
	$(BIN)/python -m benchmarks.load $(ARGS)

week: $(TESTS_READY) chromium ## a week in an hour: 50 visitors while what can go wrong does (ARGS="--minutes 3 --visitors 5")
	$(BIN)/python -m benchmarks.week $(ARGS)

reproduce: $(TESTS_READY) ## make the shipped profiler's tables anew and compare them with results/ (DATA=folder of data sets)
	$(BIN)/python -m training.evaluate.reproduce --data $(or $(DATA),$(error name the folder of the data sets: DATA=folder)) --out runs/reproduced

# The stamps are older than the requirements only after these change: a second start installs nothing.
$(APP_READY): requirements.txt | $(BIN)/pip
	@echo "Installing what the app needs into $(VENV) (a few minutes the first time)"
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

$(TESTS_READY): requirements-test.txt requirements.txt training/requirements.txt | $(BIN)/pip
	@echo "Installing what the tests need into $(VENV) (a few minutes the first time)"
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements-test.txt
	@touch $@ $(APP_READY)

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "BLUE Studio needs Python 3.11 or newer, but $(PYTHON) is not. Install one, then: make run PYTHON=python3.11" >&2; \
	  exit 1; }
	$(PYTHON) -m venv $(VENV)

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  command -v apt-get >/dev/null || { \
	    echo "The browser tests need Chromium or Google Chrome. Install one with your system's package manager." >&2; \
	    exit 1; }; \
	  echo "Installing Chromium for the browser tests"; \
	  $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends chromium; }
