"""Laws of differences: one edit of the shipped contract is one change, told where it was made."""

import re
from pathlib import Path

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import sla_rules as sla
from sla_rules.change.words import in_both
from sla_rules.language import program as ir
from sla_rules.language.load import load_program

HOME = Path(__file__).parents[2] / "rulesets" / "gz-npc-2023"
TEXTS = {file.name: file.read_text(encoding="utf-8") for file in sorted(HOME.glob("*.yaml"))}
RULES = TEXTS["ruleset.yaml"]
OLD = sla.Rules(*load_program(TEXTS))


def names_above(position: int) -> list[str]:
    """The keys under which a place stands, outermost first, by their indentation."""
    found: list[tuple[int, str]] = []
    for line in RULES[:position].splitlines():
        key = re.match(r"( *)(?:- )?([\w-]+):", line)
        if key:
            indent = len(key[1])
            found = [each for each in found if each[0] < indent]
            found.append((indent, key[2]))
    return [name for _, name in found]


# a literal of the rules: a number outside names, dates, clause ids, titles and the header
BODY = RULES.index("\nparameters:")
LITERALS = [
    found
    for found in re.finditer(r"(?<![\w.\-\"':])(\d+(?:\.\d+)?)(?= (?:min|h|points|CNY|workday)\b|%)", RULES)
    if found.start() > BODY and "acknowledge" not in names_above(found.start())
]  # fmt: skip
SENTENCES = list(re.finditer(r"^    text: (.+)$", TEXTS["clauses.yaml"], re.MULTILINE))

LAWS = settings(deadline=None, max_examples=40)


def rules(name: str, text: str) -> sla.Rules | None:
    try:
        return sla.Rules(*load_program({**TEXTS, name: text}))
    except sla.RulesetError:
        return None


def test_there_are_many_literals() -> None:
    assert len(LITERALS) > 80
    assert len(SENTENCES) > 20


@LAWS
@given(st.sampled_from(LITERALS), st.integers(1, 9))
def test_one_literal_is_one_change_that_names_its_place(found: re.Match[str], more: int) -> None:
    number = f"{found[1]}{more}" if "." in found[1] else str(int(found[1]) + more)
    text = RULES[: found.start()] + number + RULES[found.end() :]
    new = rules("ruleset.yaml", text)
    assume(new is not None)
    assert new is not None
    (change,) = sla.changes(OLD, new)
    (back,) = sla.changes(new, OLD)
    above = names_above(found.start())

    assert change.path.startswith(above[0])
    assert re.split(r"[.\[]", change.path)[1] == above[1]
    if above[0] == "levels":
        assert above[3] in change.path or above[2] in ("require", "ledger")
    assert "changed" == change.kind == back.kind
    assert (change.before, change.after) == (back.after, back.before)
    assert number in change.text().replace(",", "") or change.after != change.before


@LAWS
@given(st.sampled_from(SENTENCES), st.data())
def test_one_character_of_a_clause_is_one_change_of_that_clause(
    found: re.Match[str], data: st.DataObject
) -> None:
    at = data.draw(st.integers(found.start(1) + 1, found.end(1) - 2))
    whole = TEXTS["clauses.yaml"]
    assume(whole[at] not in "\"':#{}[],\\ ")
    text = whole[:at] + "某" + whole[at + 1 :]
    assume(text != whole)
    new = rules("clauses.yaml", text)
    assume(new is not None)
    assert new is not None
    (change,) = sla.changes(OLD, new)

    (clause,) = change.clauses
    assert f"clauses[{clause}].text" == change.path
    assert OLD.program.clauses[clause].text != new.program.clauses[clause].text
    assert change.after is not None
    assert "某" in change.after.zh


@LAWS
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_clauses_readings_and_parameters_changes_nothing(chance: object) -> None:
    shuffled = {}
    for name, text in TEXTS.items():
        head, *blocks = re.split(r"^(?=  [\w.-]+:)", text, flags=re.MULTILINE)
        if name != "ruleset.yaml":
            chance.shuffle(blocks)  # type: ignore[attr-defined]
            blocks = [each if each.endswith("\n") else each + "\n" for each in blocks]
        shuffled[name] = head + "".join(blocks)
    new = sla.Rules(*load_program(shuffled))

    assert () == sla.changes(OLD, new)


PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "language.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r'```yaml title="([^"]+)"\n(.*?)```', PAGE, re.DOTALL))
NUMBER = re.compile(r"(?<![\w.\-\"':/])(\d+(?:\.\d+)?)(?![\d.\-:/\w])")


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_number_of_the_reference_is_one_change(name: str) -> None:
    """Every form of the language is met by an example of its reference."""
    text = re.sub(
        r"^ *acknowledge:\n( +)\w+: .*\n(\1.*\n)*", "", EXAMPLES[name], flags=re.MULTILINE
    )
    old = sla.load(text)
    assert () == sla.changes(old, old)
    for found in NUMBER.finditer(text, text.index("timezone")):
        number = f"{found[1]}3" if "." in found[1] else str(int(found[1]) + 3)
        try:
            new = sla.load(text[: found.start()] + number + text[found.end() :])
        except sla.RulesetError:
            continue
        (change,) = sla.changes(old, new)
        (back,) = sla.changes(new, old)
        assert "changed" == change.kind
        assert (change.before, change.after) == (back.after, back.before)
        assert change.before != change.after


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_decision_of_the_reference_has_words(name: str) -> None:
    program = sla.load(EXAMPLES[name]).program
    nodes = {cls.__name__.lower() for cls in vars(ir).values() if attrs.has(cls)}
    for level in program.levels.values():
        for decision in level.decisions:
            for words in attrs.astuple(in_both(program, decision.body, level.name)):
                assert words
                assert not {each[:-1] for each in re.findall(r"\b[a-z]+\(", words)} & nodes
