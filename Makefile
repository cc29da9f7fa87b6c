# Two commands do everything: `make demo` and `make test`. Both install what is missing.
.DEFAULT_GOAL := help
.PHONY: help install demo samples test test-stack check format lock messages benchmarks clean

VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

help:
	@echo "make demo        ingest the sample batch, search it, verify it"
	@echo "make test        all checks and all tests"
	@echo "make test-stack  workers that are killed, and the whole served stack"
	@echo "make check       style, types, layers (a part of make test)"
	@echo "make samples     write the sample batch to samples/batch"
	@echo "make benchmarks  ratios against named peers"
	@echo "make lock        resolve requirements.lock anew"
	@echo "make messages    renew the message catalogs from the code"
	@echo "make clean       remove what the above made, the environment included"

install: $(INSTALLED)
	@scripts/system-packages

$(INSTALLED): requirements.lock pyproject.toml
	@scripts/system-packages
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@# uv itself comes with its hash from the lock, then uv installs the rest of it.
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

samples: install
	@$(BIN)/python -m samples.generate --out samples/batch --truth samples/truth --seed 7

demo: samples
	@$(BIN)/python -m samples.demo

test: check samples
	@-scripts/system-packages --tests
	@$(BIN)/python -m pytest --cov --cov-report=term:skip-covered -n 2 --dist loadfile

# Workers that are killed, and all servers at once: minutes of waiting, apart until CI bears them.
test-stack: samples
	@$(BIN)/python -m pytest -m stack tests/pipeline/flows tests/deploy

check: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: install
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: install
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --extra dev pyproject.toml -o requirements.lock

messages: install
	@$(BIN)/python -m aigaq.messages.extract

benchmarks: samples
	@scripts/system-packages --benchmarks
	@for each in hashing pdf_text find ocr ingest; do $(BIN)/python -m benchmarks.$$each || exit 1; done

clean:
	rm -rf $(VENV) samples/batch samples/truth demo-archive .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
