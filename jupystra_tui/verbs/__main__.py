"""`python -m jupystra_tui.verbs` is `jupystra`."""

import sys

from jupystra_tui.verbs import main

sys.exit(main())
