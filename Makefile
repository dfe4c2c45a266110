# Every target sets up what it needs: a virtual environment with pinned packages.
# `make run` opens the simulator with the bot behind it; `make check` is the gate.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready-run
DEV    := $(VENV)/.ready-dev
CODE   := app.py chalicelib ops simulator tests bench

.DEFAULT_GOAL := help
.PHONY: help run line deploy test check explore faults aws bench load pagebench pictures clean setup

help:             ## What can be made
	@grep -E '^[a-z]+: .*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): requirements.txt requirements-run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Liao needs Python 3.11 or newer; name one with make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-run.txt
	@touch $@

$(DEV): $(READY) requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

setup: $(DEV)   ## The virtual environment alone

run: $(READY)     ## The bot behind the LINE simulator: no account needed
	@exec $(BIN)/python -m simulator run

line: $(READY)    ## The bot on the real LINE channel of .env
	@exec $(BIN)/python -m simulator line

STAGE ?= prod
deploy: $(READY)  ## The bot on AWS: make deploy STAGE=prod
	@exec $(BIN)/python -m ops deploy --stage $(STAGE)

test: $(DEV)    ## Every test, within five minutes
	@# Compiled once: many a test starts a process in a copy of the project.
	@$(BIN)/python -m compileall -q -j 0 $(CODE)
	@# In the files' own order: those with few tests and a browser would come last, and alone.
	$(BIN)/pytest -n 4 --no-loadscope-reorder

check: $(DEV)   ## The gate: format, lint, types, import floors, tests
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory test

explore: $(DEV) ## Property tests and made-up stories, on examples that nobody has seen before
	LIAO_TEST_STORIES=25 $(BIN)/pytest -n 4 -m hypothesis --hypothesis-profile=default

faults: $(DEV)  ## Kill the bot at 20 moments and count the answers
	$(BIN)/pytest tests/faults -p no:xdist -o addopts= -q

aws: $(DEV)     ## Deploy to a stand-in for AWS and run the very zip, through every fault
	$(BIN)/pytest tests/production -p no:xdist -o addopts= -q
	LIAO_TEST_STORIES=25 $(BIN)/pytest tests/contract/storage/test_any_order.py \
		tests/contract/storage/test_edits_in_any_order.py \
		tests/contract/storage/test_books_in_any_order.py -q

bench: $(DEV)   ## The measurements the README quotes
	$(BIN)/python -m bench

load: $(READY)    ## 100 people write to the bot at once; counts losses and doubles
	$(BIN)/python -m simulator load --chats 100 --messages 10

pagebench: $(DEV) ## Does the simulator's page stay quick with 1,000 messages?
	$(BIN)/python -m bench.page

pictures: $(DEV)  ## Take the README's pictures anew, from the running page
	$(BIN)/python -m tests.e2e.looks tour

clean:            ## Forget the environment and every cache (not your data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .chalice/deployments
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
