"""How PartnerNet says no: a whole sentence for the person who will read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class RuleBroken(Exception):
    """A step was refused and changed nothing.

    `code` is stable and for programs; `field` names the input at fault, if one is.
    """

    status = 409

    def __init__(self, sentence: str, *, code: str = "rule_broken", field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.field = field
        self.fields: dict[str, list[str]] = {field: [sentence]} if field else {}
        if field:
            self.status = 400


class Invalid(RuleBroken):
    """Values that cannot be taken as typed: one or more sentences for each field."""

    status = 400

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        first = next(iter(fields.values()))[0]
        super().__init__(first, code="invalid")
        self.fields = {name: list(sentences) for name, sentences in fields.items()}


class WrongSide(RuleBroken):
    """The step belongs to the other firm."""

    status = 403

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="wrong_side")


class WrongRole(RuleBroken):
    """The person's role in the right firm does not include the step."""

    status = 403

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="wrong_role")


class IllegalStep(RuleBroken):
    """The step is not open in the present status. `open_steps` names those that are."""

    def __init__(self, sentence: str, *, open_steps: Sequence[str] = ()) -> None:
        super().__init__(sentence, code="illegal_step")
        self.open_steps = list(open_steps)


class Stale(RuleBroken):
    """What the person saw has changed since."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, code="stale_revision")
