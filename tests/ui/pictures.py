"""Pictures of screens, compared with those kept beside the tests."""

from typing import Any

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


async def looks_as_before(pilot: Pilot[Any], kept: SnapshotAssertion) -> bool:
    """Return whether the screen is as the kept picture has it; `--snapshot-update` keeps the present one."""
    for field in pilot.app.screen.query("Input, TextArea"):
        assert isinstance(field, Input | TextArea)
        field.cursor_blink = False
    await pilot.wait_for_scheduled_animations()
    await pilot.pause()
    picture = pilot.app.export_screenshot(title="jupystra")
    return bool(kept.use_extension(SVGImageExtension) == picture)
