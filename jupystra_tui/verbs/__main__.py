"""`python -m jupystra_tui.verbs` is `jupystra`."""

import sys

from jupystra_tui.verbs.command import main

sys.exit(main(sys.argv[1:]))
