# The house: `make demo`, `make test`, `make docs`, `make bench`, `make format`, `make clean`.
# Needs git, make and Python 3.11 or newer; everything else goes into .venv.

PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3; do \
	$$each -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$each && break; done)

VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
CODE := src tests bench examples .ci conftest.py
DIST := build/dist
WORKERS ?= auto

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test style types layers coverage cases docs dist bench format clean
.NOTPARALLEL:

demo: $(VENV)/installed
	$(RUN) examples/servicenow-2016/demo.py

test: style types layers coverage cases docs dist
	@echo "All checks passed."

style: $(VENV)/equipped
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

types: $(VENV)/equipped
	$(BIN)/mypy

layers: $(VENV)/equipped
	$(BIN)/lint-imports --no-logo

coverage: $(VENV)/equipped
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --hypothesis-profile=ci -n $(WORKERS) --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

cases: $(VENV)/equipped
	$(BIN)/sla-rules coverage rulesets --lang en --fail-under clause=100,row=100,band=100
	$(BIN)/sla-rules mutate rulesets --lang en --no-cases --fail-under 95 --explained

docs: $(VENV)/equipped
	$(BIN)/mkdocs build --strict --quiet

dist: $(VENV)/equipped
	rm -rf $(DIST)
	$(RUN) -m hatchling build -d $(DIST)
	$(RUN) .ci/check_dist.py $(DIST)

bench: $(VENV)/installed
	@set -e; for each in bench/*.py; do echo "── $$each"; $(RUN) "$$each"; done

format: $(VENV)/equipped
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

clean:
	rm -rf $(VENV) build dist site htmlcov .coverage .coverage.* \
		.hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests bench examples -name __pycache__ -type d -prune -exec rm -rf {} +

# ── environment: the library alone for the demonstration, all tools for the checks ──────────────

$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed; set PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/pyvenv.cfg
	$(RUN) -m pip install --quiet --editable .
	@touch $@

$(VENV)/equipped: pyproject.toml | $(VENV)/pyvenv.cfg
	$(RUN) -m pip install --quiet "pip>=25.1"
	$(RUN) -m pip install --quiet --editable ".[docs]" --group dev
	@touch $@ $(VENV)/installed
