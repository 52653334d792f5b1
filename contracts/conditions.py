"""Conditions of rules: comparisons of facts, read once at start and asked often. Pure: no database.

The language is a small part of Python's: `and`, `or`, `not`, comparisons, `in`, names of facts, whole numbers, texts, True and False.
It is parsed, never run, so that a rule can do nothing but compare.
"""

import ast
import operator
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal

Known = bool | int | Decimal | str | Set[str]
Facts = Mapping[str, Known]
_Answer = Callable[[Facts], object]

_COMPARISONS: dict[type[ast.cmpop], Callable[[object, object], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: lambda left, right: left < right,  # type: ignore[operator] # both were compared once at start
    ast.LtE: lambda left, right: left <= right,  # type: ignore[operator] # the same
    ast.Gt: lambda left, right: left > right,  # type: ignore[operator] # the same
    ast.GtE: lambda left, right: left >= right,  # type: ignore[operator] # the same
    ast.In: lambda left, right: left in right,  # type: ignore[operator] # the same
    ast.NotIn: lambda left, right: left not in right,  # type: ignore[operator] # the same
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition with the facts that it names."""

    text: str
    names: frozenset[str]
    answer: _Answer

    def holds(self, facts: Facts) -> bool:
        return bool(self.answer(facts))


def parse(text: str, known: Facts) -> Condition:
    """Read a condition; `known` has every fact that it may name, with a value of its kind.

    Raises ValueError for anything that is no comparison of known facts.
    """
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"“{text}” cannot be read: {error.msg}") from error
    names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    if unknown := sorted(names - known.keys()):
        raise ValueError(f"“{text}” names {', '.join(unknown)}, which is no fact.")
    condition = Condition(text, names, _build(tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            _comparable(node, known, text)
    return condition


def _comparable(node: ast.Compare, known: Facts, text: str) -> None:
    """Refuse a comparison that could not be made with any value of its facts."""
    try:
        _build(node)(known)
    except TypeError as error:
        raise ValueError(f"“{text}” compares what cannot be compared: {error}") from error


def _build(node: ast.expr) -> _Answer:
    if isinstance(node, ast.BoolOp):
        parts = [_build(value) for value in node.values]
        every = all if isinstance(node.op, ast.And) else any
        return lambda facts: every(part(facts) for part in parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        negated = _build(node.operand)
        return lambda facts: not negated(facts)
    if isinstance(node, ast.Compare):
        return _compared(node)
    if isinstance(node, ast.Name):
        name = node.id
        return lambda facts: facts[name]
    value = _constant(node)
    return lambda _: value


def _compared(node: ast.Compare) -> _Answer:
    terms = [_build(each) for each in (node.left, *node.comparators)]
    tests = [_COMPARISONS.get(type(op)) for op in node.ops]
    if None in tests:
        raise ValueError("This comparison is not one of ours.")
    pairs = [(test, left, right) for test, left, right in zip(tests, terms, terms[1:], strict=False) if test]
    return lambda facts: all(test(left(facts), right(facts)) for test, left, right in pairs)


def _constant(node: ast.expr) -> object:
    if isinstance(node, ast.Tuple):
        return tuple(_constant(each) for each in node.elts)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | str):
        return node.value
    raise ValueError(f"{type(node).__name__} has no place in a condition.")
