"""`python -m jupystra_tui` is `jupystra-tui`."""

import sys

from jupystra_tui.cli import dashboard

sys.exit(dashboard())
