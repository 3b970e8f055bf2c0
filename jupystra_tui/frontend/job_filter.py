"""The filter language for jobs: `state:pending queue:gpu gpu:>0 left:<1h word -word`."""

import re

from msgspec import Struct

from jupystra_tui.frontend.job_fields import FIELDS, JobTest, field_named
from jupystra_tui.model import Job
from jupystra_tui.model.units import BadText

Indices = list[int] | range
TEXT_LIMIT = 500
_TERM = re.compile(r'(?P<no>-?)(?:(?P<field>[a-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<word>\S*))', re.IGNORECASE)


class Term(Struct, frozen=True):
    """One term of a filter, as it was typed: `test` of a field, or without one a `word` in lower case."""

    typed: str
    word: str = ""
    excluded: bool = False
    test: JobTest | None = None

    def narrows(self, other: "Term") -> bool:
        """Return whether all jobs that fulfill this term fulfill the other one too."""
        words = self.word and other.word and other.word in self.word
        return self.typed == other.typed or bool(words and not self.excluded and not other.excluded)


class JobFilter(Struct, frozen=True):
    """What a filter's text means; `problem` says what is wrong with a term that was left out, empty if nothing is."""

    terms: tuple[Term, ...] = ()
    problem: str = ""


class JobSearch:
    """Searches a tuple of jobs. What each term of the latest text found is kept: a key press searches only that."""

    def __init__(self, jobs: tuple[Job, ...]) -> None:
        self.jobs = jobs
        self._texts: list[str] = []
        self._found: list[tuple[Term, Indices]] = []
        self._latest: tuple[str, tuple[Job, ...]] = ("", jobs)

    def matching(self, text: str) -> tuple[Job, ...]:
        """Return the jobs that match a filter's text.

        If none has its words, those whose name has the letters of the words in their order.
        """
        if self._latest[0] != text:
            self._latest = (text, self._find(read_filter(text).terms))
        return self._latest[1]

    def _find(self, terms: tuple[Term, ...]) -> tuple[Job, ...]:
        before, self._found = self._found, []
        found: Indices = range(len(self.jobs))
        for at, term in enumerate(terms):
            known = before[at] if at < len(before) else None
            if known and term.typed == known[0].typed:
                found = known[1]
            else:
                found = self._with(term, known[1] if known and term.narrows(known[0]) else found)
                before = []
            self._found.append((term, found))
        if not found:
            found = self._similar(terms)
        return tuple([self.jobs[index] for index in found]) if len(found) < len(self.jobs) else self.jobs

    def _with(self, term: Term, among: Indices) -> list[int]:
        if test := term.test:
            jobs = self.jobs
            if term.excluded:
                return [index for index in among if not test(jobs[index])]
            return [index for index in among if test(jobs[index])]
        texts = self._texts = self._texts or [searched_text(job) for job in self.jobs]
        word = term.word
        if term.excluded:
            return [index for index in among if word not in texts[index]]
        return [index for index in among if word in texts[index]]

    def _similar(self, terms: tuple[Term, ...]) -> Indices:
        """Return the jobs whose names have the letters of the words in order; none if there are no words."""
        words = [term.word for term in terms if term.word and not term.excluded]
        found: Indices = range(len(self.jobs) if words else 0)
        for term in terms:
            if term.test or term.excluded:
                found = self._with(term, found)
        similar = [re.compile("[^\n]*?".join(map(re.escape, word)), re.IGNORECASE).search for word in words]
        return [index for index in found if all(search(self.jobs[index].name) for search in similar)]


def read_filter(text: str) -> JobFilter:
    """Return what a filter's text means; terms that are not finished, such as `left:<`, are left out."""
    terms: list[Term] = []
    problem = ""
    for match in _TERM.finditer(text[:TEXT_LIMIT]):
        name, value = match["field"] or "", match["quoted"] or match["word"] or ""
        field, excluded = field_named(name), bool(match["no"])
        if name and not field:
            value = f"{name}:{value}"
        if not value:
            continue
        try:
            test = field.test(value) if field else None
        except BadText as error:
            problem = problem or f"{name}: {error.title}. {error.hint}"
            continue
        if test or not field:
            terms.append(Term(match[0], "" if field else value.lower(), excluded, test))
    return JobFilter(tuple(terms), problem)


def complete_filter(text: str, jobs: tuple[Job, ...]) -> str:
    """Return the text with its last term completed to a field's name or a value among the jobs; else as it is."""
    before, last = re.fullmatch(r"(.*?)(\S*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    no, term = ("-", last[1:]) if last.startswith("-") else ("", last)
    name, colon, value = term.partition(":")
    if not colon:
        field = next((one for one in FIELDS if name and one.startswith(name.lower())), "")
        return f"{before}{no}{field}:" if field else text
    known = field_named(name)
    if known is None or not value:
        return text
    chosen, comma, start = value.rpartition(",")
    options = known.options(jobs) if start else ()
    found = next((one for one in options if one.lower().startswith(start.lower())), start)
    return f"{before}{no}{name}:{chosen}{comma}{found}"


def searched_text(job: Job) -> str:
    """Return what the words of a filter are looked for in: what the job's row shows."""
    shown = (job.id, job.name, job.state.value, job.nodes, job.reason.code, job.reason.short, job.queue)
    return " ".join(shown).lower()
