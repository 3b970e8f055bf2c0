"""The ssh-agent behind a socket: well, silent, gone or talking nonsense, it never holds a login for long."""

import socket
import threading
import time
from collections.abc import Callable

import paramiko
from paramiko import Message
from paramiko.agent import AgentKey, AgentSSH
from paramiko.ssh_exception import SSHException

LIST_SECONDS = 3.0
SIGN_SECONDS = 20.0  # a person may have to touch or confirm
PATIENCE_SECONDS = 1.5
ANSWER_LIMIT, KEYS_LIMIT = 1 << 18, 2048  # as OpenSSH
LIST_KEYS, KEYS = b"\x0b", 12
WAITS = "the ssh-agent has not signed yet: does a key want your touch, or a window your yes?"


class Agent(AgentSSH):
    """The keys of an agent, listed when it is made (paramiko's own reads the environment and waits for ever).

    `tell` takes a word when a signature takes long. `lost` says why it is of no use any more, once it is not. Raises
    OSError and SSHException, both when it is made and by its keys.
    """

    def __init__(self, path: str, tell: Callable[[str], None]) -> None:
        super().__init__()
        self.lost = ""
        self._tell = tell
        self._until = 0.0
        self._line = socket.socket(socket.AF_UNIX)
        try:
            self._line.settimeout(LIST_SECONDS)
            self._line.connect(path)
            self._conn = self._line
            self.keys = self._listed()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let it go; a signature that is waited for fails. Again without harm."""
        try:
            self._line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was never connected, or has gone
        self._line.close()

    def _listed(self) -> tuple[paramiko.PKey, ...]:
        kind, answer = self._send_message(LIST_KEYS)
        count = answer.get_int()
        if kind != KEYS or count > KEYS_LIMIT:
            raise SSHException("the ssh-agent lists no keys")
        keys = []
        for _ in range(count):
            blob, comment = answer.get_binary(), answer.get_binary().decode(errors="replace")
            try:
                keys.append(AgentKey(self, blob, comment))
            except (SSHException, ValueError, OverflowError):
                continue  # a key of a kind that we do not know, or none
        return tuple(keys)

    def _send_message(self, message: object) -> tuple[int, Message]:
        signing = not isinstance(message, bytes)
        seconds = SIGN_SECONDS if signing else LIST_SECONDS
        self._until = time.monotonic() + seconds
        waits = threading.Timer(PATIENCE_SECONDS, self._tell, (WAITS,))
        waits.daemon = True
        if signing:
            waits.start()
        try:
            return super()._send_message(message)  # type: ignore[misc,no-any-return]
        except TimeoutError as error:
            self.lost = f"the ssh-agent did not answer within {seconds:.0f} s"
            raise SSHException(self.lost) from error
        except (OSError, SSHException) as error:
            self.lost = f"the ssh-agent broke off: {error}"
            raise SSHException(self.lost) from error
        finally:
            waits.cancel()

    def _read_all(self, wanted: int) -> bytes:
        if wanted > ANSWER_LIMIT:
            raise SSHException("it talks nonsense")
        answer = b""
        while len(answer) < wanted:
            self._line.settimeout(max(0.001, self._until - time.monotonic()))
            piece = self._line.recv(wanted - len(answer))
            if not piece:
                raise SSHException("it hung up")
            answer += piece
        return answer


def agent_error(path: str) -> str:
    """Return why the agent behind a socket is of no use, empty when it is; blocking, for a moment."""
    try:
        Agent(path, lambda _: None).close()
    except OSError:
        return "no ssh-agent listens where one should"
    except SSHException as error:
        return str(error)
    return ""
