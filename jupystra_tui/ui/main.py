"""What the command line calls."""

from jupystra_tui.config import Config
from jupystra_tui.model import Cluster
from jupystra_tui.text import Secret


def run(config: Config, cluster: Cluster | None = None, password: Secret | None = None) -> int:
    """Show the dashboard until it is left; `password` answers the first login. Returns the exit status."""
    from jupystra_tui.ui.app import JupystraApp

    app = JupystraApp(config, cluster, password)
    app.run()
    return app.return_code or 0
