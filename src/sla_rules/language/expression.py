"""Expression text → syntax: a small, total language without loops, attributes or host calls."""

import re
import unicodedata
from fractions import Fraction
from typing import Final

import attrs

from sla_rules.diagnostics import Diagnostic, Span
from sla_rules.language.syntax import (
    Aggregation,
    Binary,
    Call,
    Conditional,
    Literal,
    Membership,
    Name,
    Syntax,
    Text,
    Truth,
    Unary,
)
from sla_rules.quantities import MAX_DIGITS, TIME_UNITS, parse_number

__all__ = ["AGGREGATES", "RESERVED", "ExpressionError", "parse_expression"]

AGGREGATES: Final = (
    "sum",
    "mean",
    "min",
    "max",
    "count",
    "any",
    "all",
    "longest_run",
    "share",
    "percentile",
)
PICKS: Final = ("highest", "lowest")
RESERVED: Final = frozenset(("previous", "earlier", "this"))
KEYWORDS: Final = frozenset(
    ["if", "then", "else", "and", "or", "not", "in", "where", "otherwise", "true", "false"]
)
MAX_LENGTH: Final = 2000
MAX_TOKENS: Final = 400
MAX_DEPTH: Final = 24
_SPLIT: Final = "make several decisions of it"

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<name>[^\W\d]\w*)
      | (?P<text>"[^"]*"|'[^']*')
      | (?P<op><=|>=|==|!=|[-+*/<>(),.%\[\]])
    """,
    re.VERBOSE,
)
_INSTEAD: Final = {
    "=": "==",
    "&": "and",
    "|": "or",
    "!": "not",
    "×": "*",
    "÷": "/",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "“": '"',
    "”": '"',
    "。": ".",
    "、": ",",
    "—": "-",
    "–": "-",
    "−": "-",
}
_COMPARISONS: Final = frozenset(("==", "!=", "<", "<=", ">", ">="))
_LEFT_OVER: Final = {
    ",": "write a number without commas; only lists and functions have them",
    ".": "a number has digits on both sides of its point",
    ")": "delete it, or open a bracket before",
    "]": "delete it, or open a bracket before",
    "%": "a percent sign stands behind a number",
    "if": "write if condition then a else b",
    "then": "a condition begins with 'if'",
    "else": "a condition begins with 'if'",
    "not": "'not' stands before what it denies; 'x not in …' is 'not x in …'",
    "in": "a list of values stands in [brackets]",
}


class ExpressionError(Exception):
    """The text is not an expression; carries the diagnostic."""

    def __init__(self, code: str, message: str, span: Span, hint: str = "") -> None:
        super().__init__(message)
        self.problem = Diagnostic(code=code, message=message, where=span, hint=hint)


@attrs.frozen
class _Token:
    kind: str
    text: str
    span: Span


def parse_expression(text: str, span: Span) -> Syntax:
    """Parse *text*, which stands at *span*; raise :class:`ExpressionError` with the exact place.

    >>> from sla_rules.diagnostics import BUILTIN
    >>> parse_expression("2000 CNY * points", BUILTIN).op
    '*'
    """
    if len(text) <= MAX_DIGITS and (simple := _simple(text, span)) is not None:
        return simple
    parser = _Parser(_tokens(text, span), span)
    tree = parser.expression()
    parser.finish()
    return tree


_SIMPLE: Final = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?: ?(?P<unit>%|[^\W\d_]\w*))?\Z|(?P<name>[^\W\d]\w*)\Z"
)


def _simple(text: str, span: Span) -> Syntax | None:
    """A lone number or name, which most cells of large tables are, without the whole grammar."""
    match = _SIMPLE.match(text)
    if match is None or match["unit"] in KEYWORDS or match["name"] in KEYWORDS:
        return None
    if match["name"]:
        return Name((match["name"],), span.shifted(0, len(text)))
    number = parse_number(match["number"])
    assert number is not None
    return Literal(number, match["unit"] or "", span.shifted(0, len(match["number"])))


def _tokens(text: str, span: Span) -> list[_Token]:
    if len(text) > MAX_LENGTH:
        message = f"an expression of more than {MAX_LENGTH:,} characters"
        raise ExpressionError("E301", message, span.shifted(0), _SPLIT)
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        place = span.shifted(position, 1)
        if match is None:
            message = f"unexpected character {text[position]!r}"
            raise ExpressionError("E302", message, place, _instead_of(text[position]))
        kind = match.lastgroup or ""
        if kind != "space":
            token = match.group()
            place = span.shifted(position, len(token))
            if kind == "number" and len(token) > MAX_DIGITS:
                message = f"a number longer than {MAX_DIGITS} digits"
                raise ExpressionError("E303", message, place, "no contract needs more")
            tokens.append(_Token("keyword" if token in KEYWORDS else kind, token, place))
        position = match.end()
    if len(tokens) > MAX_TOKENS:
        message = f"an expression of more than {MAX_TOKENS} words"
        raise ExpressionError("E301", message, span.shifted(0), _SPLIT)
    return tokens


def _instead_of(char: str) -> str:
    """What to write instead: typing in Chinese gives wide brackets, digits and signs."""
    narrow = unicodedata.normalize("NFKC", char)
    if char in "\"'":
        return "a quote is not closed"
    if char in _INSTEAD or (narrow != char and narrow.isascii() and narrow.isprintable()):
        return f"write {_INSTEAD.get(char, narrow)!r}"
    return "" if char.isprintable() else "delete it; it is invisible in most editors"


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, tokens: list[_Token], span: Span) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0
        self._end = span.shifted(max(0, span.end_column - span.column - 1))

    def _peek(self, ahead: int = 0) -> _Token:
        index = self._next + ahead
        if index < len(self._tokens):
            return self._tokens[index]
        return _Token("end", "", self._end)

    def _take(self, *texts: str) -> _Token | None:
        token = self._peek()
        if token.text in texts and token.kind in ("op", "keyword"):
            self._next += 1
            return token
        return None

    def _expect(self, text: str, after: str) -> None:
        if self._take(text) is None:
            token = self._peek()
            found = repr(token.text) if token.kind != "end" else "the end"
            hint = f"add {text!r}"
            raise ExpressionError(
                "E304", f"expected {text!r} {after}, found {found}", token.span, hint
            )

    def finish(self) -> None:
        token = self._peek()
        if token.kind != "end":
            hint = _LEFT_OVER.get(token.text, "")
            if token.kind in ("name", "number", "text") or token.text == "(":
                hint = "two values need an operator between them"
            raise ExpressionError("E305", f"unexpected {token.text!r}", token.span, hint)

    def expression(self) -> Syntax:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._too_deep()
        try:
            start = self._take("if")
            if start is None:
                return self._binary(0)
            condition = self.expression()
            self._expect("then", "after the condition")
            then = self.expression()
            self._expect("else", "(every 'if' needs its 'else')")
            return Conditional(condition, then, self.expression(), start.span)
        finally:
            self._depth -= 1

    def _too_deep(self) -> ExpressionError:
        message = f"the expression is nested more than {MAX_DEPTH} deep"
        return ExpressionError("E306", message, self._peek().span, _SPLIT)

    _LEVELS: Final = (("otherwise",), ("or",), ("and",))

    def _binary(self, level: int) -> Syntax:
        if level == len(self._LEVELS):
            return self._negation()
        left = self._binary(level + 1)
        while token := self._take(*self._LEVELS[level]):
            left = Binary(token.text, left, self._binary(level + 1), token.span)
        return left

    def _negation(self) -> Syntax:
        nots: list[_Token] = []
        while token := self._take("not"):
            nots.append(token)
            if len(nots) > MAX_DEPTH:
                raise self._too_deep()
        tree = self._comparison()
        for token in reversed(nots):
            tree = Unary("not", tree, token.span)
        return tree

    def _comparison(self) -> Syntax:
        left = self._sum()
        if token := self._take(*_COMPARISONS):
            tree: Syntax = Binary(token.text, left, self._sum(), token.span)
            if self._peek().text in _COMPARISONS:
                raise ExpressionError(
                    "E307", "comparisons do not chain", self._peek().span, 'join them with "and"'
                )
            return tree
        if token := self._take("in"):
            self._expect("[", "after 'in'")
            return Membership(left, self._list("]"), token.span)
        return left

    def _sum(self) -> Syntax:
        left = self._product()
        while token := self._take("+", "-"):
            left = Binary(token.text, left, self._product(), token.span)
        return left

    def _product(self) -> Syntax:
        left = self._sign()
        while token := self._take("*", "/"):
            left = Binary(token.text, left, self._sign(), token.span)
        return left

    def _sign(self) -> Syntax:
        if token := self._take("-"):
            return Unary("-", self._primary(), token.span)
        return self._primary()

    def _primary(self) -> Syntax:
        token = self._peek()
        self._next += 1
        match token.kind:
            case "number":
                return self._literal(token)
            case "text":
                return Text(token.text[1:-1], token.span)
            case "keyword" if token.text in ("true", "false"):
                return Truth(token.text == "true", token.span)
            case "name":
                if self._take("("):
                    return self._call(token)
                return self._path(token)
            case "op" if token.text == "(":
                inner = self.expression()
                self._expect(")", "to close the bracket")
                return inner
        found = repr(token.text) if token.kind != "end" else "the end"
        before = self._tokens[self._next - 2].text if self._next > 1 else ""
        hint = "something is missing, or stands here too much"
        if token.text == before == "*":
            hint = "there are no powers: write x * x"
        elif token.text == ".":
            hint = "a number has digits on both sides of its point"
        raise ExpressionError("E308", f"expected a value, found {found}", token.span, hint)

    def _literal(self, token: _Token) -> Syntax:
        number = parse_number(token.text)
        assert number is not None
        if self._take("%"):
            return Literal(number, "%", token.span)
        if self._peek().kind != "name":
            return Literal(number, "", token.span)
        unit = self._peek().text
        if unit.startswith("_"):
            hint = "write all its digits without separators"
            raise ExpressionError("E303", f"{token.text}{unit} is no number", token.span, hint)
        self._next += 1
        while unit in TIME_UNITS and self._peek().kind == "number":
            if self._peek(1).text not in TIME_UNITS:
                break
            more = parse_number(self._peek().text)
            assert more is not None
            smaller = self._peek(1).text
            number = number + more * Fraction(TIME_UNITS[smaller], TIME_UNITS[unit])
            self._next += 2
        return Literal(number, unit, token.span)

    def _path(self, token: _Token) -> Name:
        names = [token.text]
        while self._take("."):
            part = self._peek()
            if part.kind != "name":
                hint = "write record.fact, or delete the point"
                raise ExpressionError("E309", "expected a name after '.'", part.span, hint)
            self._next += 1
            names.append(part.text)
        return Name(tuple(names), token.span)

    def _call(self, token: _Token) -> Syntax:
        if token.text in AGGREGATES and self._peek().kind == "name":
            before = self._next
            self._next += 1
            path = self._path(self._tokens[before])
            if self._goes_on_as_aggregation(token.text):
                return self._aggregation(token, path)
            self._next = before
        return Call(token.text, self._list(")"), token.span)

    def _goes_on_as_aggregation(self, function: str) -> bool:
        following = self._peek()
        if following.kind == "name":
            return following.text in ("weighted", *PICKS)
        return following.text in ("where", ")") or function == "percentile"

    def _aggregation(self, token: _Token, path: Name) -> Aggregation:
        """What may stand behind the path: weighted, highest per, where, and a share."""
        weight = self._named_after("weighted")
        pick, per = "", None
        if self._peek().kind == "name" and self._peek().text in PICKS:
            pick = self._peek().text
            self._next += 1
            per = self._named_after("per")
            if per is None:
                hint = f"write {pick} per and the fact that groups the records"
                raise ExpressionError("E304", "expected 'per'", self._peek().span, hint)
        where = self.expression() if self._take("where") else None
        share = self.expression() if self._take(",") else None
        self._expect(")", f"to close {token.text}(")
        return Aggregation(
            token.text, path, where, token.span, weight=weight, pick=pick, per=per, share=share
        )

    def _named_after(self, word: str) -> Name | None:
        """The path of names behind a word that only means something here."""
        if self._peek().kind != "name" or self._peek().text != word:
            return None
        self._next += 1
        named = self._peek()
        if named.kind != "name":
            hint = f"write {word} and a name"
            raise ExpressionError("E309", f"expected a name after {word!r}", named.span, hint)
        self._next += 1
        return self._path(named)

    def _list(self, close: str) -> tuple[Syntax, ...]:
        if self._take(close):
            return ()
        items = [self.expression()]
        while self._take(","):
            items.append(self.expression())
        self._expect(close, "to close the list")
        return tuple(items)
