# What an office and a developer type. Nothing but Python 3.11 (and make) is needed to run.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run setup test check bench soak assets translations lock clean

run: setup        ## everything: environment, database, demo offices, server
	@$(BIN)/alur serve

setup:            ## everything before serving
	@$(PYTHON) webapp/install.py
	@$(BIN)/alur migrate
	@$(BIN)/alur demo

test:             ## everything that must hold
	@$(PYTHON) webapp/install.py test
	@$(BIN)/python tests/prepare_machine.py
	$(MAKE) --no-print-directory check
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder --durations=20 \
	  --cov --cov-report=term:skip-covered

check:            ## what is read rather than run: style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench:            ## medians and ratios of one run; PARTS="stock bare --strict" for some of it
	@$(PYTHON) webapp/install.py test
	@$(BIN)/python -m tests.bench $(PARTS)

soak:             ## the long run: random walks, crashes; PARTS="walks --times 10" for more of some
	@$(PYTHON) webapp/install.py test
	@$(BIN)/python -m tests.soak $(PARTS)

assets:           ## rebuild the front end into webapp/static/dist
	cd webapp/frontend && npm ci --ignore-scripts && node build.mjs

translations:     ## collect new sentences and compile the English ones
	@$(BIN)/python -m webapp.translating

lock:             ## renew the locked packages (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate -q -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate -q -o tests/requirements.lock

clean:            ## forget the environment, keep the data
	rm -rf .venv .venv-boot
