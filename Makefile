# `make help` lists what there is. Needed: make and Python 3.11, 3.12 or 3.13; name another one with PYTHON=python3.12.
PYTHON ?= python3
CORPUS ?= examples/papers
OUT ?= runs/$(if $(filter examples/papers examples/papers/,$(CORPUS)),examples,$(shell basename "$(CORPUS)"))
PORT ?= 5000
PAPERS ?= $(wildcard ../shared/gold/papers)
BIN := .venv/bin
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: run report test check engine ray evaluate bench mlflow clean help lock

run: $(READY) ## answer the five questions about the example papers; or CORPUS=path/to/papers [OUT=dir]
	$(BIN)/ptmreuse run "$(CORPUS)" --out "$(OUT)"

report: run ## the same, then tables, figures and a page to read, in its folder report
	$(BIN)/ptmreuse report "$(OUT)" --out "$(OUT)/report"

test: $(READY) ## the whole test suite
	$(BIN)/pytest

# Its own target and not part of the suite: the server takes some minutes to compile, once.
engine: $(READY) build/engine/llama-server ## the program against a real inference engine: llama.cpp with random weights
	$(BIN)/pytest -m engine tests/test_real_engine.py

# Its own target, too: Ray is an extra of 200 MB that the lock does not have, and a cluster takes a minute or more.
ray: $(READY) ## runs on a real Ray cluster of two nodes, one of them killed; installs the extra [ray]
	@$(BIN)/python -c 'import ray.data' 2>/dev/null || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check 'ray[data]>=2.55,<3'
	$(BIN)/pytest -m ray tests/test_distributed.py

build/engine/llama-server: tests/llama_build.py
	$(BIN)/python tests/llama_build.py

evaluate: $(READY) ## baselines, zero-shot and compiled on the split test; on the real papers, too, with PAPERS=your copies
	$(BIN)/python evaluate.py --program zero-shot --program program/compiled/embedded.json --data test \
	  $(if $(PAPERS),--data real --papers "$(PAPERS)") --report runs/evaluation --json runs/evaluation/evaluation.json

check: $(READY) ## ruff, mypy, and which package may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest tests/test_layers.py

bench: $(READY) ## the benchmarks, one after another
	@for each in benchmarks/*.py; do echo "$$each"; $(BIN)/python -m "benchmarks.$$(basename "$$each" .py)" || exit 1; done

# Telemetry, the price list of an LM library and MLflow's own jobs are off: nothing here leaves the machine, and without
# a network that price list would keep the server from starting.
mlflow: $(READY) ## the optimization runs in MLflow's user interface, in a browser; or PORT=5001
	@test -f mlflow.db || { echo "There is no mlflow.db yet; make a run with $(BIN)/python optimize.py" >&2; exit 1; }
	@echo "Accuracy per stage (the server takes some seconds; Ctrl-C ends it):"
	@echo "  http://127.0.0.1:$(PORT)/#/experiments/1/runs?viewStateShareKey=accuracy-per-stage&workflowType=machine_learning"
	@MLFLOW_DISABLE_TELEMETRY=true MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false LITELLM_LOCAL_MODEL_COST_MAP=true \
	  PYTHONWARNINGS=ignore $(BIN)/mlflow ui --backend-store-uri sqlite:///mlflow.db --default-artifact-root mlartifacts \
	  --host 127.0.0.1 --port "$(PORT)" --workers 1 --uvicorn-opts "--log-level warning"

clean: ## remove .venv and caches; what was written to runs/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --extra dev --extra serve --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -o requirements.lock

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do \
	  printf '  make %-8s %s\n' "$$name" "$$what"; done

# The environment follows the lock: made once, brought up to date when the lock or the project's own data change.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13; run: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up .venv from requirements.lock (once, some minutes)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null 2>&1 || \
	  $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
