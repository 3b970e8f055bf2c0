"""What a user requests."""

from msgspec import Struct

from jupystra_tui.model.action import Action
from jupystra_tui.model.layer import Layer


class Problem(Struct, frozen=True):
    """An error as it is shown: see `errors.JupystraError` for the three texts; `field` names a form field.

    `kind` is the name of the error's class in `errors`, empty for an internal error. `layer` is where it failed, None
    where that is not known. A `warning` does not prevent submission. `next_action` is what the user can do about it:
    each front end adds to the hint how.
    """

    title: str
    hint: str = ""
    detail: str = ""
    field: str = ""
    kind: str = ""
    layer: Layer | None = None
    warning: bool = False
    next_action: Action | None = None


class JobRequest(Struct, frozen=True):
    """A server to start; saved under a name it is a profile. Empty text leaves the choice to the site.

    `server` is the name of an app.

    Units: `walltime` seconds, `memory` MiB for the whole job. `port` is the one on the node, `local_port` the one on
    the laptop, `relay_port` one on the login node that the tunnel passes through: 0 leaves the first two to us and the
    relay out; any other number is that port or an error. `outfile` is where the job's output goes, the job's own folder
    if empty. `setup` are shell lines run before the server. `gpus` is a number or `type:number`. `options` are further
    scheduler options, as on its command line.
    """

    name: str = "jupyter-lab"
    queue: str = ""
    walltime: int = 12 * 3600
    memory: int = 8 * 1024
    cores: int = 1
    gpus: str = ""
    account: str = ""
    qos: str = ""
    constraint: str = ""
    server: str = "jupyterlab"
    setup: tuple[str, ...] = ()
    folder: str = ""
    port: int = 0
    local_port: int = 0
    relay_port: int = 0
    outfile: str = ""
    options: tuple[str, ...] = ()
