# One command each. Everything they need comes from locked packages; nothing outside this folder changes.
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
SERVERS := $(BIN)/python -m partnernet.embedded --
# As many at once as there are cores; each has databases of its own. In their order, so that what empties a database comes last.
AT_ONCE := -p tests.workers --numprocesses auto --maxprocesses 4 --dist load --durations 30
export PORT

.PHONY: setup setup-dev run demo test coverage unit e2e check fix bench figures look lock schema

setup: .venv/.base build/assets/.made

setup-dev: setup .venv/.dev build/chromium/.made

run: setup
	@$(BIN)/python -m partnernet.embedded.run

demo: run

test: setup-dev
	PARTNERNET_ENV=test $(SERVERS) $(BIN)/python -m pytest $(AT_ONCE)

coverage: setup-dev
	PARTNERNET_ENV=test $(SERVERS) $(BIN)/python -m pytest $(AT_ONCE) --cov --cov-branch --cov-report=term:skip-covered

unit: setup-dev
	PARTNERNET_ENV=test $(SERVERS) $(BIN)/pytest -m "not journey and not slow"

e2e: setup-dev
	PARTNERNET_ENV=test $(SERVERS) $(BIN)/pytest -m journey

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	PARTNERNET_ENV=test $(SERVERS) $(BIN)/python manage.py makemigrations --check --dry-run

fix: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

look: setup-dev
	$(BIN)/python -m tests.look

bench: setup-dev
	PARTNERNET_ENV=test $(SERVERS) $(BIN)/python -m bench
	PARTNERNET_ENV=test $(SERVERS) $(BIN)/python -m bench.seals
	PARTNERNET_ENV=test $(BIN)/python -m bench.check

figures: setup-dev
	PARTNERNET_ENV=test $(SERVERS) $(BIN)/python -m bench.figures $(CODES)

schema: .venv/.dev
	PARTNERNET_ENV=test $(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

lock: .venv/.dev
	sh requirements/lock.sh

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "PartnerNet needs Python 3.11 or newer. Say which one: make run PYTHON=python3.12"; exit 1; }
	@echo "Making the virtual environment"
	@$(PYTHON) -m venv .venv

.venv/.base: requirements/base.txt .venv/bin/python
	@echo "Installing Python packages"
	@sh requirements/install.sh requirements/base.txt
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.base
	@echo "Installing tools for tests"
	@sh requirements/install.sh requirements/dev.txt
	@touch $@

build/assets/.made: package.json package-lock.json static/build.mjs $(shell find static/css static/js static/img -type f) .venv/.base
	@echo "Building the front end"
	@sh static/build.sh
	@touch $@

build/chromium/.made: package-lock.json .venv/.dev
	@echo "Unpacking Chromium for browser tests"
	@sh static/chromium.sh
	@touch $@
