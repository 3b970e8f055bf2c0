"""The launch form: what people change, then the environment, then the rest, folded."""

from collections.abc import Iterable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Select, TextArea

from jupystra_tui.model import JobRequest, Partition, Problem
from jupystra_tui.model.units import write_duration
from jupystra_tui.options import OPTIONS, Option, Reading, Remark, read_form, texts_of
from jupystra_tui.options.form import NO_PARTITION
from jupystra_tui.options.option import OptionChoice
from jupystra_tui.options.remarks import limits
from jupystra_tui.options.walltime import clamp, clamped_remark
from jupystra_tui.ui.guard import Guarded
from jupystra_tui.ui.screens import dialog
from jupystra_tui.ui.screens.launch_controls import Field, Picker, control_for


class LaunchForm(Guarded, VerticalScroll, can_focus=False):
    """Fields for a JobRequest, starting with `defaults`.

    The walltime offered keeps to the queue's limit, unless it is the `exact` one that somebody asked for.
    """

    DEFAULT_CSS = """
    LaunchForm { scrollbar-size-vertical: 1; }
    LaunchForm.-refused { border-subtitle-color: $error; }
    LaunchForm #folded { height: auto; display: none; }
    LaunchForm.-unfolded #folded { display: block; }
    LaunchForm #more { margin-left: 11; }
    """
    BINDINGS = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    class Changed(Message):
        """A field has another value."""

    def __init__(
        self,
        defaults: JobRequest,
        partitions: Sequence[Partition],
        *,
        exact: bool = False,
        options: tuple[Option, ...] = OPTIONS,
    ) -> None:
        super().__init__(id="form", classes="framed")
        self._options = options
        self._defaults = defaults
        self._partitions = tuple(partitions)
        self._offered_walltime = ""
        self._exact = exact
        self._against: dict[str, Remark] = {}
        self._start = texts_of(defaults, options) | {"queue": self._start_queue()}

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        yield from self._fields(folded=False)
        yield dialog.Choice("^o", "more: QOS, constraint, ports, name …", id="more")
        with Vertical(id="folded"):
            yield from self._fields(folded=True)

    def _fields(self, *, folded: bool) -> Iterable[Field]:
        for option in self._options:
            if option.folded is folded:
                choices = self._queues() if option.name == "queue" else option.choices
                yield Field(option, control_for(option, self._start[option.name], choices))

    def on_mount(self) -> None:
        """Offer a walltime that the queue allows."""
        if not self._exact:
            self._offered_walltime = self._start["walltime"]
            self._offer_walltime()
        self._remark()

    def _start_queue(self) -> str:
        default = next((partition.name for partition in self._partitions if partition.default), "")
        return self._defaults.queue or default

    def _queues(self) -> tuple[OptionChoice, ...]:
        known = [
            OptionChoice(partition.name, partition.name, limits(partition)) for partition in self._partitions
        ]
        wanted = self._start_queue()
        if wanted not in {choice.value for choice in known}:
            known.insert(0, OptionChoice(wanted, wanted or "default", "" if wanted else "the site's default"))
        return tuple(known)

    def take_partitions(self, partitions: Sequence[Partition]) -> None:
        """Offer what the cluster has now; what was chosen stays if it is still there."""
        if tuple(partitions) == self._partitions:
            return
        self._partitions = tuple(partitions)
        choices, chosen = self._queues(), self.texts["queue"]
        known = {choice.value for choice in choices}
        picker = self.query_one("#queue", Picker)
        picker.offer(choices, chosen if chosen and chosen in known else self._start_queue())
        self._offer_walltime()

    @property
    def texts(self) -> dict[str, str]:
        """What the fields hold, by name."""
        return {option.name: self._field(option.name).text for option in self._options}

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    @property
    def partition(self) -> Partition:
        """The chosen queue, `NO_PARTITION` if the cluster told none of that name."""
        chosen = self._field("queue").text
        return next((entry for entry in self._partitions if entry.name == chosen), NO_PARTITION)

    @property
    def reading(self) -> Reading:
        """The request that the fields make, with what is to be said beside them."""
        request, remarks = read_form(self.texts, self.partition, self._options, type(self._defaults))
        wanted = self._defaults.walltime
        if self.texts["walltime"] == self._offered_walltime != write_duration(wanted):
            remarks["walltime"] = clamped_remark(wanted, self.partition)
        return Reading(request, remarks | self._against)

    def _offer_walltime(self) -> None:
        field = self.query_one("#walltime", Input)
        if field.value == self._offered_walltime:
            self._offered_walltime = write_duration(clamp(self._defaults.walltime, self.partition))
            field.value = self._offered_walltime

    @on(Select.Changed, "#queue")
    def _queue_changed(self) -> None:
        self._offer_walltime()

    @on(Input.Changed)
    @on(Select.Changed)
    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._against = {}
        self.refuse()
        self._remark()
        self.post_message(self.Changed())

    @on(Input.Submitted)
    def _next(self) -> None:
        self.screen.focus_next()

    def refuse(self, why: str = "") -> None:
        """Say at the foot why the job was not sent."""
        self.set_class(bool(why), "-refused")
        self.border_subtitle = Content(f"× not sent: {why}" if why else "")

    def take_problems(self, problems: Iterable[Problem], tone: str = "bad") -> None:
        """Show what the worker says against the request as it stands, beside the fields it names."""
        named = [problem for problem in problems if problem.field in self._start]
        self._against = {
            problem.field: Remark(problem.title, "warn" if problem.warning else tone) for problem in named
        }
        self._remark()

    def homeless(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return the problems that belong to no field."""
        return tuple(problem for problem in problems if problem.field not in self._start)

    def focus_first(self) -> None:
        """Go to what is changed most."""
        self.screen.set_focus(self.query_one("#walltime"))

    def _remark(self) -> None:
        remarks = self.reading.remarks
        for name, remark in remarks.items():
            self._field(name).say(remark)
        if any(remarks[option.name].tone == "bad" for option in self._options if option.folded):
            self.unfold()

    def on_choice_chosen(self) -> None:
        """Unfold or fold by mouse."""
        self.toggle()

    def toggle(self) -> None:
        """Unfold or fold what is seldom changed."""
        self.toggle_class("-unfolded")

    def unfold(self) -> None:
        """Show what is seldom changed."""
        self.add_class("-unfolded")

    def focus_wrong(self) -> bool:
        """Go to the first field that is wrong, if any is, and say at the foot what is."""
        wrong = [(name, remark) for name, remark in self.reading.remarks.items() if remark.tone == "bad"]
        for name, remark in wrong[:1]:
            self.screen.set_focus(self._field(name).control)
            self.refuse(f"{self._field(name).label}: {remark.text}")
        return bool(wrong)
