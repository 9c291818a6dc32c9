"""Typing of what is read from other records: children, earlier ones, the one around."""

from typing import TYPE_CHECKING, Final

import attrs

from sla_rules.diagnostics import Span, nearest
from sla_rules.language import program as ir
from sla_rules.language import syntax as sx
from sla_rules.language.functions import FUNCTIONS
from sla_rules.language.scope import Scope
from sla_rules.language.types import BOOL, Type, a_kind, is_ordered

if TYPE_CHECKING:
    from sla_rules.language.infer import Typer

__all__ = ["aggregation", "elsewhere"]

INTEGER: Final = Type("number", show="integer")
RATIO: Final = Type("number", show="ratio")
_TRUTHS: Final = ("any", "all", "longest_run", "share")


def elsewhere(typer: "Typer", tree: sx.Name, scope: Scope) -> ir.Node | None:
    """``previous.x`` of the record before, ``this.x`` of the record around ``where``."""
    first, *rest = tree.path
    if first == "earlier":
        hint = "say which: sum(earlier.points), count(earlier where …), …"
        typer.problem("E405", "'earlier' is a list of records", tree.span, hint)
        return None
    if not rest:
        hint = f"write {first} with a point and a name"
        typer.problem("E406", f"{first!r} is a record", tree.span, hint)
        return None
    level = scope.level if first == "previous" else scope.outer
    if first == "this" and not level:
        hint = "outside of 'where' write the name alone"
        typer.problem("E544", "'this' means the record around 'where'", tree.span, hint)
        return None
    if first == "previous" and not has_series(typer, level, tree.span, first):
        return None
    inner = typer.name(sx.Name(tuple(rest), tree.span), Scope(level))
    if inner is None:
        return None
    node = ir.Previous if first == "previous" else ir.Outer
    return node(inner=inner, level=level, type=inner.type, span=tree.span)


def has_series(typer: "Typer", level: str, span: Span, word: str) -> bool:
    """Whether the records of a level stand in an order, so that one comes before another."""
    if level and typer.names.ordered(level):
        return True
    at = f"level {level!r} has no order" if level else "there are no records here"
    hint = "add order: and the fact by which its records follow each other" if level else ""
    typer.problem("E543", f"{word!r} has no meaning: {at}", span, hint or "name a parameter")
    return False


def aggregation(typer: "Typer", tree: sx.Aggregation, scope: Scope) -> ir.Aggregate | None:
    """The typed aggregate over child records, or over the earlier ones of the same level."""
    way = _way(typer, tree, scope)
    if way is None:
        return None
    earlier, path, level, rest = way
    element: ir.Node | None = None
    if rest:
        element = typer.name(sx.Name(rest, tree.path.span), Scope(level))
        if element is None:
            return None
    where: ir.Node | None = None
    if tree.where is not None:
        condition = typer.node(tree.where, Scope(level, outer=scope.level))
        where = condition and typer.as_type(condition, BOOL)
        if where is None:
            return None
    kind = _type(typer, tree, element)
    if kind is None:
        return None
    plain = ir.Aggregate(
        function=tree.function,
        path=path,
        level=level,
        element=element,
        where=where,
        earlier=earlier,
        type=kind,
        span=tree.span,
    )
    return _extended(typer, tree, plain, scope)


_Way = tuple[str, tuple[ir.SlotRef, ...], str, tuple[str, ...]]


def _way(typer: "Typer", tree: sx.Aggregation, scope: Scope) -> _Way | None:
    """Where the path of an aggregate leads, and what of it is left for the element."""
    names, span = tree.path.path, tree.path.span
    path: list[ir.SlotRef] = []
    level, rest = scope.level, names
    earlier = ""
    if names[0] == "earlier":
        if not has_series(typer, level, span, "earlier"):
            return None
        earlier, rest = level, names[1:]
    while rest:
        slot = typer.names.slot(level, rest[0], span) if level else None
        if slot is None or slot.type.kind != "list":
            break
        path.append(slot)
        level, rest = slot.type.name, rest[1:]
    if path or earlier:
        return earlier, tuple(path), level, rest
    hint = nearest(names[0], typer.names.lists(scope.level))
    if tree.function in FUNCTIONS and not hint:
        hint = f"of plain values it takes two or more: {FUNCTIONS[tree.function].usage}"
    hint = hint or "this level has no list of records"
    typer.problem("E413", f"{names[0]!r} is no list of records", span, hint)
    return None


def _type(typer: "Typer", tree: sx.Aggregation, element: ir.Node | None) -> Type | None:
    name = tree.function
    if name == "count":
        return INTEGER
    if name == "any" and element is None:
        return BOOL
    if element is None:
        hint = f"write {name}({tree.path}.value)"
        typer.problem("E414", f"{name} needs a value of each record", tree.span, hint)
        return None
    if name in _TRUTHS:
        if typer.as_type(element, BOOL) is None:
            return None
        return {"longest_run": INTEGER, "share": RATIO}.get(name, BOOL)
    ordered = is_ordered(element.type) and name in ("min", "max", "percentile")
    if element.type.kind != "number" and not ordered:
        hint = f"count({tree.path} where …) counts" if element.type == BOOL else "name a number"
        typer.problem("E414", f"{name} of {a_kind(element.type)} has no meaning", tree.span, hint)
        return None
    return element.type


def _extended(
    typer: "Typer", tree: sx.Aggregation, plain: ir.Aggregate, scope: Scope
) -> ir.Aggregate | None:
    """The aggregate with weights, picks and shares, each where it has a meaning."""
    weight: ir.Node | None = None
    if tree.weight is not None:
        if tree.function != "mean":
            hint = "write mean(list.value weighted weight)"
            message = f"{tree.function} takes no weights"
            typer.problem("E414", message, tree.weight.span, hint)
            return None
        weight = typer.name(tree.weight, Scope(plain.level))
        if weight is None:
            return None
        if weight.type.kind != "number":
            message = f"{a_kind(weight.type)} is no weight"
            typer.problem("E414", message, tree.weight.span, "name a number of each record")
            return None
    per: ir.SlotRef | None = None
    if tree.per is not None:
        grouped = typer.name(tree.per, Scope(plain.level))
        if grouped is None:
            return None
        if not isinstance(grouped, ir.SlotRef) or plain.element is None:
            hint = "write sum(list.amount highest per cause)"
            message = "the highest or lowest of a group needs a value and a fact"
            typer.problem("E414", message, tree.per.span, hint)
            return None
        per = grouped
    share: ir.Node | None = None
    if (tree.share is None) == (tree.function == "percentile"):
        hint = "write percentile(list.value, 95%)"
        span = tree.span
        typer.problem("E414", "percentile, and only it, takes a share", span, hint)
        return None
    if tree.share is not None:
        bound = typer.node(tree.share, Scope())
        share = bound and typer.as_type(bound, RATIO)
        if share is None:
            return None
    return attrs.evolve(plain, weight=weight, pick=tree.pick, per=per, share=share)
