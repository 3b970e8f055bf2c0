"""The laptop's clock, in one place so that tests can replace it."""

import time


def now() -> float:
    """Return seconds since 1970."""
    return time.time()


def monotonic() -> float:
    """Return seconds of a clock that only measures durations."""
    return time.monotonic()


def time_of_day(seconds: float) -> str:
    """Format a time as `14:01:52`, in this laptop's time zone."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def site_time(text: str) -> str:
    """Shorten a time as a cluster prints it: `14:20` today, else `Tue 14:20` this week, else `3 Mar 14:20`.

    The time stays in the cluster's time zone, which is not known here. Other text is returned unchanged.
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
