# Waylight. Two commands matter: `make run` starts the whole site, `make test` runs every test.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PORT

.PHONY: run test test-postgres check setup setup-dev data messages benchmark clean

run: setup data
	@$(BIN)/python manage.py run_site --port $(PORT)

setup: .venv/.runtime
setup-dev: .venv/.dev

.venv/.runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Waylight needs Python 3.11 or newer; $(PYTHON) is older. Try: make run PYTHON=python3.12"; exit 1; }
	@echo "Setting up the virtual environment in .venv (about two minutes the first time) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

data: setup
	@echo "Preparing the database ..."
	@$(BIN)/python manage.py migrate --verbosity 0
	@echo "Loading the curriculum ..."
	@$(BIN)/python manage.py load_curriculum
	@$(BIN)/python manage.py load_demo

test: setup-dev
	@$(BIN)/python -m pytest -n 2 --dist loadfile --create-db $(ARGS)

test-postgres: setup-dev
	@DATABASE_URL=$${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres} $(BIN)/python -m pytest -n 2 --dist loadfile --create-db $(ARGS)

check: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy .
	@$(BIN)/djlint --lint --quiet .
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py load_curriculum --check

messages: setup
	@$(BIN)/python manage.py makemessages --all --no-location --ignore=.venv --ignore=var

benchmark: setup-dev
	@$(BIN)/python benchmarks/pages.py --quick
	@$(BIN)/python benchmarks/scenarios.py --quick
	@$(BIN)/python benchmarks/questions.py --quick
	@$(BIN)/python benchmarks/certification.py --quick
	@$(BIN)/python benchmarks/compliance.py --quick
