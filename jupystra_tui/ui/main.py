"""What the command line calls."""

from jupystra_tui.config import Config
from jupystra_tui.model import Cluster


def run(config: Config, cluster: Cluster | None = None) -> int:
    """Show the dashboard until it is left; returns the exit status."""
    from jupystra_tui.ui.app import JupystraApp

    app = JupystraApp(config, cluster)
    app.run()
    return app.return_code or 0
