"""The user's ssh-agent: one that is slow, silent, gone or faulty never blocks a login for long."""

import socket
import threading
import time
from collections.abc import Callable

import paramiko
from paramiko import Message
from paramiko.agent import AgentKey
from paramiko.ssh_exception import SSHException

from jupystra_tui.ssh.paramiko_private import AgentConnection
from jupystra_tui.text import clean

LIST_SECONDS = 3.0
SIGN_SECONDS = 20.0  # the user may have to touch or confirm
REPORT_SECONDS = 1.5
ANSWER_LIMIT, KEYS_LIMIT = 1 << 18, 2048  # as in OpenSSH
LIST_KEYS, KEYS = b"\x0b", 12
WAITING = "the ssh-agent has not signed yet: touch the key, or confirm in the agent's window"


class Agent(AgentConnection):
    """The keys of an agent; made by `connect`.

    `report` is called when a signature takes long. `lost` is why the agent can no longer be used, empty while it
    can. Its keys raise OSError and SSHException.
    """

    def __init__(self, sock: socket.socket, report: Callable[[str], None]) -> None:
        super().__init__(sock)
        self.lost = ""
        self.keys: tuple[paramiko.PKey, ...] = ()
        self._report = report
        self._deadline = 0.0
        self._socket = sock

    @classmethod
    def connect(cls, path: str, report: Callable[[str], None]) -> "Agent":
        """Return the agent behind the socket at `path`, its keys listed; blocking. Raises OSError, SSHException."""
        agent = cls(socket.socket(socket.AF_UNIX), report)
        try:
            agent._socket.settimeout(LIST_SECONDS)
            agent._socket.connect(path)
            agent.keys = agent._list_keys()
        except BaseException:
            agent.close()
            raise
        return agent

    def close(self) -> None:
        """Close the connection; a signature in progress fails. Idempotent."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was never connected, or the agent closed it
        self._socket.close()

    def _list_keys(self) -> tuple[paramiko.PKey, ...]:
        kind, answer = self.exchange(LIST_KEYS)
        count = answer.get_int()
        if kind != KEYS or count > KEYS_LIMIT:
            raise SSHException("the ssh-agent lists no keys")
        keys = []
        for _ in range(count):
            blob, comment = answer.get_binary(), answer.get_binary().decode(errors="replace")
            try:
                keys.append(AgentKey(self, blob, comment))
            except (SSHException, ValueError, OverflowError):
                continue  # a key of an unknown type, or not a key
        return tuple(keys)

    def exchange(self, message: object) -> tuple[int, Message]:
        """Send a request within a time limit; raises SSHException, and then sets `lost`."""
        signing = not isinstance(message, bytes)
        seconds = SIGN_SECONDS if signing else LIST_SECONDS
        self._deadline = time.monotonic() + seconds
        waiting = threading.Timer(REPORT_SECONDS, self._report, (WAITING,))
        waiting.daemon = True
        if signing:
            waiting.start()
        try:
            return super().exchange(message)
        except TimeoutError as error:
            self.lost = f"the ssh-agent did not answer within {seconds:.0f} s"
            raise SSHException(self.lost) from error
        except (OSError, SSHException) as error:
            self.lost = f"the ssh-agent failed: {error}"
            raise SSHException(self.lost) from error
        finally:
            waiting.cancel()

    def read(self, size: int) -> bytes:
        """Return `size` bytes before the request's time limit; raises TimeoutError, OSError, SSHException."""
        if size > ANSWER_LIMIT:
            raise SSHException("its answer is not valid")
        answer = b""
        while len(answer) < size:
            self._socket.settimeout(max(0.001, self._deadline - time.monotonic()))
            piece = self._socket.recv(size - len(answer))
            if not piece:
                raise SSHException("it closed the connection")
            answer += piece
        return answer


def agent_error(path: str) -> str:
    """Return why the agent behind a socket cannot be used, empty if it can; blocking, for a moment."""
    try:
        Agent.connect(path, lambda _: None).close()
    except OSError:
        return f"no ssh-agent listens at {clean(path, 200)}"
    except SSHException as error:
        return str(error)
    return ""
