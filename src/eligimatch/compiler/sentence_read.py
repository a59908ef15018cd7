"""What was read of a sentence: its rule in the sense of its section, or whom it lets pass."""

from __future__ import annotations

from typing import Literal, NamedTuple

from eligimatch.compiler.syntax import Tail
from eligimatch.model.rule import AllOf, Rule

Side = Literal["inclusion", "exclusion"]


class Read(NamedTuple):
    """A sentence read: the rule it asks in the sense of its section, or the persons whom it lets pass, perhaps on a condition."""

    rule: Rule
    permits: bool = False
    condition: Rule | None = None
    optional: bool = False
    """What one may have, or not: by itself it asks nothing."""
    others: bool = False
    """Those let pass are others than what was named before: "other PD-1 inhibitors are allowed"."""
    tails: tuple[Tail, ...] = ()
    """Said of the sentence before: "Exceptions include …"."""
    exemplifies: bool = False
    """Tells only what some word means: "Autoimmune diseases include A and B"."""

    @property
    def passed(self) -> Rule:
        """Those let pass, the condition met."""
        return self.rule if self.condition is None else both(self.rule, self.condition)


def both(first: Rule, second: Rule) -> Rule:
    """Two rules side by side; one that asks nothing adds nothing."""
    if everyone(first) or everyone(second):
        return second if everyone(first) else first
    return AllOf(rules=(first, second), span=first.span.cover(second.span))


def everyone(rule: Rule) -> bool:
    """Whether a rule asks nothing."""
    return isinstance(rule, AllOf) and not rule.rules
