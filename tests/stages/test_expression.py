"""Expressions: what binds how, and what is written comes back."""

import pytest

from sla_rules.diagnostics import Span
from sla_rules.language import syntax as sx
from sla_rules.language.expression import MAX_DEPTH, ExpressionError, parse_expression

HERE = Span("t", 1, 1, 2)


def written(tree: sx.Syntax) -> str:
    """The tree with a bracket around everything that has parts."""
    match tree:
        case sx.Literal(number, unit):
            return f"{number}{'' if unit in ('', '%') else ' '}{unit}"
        case sx.Text(text):
            return f'"{text}"'
        case sx.Truth(value):
            return str(value).lower()
        case sx.Name():
            return str(tree)
        case sx.Unary(op, operand):
            return f"({op} {written(operand)})"
        case sx.Binary(op, left, right):
            return f"({written(left)} {op} {written(right)})"
        case sx.Conditional(condition, then, otherwise):
            return f"(if {written(condition)} then {written(then)} else {written(otherwise)})"
        case sx.Membership(item, options):
            return f"({written(item)} in [{', '.join(map(written, options))}])"
        case sx.Call(function, arguments):
            return f"{function}({', '.join(map(written, arguments))})"
        case sx.Aggregation(function, path, where):
            return f"{function}({path}{'' if where is None else ' where ' + written(where)})"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c", "((a / b) / c)"),
        ("a - (b - c)", "(a - (b - c))"),
        ("-a * b", "((- a) * b)"),
        ("a * -b", "(a * (- b))"),
        ("not a and b", "((not a) and b)"),
        ("not not a", "(not (not a))"),
        ("not a == b", "(not (a == b))"),
        ("a or b and c", "(a or (b and c))"),
        ("a otherwise b or c", "(a otherwise (b or c))"),
        ("a + 1 < b * 2", "((a + 1) < (b * 2))"),
        ("a in [b, c + 1]", "(a in [b, (c + 1)])"),
        ("a in []", "(a in [])"),
        ("if a then b else c + d", "(if a then b else (c + d))"),
        ("if a then b else if c then d else e", "(if a then b else (if c then d else e))"),
        ("if if a then b else c then d else e", "(if (if a then b else c) then d else e)"),
        ("1 h 30 min", "3/2 h"),
        ("2 h 15 分钟 30 s", "271/120 h"),
        ("50% * a", "(50% * a)"),
        ("50 % * a", "(50% * a)"),
        ("2000 CNY", "2000 CNY"),
        ("1.50 points", "3/2 points"),
        ("1 workday", "1 workday"),
        ("3 个工作日", "3 个工作日"),
        ("'it is'", '"it is"'),
        ('"it\'s"', '"it\'s"'),
        ("true", "true"),
        ("平均分 + 1 分", "(平均分 + 1 分)"),
        ("a.b.c", "a.b.c"),
        ("count(months)", "count(months)"),
        ("sum(months.score where late and a > 1)", "sum(months.score where (late and (a > 1)))"),
        ("max(a, b)", "max(a, b)"),
        ("max(months.score)", "max(months.score)"),
        ("max(a + 1)", "max((a + 1))"),
        ("given(a)", "given(a)"),
        ("f()", "f()"),
        ("((a))", "a"),
        ("\ta\n + b ", "(a + b)"),
    ],
)
def test_what_binds_how(text: str, tree: str) -> None:
    assert tree == written(parse_expression(text, HERE))


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("", "E308", 1),
        ("   ", "E308", 3),
        ("a +", "E308", 3),
        ("a b", "E305", 3),
        ("a = b", "E302", 3),
        ("a == b == c", "E307", 8),
        ("a < b in [c]", "E305", 7),
        ("(a", "E304", 2),
        ("a)", "E305", 2),
        ("if a then b", "E304", 11),
        ("if a else b", "E304", 6),
        ("a in b", "E304", 6),
        ("a.1", "E309", 3),
        ("1..2", "E305", 2),
        ("a;b", "E302", 2),
        ("'a", "E302", 1),
        ("sum(a where )", "E308", 13),
        ("max(a,)", "E308", 7),
        ("9" * 31, "E303", 1),
        ("a" * 2001, "E301", 1),
        ("+".join("a" * 201), "E301", 1),
        ("(" * (MAX_DEPTH + 1) + "a", "E306", MAX_DEPTH + 1),
        ("- - a", "E308", 3),
        ("--a", "E308", 2),
        ("lambda: 0", "E302", 7),
        ("__import__('os').system('true')", "E305", 17),
        ("a[0]", "E305", 2),
        ("a := 1", "E302", 3),
        ("x for x in y", "E305", 3),
    ],
)
def test_what_is_no_expression(text: str, code: str, column: int) -> None:
    span = Span("t", 1, 1, 1 + max(1, len(text)))
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text, span)
    problem = caught.value.problem

    assert code == problem.code
    assert isinstance(problem.where, Span)
    assert column == problem.where.column


def test_every_node_stands_where_its_word_stands() -> None:
    tree = parse_expression("if a then b else max(c, d)", Span("t", 3, 11, 40))
    assert isinstance(tree, sx.Conditional)
    call = tree.otherwise
    assert isinstance(call, sx.Call)

    assert [(3, 11), (3, 14), (3, 28), (3, 35)] == [
        (each.span.line, each.span.column)
        for each in (tree, tree.condition, call, call.arguments[1])
    ]


def test_equal_trees_are_equal_wherever_they_stand() -> None:
    assert parse_expression("a+1", HERE) == parse_expression("a  +  1", Span("u", 9, 9))


@pytest.mark.parametrize(
    "text",
    ["5", "5.50", "12 points", "12points", "50%", "50 %", "15 min", "3分", "score", "得分", "x"],
)
def test_a_lone_value_is_read_like_any_expression(text: str) -> None:
    alone = parse_expression(text, HERE)
    inside = parse_expression(f" {text}", HERE)

    assert alone == inside
    assert alone.span.end_column - alone.span.column == inside.span.end_column - inside.span.column


@pytest.mark.parametrize("text", ["if", "5 then", "true", "5 _h", "1 h 30 min", "-5", "5 and"])
def test_what_is_no_lone_value_is_left_to_the_grammar(text: str) -> None:
    assert outcome(text) == outcome(f" {text}")


def outcome(text: str) -> object:
    try:
        return parse_expression(text, HERE)
    except ExpressionError as error:
        return error.problem.message
