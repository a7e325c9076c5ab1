# Everything a person types. Python 3.11 or newer is all that must be there.
PYTHON ?= python3
BIN := .venv/bin
# Of pyproject.toml. `spark`, 400 MB to download, comes with: make EXTRAS=service,postgres,dev,spark ...
EXTRAS ?= service,postgres,dev
INSTALLED := .venv/installed-$(EXTRAS)

.PHONY: install demo test quick check format

install: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$(EXTRAS)]'
	@touch $@

demo: install  ## sample data, training, service on 127.0.0.1:8000
	$(BIN)/recommender demo

QUICK := not slow and not fault and not browser and not alone
ON_ALL_CORES := $(BIN)/python -m pytest --numprocesses auto --dist loadfile

test: quick  ## all tests; what needs a browser or a server that is missing says so
	$(ON_ALL_CORES) --durations 20 -m "not ($(QUICK)) and not alone and not browser"
	$(BIN)/python -m pytest -m "alone or browser"

quick: install  ## what a developer runs often: some six minutes on two cores
	$(ON_ALL_CORES) -m "$(QUICK)"

check: install  ## formatter, linter, strict types, import layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
