"""What the command line calls."""

from jupystra_tui.config import Config
from jupystra_tui.model import Cluster, Order
from jupystra_tui.text import Secret


def run(
    config: Config,
    cluster: Cluster | None = None,
    password: Secret | None = None,
    order: Order | None = None,
) -> int:
    """Show the dashboard until it is left; returns the exit status.

    `password` answers the first login, `order` is what the command line wants started.
    """
    from jupystra_tui.ui.app import JupystraApp

    app = JupystraApp(config, cluster, password, order)
    app.run()
    return app.return_code or 0
