# Two commands do: `make run` and `make test`. Everything they need they make.
PYTHON ?= python3
VENV = .venv/bin/python

.PHONY: run stack test lint bench prove requirements

run:
	@$(PYTHON) config/launch/venv.py
	@$(VENV) -m config.launch.run

stack:
	@$(PYTHON) config/launch/venv.py
	@$(VENV) -m config.launch.stack

test:
	@$(PYTHON) config/launch/venv.py --dev
	@$(VENV) -m tests.run

lint:
	@$(PYTHON) config/launch/venv.py --dev
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m mypy .

# Measurements, side by side in one run; minutes.
bench:
	@$(PYTHON) config/launch/venv.py --dev
	@$(VENV) -m tests.bench

# The long campaigns; minutes.
prove:
	@$(PYTHON) config/launch/venv.py --dev
	@$(VENV) -m tests.prove

# Pin anew what pyproject.toml asks for. Needs uv.
PIN = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
requirements:
	$(PIN) pyproject.toml -o requirements.txt
	$(PIN) --group dev -c requirements.txt -o requirements-dev.txt
	$(PIN) --no-deps --group servers -o requirements-servers.txt
