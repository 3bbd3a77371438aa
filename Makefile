# Everything a newcomer needs: `make demo`, `make test`. Needs make and Python 3.11 or newer; npm only for `make ide`.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
# What has been installed: what the product needs, and what working on it needs besides.
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
ASSETS := src/qms_graphql/app/ide_assets/main.js
# Processes that share the tests: one for each processor, at most six. 0 runs them in pytest itself.
WORKERS := auto
# Tried in this order; the first that is new enough makes the virtual environment.
PYTHONS := $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: ## Serve a demonstration company (QMS_PORT chooses the port).
	@$(MAKE) --no-print-directory -j2 $(READY) page
	$(BIN)/qms demo

.PHONY: page
page:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory ide || echo "GraphiQL was not built; its page will load from the network."; fi

.PHONY: test
test: $(TOOLS) ## Run the tests; on PostgreSQL too if QMS_TEST_POSTGRES_URL is set. ARGS goes to pytest.
	$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 6 $(ARGS)

.PHONY: check
check: $(TOOLS) ## Style, types, import directions, and whether schema.graphql is up to date.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/qms schema | diff -u schema.graphql - || { echo "schema.graphql is out of date: run make schema"; exit 1; }

.PHONY: serve
serve: migrate ## Migrate the database in QMS_DATABASE_URL and serve it.
	$(BIN)/qms serve

.PHONY: schema
schema: $(READY) ## Write schema.graphql from the code.
	$(BIN)/qms schema > schema.graphql.new && mv schema.graphql.new schema.graphql

.PHONY: migrate
migrate: $(READY) ## Bring the database in QMS_DATABASE_URL to the newest schema.
	$(BIN)/qms migrate

.PHONY: revision
revision: $(TOOLS) ## Write a new migration from the models: make revision NAME="what changes".
	$(BIN)/python migrations/revise.py "$(NAME)"

.PHONY: bench
bench: $(TOOLS) ## Measure against the bare limit; ARGS goes to the benchmark.
	$(BIN)/python -m bench $(ARGS)

.PHONY: screenshots
screenshots: $(TOOLS) ide ## Take the pictures of docs/walkthrough.md (needs npm and Chromium).
	$(BIN)/python docs/screenshots.py

.PHONY: ide
ide: $(ASSETS) ## Bundle GraphiQL, so that the page needs no network (needs npm).

$(ASSETS): ide/package.json ide/build.mjs $(wildcard ide/src/*)
	npm install --prefix ide --no-audit --no-fund --no-update-notifier --loglevel=error
	npm run --silent build --prefix ide

$(READY): pyproject.toml | $(BIN)/python
	$(INSTALL) -e .
	@touch $@

$(TOOLS): pyproject.toml | $(BIN)/python
	$(INSTALL) -e '.[dev]'
	@touch $(READY) $@

$(BIN)/python:
	@for candidate in $(PYTHONS); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Python 3.11 or newer is needed; none was found. Name one: make PYTHON=/path/to/python3"; exit 1; fi; \
	echo "Making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv $(VENV) || { rm -rf $(VENV); echo "$$found cannot make a virtual environment (on Debian: apt-get install python3-venv)."; exit 1; }
