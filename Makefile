# What a person who works on jupystra-tui runs; .ci/run is what a change must pass.
PYTHON = .venv/bin/python
BIN = $(dir $(PYTHON))
PURE = tests/jupyter tests/schedulers tests/ssh tests/test_*.py
# `make mutants ONLY="jupystra_tui.text*"` for a part.
ONLY =

.PHONY: quick check demo screenshots mutants

quick:  ## the fast half of the tests: half a minute on a machine that does nothing else
	$(BIN)ruff check .
	$(BIN)ruff format --check .
	$(BIN)mypy
	PYTHONPATH=. $(BIN)lint-imports
	$(PYTHON) -m pytest -q -n 4 $(PURE)

check:  ## everything that CI runs
	.ci/run

demo:  ## the dashboard with a practice cluster
	$(PYTHON) -m jupystra_tui --demo

screenshots:  ## the pictures of the README
	$(PYTHON) -m tests.screenshots

mutants:  ## break one line after the other and see that a test fails: hours; needs pip install -e '.[mutants]'
	$(PYTHON) -m mutmut run $(ONLY)
	$(PYTHON) -m mutmut results
