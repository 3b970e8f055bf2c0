"""Why a job waits, or how it ended, in plain words."""

from typing import NamedTuple

from jupystra_tui.model.reasons import plain_reason


class Reason(NamedTuple):
    """`short` fits a table cell; `plain` is a sentence or two; `advice` what would help, if anything."""

    short: str
    plain: str
    advice: str = ""


_SHRINK = "Ask for less, or another queue: n starts anew."
_OWN_LIMIT = "It starts when one of your own jobs has ended; k ends a job."

_REASONS = {
    "None": Reason("just submitted", "The scheduler has not looked at it yet."),
    "Resources": Reason(
        "no free node", "It is next in line and waits until enough cores, memory or GPUs are free."
    ),
    "Priority": Reason("others first", "Jobs with a higher priority are before it in this queue."),
    "Dependency": Reason("another job", "It waits for another job to end first."),
    "DependencyNeverSatisfied": Reason(
        "never",
        "It waits for a job that ended otherwise than it asked, so it will never start.",
        "k removes it.",
    ),
    "JobHeldUser": Reason(
        "held by you", "You hold it back.", "`scontrol release` on the cluster lets it go."
    ),
    "JobHeldAdmin": Reason("held", "An administrator holds it back.", "Ask the site's support why."),
    "BeginTime": Reason(
        "later", "It starts at the time that was asked for, or was put back after its node failed."
    ),
    "PartitionTimeLimit": Reason(
        "too long", "It asks for more time than this queue gives, so it will never start.", _SHRINK
    ),
    "PartitionNodeLimit": Reason(
        "too many nodes", "It asks for more nodes than this queue gives, so it will never start.", _SHRINK
    ),
    "PartitionConfig": Reason(
        "too large", "It asks for more than any node of this queue has, so it will never start.", _SHRINK
    ),
    "BadConstraints": Reason("impossible", "No node of this queue is what it asks for.", _SHRINK),
    "PartitionDown": Reason("queue closed", "The queue is down; jobs start again when the site opens it."),
    "PartitionInactive": Reason("queue closed", "The queue takes jobs but starts none now."),
    "ReqNodeNotAvail": Reason(
        "node away",
        "The nodes it needs are down, or kept free for a maintenance.",
        "A shorter walltime may fit before it.",
    ),
    "NodeDown": Reason("node down", "A node it needs is down."),
    "Reservation": Reason("reserved", "It waits for its reservation to begin."),
    "Licenses": Reason("license", "It waits for a software license."),
    "Prolog": Reason("node prepares", "Its node is being prepared; it starts in a moment."),
    "JobArrayTaskLimit": Reason("array limit", "As many tasks of this array run as it allows at once."),
    "InvalidAccount": Reason("bad account", "Its account may not be used, so it will never start.", _SHRINK),
    "InvalidQOS": Reason("bad QOS", "Its QOS may not be used, so it will never start.", _SHRINK),
    "AssociationJobLimit": Reason("account limit", "Your account runs as many jobs as it may.", _OWN_LIMIT),
    "NonZeroExitCode": Reason("exit code", "Its command ended with an error."),
    "RaisedSignal": Reason("signal", "Its command was ended by a signal."),
}

_PER_PERSON = "You have as many jobs, cores or GPUs as this QOS gives one person."
_KINDS = (
    ("QOSMax", "PerUser", Reason("your limit", _PER_PERSON, _OWN_LIMIT)),
    ("QOSMax", "", Reason("QOS limit", "It asks for more than this QOS gives.", _SHRINK)),
    ("QOSGrp", "", Reason("QOS full", "All that this QOS may use together is in use.")),
    ("QOS", "", Reason("QOS limit", "A limit of its QOS holds it back.")),
    (
        "AssocGrp",
        "Minutes",
        Reason("budget used", "Your account has used up its time.", "Ask its owner for more."),
    ),
    ("AssocGrp", "", Reason("account full", "All that your account may use together is in use.")),
    ("AssocMax", "", Reason("your limit", "You have as much as your account gives one person.", _OWN_LIMIT)),
    ("MaxMem", "", Reason("too much memory", "It asks for more memory than allowed.", _SHRINK)),
    ("Nodes required for job are DOWN", "", _REASONS["ReqNodeNotAvail"]),
)
"""How a reason begins, what else is in it, and the words for it; the first that fits."""


def explain(reason: str) -> Reason:
    """Return the plain words for a scheduler's reason; one that is not known says itself."""
    name = reason.strip("()")
    known = _REASONS.get(name) or _REASONS.get(name.split(",")[0].split(" ")[0])
    if known:
        return known
    for start, part, words in _KINDS:
        if name.startswith(start) and part in name:
            return words
    short, plain = plain_reason(reason)
    if plain != reason:
        return Reason(short, plain)
    return Reason(name, f"The scheduler says: {name}" if name else "The scheduler does not say why.")
