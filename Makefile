# make app: the dashboard. make test: every check. Both make what they need: Python 3.11 or newer and make are enough.

PORT ?= 8501
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.DEFAULT_GOAL := help
.PHONY: help app test lint test-long bench screenshots clean

help:
	@echo "make app [PORT=8501]   open the dashboard"
	@echo "make test              linters, types, import rules and tests"
	@echo "make test-long         the tests that take minutes, and the benchmark"
	@echo "make bench             the benchmark alone"
	@echo "make screenshots       pictures of every page into docs/screenshots"
	@echo "make clean             remove what was made, except data/"

app: $(VENV)/.run-ready
	@exec $(BIN)/python -m dashboard --port $(PORT)

test: $(VENV)/.dev-ready lint
	@sh tests/browser/chromium.sh
	@sh tests/browser/paper.sh
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.dev-ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check --quiet
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-logo

test-long: $(VENV)/.dev-ready bench
	@sh tests/browser/chromium.sh
	@sh tests/browser/paper.sh
	$(BIN)/python -m pytest -m long --timeout 3600

bench: $(VENV)/.dev-ready
	$(BIN)/python -m benchmarks.load

screenshots: $(VENV)/.dev-ready
	@sh tests/browser/chromium.sh
	@sh tests/browser/paper.sh
	$(BIN)/python -m tests.browser.screenshots

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is older than its requirements when they have changed, and is written only when the installation was whole.
$(VENV)/.run-ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Common Ground needs Python 3.11 or newer as $(PYTHON) ($$($(PYTHON) --version 2>&1)). Name another: make app PYTHON=python3.13" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
		$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "This Python cannot make a virtual environment. On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 1; }; \
		echo "Making $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing what is needed to run (once; a few minutes)"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.dev-ready: requirements-dev.txt $(VENV)/.run-ready
	@echo "Installing what is needed to test"
	@$(PIP) -r requirements-dev.txt
	@touch $@
