"""A scheduler's reasons where there is little room, and in a sentence."""

from typing import NamedTuple

from jupystra_tui.model.reasons import plain_reason


class Reason(NamedTuple):
    """`short` fits a table cell; `plain` is a sentence or two."""

    short: str
    plain: str

    @property
    def forbids(self) -> bool:
        """Whether the job will never start as it is."""
        return "not start" in self.plain or "Kill it" in self.plain


_NARROW = {
    "Resources": "no free node",
    "Priority": "others first",
    "Dependency": "another job",
    "DependencyNeverSatisfied": "never",
    "JobHeldAdmin": "held",
    "BeginTime": "later",
    "PartitionTimeLimit": "too long",
    "PartitionNodeLimit": "too many nodes",
    "PartitionConfig": "too large",
    "BadConstraints": "impossible",
    "PartitionDown": "queue closed",
    "PartitionInactive": "queue closed",
    "ReqNodeNotAvail": "node away",
    "NodeDown": "node down",
    "Reservation": "reserved",
    "Licenses": "license",
    "Prolog": "node prepares",
    "JobArrayTaskLimit": "array limit",
    "InvalidAccount": "bad account",
    "InvalidQOS": "bad QOS",
    "AssociationJobLimit": "account limit",
    "NonZeroExitCode": "exit code",
    "RaisedSignal": "signal",
}
# How a reason begins, what else is in it, and the words for it; the first that fits.
_NARROW_KINDS = (
    ("QOSMax", "PerUser", "your limit"),
    ("QOSMax", "", "QOS limit"),
    ("QOSGrp", "", "QOS full"),
    ("QOS", "", "QOS limit"),
    ("AssocGrp", "Minutes", "budget used"),
    ("AssocGrp", "", "account full"),
    ("AssocMax", "", "your limit"),
    ("MaxMem", "", "too much memory"),
    ("Nodes required for job are DOWN", "", "node away"),
)


def explain(reason: str) -> Reason:
    """Return the plain words for a scheduler's reason; one that is not known says itself."""
    name = reason.strip("()")
    short, plain = plain_reason(name)
    if plain == name:
        plain = f"The scheduler says: {name}" if name else "The scheduler does not say why."
    return Reason(_narrow(name) or short, plain)


def _narrow(name: str) -> str:
    known = _NARROW.get(name) or _NARROW.get(name.split(",")[0].split(" ")[0])
    kinds = (words for start, part, words in _NARROW_KINDS if name.startswith(start) and part in name)
    return known or next(kinds, "")
