"""Runs the dashboard."""

from jupystra_tui.frontend.config import Config
from jupystra_tui.model import Cluster, Order
from jupystra_tui.text import Secret


def run(
    config: Config,
    cluster: Cluster | None = None,
    password: Secret | None = None,
    order: Order | None = None,
    *,
    temporary: bool = False,
) -> int:
    """Show the dashboard until the user quits; returns the exit status.

    `password` answers the first login, `order` is the server that the command line requests. `temporary`: the
    cluster ends with the dashboard, and its tunnels with it.
    """
    from jupystra_tui.ui.app import JupystraApp

    app = JupystraApp(config, cluster, password, order, temporary=temporary)
    app.run()
    return app.return_code or 0
