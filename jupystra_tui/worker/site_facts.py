"""What a site has: its partitions, read now and then, because sites change them."""

import logging
import time

from jupystra_tui.errors import JupystraError
from jupystra_tui.ssh.shell import text
from jupystra_tui.worker.session_role import SessionRole

PAUSE = 600.0
LEAST_PAUSE = 60.0
LIMIT = 25.0

log = logging.getLogger(__name__)


class SiteFacts:
    """Keeps the partitions that the session shows, and the time at which they were read.

    They are read at first, every ten minutes while the user is active, and when the user asks for it, but at most once
    a minute. Where they cannot be read the old ones stay, with their time.
    """

    def __init__(self, session: SessionRole) -> None:
        self._session = session
        self._asked: float | None = None  # on the monotonic clock
        self._wanted = False

    def want(self) -> None:
        """Read them with the next poll."""
        self._wanted = True

    async def refresh(self, watched: bool) -> None:
        """Read them if it is time to."""
        now = time.monotonic()
        if self._asked is not None and not self._due(now - self._asked, watched):
            return
        self._asked, self._wanted = now, False
        scheduler = self._session.site.scheduler
        try:
            result = await self._session.run(scheduler.site.partitions_script(), LIMIT)
            partitions = scheduler.site.parse_partitions(text(result.out))
        except JupystraError as error:
            log.warning("the partitions could not be read: %s", error.title)
            return
        self._session.show(partitions=partitions, partitions_read=time.time())

    def _due(self, age: float, watched: bool) -> bool:
        return age >= (LEAST_PAUSE if self._wanted else PAUSE) and (watched or self._wanted)
