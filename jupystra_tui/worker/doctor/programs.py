"""OpenSSH on this laptop, and what its configuration says of the cluster."""

import shutil

from jupystra_tui.model.finding import Finding, fine, look
from jupystra_tui.ssh.agent import agent_error
from jupystra_tui.ssh.host_keys import keygen_missing
from jupystra_tui.ssh.openssh_version import openssh_number, ssh_version
from jupystra_tui.ssh.resolve import Endpoint, ssh_program
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh_aliases import aliases
from jupystra_tui.worker.doctor.contexts import LaptopContext

ASKPASS_SINCE = (8, 4)
_RENEW = "Install a newer OpenSSH client and put it first on the PATH."


async def ssh(context: LaptopContext) -> Finding:
    """Is OpenSSH's client here, and new enough?"""
    said = await ssh_version()
    number = openssh_number(said)
    if number is None:
        return look(f"{ssh_program()} is not OpenSSH's: {said}", _RENEW)
    if number < ASKPASS_SINCE:
        return look(f"{said}: before 8.4 it cannot hand over what nodes and bastions ask", _RENEW)
    return fine(f"{said.partition(',')[0]}; {ssh_program()}")


async def ssh_keygen(context: LaptopContext) -> Finding:
    """Is ssh-keygen here, which reads known_hosts for us?"""
    found = shutil.which("ssh-keygen")
    if not found:
        raise keygen_missing()
    return fine(found)


async def configuration(context: LaptopContext) -> Finding:
    """Where does the ssh configuration lead?"""
    endpoint = await context.endpoint()
    listed = endpoint.alias in await in_thread(aliases, context.cluster.ssh_config)
    alias = f"{endpoint.alias} is an alias for " if listed else ""
    bastion = ", through a proxy or jump host" if endpoint.proxy else ""
    return fine(f"{alias}{endpoint.user}@{endpoint.host}, port {endpoint.port}{bastion}")


async def keys(context: LaptopContext) -> Finding:
    """Which keys are there to offer?"""
    endpoint = await context.endpoint()
    files = _files(endpoint)
    ill = await in_thread(agent_error, endpoint.agent) if endpoint.agent else ""
    if ill:
        return look(
            f"{files}; {ill}",
            "It is left out. Start an ssh-agent anew, or unset SSH_AUTH_SOCK, to be rid of this.",
        )
    return fine(f"{files}; {'an ssh-agent answers' if endpoint.agent else 'no ssh-agent'}")


def _files(endpoint: Endpoint) -> str:
    names = [file.name for file in endpoint.identities if file.exists()]
    return f"key files: {', '.join(names)}" if names else "no key files"
