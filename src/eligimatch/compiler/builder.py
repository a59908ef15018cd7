"""The builder: one sentence into its rule, by what the sentence does: says, demands, permits or bans."""

from __future__ import annotations

from typing import Literal, NamedTuple

from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.phrase import duration
from eligimatch.compiler.series import Lists
from eligimatch.compiler.syntax import Clause, Comparison, Item, Sentence, Series
from eligimatch.compiler.tails import hads, negated, series_span
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Not, Rule
from eligimatch.model.span import Span

Side = Literal["inclusion", "exclusion"]


class Read(NamedTuple):
    """A sentence read: the rule it asks in the sense of its section, or the persons whom it lets pass."""

    rule: Rule
    permits: bool = False


class Builder:
    """Builds rules in the sense of a section: true of those it admits, or of those it excludes."""

    def __init__(self, nouns: Nouns, side: Side) -> None:
        self.nouns = nouns
        self.lists = Lists(nouns, excluding=side == "exclusion")
        self.side = side

    def sentence(self, sentence: Sentence) -> Read:
        """One sentence."""
        clauses, modals = sentence.clauses, [modal.type for modal in sentence.modals]
        if not modals:
            return Read(self._said(clauses[0]))
        if modals == ["ELIGIBLE"] and clauses[0] is not None:
            return self._permission(clauses[0], clauses[1], sentence)
        if modals == ["EXCLUDED"]:
            return self._ban(clauses[0], clauses[1], sentence)
        if modals == ["SHOWS"] and clauses[1] is not None:
            return Read(self._shown(clauses[0], clauses[1]))
        if set(modals) <= {"MUST", "MUST_NOT", "THEN"}:
            return self._demand(sentence, modals)
        return Read(self._kept(sentence))

    def _said(self, clause: Clause | None) -> Rule:
        """A list by itself. Among the exclusions "no X" may ban X or its absence: only where both readings agree is it decided."""
        rule = self._clause(clause, excluding=self.side == "exclusion")
        if self.side == "exclusion" and isinstance(rule, Not) and isinstance(rule.rule, Had):
            return Ambiguous(readings=(rule, rule.rule), span=rule.span)
        return rule

    def _shown(self, subject: Clause | None, shown: Clause) -> Rule:
        """ "a biopsy showing lymphoma" asks for the lymphoma; a condition that shows something is asked too."""
        rule = self._clause(shown, excluding=self.side == "exclusion")
        before = self._clause(subject, excluding=False) if subject else None
        if before is None or (all(had.section == "procedures" or not had.concept.linked for had in hads(before)) and hads(before)):
            return rule
        return AllOf(rules=(before, rule), span=before.span.cover(rule.span))

    def _demand(self, sentence: Sentence, modals: list[str]) -> Read:
        subject, *predicates = sentence.clauses
        if subject is not None and _limited(subject) and any(tail.word.type in ("EXCEPT", "UNLESS") for tail in subject.tails):
            return Read(self._kept(sentence))
        if len(modals) > 1 and modals[-1] == "MUST" and predicates[-1] is None:
            modals, predicates = modals[:-1], predicates[:-1]
        if modals == ["MUST"] and predicates == [None] and subject is not None:
            asked = self._clause(subject, excluding=False)
            return Read(asked if self.side == "inclusion" else negated(asked))
        if any(predicate is None for predicate in predicates):
            return Read(self._kept(sentence))
        if subject is not None and subject.series is not None and (merged := _number_after_modal(subject, predicates[0])):
            asked = self._clause(merged, excluding=False)
            rest = [self._clause(predicate, excluding=False) for predicate in predicates[1:]]
            whole = asked if not rest else AllOf(rules=(asked, *rest), span=asked.span.cover(rest[-1].span))
            whole = negated(whole) if modals[0] == "MUST_NOT" else whole
            return Read(whole if self.side == "inclusion" else negated(whole))
        group = self._condition(subject)
        if group is not None and hads(group) and all(had.section == "procedures" for had in hads(group)):
            group = None  # "the ECG must show …": of everyone
        demands = []
        for modal, predicate in zip(modals, predicates, strict=True):
            rule = self._clause(predicate, excluding=modal == "MUST_NOT")
            demands.append(negated(rule) if modal == "MUST_NOT" else rule)
        span = demands[0].span.cover(demands[-1].span)
        demand = demands[0] if len(demands) == 1 else AllOf(rules=tuple(demands), span=span)
        if modals[0] == "THEN" and self.side == "exclusion" and group is not None:
            return Read(AllOf(rules=(group, demand), span=group.span.cover(demand.span)))
        asked = demand if group is None else AnyOf(rules=(negated(group), demand), span=group.span.cover(demand.span))
        return Read(asked if self.side == "inclusion" else negated(asked))

    def _permission(self, subject: Clause, condition: Clause | None, sentence: Sentence) -> Read:
        """ "X are eligible if Y": asks Y of those who have X, nothing of others. "No X is allowed" bans."""
        if any(tail.word.type in ("EXCEPT", "UNLESS") for tail in subject.tails) or subject.series is None:
            return Read(self._kept(sentence))
        group = self.lists.listed(subject.series) if not subject.tails else self._clause(subject, excluding=False)
        if condition is None and hads(group) and _all_denied(group):
            return Read(group if self.side == "inclusion" else negated(group))
        if condition is None and not hads(group) and not isinstance(group, Is):
            return Read(self._kept(sentence))
        if condition is None:
            return Read(group, permits=True)
        asked = self._condition(condition)
        if asked is None:
            return Read(self.lists.unparsed(group.span.start, clause_span(condition).end))
        return Read(AllOf(rules=(group, asked), span=group.span.cover(asked.span)), permits=True)

    def _ban(self, subject: Clause | None, rest: Clause | None, sentence: Sentence) -> Read:
        if subject is None and rest is None:
            return Read(self._kept(sentence))
        if subject is None or (rest is not None and rest.series is not None):
            return Read(self._kept(sentence))
        tails = subject.tails + (rest.tails if rest else ())
        group = self._clause(Clause(subject.series, tails), excluding=True)
        return Read(group if self.side == "exclusion" else negated(group))

    def _condition(self, clause: Clause | None) -> Rule | None:
        """The group that a clause names: "women of childbearing potential", "if male"."""
        if clause is None:
            return None
        if clause.series is None:
            first, *rest = clause.tails
            if first.word.type in ("IF", "PROVIDED") and not rest:
                return self._arm(first.series) or self.lists.rule(first.series)
            span = clause_span(clause)
            return self.lists.unparsed(span.start, span.end)
        return self._clause(clause, excluding=False)

    def _arm(self, series: Series) -> Rule | None:
        """ "for participants receiving A and B": the arm of the trial that is meant for the person."""
        phrases, _ = self.lists.phrases(series)
        if phrases[0].act != "treatment" or phrases[0].time not in ("now", "planned"):
            return None
        span = series_span(series)
        start = next((token.start for token in phrases[0].heads), span.start)
        words = " ".join(self.nouns.text[start : span.end].split())
        return Is(fact="group", values=(words,), span=span)

    def _clause(self, clause: Clause | None, *, excluding: bool) -> Rule:
        assert clause is not None
        if clause.series is None:
            span = clause_span(clause)
            return self.lists.unparsed(span.start, span.end)
        return self.lists.clause(clause, excluding=excluding)

    def _kept(self, sentence: Sentence) -> Rule:
        spans = [clause_span(clause) for clause in sentence.clauses if clause] + [Span(m.start, m.end) for m in sentence.modals]
        return self.lists.unparsed(min(span.start for span in spans), max(span.end for span in spans))


def _all_denied(rule: Rule) -> bool:
    if isinstance(rule, (AnyOf, AllOf)):
        return all(_all_denied(member) for member in rule.rules)
    return isinstance(rule, Not)


def _limited(clause: Clause) -> bool:
    """Whether a clause holds something against a limit other than a length of time."""
    pieces = [piece for item in clause.series.items for piece in item.pieces] if clause.series else []
    return any(isinstance(piece, Comparison) and duration(piece) is None for piece in pieces)


def _number_after_modal(subject: Clause, predicate: Clause | None) -> Clause | None:
    """ "Hemoglobin must be ≥ 9 g/dL" as one list; None where the predicate is no number."""
    if predicate is None or predicate.series is None or subject.series is None or subject.tails:
        return None
    first, *rest = predicate.series.items
    opens = first.pieces[0]
    if not isinstance(opens, Comparison) and getattr(opens, "type", "") != "NORMAL":
        return None
    *before, noun = subject.series.items
    joined = Item((*noun.pieces, *first.pieces))
    return Clause(Series((*before, joined, *rest), (*subject.series.links, *predicate.series.links)), predicate.tails)


def clause_span(clause: Clause) -> Span:
    """Where a clause's words stand."""
    spans = ([series_span(clause.series)] if clause.series else []) + [series_span(tail.series) for tail in clause.tails]
    return Span(min(span.start for span in spans), max(span.end for span in spans))
