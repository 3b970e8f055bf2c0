"""The laptop's clock, in one place so that a test can hold it."""

import time


def now() -> float:
    """Return seconds since 1970."""
    return time.time()


def monotonic() -> float:
    """Return seconds that only tell how long something took."""
    return time.monotonic()


def time_of_day(seconds: float) -> str:
    """Write a moment as `14:01:52`, this laptop's time."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def site_time(text: str) -> str:
    """Shorten a time as a cluster prints it: `14:20` today, else `Tue 14:20` this week, else `3 Mar 14:20`.

    It stays the cluster's own clock: whether its zone is the laptop's is not known. Other text comes back as it is.
    """
    try:
        moment = time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return text
    days = int((time.mktime(moment) - now() + time.localtime(now()).tm_hour * 3600) // 86400)
    if days == 0:
        return time.strftime("%H:%M", moment)
    if 0 < days < 7:
        return time.strftime("%a %H:%M", moment)
    return f"{moment.tm_mday} {time.strftime('%b %H:%M', moment)}"
