"""The texts of a form, by option, into a request and a remark beside each."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from jupystra_tui.model import JobRequest, Partition
from jupystra_tui.model.units import BadText
from jupystra_tui.options.option import Option, Remark
from jupystra_tui.options.table import OPTIONS

NO_PARTITION = Partition("")


class Reading(NamedTuple):
    """A form as it was read; `request` is None while a remark is bad."""

    request: JobRequest | None
    remarks: dict[str, Remark]


def read_form(
    texts: Mapping[str, str],
    partition: Partition = NO_PARTITION,
    options: tuple[Option, ...] = OPTIONS,
    kind: type[JobRequest] = JobRequest,
) -> Reading:
    """Read the text of every option into a request of type `kind`."""
    values: dict[str, Any] = {}
    remarks: dict[str, Remark] = {}
    for option in options:
        try:
            values[option.name] = option.parse(texts[option.name].strip())
            remarks[option.name] = option.remark(values[option.name], partition)
        except BadText as error:
            remarks[option.name] = Remark(str(error), "bad")
    if any(remark.tone == "bad" for remark in remarks.values()):
        return Reading(None, remarks)
    return Reading(kind(**values), remarks)


def texts_of(request: JobRequest, options: tuple[Option, ...] = OPTIONS) -> dict[str, str]:
    """Return the texts of `request`, so that `read_form` gives it back."""
    return {option.name: option.write(getattr(request, option.name)) for option in options}
