"""The public surface: its names, and what every result promises."""

import copy
import datetime as dt
import json
import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

import sla_rules as sla

PUBLIC = [
    "Amendment",
    "Assessment",
    "Calendar",
    "CalendarError",
    "Change",
    "Comparison",
    "Diagnostic",
    "Difference",
    "Explanation",
    "FactsError",
    "Given",
    "LedgerEntry",
    "Note",
    "Posting",
    "Result",
    "Rules",
    "RulesetError",
    "Severity",
    "SlaError",
    "Span",
    "Versions",
    "changes",
    "load",
    "ruleset_schema",
    "rulesets",
    "versions",
]


def incident(name: str, day: int, **changed: Any) -> dict[str, Any]:
    at = f"2024-03-{day:02}T{{}}+08:00"
    facts = {
        "id": name,
        "impact": "business_affecting",
        "reported_at": at.format("10:00"),
        "responded_at": at.format("10:10"),
        "recovered_at": at.format("12:30"),
    }
    return {**facts, **changed}


def month(name: str = "2024-03", *incidents: Any, **changed: Any) -> dict[str, Any]:
    facts = {
        "month": name,
        "incidents": list(incidents),
        "service_quality_base": 28,
        "suggestions_adopted": 0,
        "management_score": 38,
        "catalogue_completion_rate": 99,
        "sla_attainment_rate": 100,
    }
    return {**facts, **changed}


def contract(*months: Any) -> dict[str, Any]:
    payments = [
        {"id": f"P{n}", "amount": 100000, "pay_on": f"2024-{3 * n + 3:02}-28", "months": []}
        for n in (1, 2, 3)
    ]
    payments[0]["months"] = list(months)
    payments[1]["months"] = [month("2024-07")]
    payments[2]["months"] = [month("2024-10")]
    return {"id": "C-1", "sub_project": 1, "price": 300000, "payments": payments}


@pytest.fixture(scope="module")
def rules() -> sla.Rules:
    return sla.load("gz-npc-2023")


@pytest.fixture(scope="module")
def done(rules: sla.Rules) -> sla.Assessment:
    return rules.assess(contract(month("2024-03", incident("I1", 5)), month("2024-04")))


@pytest.fixture(scope="module")
def unfinished(rules: sla.Rules) -> sla.Assessment:
    open_ = incident("I2", 6, recovered_at=None)
    return rules.assess(contract(month("2024-03", incident("I1", 5), open_), month("2024-04")))


def test_the_public_names_are_pinned() -> None:
    assert PUBLIC == list(sla.__all__)
    assert PUBLIC == dir(sla)
    assert all(getattr(sla, name) is not None for name in PUBLIC)
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        sla.lod  # noqa: B018


def test_errors_have_one_base_and_are_values() -> None:
    for error in (sla.RulesetError, sla.FactsError, sla.CalendarError):
        assert issubclass(error, sla.SlaError)
        assert issubclass(error, ValueError)
    with pytest.raises(sla.FactsError) as caught:
        sla.load("gz-npc-2023").assess({"zzz": 1})
    again = pickle.loads(pickle.dumps(caught.value))

    assert caught.value.problems == again.problems
    assert type(again) is sla.FactsError
    assert str(again) == str(caught.value)


def test_an_assessment_cannot_be_changed(done: sla.Assessment) -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        done.rules = None  # type: ignore[misc, assignment]
    with pytest.raises(AttributeError):
        done.status = "final"  # type: ignore[misc]
    with pytest.raises(TypeError):
        done["total_paid"] = 1  # type: ignore[index]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        done.result("total_paid").value = 0  # type: ignore[misc]


@pytest.mark.parametrize("copied", [lambda each: pickle.loads(pickle.dumps(each)), copy.deepcopy,
                                    copy.copy], ids=["pickle", "deepcopy", "copy"])  # fmt: skip
def test_an_assessment_can_be_copied(
    done: sla.Assessment, unfinished: sla.Assessment, copied: Any
) -> None:
    for each in (done, unfinished):
        again = copied(each)

        assert each == again
        assert hash(each) == hash(again)
        assert each.to_json() == again.to_json()
        assert str(each.explain("total_paid")) == str(again.explain("total_paid"))
    assert done != unfinished
    assert done != "done"


def test_rules_can_be_copied_and_compared(rules: sla.Rules) -> None:
    other = rules.with_readings({"overrun-tail": "lowest_printed_nine"})
    again = pickle.loads(pickle.dumps(other))

    assert other == again
    assert hash(other) == hash(again)
    assert rules != other
    assert rules == other.with_readings({"overrun-tail": "zero_needs_ruling"})
    assert rules == sla.load("gz-npc-2023")
    assert "overrun-tail=lowest_printed_nine" in repr(other)
    assert "overrun-tail" not in repr(rules)
    with pytest.raises(sla.RulesetError) as caught:
        rules.with_readings({"overrun-tial": "x", "band-edges": "number_includes"})
    assert ("E502", "E503") == caught.value.codes


def test_threads_find_the_same(rules: sla.Rules) -> None:
    facts = contract(month("2024-03", *(incident(f"I{n}", n) for n in range(1, 20))))
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: rules.assess(facts).to_json(), range(24)))
        texts = set(pool.map(lambda _: str(rules.assess(facts).explain("total_paid")), range(8)))

    assert {rules.assess(facts).to_json()} == found
    assert 1 == len(texts)


def test_the_order_of_records_and_keys_changes_nothing(rules: sla.Rules) -> None:
    facts = contract(
        month("2024-03", *(incident(f"I{n}", n) for n in range(1, 9))), month("2024-04")
    )

    def shuffled(part: Any, chance: random.Random) -> Any:
        if isinstance(part, dict):
            items = [(key, shuffled(each, chance)) for key, each in part.items()]
            return dict(chance.sample(items, len(items)))
        if isinstance(part, list):
            return chance.sample([shuffled(each, chance) for each in part], len(part))
        return part

    wanted = decisions(rules.assess(facts).to_dict())
    for seed in range(5):
        again = rules.assess(shuffled(facts, random.Random(seed)))
        assert wanted == decisions(again.to_dict())


def decisions(data: Any) -> Any:
    """What was decided, without the places of the document."""
    if isinstance(data, dict):
        return {key: decisions(each) for key, each in data.items() if key not in ("where", "needs")}
    return [decisions(each) for each in data] if isinstance(data, list) else data


def test_json_is_stable_and_exact(done: sla.Assessment, unfinished: sla.Assessment) -> None:
    for each in (done, unfinished):
        data = json.loads(each.to_json())

        assert data == each.to_dict()
        assert data == json.loads(each.to_json(indent=2))
        assert each.to_json() == json.dumps(data, ensure_ascii=False, sort_keys=True)
        assert not any(isinstance(value, float) for value in leaves(data))
        assert {"ruleset", "version", "readings", "level", "id", "status", "decisions",
                "children"} <= data.keys()  # fmt: skip


def leaves(data: Any) -> list[Any]:
    if isinstance(data, dict):
        data = list(data.values())
    return [leaf for each in data for leaf in leaves(each)] if isinstance(data, list) else [data]


def test_names_that_are_not_there_are_told_with_the_nearest(done: sla.Assessment) -> None:
    with pytest.raises(KeyError, match="did you mean 'total_paid'"):
        done["total_payed"]
    with pytest.raises(KeyError, match="did you mean 'total_paid'"):
        done.result("total_payed")
    with pytest.raises(KeyError, match="did you mean 'total_paid'"):
        done.explain("total_payed")
    with pytest.raises(KeyError, match="did you mean 'payments'"):
        done.child("payment")
    with pytest.raises(KeyError, match="no decision 'price'"):
        done.result("price")
    with pytest.raises(KeyError, match="no decision or fact 'payments'"):
        done["payments"]
    with pytest.raises(KeyError, match="did you mean 'office'"):
        done.rules.calendar("ofice")
    assert "total_paid" in done
    assert "price" in done
    assert "total_payed" not in done
    assert 5 not in done


def test_records_below_are_walked_in_order(done: sla.Assessment) -> None:
    assert ("contract", "C-1", "") == (done.level, done.id, done.path)
    assert done.children == done.child("payments")
    assert ["P1", "P2", "P3"] == [each.id for each in done.children]
    levels = [each.level for each in done.walk()]
    assert ["contract", "payment", "month", "incident", "month"] == levels[:5]
    assert ["2024-03", "2024-04", "2024-07", "2024-10"] == [each.id for each in done.walk("month")]
    (found,) = done.walk("incident")
    assert "payments[0].months[0].incidents[0]" == found.path
    with pytest.raises(KeyError, match="'year'"):
        tuple(done.walk("year"))
    assert () == found.child("suspensions")
    assert found.id == "I1"
    assert Decimal(18) == found["timeliness_score"]
    assert Decimal("0.25") == found["overrun"]
    assert dt.datetime.fromisoformat("2024-03-05T10:00+08:00") == found["reported_at"]
    assert found["fault_level"] is None


def test_a_final_result_has_a_value_and_no_needs(done: sla.Assessment) -> None:
    assert "final" == done.status
    assert () == done.needs
    for each in done.walk():
        for name in each.decisions():
            result = each.result(name)
            assert "final" == result.status
            assert (None, None, (), ()) == (result.low, result.high, result.options, result.needs)
            assert not isinstance(result.value, float)


def test_an_open_fact_makes_its_results_provisional(unfinished: sla.Assessment) -> None:
    path = "payments[0].months[0].incidents[1].recovered_at"
    (open_,) = [each for each in unfinished.walk("incident") if each.id == "I2"]

    assert "provisional" == unfinished.status
    assert (path,) == unfinished.needs
    score = open_.result("timeliness_score")
    assert (None, "provisional", (path,)) == (score.value, score.status, score.needs)
    assert score.low <= score.high
    total = unfinished.result("total_paid")
    assert total.low < total.high
    assert ["open"] == [str(note) for note in open_.notes]
    assert "open" in unfinished.notes
    april = next(each for each in unfinished.walk("month") if each.id == "2024-04")
    assert "final" == april.status


def test_a_missing_fact_leaves_its_results_undetermined(rules: sla.Rules) -> None:
    found = rules.assess(month(management_score=None), level="month")

    assert "undetermined" == found.status
    assert ("management_score",) == found.needs
    assert "undetermined" == found.result("total").status
    assert "final" == found.result("service_quality").status
    total = found.result("total")
    assert (Decimal(58), Decimal(98)) == (total.low, total.high)


def test_missing_is_neither_zero_nor_false(rules: sla.Rules) -> None:
    found = rules.assess({"month": "2024-03"}, level="month")

    for name in ("total", "service_quality", "total_deduction"):
        assert found[name] is None
        assert "undetermined" == found.result(name).status


def test_given_figures_are_marked(rules: sla.Rules) -> None:
    given = {"value": "88.5", "approved_by": "王工", "reason": "复核", "on": "2024-04-03"}
    found = rules.assess(month(total=given), level="month")
    result = found.result("total")
    assert result.given is not None

    assert (Decimal("88.5"), "final") == (result.value, result.status)
    assert "given" in found.notes
    assert "given_without_approver" not in found.notes
    data = found.to_dict()["decisions"]["total"]["given"]
    assert {
        "value": "177/2",
        "approved_by": "王工",
        "reason": "复核",
        "on": "2024-04-03",
    } == data or ("88.5" == str(data["value"]))
    bare = rules.assess(month(total=90), level="month")
    assert "given_without_approver" in bare.notes


def test_what_only_feeds_a_given_figure_is_not_needed(rules: sla.Rules) -> None:
    facts = month(management_score=None, total=90)

    assert "final" == rules.assess(facts, level="month").status


def test_values_are_exact_and_plain(rules: sla.Rules) -> None:
    incidents = [incident(f"I{n}", n) for n in (5, 6)] + [
        incident("I7", 7, recovered_at="2024-03-07T10:30+08:00")
    ]
    found = rules.assess(month("2024-03", *incidents), level="month")

    assert Decimal(22) == found["timeliness"]
    assert Decimal("2000.00") == found["total_deduction"]
    assert "2000.00" == str(found["total_deduction"])
    assert type(found["catalogue_points"]) is Decimal
    thirds = rules.with_readings({"section-precision": "exact"}).assess(
        month("2024-03", *incidents[:2], incident("I8", 8, recovered_at="2024-03-08T13:30+08:00")),
        level="month",
    )
    assert isinstance(thirds["timeliness"], Decimal | Fraction)


def test_a_note_is_text_with_a_place(unfinished: sla.Assessment) -> None:
    note = next(note for note in unfinished.notes if note == "open")

    assert isinstance(note, str)
    assert "payments[0].months[0].incidents[1]" == note.where
    assert note.span.line > 1
    assert note == pickle.loads(pickle.dumps(note))
    assert note.where == pickle.loads(pickle.dumps(note)).where


def test_the_instant_of_the_question_narrows_what_is_open(rules: sla.Rules) -> None:
    facts = incident("I1", 5, recovered_at=None)
    early = rules.assess(facts, level="incident", as_of="2024-03-05T10:30+08:00")
    late = rules.assess(facts, level="incident", as_of="2024-03-05T13:00:01+08:00")

    assert (Decimal(0), Decimal(30)) == ends(early.result("timeliness_score"))
    assert Decimal(9) >= late.result("timeliness_score").high
    with pytest.raises(sla.CalendarError):
        rules.assess(facts, level="incident", as_of="2024-03-05T13:00")


def ends(result: sla.Result) -> tuple[Any, Any]:
    return result.low, result.high


def test_rules_tell_about_themselves(rules: sla.Rules) -> None:
    assert ("gz-npc-2023", "contract") == (rules.id, rules.top_level)
    assert "广州" in rules.title()
    assert rules.title("en").startswith("Guangzhou")
    assert rules.readings["overrun-bands"] == "ceiling_bands"
    assert "gz-npc-2023" in sla.rulesets()
    assert {"id", "price"} <= {each.name for each in attrs.fields(rules.fact_class("contract"))}
    assert isinstance(rules.calendar("office"), sla.Calendar)
