"""The routes to a compute node; of a node that is not the user's own only its identification is read."""

import re
from collections.abc import Callable

from jupystra_tui.errors import GivenUp, HostKeyError, JupystraError, TunnelError
from jupystra_tui.model import Action, Prompt, PromptKind
from jupystra_tui.model.finding import Finding, broken, fine, look, untried
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
_SHUT = "Ask the site whether compute nodes take ssh from people whose jobs run there, and how."
_CHANGED = (
    "Connect to a server there: if the login node's own list has the new key, you are asked; else ask the site whether "
    "the node was reinstalled."
)
_LATER = "Start a server, then run doctor again."


async def forwarding(context: SiteContext) -> Finding:
    """Does the login node let tunnels through to compute nodes?"""
    forbidden, said = False, []
    for node in await context.nodes():
        try:
            return fine(
                f"the login node lets tunnels through; {node} greets as {await context.read_identification(node)}"
            )
        except ForwardingForbidden:
            forbidden = True
            said.append(f"{node} is forbidden")
        except TunnelError as error:
            said.append(f"{node}: {error.title}")
    return await _to_itself(context, said, forbidden)


async def _to_itself(context: SiteContext, said: list[str], forbidden: bool) -> Finding:
    """Say how forwarding stands when no node answered: the login node's own ssh port tells the cases apart."""
    port = _own_port((await context.survey()).get("connection", ""))
    nodes = "; ".join(said) or "no node is known to try"
    try:
        await read_identification(context.connection, "127.0.0.1", port)
    except ForwardingForbidden:
        if forbidden or not said:
            return broken("the login node forbids tunnels (TCP forwarding)", _ASK_SITE)
        return look(f"the login node may let tunnels through; {nodes}", _ASK_SITE)
    except TunnelError as error:
        return look(
            f"no tunnel got anywhere: {nodes}; the login node's own port {port}: {error.title}", _ASK_SITE
        )
    if not said:
        return fine(f"the login node lets tunnels through, to itself at least; {nodes}")
    if forbidden:
        return look(
            f"the login node lets tunnels through to itself only; {nodes}",
            'Set `route = "relay"` for this cluster in the configuration: a port of the login node is used.',
        )
    return look(
        f"the login node lets tunnels through, and no node took ssh: {nodes}",
        "Some sites let people in only while a job of theirs runs there. " + _LATER,
    )


async def node_login(context: SiteContext) -> Finding:
    """Does a node on which a job of the user runs let them in?"""
    node = await context.own_node()
    if not node:
        return untried("no job of yours runs, and only its node may be tried", _LATER)
    if node in context.open_nodes:
        return fine(f"a tunnel to {node} is open")
    nobody = _Nobody()
    try:
        await context.read_identification(node)
        await _enter(context, node, nobody)
    except GivenUp:
        return _asked(node, nobody.prompt)
    except ForwardingForbidden:
        return untried("the login node forbids tunnels: see above", _ASK_SITE)
    except NodeKeyChanged as error:
        return broken(error.title, _CHANGED)
    except HostKeyError as error:
        return broken(f"{error.title}. {'; '.join(error.detail.splitlines())}", error.hint)
    except JupystraError as error:
        words = error.detail.splitlines()[-1:]
        return broken(
            f"{node}: {': '.join([error.title, *words])}", _SHUT if words else error.hint or _ASK_SITE
        )
    return fine(f"{node}, where a job of yours runs, accepted the login without a question")


async def relay(context: SiteContext) -> Finding:
    """Could a tunnel go by an ssh on the login node?"""
    path, *words = (await context.survey()).get("ssh", "").splitlines() or [""]
    version = clean(" ".join(words).split(",")[0], 60)
    if not path and context.session.cluster.route == "relay":
        return broken(
            'there is no ssh on the login node, and `route = "relay"` needs it',
            "Leave `route` out for this cluster, or ask the site for an ssh there.",
        )
    if not path:
        return look(
            "there is no ssh on the login node", 'Only `route = "node"` works here, which is what is usual.'
        )
    return fine(f"possible: {version or 'ssh'} is at {clean(path)} on the login node")


async def sessions(context: SiteContext) -> Finding:
    """Does the login node allow several sessions on one connection?"""
    if context.one_session is None:
        await context.run(":", SESSION_SECONDS)
    if context.one_session:
        return look(
            "one session only on a connection (MaxSessions)",
            "It is enough: commands share it, and tunnels are no sessions. Do not share the connection.",
        )
    return fine("a second session on the connection is allowed")


class _Nobody:
    """Answers nothing, and notes the first prompt."""

    def __init__(self) -> None:
        self.prompt: Prompt | None = None

    async def __call__(self, prompt: Prompt) -> Secret:
        self.prompt = self.prompt or prompt
        raise GivenUp("A check asks nobody", "Nothing was sent.")


async def _enter(context: SiteContext, node: str, ask: _Nobody) -> None:
    """Log in to a node as a tunnel does, and out again; raises GivenUp where it asks, TunnelError, HostKeyError."""
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
        return untried(
            f"the key of {node} is not known yet, and a check asks nobody",
            "Connect to a server once: you are asked then.",
        )
    return look(
        f"{node} asks before it accepts the login: {clean(prompt.text, 80) if prompt else ''}",
        "You are prompted when a tunnel opens, unless you set up a key for the compute nodes.",
        Action.SET_UP_NODE_KEY,
    )


def _own_port(connection: str) -> int:
    """Return the port of the login node's own ssh server, from $SSH_CONNECTION."""
    words = connection.split()
    port = words[3] if len(words) == 4 else ""
    return int(port) if _PORT.fullmatch(port) and int(port) < 65536 else SSH_PORT
