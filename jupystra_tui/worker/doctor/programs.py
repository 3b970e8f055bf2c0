"""OpenSSH on this laptop, and its configuration for the cluster."""

import shutil

from jupystra_tui.model.finding import Finding, passed, warning
from jupystra_tui.ssh.agent import agent_error
from jupystra_tui.ssh.host_keys import keygen_missing
from jupystra_tui.ssh.openssh_version import openssh_number, ssh_version
from jupystra_tui.ssh.resolve import Endpoint, ssh_program
from jupystra_tui.ssh.threads import in_thread
from jupystra_tui.ssh_aliases import aliases
from jupystra_tui.worker.doctor.contexts import LaptopContext

ASKPASS_SINCE = (8, 4)
_INSTALL = "Install a newer OpenSSH client and put it first on the PATH."


async def ssh(context: LaptopContext) -> Finding:
    """Is OpenSSH's client installed, and new enough?"""
    said = await ssh_version()
    number = openssh_number(said)
    if number is None:
        return warning(f"{ssh_program()} is not OpenSSH: {said}", _INSTALL)
    if number < ASKPASS_SINCE:
        return warning(f"{said}: versions before 8.4 cannot pass on prompts of nodes and bastions", _INSTALL)
    return passed(f"{said.partition(',')[0]}; {ssh_program()}")


async def ssh_keygen(context: LaptopContext) -> Finding:
    """Is ssh-keygen installed? It reads known_hosts."""
    found = shutil.which("ssh-keygen")
    if not found:
        raise keygen_missing()
    return passed(found)


async def configuration(context: LaptopContext) -> Finding:
    """What address does the ssh configuration give?"""
    endpoint = await context.endpoint()
    listed = endpoint.alias in await in_thread(aliases, context.cluster.ssh_config)
    alias = f"{endpoint.alias} is an alias for " if listed else ""
    bastion = ", through a proxy or jump host" if endpoint.proxy else ""
    return passed(f"{alias}{endpoint.user}@{endpoint.host}, port {endpoint.port}{bastion}")


async def keys(context: LaptopContext) -> Finding:
    """Which keys can be offered?"""
    endpoint = await context.endpoint()
    files = _files(endpoint)
    error = await in_thread(agent_error, endpoint.agent) if endpoint.agent else ""
    if error:
        return warning(
            f"{files}; {error}",
            "The agent is not used. Start a new ssh-agent, or unset SSH_AUTH_SOCK.",
        )
    return passed(f"{files}; {'ssh-agent is running' if endpoint.agent else 'no ssh-agent'}")


def _files(endpoint: Endpoint) -> str:
    names = [file.name for file in endpoint.identities if file.exists()]
    return f"key files: {', '.join(names)}" if names else "no key files"
