"""The practice cluster takes commands and switches from its own user only."""

import asyncio
from typing import Any

from jupystra_tui.demo.control import ControlServer

from ..other_user import call_as_other, needs_root, shared_folder


@needs_root
async def test_another_user_s_command_is_not_run() -> None:
    switched: list[int] = []
    with shared_folder() as folder:
        path = folder / "control"
        commands: Any = None
        server = ControlServer(path, commands, {"fail": lambda: switched.append(1)})
        path.chmod(0o666)
        stranger = call_as_other(path, b'{"switch": "fail", "arguments": {}}\n')
        assert await asyncio.to_thread(stranger.end) == "0"
        server.close()
    assert switched == []
