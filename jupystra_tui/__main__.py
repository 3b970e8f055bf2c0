"""The command `jupystra-tui`, which is also `python -m jupystra_tui`."""

import gc
import sys


def main() -> int:
    """Run `jupystra-tui`; returns the exit status. Without arguments it does not import the parser of the flags."""
    gc.disable()  # the imports make many objects and no garbage; the app enables it once it has painted
    if sys.argv[1:]:
        from jupystra_tui.cli import dashboard

        return dashboard()
    return _dashboard_without_flags()


def _dashboard_without_flags() -> int:
    from jupystra_tui import paths
    from jupystra_tui.errors import JupystraError
    from jupystra_tui.frontend.config import load

    try:
        config = load(paths.config_file())
    except JupystraError as error:
        from jupystra_tui.cli import complain

        return complain(error)
    from jupystra_tui.ui.main import run

    return run(config)


if __name__ == "__main__":
    sys.exit(main())
