"""A loaded ruleset: choose readings, assess facts, ask its calendars."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import attrs

from sla_rules.assessment import Assessment
from sla_rules.diagnostics import Diagnostic, FactsError, RulesetError, nearest
from sla_rules.engine.evaluate import Engine
from sla_rules.facts.document import read_document
from sla_rules.facts.shapes import shapes_for
from sla_rules.facts.values import called
from sla_rules.family import is_family, read_family
from sla_rules.language.load import load_program, read_original, read_texts
from sla_rules.language.program import Program
from sla_rules.language.walk import CyclicDecisions
from sla_rules.worktime import Calendar, to_us, zone_name

if TYPE_CHECKING:
    from sla_rules.comparison.results import Comparison

__all__ = ["Rules", "load", "rulesets"]


def _packaged() -> Path:
    """The folder of the rulesets that come with the library."""
    here = Path(__file__).parent
    inside = here / "rulesets"
    return inside if inside.is_dir() else here.parents[1] / "rulesets"


def rulesets() -> tuple[str, ...]:
    """The ids of the rulesets that come with the library; a contract of several versions once.

    >>> "gz-npc-2023" in rulesets()
    True
    """
    folders = _packaged().iterdir() if _packaged().is_dir() else ()
    found = (each for each in folders if (each / "ruleset.yaml").is_file() or is_family(each))
    return tuple(sorted(each.name for each in found))


def packaged(name: str) -> Path | None:
    """The folder of a ruleset that comes with the library, or None when there is none so called."""
    return _packaged() / name if name in rulesets() else None


def _is_there(path: Path) -> bool:
    """Whether a path leads anywhere; a name that no file can have does not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def load(source: str | Path) -> "Rules":
    """Load a ruleset and check it.

    *source* is the id of a packaged ruleset, the path of a file or folder, or the text itself
    (text has more than one line).  Of a contract with several versions it is the newest;
    ``id@version`` and ``path@version`` load another one.  Raises RulesetError, which lists every
    problem of every file with its line and column.

    >>> load("gz-npc-2023").title("en")
    'Guangzhou Municipal People’s Congress, 2023 IT asset operations and maintenance'
    """
    if not isinstance(source, str | Path):
        message = f"expected an id, a path or text, got {type(source).__name__}"
        raise RulesetError([Diagnostic(code="E100", message=message, where="load")])
    if isinstance(source, str) and "\n" in source:
        return Rules(*load_program({"<text>": source}))
    path, version = place_of(source), ""
    if path is None and isinstance(source, str) and "@" in source:
        name, _, version = source.rpartition("@")
        path = place_of(name)
    if path is None:
        shown = str(source) if len(str(source)) <= 80 else f"{str(source)[:79]}…"
        hint = nearest(shown, rulesets())
        message = f"there is no ruleset {shown!r}, and no such file"
        raise RulesetError([Diagnostic(code="E100", message=message, where="load", hint=hint)])
    if not is_family(path):
        rules = _read(path)
        return rules if version in ("", rules.version) else _no_version(version, [rules.version])
    family = read_family(path)
    chosen = [each.folder for each in family if version in ("", each.version) and each.folder]
    if not chosen:
        return _no_version(version, [each.version for each in family])
    return _read(chosen[-1])


def _read(path: Path) -> "Rules":
    return Rules(*load_program(read_texts(path), read_original(path)))


def place_of(source: str | Path) -> Path | None:
    """Where a packaged id or a path leads; None where nothing is."""
    folder = packaged(source) if isinstance(source, str) else None
    path = Path(source) if folder is None else folder
    return path if _is_there(path) else None


def has_versions(source: str | Path) -> bool:
    """Whether a source is a contract whose versions each have a folder."""
    path = place_of(source)
    return path is not None and is_family(path)


def _no_version(version: str, known: list[str]) -> NoReturn:
    message = f"there is no version {version!r}"
    hint = nearest(version, known) or f"known: {', '.join(known)}"
    raise RulesetError([Diagnostic(code="E569", message=message, where="load", hint=hint)])


@attrs.frozen(eq=False)
class Rules:
    """A ruleset under one choice of readings.  Immutable, picklable, shared between threads.

    *program* is the typed ruleset that documentation and tools walk; *warnings* is what the
    checker remarks without refusing; *readings* says which option of each reading holds.
    """

    program: Program = attrs.field(repr=False)
    warnings: tuple[Diagnostic, ...] = attrs.field(default=(), repr=False)
    _chosen: tuple[tuple[str, str], ...] = ()

    @cached_property
    def engine(self) -> Engine:
        """The program compiled under these readings, when it is first asked to decide."""
        return Engine(self.program, self.readings)

    def __reduce__(self) -> Any:
        return (Rules, (self.program, self.warnings, self._chosen))

    def __repr__(self) -> str:
        changed = "".join(f" {name}={option}" for name, option in self._chosen)
        return f"<Rules {self.id} {self.version}{changed}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rules):
            return NotImplemented
        return (self.program, self._chosen) == (other.program, other._chosen)

    def __hash__(self) -> int:
        return hash((self.program, self._chosen))

    @property
    def id(self) -> str:
        """The id of the ruleset."""
        return self.program.id

    @property
    def version(self) -> str:
        """The version of the ruleset."""
        return self.program.version

    def title(self, lang: str = "zh") -> str:
        """The title of the contract in Chinese or English."""
        return self.program.title.of(lang)

    @property
    def readings(self) -> Mapping[str, str]:
        """Which option of each reading holds: the defaults, and what was chosen instead."""
        return {**self.program.defaults, **dict(self._chosen)}

    def with_readings(self, choices: Mapping[str, str]) -> "Rules":
        """The same ruleset under other readings; those not named stay as they are.

        Raises RulesetError for an unknown reading or option, naming the nearest.

        >>> load("gz-npc-2023").with_readings({"overrun-tail": "lowest_printed_nine"})
        <Rules gz-npc-2023 1.0.0 overrun-tail=lowest_printed_nine>
        """
        if not isinstance(choices, Mapping):
            raise TypeError(f"expected readings and their options, got {type(choices).__name__}")
        problems = []
        for name, option in choices.items():
            reading = self.program.readings.get(name)
            if reading is None:
                hint = nearest(str(name), self.program.readings)
                message = f"there is no reading {name!r}"
                problems.append(Diagnostic(code="E502", message=message, where=self.id, hint=hint))
            elif not isinstance(option, str) or option not in reading.options:
                hint = nearest(str(option), reading.options)
                message = f"reading {name!r} has no option {option!r}"
                problems.append(Diagnostic(code="E503", message=message, where=self.id, hint=hint))
        if problems:
            raise RulesetError(problems)
        merged = {**dict(self._chosen), **choices}
        changed = {
            name: option
            for name, option in merged.items()
            if self.program.readings[name].default != option
        }
        other = Rules(self.program, self.warnings, tuple(sorted(changed.items())))
        try:
            _ = other.engine  # a circle is told now, and not at the first question
        except CyclicDecisions as error:
            message = f"under these readings decisions depend on each other: {error}"
            raise RulesetError(
                [Diagnostic(code="E531", message=message, where=error.cycle[0].span)]
            ) from None
        return other

    @property
    def top_level(self) -> str:
        """The level that no other level contains: the whole contract."""
        inner = {
            fact.type.name
            for level in self.program.levels.values()
            for fact in level.facts
            if fact.type.kind in ("list", "record")
        }
        return next(name for name in self.program.levels if name not in inner)

    def assess(
        self,
        facts: Any,
        level: str | None = None,
        *,
        zone: str | None = None,
        as_of: Any = None,
        as_if_in_force: bool = False,
        earlier: Mapping[str, Sequence[Any]] | None = None,
    ) -> Assessment:
        """Assess a whole contract, or one record of a *level* alone.

        *facts* is a mapping, an instance of :meth:`fact_class`, JSON or YAML text, or a path.
        Instants without zone are refused unless *zone* names theirs.  *as_of* is the instant up
        to which open facts are known not to have happened; it narrows provisional bounds.  Facts
        outside the effective period are refused unless *as_if_in_force*.  *earlier* are the
        facts of records that came before, by level, such as ``{"month": [march, april]}``: for
        rules that look back, when less than the whole contract is assessed.  Without them what
        came before is unknown, not nothing.

        Raises FactsError, which lists every problem of the facts with its path; CalendarError
        for a *zone* or *as_of* that is none; RulesetError when a table of the ruleset has no
        row for these facts, or two that contradict each other.

        >>> rules = load("gz-npc-2023")
        >>> i = rules.assess({"id": "INC-1", "impact": "business_affecting",
        ...     "reported_at": "2024-03-05T10:00+08:00", "responded_at": "2024-03-05T10:10+08:00",
        ...     "recovered_at": "2024-03-05T12:30+08:00"}, level="incident")
        >>> i["overrun"], i["timeliness_score"], i.status
        (Decimal('0.25'), Decimal('18'), 'final')
        """
        name = self._level(level)
        if zone is not None:
            zone_name(zone)
        record = self.engine.assess(
            read_document(facts),
            name,
            zone=zone,
            as_of=None if as_of is None else to_us(as_of, zone, where="as_of"),
            as_if_in_force=as_if_in_force,
            earlier=self._earlier({} if earlier is None else earlier),
        )
        return Assessment(self, record)

    def _earlier(self, earlier: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        if not isinstance(earlier, Mapping):
            hint = "write {level: [first, second, …]}"
            message = f"expected the earlier records by level, got {called(earlier)}"
            raise FactsError([Diagnostic(code="F120", message=message, where="earlier", hint=hint)])
        problems = []
        for level, documents in earlier.items():
            if level not in self.program.levels:
                hint = nearest(str(level), self.program.levels)
                message = f"there is no level {level!r}"
                problems.append(
                    Diagnostic(code="F100", message=message, where="earlier", hint=hint)
                )
            elif isinstance(documents, str | bytes | Mapping) or not isinstance(
                documents, Sequence
            ):
                message = f"the earlier records of {level!r} are no list"
                hint = "write [first, second, …], or [] where nothing came before"
                where = f"earlier.{level}"
                problems.append(Diagnostic(code="F120", message=message, where=where, hint=hint))
        if problems:
            raise FactsError(problems)
        return {
            level: [read_document(each) for each in documents]
            for level, documents in earlier.items()
        }

    def compare(
        self,
        other: "Rules | Mapping[str, str]",
        facts: Any,
        level: str | None = None,
        **options: Any,
    ) -> "Comparison":
        """What the same facts come to under another ruleset or other readings, and what differs.

        *other* is another ruleset, such as another version, or readings as in
        :meth:`with_readings`.  The rest is that of :meth:`assess`; between two versions the facts
        are taken as if each were in force, unless *as_if_in_force* says otherwise.

        Raises what :meth:`assess` and :meth:`with_readings` raise, and RulesetError E568 when the
        rulesets do not take the same facts.

        >>> facts = {"id": "P1", "amount": 100000, "pay_on": "2024-04-15",
        ...     "months": [{"month": "2024-03", "total": 78, "total_deduction": 0}]}
        >>> what_if = load("gz-npc-2023").compare(
        ...     {"grade-thresholds": "provincial_90_75_60"}, facts, level="payment")
        >>> what_if.sums["payment.performance_paid"]
        Decimal('4000')
        """
        from sla_rules.comparison.compute import compare

        rules = other if isinstance(other, Rules) else self.with_readings(other)
        return compare(self, rules, facts, level, **options)

    def note_text(self, code: str, lang: str = "zh") -> str:
        """What a note means, in Chinese or English; its code where no text is known.

        >>> load("gz-npc-2023").note_text("open", "en")
        'the incident is still open'
        """
        from sla_rules.explain.wording import says

        for level in self.program.levels.values():
            for decision in level.decisions:
                for rule in decision.notes:
                    if rule.code == code:
                        return rule.text.of(lang)
        if code in self.program.notes:
            return self.program.notes[code].of(lang)
        return says(f"note_{code}", lang) or code

    def findings(self, *, acknowledged: bool = True) -> tuple[Diagnostic, ...]:
        """What the ruleset may still get wrong although it can be used: gaps, rows in vain, ….

        Each finding is a warning with its place, an example and a hint.  Those that the ruleset
        acknowledges carry its reason; without *acknowledged* they are left out.  All readings
        are judged: the defaults and each single change, whatever was chosen here.

        >>> [each for each in load("gz-npc-2023").findings() if each.code == "W701"]
        []
        """
        from sla_rules.lint import findings

        found = findings(self.program)
        return found if acknowledged else tuple(each for each in found if not each.acknowledged)

    def fact_class(self, level: str) -> type[Any]:
        """The attrs class of the facts of a level; its fields are the declared facts."""
        return shapes_for(self.program, None).classes[level]

    def schema(
        self, of: Literal["facts", "assessment"] = "facts", *, level: str | None = None
    ) -> dict[str, Any]:
        """A JSON Schema (draft-07) of what goes into or comes out of this ruleset, for JSON.

        ``facts`` describes a document of the whole contract, or of one record of a *level*:
        numbers also as text, percentages in hundredths, choices by name, title and alias as they
        are written, instants with their offset.  ``assessment`` describes
        :meth:`Assessment.to_dict` key by key.  What one value cannot show (order in time, keys
        that repeat, requirements) is checked by :meth:`assess` alone.

        Raises FactsError for an unknown level, ValueError for anything else than these two.

        >>> schema = load("gz-npc-2023").schema("facts", level="month")
        >>> schema["properties"]["management_score"]["maximum"], schema["required"]
        (40, ['month'])
        """
        from sla_rules.schema.assessment import assessment_schema
        from sla_rules.schema.facts import facts_schema

        makers = {"facts": facts_schema, "assessment": assessment_schema}
        if of not in makers:
            raise ValueError(f"there is no schema of {of!r}; {nearest(str(of), makers)}")
        return makers[of](self.program, self._level(level))

    def _level(self, level: str | None) -> str:
        """The name of a level, by default the whole contract; FactsError when there is none."""
        name = self.top_level if level is None else level
        if not isinstance(name, str) or name not in self.program.levels:
            hint = nearest(str(name), self.program.levels)
            message = f"there is no level {name!r}"
            raise FactsError([Diagnostic(code="F100", message=message, where="level", hint=hint)])
        return name

    def calendar(self, name: str) -> Calendar:
        """A calendar of the ruleset under the chosen readings; KeyError when there is none.

        >>> load("gz-npc-2023").calendar("office").deadline(
        ...     "2024-02-09T10:00+08:00", "1 workday").isoformat()
        '2024-02-18T18:00:00+08:00'
        """
        calendars = self.engine.clocks.calendars
        if name not in calendars:
            raise KeyError(f"there is no calendar {name!r}; {nearest(name, calendars)}")
        return calendars[name]
