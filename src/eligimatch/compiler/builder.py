"""The builder: one sentence into its rule, by what the sentence does: says, demands, permits or bans."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligimatch.compiler.allowances import allowed
from eligimatch.compiler.demands import (
    after_modal,
    alternatively,
    arm_of,
    asked_of,
    demanded_or_of,
    denied_of,
    limited,
    limited_first,
    of_group,
    of_infection,
    of_some,
    or_must,
    required_for,
    shown_after_modal,
    time_after_modal,
    undenied,
)
from eligimatch.compiler.members import any_treatment, bounded, of_each_given, of_everyone
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.permissions import conditioned, together
from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.rules import all_denied, any_given, any_of, each_leaf, exactly, free_of, hads, measured_in, negated, or_never, unread
from eligimatch.compiler.sentence_read import Read, Side
from eligimatch.compiler.series import Lists
from eligimatch.compiler.spoken import only_said
from eligimatch.compiler.syntax import Clause, Sentence, Series, Tail, clause_span, series_span
from eligimatch.compiler.tokens import Token
from eligimatch.model.quantity import Window
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Measure, Not, Rule, Statement
from eligimatch.model.span import Span

_TAKING_PART = re.compile(r"\b(?:participat|enrol|taking part|donat|employ|prison|incarcerat)", re.IGNORECASE)
"""What is said of a person that a trial would rather not find: denied among the exclusions, it may be banned all the same."""
_SUCH = re.compile(r"[-–—,]\s*(?:such|these|those) (?:patients|participants|subjects|individuals) (?:must\b)?", re.IGNORECASE)
_OPTIONAL = ("may", "can", "is allowed to", "are allowed to", "are permitted to", "is permitted to")


class Builder:
    """Builds rules in the sense of a section: true of those it admits, or of those it excludes."""

    def __init__(self, nouns: Nouns, side: Side) -> None:
        self.nouns = nouns
        self.lists = Lists(nouns, excluding=side == "exclusion")
        self.lists.parens.read_sentence = self.sentence
        self.side: Side = side

    def sentence(self, sentence: Sentence) -> Read:
        """One sentence."""
        clauses, modals = sentence.clauses, [modal.type for modal in sentence.modals]
        if modals[:1] == ["THEN"] and len(modals) > 1 and clauses[0] is not None and clauses[0].series is None:
            return self._conditional(clauses[0], Sentence(clauses[1:], sentence.modals[1:]))
        if not modals and clauses[0] is not None and clauses[0].series is None:
            return Read(self._said(clauses[0]), tails=clauses[0].tails)
        if not modals:
            told = [tail.word.text.lower() for tail in clauses[0].tails] if clauses[0] else []
            return Read(self._said(clauses[0]), exemplifies=len(told) == 1 and told[0].split()[0].strip(",;:") in ("include", "includes"))
        if modals == ["ELIGIBLE", "SHOWS"] and (shown := self._shows(sentence)) is not None:
            return shown
        if modals[0] == "ELIGIBLE":
            return self._passing(allowed(sentence, self.nouns.text), modals)
        if modals == ["EXCLUDED"]:
            return self._ban(clauses[0], clauses[1], sentence)
        if modals == ["SHOWS"] and clauses[1] is not None:
            return Read(self._shown(clauses[0], clauses[1]))
        if set(modals) <= {"MUST", "MUST_NOT", "THEN"}:
            who = self.side == "exclusion" and sentence.modals[0].value in ("who", "or who")
            return self._described(sentence) if who else self._demand(required_for(sentence) or sentence, modals)
        return Read(self._kept(sentence), permits="ELIGIBLE" in modals)

    def tailed(self, rule: Rule, tails: tuple[Tail, ...]) -> Rule:
        """The rule of the sentences before with "Exceptions include …", "Unless …" as a sentence of its own."""
        for tail in tails:
            rule = self.lists.tails.apply(rule, tail, excluding=self.side == "exclusion")
        return rule

    def says(self, tokens: Sequence[Token]) -> bool:
        """Whether only a person can say the whole sentence; among the exclusions a denial or demand says more than its words."""
        denied = tokens[0].type in ("NOT", "NEITHER") or any(token.type in ("MUST", "MUST_NOT") for token in tokens)
        plain = self.side == "inclusion" or not denied
        return plain and only_said(tokens, self.nouns.linker)

    def statement(self, span: Span) -> Statement:
        """The sentence as what a person says."""
        return Statement(topic=" ".join(self.nouns.text[span.start : span.end].split()).strip(" ,;:."), span=span)

    def _conditional(self, clause: Clause, rest: Sentence) -> Read:
        """ "If X, patients must Y": asked of those who have X."""
        condition = self._condition(clause)
        assert condition is not None
        if not any(rest.clauses) and [modal.type for modal in rest.modals] == ["ELIGIBLE"]:
            return Read(condition, permits=True)
        if not any(rest.clauses) and [modal.type for modal in rest.modals] == ["EXCLUDED"]:
            return Read(condition if self.side == "exclusion" else negated(condition))
        with self.nouns.speaking_of(hads(condition)):
            return conditioned(condition, self.sentence(rest), self.side)

    def _said(self, clause: Clause | None) -> Rule:
        """A list by itself. Among the exclusions "no X" may ban X or its absence: only where both readings agree is it decided."""
        rule = self._clause(clause, excluding=self.side == "exclusion")
        if self.side == "inclusion" and clause is not None and (people := denied_of(clause, self.nouns.text)) is not None:
            asked = asked_of(self._clause(people, excluding=False), rule)
            return Ambiguous(readings=(asked, rule), span=rule.span) if limited(clause) else asked
        if self.side == "exclusion" and all_denied(rule) and hads(rule):
            return Ambiguous(readings=(rule, any_of(hads(rule), rule.span)), span=rule.span)
        if self.side == "exclusion" and isinstance(rule, Not) and isinstance(rule.rule, Statement) and _TAKING_PART.search(rule.rule.topic):
            return Ambiguous(readings=(rule, rule.rule), span=rule.span)
        if self.side == "inclusion" and isinstance(rule, AllOf) and (some := of_some(rule, self.nouns)) is not None:
            return some
        return rule

    def _shown(self, subject: Clause | None, shown: Clause) -> Rule:
        """ "a biopsy showing lymphoma" asks for the lymphoma; a condition that shows something is asked too."""
        if subject is not None and (rest := undenied(subject)) is not subject:
            shows = self._shown(rest, shown)
            lacks = Not(rule=shows, span=shows.span)
            return Ambiguous(readings=(lacks, shows), span=shows.span) if self.side == "exclusion" else lacks
        rule = self._clause(shown, excluding=self.side == "exclusion")
        before = self._clause(subject, excluding=False) if subject else None
        if before is None or (all(had.section == "procedures" or not had.concept.linked for had in hads(before)) and hads(before)):
            return rule
        return of_infection(before, rule, self.nouns.text) or AllOf(rules=(before, rule), span=before.span.cover(rule.span))

    def _demand(self, sentence: Sentence, modals: list[str]) -> Read:
        subject, *predicates = sentence.clauses
        if subject is not None and limited(subject) and any(tail.word.type in ("EXCEPT", "UNLESS") for tail in subject.tails):
            return Read(self._kept(sentence))
        if subject is not None and self._needless(subject, sentence, predicates):
            return Read(AllOf(rules=(), span=clause_span(subject)) if self.side == "inclusion" else AnyOf(rules=(), span=clause_span(subject)))
        if len(modals) > 1 and modals[-1] == "MUST" and predicates[-1] is None:
            modals, predicates = modals[:-1], predicates[:-1]
        if modals == ["MUST"] and predicates == [None] and subject is not None:
            asked = self._clause(subject, excluding=False)
            admits = self.side == "exclusion" and "includ" in sentence.modals[0].text.lower()  # "women will be included in this trial"
            return Read(asked if admits or self.side == "inclusion" else negated(asked), permits=admits)
        if any(predicate is None for predicate in predicates):
            return Read(self._kept(sentence))
        if subject is not None and subject.series is not None and (merged := after_modal(subject, predicates[0], modals[0])):
            asked = self._clause(merged, excluding=False)
            asked = or_never(asked) if modals[0] == "MUST" else asked
            rest = [self._clause(predicate, excluding=False) for predicate in predicates[1:]]
            whole = asked if not rest else AllOf(rules=(asked, *rest), span=asked.span.cover(rest[-1].span))
            whole = negated(whole) if modals[0] == "MUST_NOT" else whole
            return Read(whole if self.side == "inclusion" else negated(whole))
        if sentence.modals[0].value in ("and", "or", "who") and self.side == "inclusion" and subject is not None and subject.series is not None:
            return self._and_must(subject, sentence)
        if self.side == "inclusion" and modals == ["MUST"] and (shown := shown_after_modal(subject, predicates[0])):
            return Read(demanded_or_of(self._condition(subject), self._clause(shown, excluding=False), predicates[0]))
        group = self._condition(subject)
        group, tested, tests = exactly(group) if group is not None else None, list[Window](), list[Rule]()
        if group is not None and hads(group) and all(had.section == "procedures" or of_everyone(had) for had in hads(group)):
            tested = [had.window for had in hads(group) if had.section == "procedures" and had.window]
            tests, group = [group], None  # "the ECG must show …", "the tumor must harbor …": of everyone
        if group is not None and self._of_the_number(subject, group, predicates[0]):
            group = None  # "adults must be at least 18 years old", "performance status must be ECOG 0-1"
        demands = []
        with self.nouns.speaking_of(hads(group) if group else ()):
            for modal, predicate in zip(modals, predicates, strict=True):
                rule = self._clause(predicate, excluding=modal == "MUST_NOT")
                demands.append(negated(each_leaf(rule, free_of)) if modal == "MUST_NOT" else rule)
        span = demands[0].span.cover(demands[-1].span)
        demand = demands[0] if len(demands) == 1 else alternatively(demands, sentence.modals, span)
        demand = measured_in(demand, tested[0]) if len(tested) == 1 else demand
        demand = tests[0] if tests and hads(demand) and all(map(any_treatment, hads(demand))) else demand  # "a biopsy must be completed"
        if modals[0] == "THEN" and self.side == "exclusion" and group is not None:
            return Read(AllOf(rules=(group, demand), span=group.span.cover(demand.span)))
        demand = or_never(demand) if group is None and modals == ["MUST"] else demand
        asked = demand if group is None else self._asked_of(group, demand)
        return Read(asked if self.side == "inclusion" else negated(asked))

    def _described(self, sentence: Sentence) -> Read:
        """ "Patients who must take X", among the exclusions: no demand, but who they are."""
        if any(modal.type != "MUST" for modal in sentence.modals) or len(sentence.modals) > 1:
            return Read(self._kept(sentence))
        said = [self._clause(clause, excluding=True) for clause in sentence.clauses if clause is not None]
        together = AnyOf if sentence.modals[0].value == "or who" else AllOf
        return Read(said[0] if len(said) == 1 else together(rules=tuple(said), span=said[0].span.cover(said[-1].span)))

    def _asked_of(self, group: Rule, demand: Rule) -> Rule:
        """A demand on a group; of "X within 4 weeks - such patients must have recovered" among the exclusions, X is excluded all the same."""
        if self.side == "inclusion" or not _SUCH.search(self.nouns.text, group.span.end, demand.span.start):
            return of_group(group, demand)
        return Not(rule=or_must(group, demand), span=demand.span)

    def _of_the_number(self, subject: Clause | None, group: Rule, predicate: Clause | None) -> bool:
        """Whether a demand on a number names before it only the number ("INR must be in the therapeutic range"), or people by that number."""
        pieces = subject.series.items[0].pieces if subject and subject.series and len(subject.series.items) == 1 and not subject.tails else ()
        named = bool(pieces) and all(getattr(piece, "kind", "") in ("analyte", "score") for piece in pieces)
        demand = self._clause(predicate, excluding=False) if predicate and (named or isinstance(group, Measure)) else None
        if isinstance(group, Measure) and isinstance(demand, Measure):
            return group.analyte == demand.analyte
        return named and isinstance(demand, (Measure, Statement))

    def _needless(self, subject: Clause, sentence: Sentence, predicates: list[Clause | None]) -> bool:
        """ "No HIV testing is required unless mandated by …": asks nothing."""
        if len(predicates) != 1 or subject.series is None or not sentence.modals[0].text.lower().endswith(" required"):
            return False
        if predicates[0] is not None and (predicates[0].series is not None or any(tail.word.type != "UNLESS" for tail in predicates[0].tails)):
            return False
        return all(phrase.negated for phrase in self.lists.look(subject.series))

    def _and_must(self, subject: Clause, sentence: Sentence) -> Read:
        """ "Confirmed lymphoma, and must have Y": both are asked, of "or must" one; "patients who have X and must have Y" may ask Y of those only."""
        said = self._said(subject)
        with self.nouns.speaking_of(hads(said)):
            demand = self._demand(Sentence((None, *sentence.clauses[1:]), sentence.modals), [modal.type for modal in sentence.modals])
        return Read((AnyOf if sentence.modals[0].value == "or" else AllOf)(rules=(said, demand.rule), span=said.span.cover(demand.rule.span)))

    def _permission(self, sentence: Sentence, modals: list[str]) -> Read:
        """ "X are eligible if Y": asks Y of those who have X, nothing of others. "No X is allowed" bans."""
        subject, predicate = sentence.clauses[:2]
        if set(modals) == {"ELIGIBLE"} and len(modals) > 1 and not any(sentence.clauses[2:]):
            sentence, modals = Sentence(sentence.clauses[:2], sentence.modals[:1]), modals[:1]
        if modals[1:] and (predicate is not None or modals[1:] != ["MUST"] or sentence.clauses[2] is None):
            return Read(self._kept(sentence), permits=True)
        if predicate is not None and predicate.series is not None and not modals[1:]:
            if subject is None:
                return self._optional(predicate, sentence)
            return self._permitted_then(subject, predicate, sentence)
        if subject is None:
            return self._everyone_eligible(predicate, sentence)
        listed = self.side == "inclusion" and subject.series is not None and {"comma"} == set(subject.series.links)
        if listed or subject.series is None or any(tail.word.type == "UNLESS" for tail in subject.tails):
            return Read(self._kept(sentence), permits=True)  # "A, B, prior C is allowed": what is asked, and what is allowed
        if sentence.modals[0].value == "which" and subject.tails and subject.tails[-1].word.type == "EXCEPT" and predicate is None and not modals[1:]:
            return Read(self._said(subject))  # "X, except Y, which is allowed"
        others = any(phrase.other for phrase in self.lists.look(subject.series))
        group = exactly(self._let_pass(subject))
        if unread(group):
            return Read(self._kept(sentence), permits=True)
        if modals[1:]:
            return Read(group, permits=True, condition=self._clause(sentence.clauses[2], excluding=False))
        if predicate is None and (bounded(group) or (hads(group) and all_denied(group))):
            return Read(group if self.side == "inclusion" else negated(group))
        if predicate is None:
            return Read(group, permits=True, others=others)
        with self.nouns.speaking_of(hads(group)):
            asked = self._condition(predicate)
        asked = asked and of_each_given(asked, hads(group))
        if asked is None or unread(asked):
            return Read(self.lists.unparsed(group.span.start, clause_span(predicate).end), permits=True)
        return Read(group, permits=True, condition=asked)

    def _passing(self, sentence: Sentence, modals: list[str]) -> Read:
        """Whom a sentence lets pass; in one with what is asked, "ECOG 0-1, patients with ECOG 2 are eligible", beside that."""
        before = self._with_others(sentence.clauses[0]) if sentence.clauses[0] else None
        if before:
            sentence = Sentence((before[1], *sentence.clauses[1:]), sentence.modals)
        read = self._perhaps(sentence) if sentence.modals[0].value == "perhaps" else self._permission(sentence, modals)
        return Read(together(before[0], read, self.side, self.nouns.linker.vocabulary)) if before else read

    def _with_others(self, subject: Clause) -> tuple[Rule, Clause] | None:
        """ "ECOG 0-1, patients with ECOG 2 are eligible": what is asked, and of whom the sentence goes on to speak."""
        if subject.series is None or subject.tails or subject.series.links[-1:] != ("comma",):
            return None
        *first, last = subject.series.items
        said = self._said(Clause(Series(tuple(first), subject.series.links[:-1]), ()))
        group = exactly(self.lists.rule(Series((last,), ())))
        if not isinstance(said, Measure) or not isinstance(group, Measure) or said.analyte != group.analyte:
            return None
        return said, Clause(Series((last,), ()), ())

    def _perhaps(self, sentence: Sentence) -> Read:
        """ "Patients with an ECOG of 2 may be discussed with the sponsor": let pass where someone says so."""
        subject = sentence.clauses[0]
        group = exactly(self.lists.listed(subject.series)) if subject and subject.series and not subject.tails else None
        if group is None or unread(group) or len(sentence.modals) > 1:
            return Read(self._kept(sentence), permits=True)
        said = self._kept(sentence)
        words = " ".join(self.nouns.text[sentence.modals[0].start : said.span.end].split())
        return Read(group, permits=True, condition=Statement(topic=words, span=said.span))

    def _shows(self, sentence: Sentence) -> Read | None:
        """ "X are eligible if imaging shows no Y": asks it of those who have X; None where the test is no plain one."""
        subject, condition, shown = sentence.clauses
        if subject is None or subject.series is None or condition is None or condition.series is not None or shown is None or shown.series is None:
            return None
        tests = condition.tails[0]
        phrases = self.lists.look(tests.series)
        if len(condition.tails) != 1 or tests.word.type not in ("IF", "PROVIDED") or any(phrase.negated or phrase.comparisons for phrase in phrases):
            return None
        group = self._clause(subject, excluding=False)
        with self.nouns.speaking_of(hads(group)):
            asked = self._clause(shown, excluding=False)
        if unread(group) or unread(asked) or not all(phrase.heads and phrase.heads[-1].kind == "procedure" for phrase in phrases):
            return None
        return Read(group, permits=True, condition=asked)

    def _let_pass(self, subject: Clause) -> Rule:
        """Those of whom a permission speaks: any of the things listed; of numbers and results, those with all."""
        assert subject.series is not None
        group = self.lists.listed(subject.series)
        return group if not subject.tails and (hads(group) or unread(group)) else self._clause(subject, excluding=False)

    def _permitted_then(self, subject: Clause, predicate: Clause, sentence: Sentence) -> Read:
        """ "X is allowed until 2 weeks before": of those who have X, that time is asked; "no X is allowed within 2 weeks" bans."""
        assert predicate.series is not None
        if self.side == "exclusion" and sentence.modals[0].text.lower().endswith("not considered"):
            group = self._clause(subject, excluding=False)
            return Read(self._kept(sentence) if unread(group) else group, permits=True)
        timed = time_after_modal(subject, predicate.series)
        denied = all(phrase.negated and phrase.heads for phrase in self.lists.look(predicate.series))
        if denied and not predicate.tails:
            group, asked = self._clause(subject, excluding=False), self._clause(predicate, excluding=False)
            return Read(self._kept(sentence), permits=True) if unread(group) or unread(asked) else Read(group, permits=True, condition=asked)
        if timed is None or predicate.tails:
            return Read(self._kept(sentence), permits=True)
        group, asked = self._clause(subject, excluding=False), self._clause(timed, excluding=False)
        if hads(asked) and all_denied(asked):
            return Read(asked if self.side == "inclusion" else negated(asked))
        return Read(self._kept(sentence), permits=True) if unread(asked) or not hads(group) else Read(group, permits=True, condition=asked)

    def _everyone_eligible(self, predicate: Clause | None, sentence: Sentence) -> Read:
        """ "Patients are eligible if Y"."""
        if predicate is None or any(tail.word.type not in ("IF", "PROVIDED") for tail in predicate.tails):
            return Read(self._kept(sentence), permits=True)
        condition = self._condition(predicate)
        assert condition is not None
        return Read(AllOf(rules=(), span=condition.span), permits=True, condition=condition)

    def _optional(self, predicate: Clause, sentence: Sentence) -> Read:
        """ "may have received X": asked of no one; where it is limited it asks after all."""
        assert predicate.series is not None
        phrases = self.lists.look(predicate.series)
        if counted := self._at_most(predicate, phrases, sentence):
            return counted
        if not sentence.modals[0].text.lower().startswith(_OPTIONAL) or any(phrase.restricted for phrase in phrases):
            return Read(self._kept(sentence), permits=True)
        if len(predicate.tails) == 1 and predicate.tails[0].word.type in ("IF", "PROVIDED"):
            return self._permission(Sentence((Clause(predicate.series, ()), Clause(None, predicate.tails)), sentence.modals), ["ELIGIBLE"])
        if any(tail.word.type != "INCLUDING" for tail in predicate.tails):
            return Read(self._kept(sentence), permits=True)
        return Read(self._clause(predicate, excluding=False), permits=True, optional=True)

    def _at_most(self, predicate: Clause, phrases: list[Phrase], sentence: Sentence) -> Read | None:
        """ "may have received up to 2 lines of X": no more than these, among the inclusions."""
        first = phrases[0].count
        if self.side == "exclusion" or len(phrases) > 1 or predicate.tails or first is None or first.low or phrases[0].negated:
            return None
        asked = self._clause(predicate, excluding=False)
        return None if unread(asked) or not sentence.modals[0].text.lower().startswith(_OPTIONAL) else Read(asked)

    def _ban(self, subject: Clause | None, rest: Clause | None, sentence: Sentence) -> Read:
        if rest is not None and rest.series is not None:
            if subject is None and self.side == "inclusion":
                return Read(self._kept(sentence))
            tails = Clause(None, rest.tails) if rest.tails else None
            subject, rest = (rest, None) if subject is None else (time_after_modal(subject, rest.series), tails)
        if subject is None and (rest is None or any(tail.word.type not in ("IF", "PROVIDED") for tail in rest.tails)):
            return Read(self._kept(sentence))
        if subject is None:
            alone = rest is not None and rest.series is None and len(rest.tails) == 1  # "excluded if they have a history of malignancy"
            group = self._clause(Clause(rest.tails[0].series, ()), excluding=True) if rest and alone else self._condition(rest)
        else:
            group = self._clause(Clause(subject.series, subject.tails + (rest.tails if rest else ())), excluding=True)
        assert group is not None
        if self.side == "inclusion" and subject is not None and limited_first(subject):
            return Read(self._kept(sentence))
        return Read(group if self.side == "exclusion" else negated(group))

    def _condition(self, clause: Clause | None) -> Rule | None:
        """The group that a clause names: "women of childbearing potential", "if male"."""
        if clause is None:
            return None
        if clause.series is None and len(clause.tails) > 1 and all(tail.word.type in ("IF", "PROVIDED") for tail in clause.tails):
            asked = [self._condition(Clause(None, (tail,))) for tail in clause.tails]
            rules = tuple(rule for rule in asked if rule is not None)
            return AllOf(rules=rules, span=rules[0].span.cover(rules[-1].span))
        if clause.series is None:
            first, *rest = clause.tails
            if first.word.type in ("IF", "PROVIDED") and not rest:
                arm = arm_of(self.lists.look(first.series), series_span(first.series), self.nouns.text) if first.word.text.lower() == "for" else None
                rule = self.lists.depended_on(first.series)
                rule = any_given(rule) if first.word.text.lower() == "for" else rule
                if arm is None or any(not had.concept.linked for had in hads(rule)):
                    return arm or rule
                return Ambiguous(readings=(arm, rule), span=rule.span)  # a drug of the trial, or one that the person takes
            span = clause_span(clause)
            return self.lists.unparsed(span.start, span.end)
        return self._clause(clause, excluding=False)

    def _clause(self, clause: Clause | None, *, excluding: bool) -> Rule:
        assert clause is not None
        if clause.series is None:
            span = clause_span(clause)
            return self.lists.unparsed(span.start, span.end)
        return self.lists.clause(clause, excluding=excluding)

    def _kept(self, sentence: Sentence) -> Rule:
        spans = [clause_span(clause) for clause in sentence.clauses if clause] + [Span(m.start, m.end) for m in sentence.modals]
        return self.lists.unparsed(min(span.start for span in spans), max(span.end for span in spans))
