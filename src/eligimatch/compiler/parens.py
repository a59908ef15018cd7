"""Parentheses: another name, a limit in other words, a window, examples, or an exception."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from eligimatch.compiler.absorbed import Absorbed, single
from eligimatch.compiler.aliases import is_limits, numbers, of_markers
from eligimatch.compiler.asides import beside
from eligimatch.compiler.defining_numbers import shown_by
from eligimatch.compiler.marked import jointly, scores
from eligimatch.compiler.noun_words import of_studied_side
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.other_limits import OtherLimits, beneath
from eligimatch.compiler.permissions import together
from eligimatch.compiler.phrase import Phrase, Unreadable
from eligimatch.compiler.remarks import Remarks, of_treatment
from eligimatch.compiler.rules import each_reading, hads, on_studied_side, unread
from eligimatch.compiler.said_in_parens import (
    clear,
    each_told,
    excepted,
    known,
    namely,
    numbered,
    of_circumstances,
    perhaps_spared,
    side,
    then,
)
from eligimatch.compiler.sentence_read import Read
from eligimatch.compiler.syntax import Clause, Paren, Series, Tail
from eligimatch.compiler.syntax import Sentence as SyntaxSentence
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Judged, Measure, Not, Rule, Staged, Statement, leaves
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists
_SPECIMEN = re.compile(r"\W*(?:(?:serum|urine|blood|plasma|or|and|either|qualitative|quantitative|beta|β|hcg|test)\W*)+", re.IGNORECASE)
"""In what a pregnancy is tested."""


class Parens:
    """Reads what stands in parentheses in the light of what stands before them."""

    def __init__(self, nouns: Nouns, lists: Lists) -> None:
        self.nouns = nouns
        self.lists = lists
        self.others = OtherLimits(nouns, lists)
        self.remarks = Remarks(nouns, lists)
        self.absorbed = Absorbed(nouns, lists, self.remarks)
        self.read_sentence: Callable[[SyntaxSentence], Read] | None = None
        """How the builder reads a sentence."""

    def applied(self, rule: Rule, phrase: Phrase) -> Rule:
        """The rule with the parentheses that remain: examples, exceptions, alternatives, restated limits."""
        for paren in phrase.parens:
            try:
                rule = each_reading(rule, self._apply, phrase, paren)
            except Unreadable:
                rule = self._narrowed(rule, paren)
        return on_studied_side(rule) if phrase.parens and of_studied_side(phrase) else rule

    def _narrowed(self, rule: Rule, paren: Paren) -> Rule:
        """Words in parentheses that the language does not know narrow what stands before them."""
        if isinstance(rule, Not):
            return Not(rule=self._narrowed(rule.rule, paren), span=rule.span)
        if isinstance(rule, Measure) and not self.lists.excluding and (said := self.remarks.reached(paren)):
            return AllOf(rules=(rule, said), span=rule.span.cover(said.span))
        if both := beside(rule, paren, self.nouns):
            return both
        if not isinstance(rule, Had) or self.remarks.widens(paren):
            raise Unreadable(paren.start, paren.end)
        rest = tuple(qualifier for qualifier in rule.qualifiers if not isinstance(qualifier, Judged))
        words = " ".join(self.nouns.text[rule.span.start : max(rule.span.end, paren.end)].split())
        return rule.model_copy(update={"qualifiers": (*rest, Judged(words=words, known=False))})

    def _apply(self, rule: Rule, phrase: Phrase, paren: Paren) -> Rule:
        permits = paren.sentence is not None and [modal.type for modal in paren.sentence.modals] == ["ELIGIBLE"]
        other = self.others.limit(rule, paren)
        if other is not None:
            return other
        if isinstance(rule, AllOf) and len(rule.rules) > 1 and isinstance(rule.rules[0], Is) and isinstance(rule.rules[-1], Measure):
            return rule.model_copy(update={"rules": (*rule.rules[:-1], self._apply(rule.rules[-1], phrase, paren))})  # "women ≥ 18 years (…)"
        if isinstance(rule, (Measure, Statement)) and permits and not self._of_others(rule, paren):
            return self._let_pass(rule, paren)
        if (clause := single(paren)) is None:  # "(maintenance does not count)" narrows a number
            return self._narrowed(rule, paren) if permits and isinstance(rule, Had) and rule.count else self._said(rule, paren)
        if clause.series is not None and (other := self.others.window(rule, clause.series) or self._in_arm(rule, clause.series)):
            return other
        tails = clause.tails
        if clause.series is not None and isinstance(rule, Had) and any(tail.word.type in ("IF", "UNLESS") for tail in tails):
            raise Unreadable(paren.start, paren.end)  # "smoker (≥ 5 cigarettes a day when not in hospital)"
        if clause.series is not None and isinstance(rule, Measure):
            rule, tails = self.remarks.listed(rule, clause, paren)
        elif clause.series is not None:
            rule = self._listed(rule, phrase, clause, paren)
        if [tail.word.type for tail in tails[:2]] == ["EXCEPT", "IF"]:
            raise Unreadable(paren.start, paren.end, "whom an exception is of")
        spoken = isinstance(rule, Statement) and bool(phrase.parts)
        for tail in tails:
            rule = self._tail(rule, tail)
        return self.nouns.conditions(phrase, rule, rule.span) if spoken and is_limits(rule) else rule

    def _in_arm(self, rule: Rule, series: Series) -> Rule | None:
        """ "(Arm A only)": asked of those who are meant for it."""
        inner = self.lists.look(series)
        arm = self.nouns.people.arm(inner[0], Span(inner[0].start, inner[0].end)) if len(inner) == 1 else None
        if arm is None:
            return None
        span = rule.span.cover(arm.span)
        return AllOf(rules=(rule, arm), span=span) if self.lists.excluding else AnyOf(rules=(Not(rule=arm, span=arm.span), rule), span=span)

    def _of_others(self, rule: Rule, paren: Paren) -> bool:
        """ "(an ECOG status of 2 is allowed if …)", "(Gilbert syndrome is allowed)": whether other values, or a condition, let someone pass."""
        if not isinstance(rule, Measure) or paren.sentence is None or self.read_sentence is None:
            return False
        passed = self.read_sentence(paren.sentence).passed
        own = any(isinstance(leaf, Measure) and leaf.analyte == rule.analyte for leaf in leaves(passed))
        return not unread(passed) and (own or (isinstance(passed, Had) and passed.section == "conditions" and passed.concept.linked))

    def _let_pass(self, rule: Measure | Statement, paren: Paren) -> Rule:
        """ "(transfusion allowed)" takes nothing from a number, "(patients with ITP are allowed)" may free those from it."""
        read = self.read_sentence(excepted(paren.sentence)) if paren.sentence is not None and self.read_sentence else None
        named = hads(read.rule) if read else ()
        if read is None or read.optional or (named and all(had.section != "conditions" for had in named)):
            return self.remarks.permitted(rule, paren)
        if unread(read.passed) or not all(had.concept.linked for had in named):
            if of_treatment(paren.sentence) or self.remarks.reached(paren):
                return self.remarks.permitted(rule, paren)
            raise Unreadable(paren.start, paren.end)
        return together(rule, read, "exclusion" if self.lists.excluding else "inclusion", self.nouns.linker.vocabulary)

    def _said(self, rule: Rule, paren: Paren) -> Rule:
        """ "(topical steroids are permitted)": a sentence in parentheses goes with what stands before it as one after it would."""
        if paren.sentence is None or self.read_sentence is None or not isinstance(rule, (Had, Measure)):
            raise Unreadable(paren.start, paren.end)
        read = self.read_sentence(paren.sentence)  # "2 lines (one of which must be X)" is counted
        demands = not read.permits and (self.lists.excluding or (isinstance(rule, Had) and rule.count is not None))
        if unread(read.passed) or demands or (isinstance(rule, Measure) and not clear(rule, read, paren)):
            raise Unreadable(paren.start, paren.end)
        said = together(rule, read, "exclusion" if self.lists.excluding else "inclusion", self.nouns.linker.vocabulary)
        return perhaps_spared(rule, read) if said == rule and self.lists.excluding else said

    def _listed(self, rule: Rule, phrase: Phrase, clause: Clause, paren: Paren) -> Rule:
        assert clause.series is not None
        if isinstance(rule, Had) and (names := self.absorbed.kinds(phrase, self.lists.look(clause.series))):
            kinds = tuple(rule.model_copy(update={"concept": Concept(name=name)}) for name in names)
            named = AnyOf(rules=kinds, span=rule.span)  # all that is meant, or examples: "(non-squamous only)" says which
            return named if self.nouns.text[: paren.end - 1].endswith(" only") else Ambiguous(readings=(rule, named), span=rule.span)
        inner = self.lists.rule(clause.series, excluding=True)
        if self._examples(rule, inner):
            return namely(rule, inner)
        if isinstance(rule, AllOf) and rule.rules and self._examples(rule.rules[-1], inner):
            return rule
        if isinstance(rule, Had) and (told := self._told_of(rule, inner, paren)):
            return told
        if isinstance(rule, Is):
            return inner if scores(inner, rule.concept) else self._variants(rule, inner, paren)
        if isinstance(rule, Statement) and phrase.comparisons and rule.span.start <= paren.start and paren.end <= rule.span.end and is_limits(inner):
            return rule  # told with its words
        if isinstance(rule, Statement) and is_limits(inner) and phrase.heads[-1:] and phrase.heads[-1].text.lower().endswith("function"):
            return self.nouns.conditions(phrase, self.lists.rule(clause.series, excluding=self.lists.excluding), rule.span)
        if isinstance(rule, Had) and rule.section == "conditions" and numbers(inner):
            return self._numbered(rule, inner, phrase, clause.series, paren)
        if isinstance(rule, AllOf) and rule.rules and numbers(inner) and isinstance(rule.rules[0], Had):
            asked = (rule.rules[0], *(one for one in rule.rules[1:] if not isinstance(one, Is)), jointly(inner, clause.series.links))
            return AllOf(rules=asked, span=rule.span)  # "triple-negative breast cancer (ER < 10%, …)": in these words
        if isinstance(rule, Had) and known(rule) and known(inner) and any(had.section == rule.section for had in hads(inner)):
            return Ambiguous(readings=(rule, then(rule, inner)), span=rule.span.cover(inner.span))  # what is named, examples of it, or its kind
        raise Unreadable(paren.start, paren.end)

    def _numbered(self, rule: Had, inner: Rule, phrase: Phrase, series: Series, paren: Paren) -> Rule:
        """ "severe anemia (hemoglobin < 8)", "hypotension (with systolic blood pressure < 80)", "stage 4 kidney disease (GFR < 30)"."""
        if (number := shown_by(rule, [inner], self.nouns.linker)) is not None:
            return number
        opens = self.nouns.text[paren.start + 1 : paren.end].lstrip().lower()
        narrows = rule.when in ("window", "ever") or opens.startswith("with ") or of_markers(inner)
        caused = any(word.type == "DUE_TO" for word, _ in phrase.parts)  # "pain (≥ 4) secondary to X"
        rest = tuple(quality for quality in rule.qualifiers if not numbered(quality) or (caused and isinstance(quality, Judged)))
        told = rule if narrows else rule.model_copy(update={"qualifiers": rest})
        both = AllOf(rules=(told, inner), span=rule.span.cover(inner.span))
        if rule.when == "ever" and not of_markers(inner):
            other = both if self.lists.excluding else inner
            return Ambiguous(readings=(told, other), span=both.span)  # "history of renal failure (creatinine > 2)": as it was then
        if not narrows and any(isinstance(quality, Staged) for quality in rest):
            return Ambiguous(readings=(told, inner), span=both.span)  # the stage, or the number that makes it
        return both if narrows or rest or not rule.concept.linked else self._meant(rule, inner, series)

    def _meant(self, rule: Had, inner: Rule, series: Series) -> Rule:
        """ "acceptable blood tests (ANC ≥ 1.5, platelets ≥ 75)": among the inclusions commas alone ask each number."""
        if self.lists.excluding or len(series.items) == 1 or not {"comma", "slash"}.issuperset(series.links):
            return inner
        each = self.lists.rule(series)
        return each if any(isinstance(quality, Judged) for quality in rule.qualifiers) else Ambiguous(readings=(inner, each), span=inner.span)

    def _variants(self, rule: Is, inner: Rule, paren: Paren) -> Rule:
        """ "EGFR mutation (exon 19 deletion or L858R)": these, or examples; "hormone receptor positive (ER or PR positive)": the same."""
        if rule.fact.endswith("pregnancy test") and _SPECIMEN.fullmatch(self.nouns.text[paren.start + 1 : paren.end - 1]):
            return rule
        named = [member for member in (inner.rules if isinstance(inner, AnyOf) else (inner,)) if isinstance(member, Is)]
        kinds = rule.concept is not None and all(m.concept is not None and beneath(self.nouns, m.concept, rule.concept) for m in named)
        if not kinds or len(named) != (len(inner.rules) if isinstance(inner, AnyOf) else 1):
            raise Unreadable(paren.start, paren.end)
        concepts = {member.concept.name for member in named if member.concept}
        assert rule.concept is not None
        if concepts >= {rule.concept.name} or concepts >= set(self.nouns.linker.vocabulary.children(rule.concept.name)):
            return rule
        return Ambiguous(readings=(rule, inner), span=rule.span)

    def _examples(self, rule: Rule, inner: Rule) -> bool:
        """Whether each listed thing is a kind of what the rule asks, so that naming them changes nothing."""
        asked, listed = _had(rule), [_had(member) for member in (inner.rules if isinstance(inner, AnyOf) else (inner,))]
        if asked is None:
            return False
        every = bool(self.nouns.linker.fact(asked.concept, "any"))  # "treatment for prostate cancer (cryotherapy, prostatectomy)"
        return all(
            had is not None
            and not had.window
            and (beneath(self.nouns, had.concept, asked.concept) or (every and had.concept.linked and side(had) == side(asked)))
            for had in listed
        )

    def _told_of(self, rule: Had, inner: Rule, paren: Paren) -> Rule | None:
        """ "anticancer treatment (chemotherapy, radiotherapy, surgery)": any, or these, where a person must say that they are such."""
        listed = inner.rules if isinstance(inner, AnyOf) else (inner,)
        if told := each_told(rule, listed):
            return told
        known = [had for had in listed if isinstance(had, Had) and had.concept.linked and not had.window and side(had) == side(rule)]
        kinds = [beneath(self.nouns, had.concept, rule.concept) for had in known]
        if len(known) < len(listed) or len(known) < 2 or not (any(kinds) or self.nouns.linker.fact(rule.concept, "judged")):
            return None
        words = " ".join(self.nouns.text[rule.span.start : max(rule.span.end, paren.end)].split())
        own = {"when": rule.when, "window": rule.window, "other": rule.other, "count": rule.count}
        only = []
        for had, such in zip(known, kinds, strict=True):
            rest = [quality for quality in (*rule.qualifiers, *had.qualifiers) if such or not isinstance(quality, Judged)]
            only.append(had.model_copy(update={**own, "qualifiers": (*rest, *(() if such else (Judged(words=words),)))}))
        return Ambiguous(readings=(rule, AnyOf(rules=tuple(only), span=rule.span)), span=rule.span)

    def _tail(self, rule: Rule, tail: Tail) -> Rule:
        ends = isinstance(rule, Measure) and tail.word.type == "INCLUDING" and self.remarks.ends(rule, tail)
        if ends or (isinstance(rule, Had) and of_circumstances(tail)):
            return rule
        applied = self.lists.tails.apply(rule, tail, excluding=self.lists.excluding)
        if unread(applied):
            raise Unreadable(tail.word.start, tail.word.end)
        return applied


def _had(rule: Rule) -> Had | None:
    if isinstance(rule, Not):
        return _had(rule.rule)
    return rule if isinstance(rule, Had) else None
