"""The routes to compute nodes. Only nodes where a job of the user runs are logged in to."""

import re
from collections.abc import Callable

from jupystra_tui.errors import GivenUp, HostKeyError, JupystraError, TunnelError
from jupystra_tui.model import Action, Prompt, PromptKind
from jupystra_tui.model.finding import Finding, failed, passed, skipped, warning
from jupystra_tui.ssh.askpass_answers import AskpassAnswers
from jupystra_tui.ssh.identification import ForwardingForbidden, read_identification
from jupystra_tui.ssh.node_errors import NodeKeyChanged
from jupystra_tui.ssh.node_host_keys import ensure_host_key
from jupystra_tui.ssh.ssh_tunnel import NodeTarget, open_tunnel
from jupystra_tui.text import Secret, clean
from jupystra_tui.worker.doctor.contexts import SiteContext
from jupystra_tui.worker.node_files import node_files

SSH_PORT = 22
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
SESSION_SECONDS = 10.0
_ASK_SITE = "Ask the site how to reach a server on a compute node."
_ASK_SSH = "Ask the site whether compute nodes accept ssh from users whose jobs run there, and how."
_CHANGED = (
    "Connect to a server there: if the login node's list contains the new key, you are asked; else ask the site "
    "whether the node was reinstalled."
)
_LATER = "Start a server, then run doctor again."


async def forwarding(context: SiteContext) -> Finding:
    """Does the login node forward connections to compute nodes?"""
    forbidden, said = False, []
    for node in await context.nodes():
        try:
            server = await context.read_identification(node)
            return passed(f"the login node forwards connections; the ssh server of {node} is {server}")
        except ForwardingForbidden:
            forbidden = True
            said.append(f"{node}: forbidden")
        except TunnelError as error:
            said.append(f"{node}: {error.title}")
    return await _to_itself(context, said, forbidden)


async def _to_itself(context: SiteContext, said: list[str], forbidden: bool) -> Finding:
    """Return the finding if no node answered: the login node's own ssh port shows what is possible."""
    port = _own_port((await context.survey()).get("connection", ""))
    nodes = "; ".join(said) or "no compute node is known"
    try:
        await read_identification(context.connection, "127.0.0.1", port)
    except ForwardingForbidden:
        if forbidden or not said:
            return failed("the login node forbids TCP forwarding", _ASK_SITE)
        return warning(f"the login node may forward connections; {nodes}", _ASK_SITE)
    except TunnelError as error:
        return warning(
            f"no connection was forwarded: {nodes}; the login node's own port {port}: {error.title}",
            _ASK_SITE,
        )
    if not said:
        return passed(f"the login node forwards connections, at least to itself; {nodes}")
    if forbidden:
        return warning(
            f"the login node forwards connections only to itself; {nodes}",
            'Set `route = "relay"` for this cluster in the configuration: a port of the login node is used.',
        )
    return warning(
        f"the login node forwards connections, but no compute node accepted ssh: {nodes}",
        "Some sites accept ssh to a compute node only from users with a job there. " + _LATER,
    )


async def node_login(context: SiteContext) -> Finding:
    """Does a node where a job of the user runs accept their login?"""
    node = await context.own_node()
    if not node:
        return skipped("none of your jobs is running; the check needs the node of a running job", _LATER)
    if node in context.open_nodes:
        return passed(f"a tunnel to {node} is open")
    asker = _NoAnswers()
    try:
        await context.read_identification(node)
        await _log_in(context, node, asker)
    except GivenUp:
        return _asked(node, asker.prompt)
    except ForwardingForbidden:
        return skipped("the login node forbids TCP forwarding: see above", _ASK_SITE)
    except NodeKeyChanged as error:
        return failed(error.title, _CHANGED)
    except HostKeyError as error:
        return failed(f"{error.title}. {'; '.join(error.detail.splitlines())}", error.hint)
    except JupystraError as error:
        words = error.detail.splitlines()[-1:]
        return failed(
            f"{node}: {': '.join([error.title, *words])}", _ASK_SSH if words else error.hint or _ASK_SITE
        )
    return passed(f"{node}, where one of your jobs runs, accepted the login without a prompt")


async def relay(context: SiteContext) -> Finding:
    """Can a tunnel use an ssh process on the login node?"""
    path, *words = (await context.survey()).get("ssh", "").splitlines() or [""]
    version = clean(" ".join(words).split(",")[0], 60)
    if not path and context.session.cluster.route == "relay":
        return failed(
            'no ssh program was found on the login node, but `route = "relay"` needs it',
            "Remove `route` from this cluster's configuration, or ask the site to install ssh.",
        )
    if not path:
        return warning(
            "no ssh program was found on the login node", 'Only `route = "node"`, the default, works here.'
        )
    return passed(f"possible: {version or 'ssh'} is at {clean(path)} on the login node")


async def sessions(context: SiteContext) -> Finding:
    """Does the login node allow several sessions on one connection?"""
    if context.one_session is None:
        await context.run(":", SESSION_SECONDS)
    if context.one_session:
        return warning(
            "only one session per connection (MaxSessions 1)",
            "This is enough: all commands share the session, and tunnels do not need one.",
        )
    return passed("several sessions per connection are allowed")


class _NoAnswers:
    """Cancels every prompt, and keeps the first one."""

    def __init__(self) -> None:
        self.prompt: Prompt | None = None

    async def __call__(self, prompt: Prompt) -> Secret:
        self.prompt = self.prompt or prompt
        raise GivenUp("A check shows no prompts", "Nothing was sent.")


async def _log_in(context: SiteContext, node: str, ask: _NoAnswers) -> None:
    """Log in to a node as a tunnel does, and log out; raises GivenUp at a prompt, TunnelError, HostKeyError."""
    connection, folders, session = context.connection, context.folders, context.session
    files = node_files(connection, node, folders)
    await ensure_host_key(connection, node, files.name, files.known_hosts, ask)
    target = NodeTarget(node, files.name, files.known_hosts, files.key)
    tell: Callable[[str], None] = session.tell
    tunnel = await open_tunnel(
        connection, target, folders, AskpassAnswers(node, ask, tell, session.credentials.vault)
    )
    try:
        await tunnel.ready()
    finally:
        await tunnel.aclose()


def _asked(node: str, prompt: Prompt | None) -> Finding:
    if prompt and prompt.kind is PromptKind.HOST_KEY:
        return skipped(
            f"the host key of {node} is not known yet, and a check shows no prompts",
            "Connect to a server: then you are asked whether to trust the key.",
        )
    return warning(
        f"{node} prompts at the login: {clean(prompt.text, 80) if prompt else ''}",
        "You are prompted when a tunnel opens, unless you set up a key for the compute nodes.",
        Action.SET_UP_NODE_KEY,
    )


def _own_port(connection: str) -> int:
    """Return the port of the login node's own ssh server, from $SSH_CONNECTION."""
    words = connection.split()
    port = words[3] if len(words) == 4 else ""
    return int(port) if _PORT.fullmatch(port) and int(port) < 65536 else SSH_PORT
