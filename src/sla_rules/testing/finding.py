"""The place of a result in an assessment, by the path that a case writes."""

from sla_rules.assessment import Assessment

__all__ = ["find"]


def find(assessment: Assessment, what: str) -> tuple[Assessment, str] | None:
    """The record that a path of ``expect`` leads to, and the name there; None without record.

    >>> import sla_rules as sla
    >>> a = sla.load("gz-npc-2023").assess({"month": "2024-03", "incidents": []}, level="month")
    >>> find(a, "total") == (a, "total"), find(a, "incidents.INC-1.overrun")
    (True, None)
    """
    *way, last = what.split(".")
    while way:
        try:
            children = assessment.child(way.pop(0))
        except LookupError:
            return None
        if way and children and children[0].id is not None:
            key = way.pop(0)
            children = tuple(each for each in children if each.id == key)
        if not children:
            return None
        assessment = children[0]
    return assessment, last
