# Everything this project does on a developer's, a tester's or a demonstrator's machine. Needs python3 (3.11 or newer) with pip,
# make and git; nothing else is expected to be there, and nothing is installed outside this folder except, for `make test` on
# Debian, the browser.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --silent --no-print-directory

PY ?= python3
PORT ?= 8000
ARGS ?=
BIN := .venv/bin
UV := .venv/tool/bin/uv
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore $(PY) -m pip
FLASK := $(BIN)/flask --app wsgi
# A module stays on one worker, so that what it sets up is set up once; the order is that of tests/conftest.py.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
SOURCES := config.py wsgi.py intake models forms
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
FRONTEND := $(shell find frontend/scss frontend/js -type f 2>/dev/null) frontend/build.mjs frontend/map.mjs

# Says something only when the command fails.
quietly = said=$$($(1) 2>&1) || { echo "$$said"; exit 1; }

.NOTPARALLEL:
.PHONY: help run fresh test check bench fmt lint cover step audit lock messages screenshots docs assets browser clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# -- for everyone --------------------------------------------------------------------------------

run: .venv/.run assets $(CATALOGUES) ## Serve the demonstration on this machine (PORT=8000)
	@export INTAKE_DEMO=1 INTAKE_BASE_URL="$${INTAKE_BASE_URL:-http://127.0.0.1:$(PORT)}"; \
	exec $(BIN)/python -m tools.serve $(PORT)

fresh: ## Delete the local database and its files after asking, then as `make run`
	@if [ "$${CONFIRM:-}" != yes ]; then \
	  read -r -p "Delete instance/ with the database and every file in it? Write yes: " answer || answer=; \
	  [ "$$answer" = yes ] || { echo "Nothing was deleted."; exit 1; }; \
	fi
	@rm -rf instance
	@$(MAKE) run

test: browser lint ## All checks and all tests, on SQLite with a real browser and on PostgreSQL
	@echo "Tests on SQLite, with the browser…"
	@$(PYTEST) --db=sqlite $(ARGS)
	@echo "Tests on PostgreSQL…"
	@$(PYTEST) --db=postgresql -m "not browser and not once" $(ARGS)

check: lint step test ## Style, types, layers, models in step with migrations, tests

bench: .venv/.dev assets $(CATALOGUES) ## Benchmarks, as ratios against a baseline of the same run
	@$(BIN)/python -m bench $(ARGS)
	@$(BIN)/python -m bench.coverage $(COVERAGE_ARGS)

# -- for developers ------------------------------------------------------------------------------

fmt: .venv/.dev ## Format, and fix what can be fixed
	@$(BIN)/ruff check -q --fix . || true
	@$(BIN)/ruff format -q .

lint: .venv/.dev assets $(CATALOGUES) ## Style, types and layers
	@echo "Style, types and layers…"
	@$(call quietly,$(BIN)/ruff format --check .)
	@$(call quietly,$(BIN)/ruff check .)
	@$(call quietly,$(BIN)/mypy)
	@$(call quietly,$(BIN)/lint-imports)
	@$(call quietly,$(BIN)/djlint --lint --quiet templates)

step: .venv/.dev ## Are the models in step with the migrations?
	@echo "Models and migrations…"
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	export INTAKE_DATABASE_URL="sqlite:///$$folder/step.sqlite3" INTAKE_SECRET_KEY="$$(head -c 32 /dev/urandom | base64)"; \
	$(call quietly,$(FLASK) db upgrade); $(call quietly,$(FLASK) db check)

cover: .venv/.dev assets browser $(CATALOGUES) ## Tests with branch coverage
	@$(PYTEST) --db=sqlite --cov --cov-report=term $(ARGS)

audit: .venv/.dev ## Patterns of insecure code (bandit)
	@$(BIN)/bandit -q -ll -r $(SOURCES)

messages: .venv/.dev ## Collect the marked texts, bring every catalogue up to date, compile
	@mkdir -p translations
	@$(BIN)/pybabel -q extract -F pyproject.toml -k _l -k lazy_gettext -k lazy_ngettext:1,2 --no-wrap --sort-by-file --omit-header \
	  --add-location=file --add-comments=i18n: -o translations/messages.pot .
	@for po in translations/*/LC_MESSAGES/messages.po; do \
	  [ -e "$$po" ] || continue; \
	  folder=$${po%/LC_MESSAGES/*}; \
	  $(BIN)/pybabel -q update -i translations/messages.pot -o "$$po" -l "$${folder#translations/}" --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date; \
	done
	@$(MAKE) $(CATALOGUES)

screenshots: .venv/.dev assets browser $(CATALOGUES) ## The pictures of the README, into docs/images/
	@$(BIN)/python -m tools.screenshots $(ARGS)

docs: .venv/.dev ## Write the generated pages of docs/ anew
	@$(BIN)/python -m tools.docs $(ARGS)

lock: .venv/tool/.done ## Choose new versions within pyproject.toml; none is younger than a week
	@echo "Choosing versions…"
	@compile="$(UV) pip compile -q --universal --generate-hashes --no-header --no-annotate --upgrade"; \
	$$compile requirements/boot.in -o requirements/boot.txt; \
	$$compile pyproject.toml -o requirements/run.txt; \
	$$compile pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
	@$(MAKE) .venv/.dev
	@cd frontend && $(NODE) npm update --package-lock-only --silent

clean: ## Delete what was built and installed; the database stays
	@rm -rf .venv static/dist frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*

# -- what the others stand on --------------------------------------------------------------------

# Debian's python3 comes without ensurepip, so the environment is made empty and filled from outside.
.venv/tool/.done: requirements/boot.txt
	@echo "Making the Python environment…"
	@$(PY) -m venv --without-pip .venv
	@$(PIP) install -q --upgrade --require-hashes --target .venv/tool -r $<
	@touch $@

# The development packages contain the others: an environment that has them keeps them.
.venv/.run: requirements/run.txt .venv/tool/.done
	@if [ -e .venv/.dev ]; then $(MAKE) .venv/.dev; else \
	  echo "Installing the packages it needs…"; \
	  $(UV) pip sync -q --require-hashes --python $(BIN)/python requirements/run.txt; \
	fi
	@touch $@

.venv/.dev: requirements/dev.txt .venv/tool/.done
	@echo "Installing the packages for development…"
	@$(UV) pip sync -q --require-hashes --python $(BIN)/python requirements/dev.txt
	@touch $@

assets: static/dist/manifest.json ## Build style sheet, scripts and map into static/dist/

# Either environment brings Node; which one is there does not matter.
static/dist/manifest.json: frontend/node_modules/.done $(FRONTEND)
	@echo "Building style sheet, scripts and map…"
	@cd frontend && $(NODE) node build.mjs

frontend/node_modules/.done: frontend/package-lock.json frontend/package.json frontend/.npmrc | .venv/.run
	@echo "Fetching what the style sheet is built from…"
	@cd frontend && $(NODE) npm ci --silent
	@touch $@

%.mo: %.po | .venv/.run
	@folder=$(patsubst %/LC_MESSAGES/,%,$(dir $<)); $(BIN)/pybabel -q compile -i $< -o $@ -l "$${folder##*/}"

# Playwright's own Node wants libatomic1, which a minimal Debian lacks.
browser:
	@tools/browser.sh
