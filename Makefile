# Tasks for contributors. `make help` lists them.
PYTHON = .venv/bin/python
BIN = $(dir $(PYTHON))
# Tests that start no server and no cluster.
PURE = tests/schedulers tests/options tests/frontend tests/test_*.py
# `make mutants ONLY="jupystra_tui.text*"` checks a part.
ONLY =

.PHONY: help quick lint pure check demo screenshots figures mutants

help:  ## list the tasks
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS='	' read -r task text; do \
	    printf '%-12s %s\n' "$$task" "$$text"; done

quick:  ## lint, types, import contracts and the pure tests, in less than 30 seconds on two cores
	@$(MAKE) --no-print-directory -j2 lint pure

lint:  ## ruff, mypy and the import contracts
	$(BIN)ruff check .
	$(BIN)ruff format --check .
	$(BIN)mypy
	PYTHONPATH=. $(BIN)lint-imports

pure:  ## the tests that start no server and no cluster
	$(PYTHON) -m pytest -q -n 2 $(PURE)

check:  ## everything that CI runs (.ci/run): install packages, lint, all tests, the real cluster included
	.ci/run

demo:  ## start the dashboard with a practice cluster
	$(PYTHON) -m jupystra_tui --demo

screenshots:  ## render the README's pictures
	$(PYTHON) -m tests.screenshots

figures:  ## print the size and shape of the package
	$(PYTHON) -m tests.figures

mutants:  ## change one line at a time and check that a test fails (hours; needs pip install -e '.[mutants]')
	$(PYTHON) -m mutmut run $(ONLY)
	$(PYTHON) -m mutmut results
