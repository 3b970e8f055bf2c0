"""The requests of a front end to the worker."""

from typing import Generic, Literal, TypeVar, get_args

from msgspec import Struct

from jupystra_tui.model import Cluster, JobRequest, KillPart
from jupystra_tui.protocol.outcomes import (
    Connected,
    Diagnosed,
    Done,
    Hosts,
    KeyPlan,
    Killed,
    KillPlan,
    LogRead,
    Outcome,
    Previewed,
    Recent,
    ScriptMade,
    Started,
    Url,
)
from jupystra_tui.text import Secret

R = TypeVar("R", bound=Outcome, covariant=True)


class Call(Struct, Generic[R], frozen=True):
    """A request that is answered with an outcome of type R."""


def outcome_type(body: Call[R]) -> type[R]:
    """Return the type of outcome that answers a request."""
    (answered,) = (get_args(base)[0] for base in type(body).__orig_bases__)  # type: ignore[attr-defined]
    return answered  # type: ignore[no-any-return]


class Login(Call[Done], frozen=True, tag=True):
    """Log in to a cluster, or reconnect; answered at once with `Done`, progress is sent as events.

    `agent` is the socket of the front end's own ssh-agent, which may be a newer one than the worker's; `password`
    answers the first password prompt of the login.
    """

    cluster: Cluster
    agent: str = ""
    password: Secret | None = None


class Logout(Call[Done], frozen=True, tag=True):
    """Close a session and its tunnels; jobs continue. Answered with `Done`."""

    cluster: str


class Refresh(Call[Done], frozen=True, tag=True):
    """Poll the queue now (not more often than the site allows). Answered with `Done`."""

    cluster: str


class Attention(Call[Done], frozen=True, tag=True):
    """Whether the user is active in this front end; otherwise polls are less frequent. Answered with `Done`."""

    looking: bool


class PlanKill(Call[KillPlan], frozen=True, tag=True):
    """What would a kill of these jobs end now? Queries the scheduler. Answered with `KillPlan`.

    `ids` are as in `Job.id`, or as the user writes them: a job, an array, tasks of an array.
    """

    cluster: str
    ids: tuple[str, ...]


class Cancel(Call[Killed], frozen=True, tag=True):
    """Kill what the user confirmed, except parts that changed since. Answered with `Killed`."""

    cluster: str
    parts: tuple[KillPart, ...]


class Preview(Call[Previewed], frozen=True, tag=True):
    """What would be submitted for this request? Answered with `Previewed`; nothing is submitted."""

    cluster: str
    request: JobRequest


class Start(Call[Started], frozen=True, tag=True):
    """Submit, wait and connect. Answered with `Started`; the rest are `LaunchChanged`.

    `script` is whether a connect script is written once it is known where the server is. `tag` is that of the
    preview whose script is sent; without one, or when the request is not the one previewed, a new script is made.
    """

    cluster: str
    request: JobRequest
    script: bool = True
    tag: str = ""


class LeaveLaunch(Call[Done], frozen=True, tag=True):
    """Stop following a launch whose job is pending: the job stays in the queue. Answered with `Done`."""

    launch: str


class Connect(Call[Connected], frozen=True, tag=True):
    """Open a tunnel to a job's server, or find the one that is open. Answered with `Connected` when it is ready."""

    cluster: str
    job: str
    local_port: int = 0


class MakeScript(Call[ScriptMade], frozen=True, tag=True):
    """Write the connect script of a job's server. Answered with `ScriptMade`."""

    cluster: str
    job: str


class Disconnect(Call[Done], frozen=True, tag=True):
    """Close a tunnel; the job continues. Answered with `Done`."""

    tunnel: str


class Reconnect(Call[Connected], frozen=True, tag=True):
    """Open a tunnel again on the same local port. Answered with `Connected` when it is ready."""

    tunnel: str


class GetUrl(Call[Url], frozen=True, tag=True):
    """The URL for the browser, with the token. Answered with `Url`."""

    tunnel: str


class ReadLog(Call[LogRead], frozen=True, tag=True):
    """The end of a job's log. Answered with `LogRead`."""

    cluster: str
    job: str
    limit: int = 65536


class ListHosts(Call[Hosts], frozen=True, tag=True):
    """The aliases of the ssh configuration (`ssh_config`, or the user's own). Answered with `Hosts`."""

    ssh_config: str = ""


class ListRecent(Call[Recent], frozen=True, tag=True):
    """Recently used clusters, and the jobs started from this laptop. Answered with `Recent`."""


class Diagnose(Call[Diagnosed], frozen=True, tag=True):
    """Diagnose the laptop up to the login, or the cluster behind it. Answered with `Diagnosed`.

    `agent` is as for `Login`.
    """

    cluster: Cluster
    side: Literal["laptop", "cluster"]
    agent: str = ""


class NodeKey(Call[KeyPlan], frozen=True, tag=True):
    """Plan, create or remove the key for the compute nodes. Answered with `KeyPlan`."""

    cluster: str
    step: Literal["plan", "make", "remove"]


class Answer(Call[Done], frozen=True, tag=True):
    """The user's answer to a prompt; None cancels. Answered with `Done`.

    `keep` keeps it for the session, `offered` uses what the prompt offered instead of `answer`.
    """

    prompt: str
    answer: Secret | None
    keep: bool = False
    offered: bool = False


class Stop(Call[Done], frozen=True, tag=True):
    """Stop the worker: tunnels close, jobs continue. Answered with `Done`."""


Body = (
    Login
    | Logout
    | Refresh
    | Attention
    | PlanKill
    | Cancel
    | Preview
    | Start
    | LeaveLaunch
    | Connect
    | Disconnect
    | Reconnect
    | GetUrl
    | ReadLog
    | Diagnose
    | ListHosts
    | ListRecent
    | MakeScript
    | NodeKey
    | Answer
    | Stop
)
