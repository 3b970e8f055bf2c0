"""The launch form: resources, environment, and collapsed the options that are rarely changed."""

from collections.abc import Iterable, Mapping, Sequence

from textual import on
from textual.app import ComposeResult
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
from jupystra_tui.ui.commands import quiet
from jupystra_tui.ui.guard import Guarded
from jupystra_tui.ui.screens import dialog
from jupystra_tui.ui.screens.launch_controls import Field, Picker, control_for


class LaunchForm(Guarded, VerticalScroll, can_focus=False):
    """Fields for a JobRequest, filled with `defaults`, or with `texts` by option name.

    A default walltime is cut to the limit of the queue, unless it is `exact`: requested by the user. `failed` is the
    problem of a launch with exactly these values: shown as a warning until one of them changes.
    """

    DEFAULT_CSS = """
    LaunchForm { scrollbar-size-vertical: 1; }
    LaunchForm.-refused { border-subtitle-color: $error; }
    LaunchForm #collapsed { height: auto; display: none; }
    LaunchForm.-expanded #collapsed { display: block; }
    """
    BINDINGS = [quiet("up", "app.focus_previous"), quiet("down", "app.focus_next")]

    class Changed(Message):
        """A value has changed."""

    def __init__(
        self,
        defaults: JobRequest,
        partitions: Sequence[Partition],
        *,
        exact: bool = False,
        texts: Mapping[str, str] | None = None,
        failed: Problem | None = None,
        options: tuple[Option, ...] = OPTIONS,
    ) -> None:
        super().__init__(id="form", classes="framed main")
        self._options = options
        self._defaults = defaults
        self._partitions = tuple(partitions)
        self._offered_walltime = ""
        self._exact = exact
        self._against: dict[str, Remark] = {}
        self._start = texts_of(defaults, options) | dict(texts or {})
        self._failed = failed
        self._wanted_queue = self._start["queue"]
        self._start["queue"] = self._start_queue()

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        yield from self._fields(collapsed=False)
        yield dialog.Choice("more", "more: QOS, constraint, ports, name …", id="more")
        with Vertical(id="collapsed"):
            yield from self._fields(collapsed=True)

    def _fields(self, *, collapsed: bool) -> Iterable[Field]:
        for option in self._options:
            if option.folded is collapsed:
                choices = option.choices() if option.choices else ()
                choices = self._queues() if option.name == "queue" else choices
                yield Field(option, control_for(option, self._start[option.name], choices))

    def on_mount(self) -> None:
        """Cut the default walltime to the limit of the queue."""
        if not self._exact:
            self._offered_walltime = self._start["walltime"]
            self._offer_walltime()
        if self._failed and any(
            option.name == self._failed.field for option in self._options if option.folded
        ):
            self.unfold()
        self._remark()

    def _start_queue(self) -> str:
        default = next((partition.name for partition in self._partitions if partition.default), "")
        return self._wanted_queue or default

    def _queues(self) -> tuple[OptionChoice, ...]:
        known = [
            OptionChoice(partition.name, partition.name, limits(partition)) for partition in self._partitions
        ]
        wanted = self._start_queue()
        if wanted not in {choice.value for choice in known}:
            known.insert(0, OptionChoice(wanted, wanted or "default", "" if wanted else "the site's default"))
        return tuple(known)

    def take_partitions(self, partitions: Sequence[Partition]) -> None:
        """Update the list of queues; the selected one stays if it still exists."""
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
        """The text of each field, by option name."""
        return {option.name: self._field(option.name).text for option in self._options}

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    @property
    def partition(self) -> Partition:
        """The chosen queue, `NO_PARTITION` if the cluster reported none of that name."""
        chosen = self._field("queue").text
        return next((entry for entry in self._partitions if entry.name == chosen), NO_PARTITION)

    @property
    def reading(self) -> Reading:
        """The request with the values of the fields, and a remark for each field."""
        request, remarks = read_form(self.texts, self.partition, self._options, type(self._defaults))
        wanted = self._defaults.walltime
        if self.texts["walltime"] == self._offered_walltime != write_duration(wanted):
            remarks["walltime"] = clamped_remark(wanted, self.partition)
        if self._failed and self._failed.field in remarks and self.texts == self._start:
            remarks[self._failed.field] = Remark(self._failed.title, "warn")
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
        """Show in the frame why the job is not submitted."""
        self.set_class(bool(why), "-refused")
        self.border_subtitle = Content(f"× not submitted: {why}" if why else "")

    def take_problems(self, problems: Iterable[Problem]) -> None:
        """Show the worker's problems with the current request beside their fields."""
        named = [problem for problem in problems if problem.field in self._start]
        self._against = {
            problem.field: Remark(problem.title, "warn" if problem.warning else "bad") for problem in named
        }
        self._remark()

    def unassigned(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return the problems that belong to no field."""
        return tuple(problem for problem in problems if problem.field not in self._start)

    def focus_first(self) -> None:
        """Focus the walltime, the field that is changed most often."""
        self.screen.set_focus(self.query_one("#walltime"))

    def _remark(self) -> None:
        remarks = self.reading.remarks
        for name, remark in remarks.items():
            self._field(name).show_remark(remark)
        if any(remarks[option.name].tone == "bad" for option in self._options if option.folded):
            self.unfold()

    def on_choice_chosen(self) -> None:
        """Show or hide the collapsed options by mouse."""
        self.toggle()

    def toggle(self) -> None:
        """Show or hide the collapsed options."""
        self.toggle_class("-expanded")

    def unfold(self) -> None:
        """Show the collapsed options."""
        self.add_class("-expanded")

    def focus_wrong(self) -> bool:
        """Focus the first wrong field and show in the frame what is wrong; return whether there is one."""
        wrong = [(name, remark) for name, remark in self.reading.remarks.items() if remark.tone == "bad"]
        for name, remark in wrong[:1]:
            self.screen.set_focus(self._field(name).control)
            self.refuse(f"{self._field(name).label}: {remark.text}")
        return bool(wrong)
