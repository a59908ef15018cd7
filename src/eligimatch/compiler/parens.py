"""Parentheses: another name, a limit in other words, a window, examples, or an exception."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING

from eligimatch.compiler.aliases import abbreviation, alias, is_limits, method_only, numbers, of_markers, says_stage, scales, shouted, spread_letter
from eligimatch.compiler.asides import beside
from eligimatch.compiler.defining_numbers import shown_by
from eligimatch.compiler.ellipses import kinds_named
from eligimatch.compiler.marked import jointly, scores
from eligimatch.compiler.noun_words import of_studied_side
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.other_limits import OtherLimits, beneath
from eligimatch.compiler.permissions import together
from eligimatch.compiler.phrase import Phrase, Unreadable, any_state, replace
from eligimatch.compiler.qualities import kind_of
from eligimatch.compiler.remarks import Remarks, of_treatment, same_length
from eligimatch.compiler.rules import each_reading, hads, on_studied_side, unread
from eligimatch.compiler.said_in_parens import (
    clear,
    each_told,
    either,
    excepted,
    for_whom,
    joined,
    known,
    namely,
    numbered,
    of_circumstances,
    perhaps_spared,
    side,
    then,
)
from eligimatch.compiler.sentence_read import Read
from eligimatch.compiler.shared_numbers import names_only
from eligimatch.compiler.syntax import Clause, Paren, Series, Tail
from eligimatch.compiler.syntax import Sentence as SyntaxSentence
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Judged, Measure, Not, Rule, Staged, Statement, leaves
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists
_REFERENCE = re.compile(
    r"^[(\[]\s*(?:(?:please\s+)?(?:see|refer to|as per|per|as defined in|as described in|defined in|in)\s+)?(?:the\s+)?(?:protocol\s+)?"
    r"(?:appendix|appendices|section|table|annex|attachment|figure)\b[^()]*[)\]]$",
    re.IGNORECASE,
)
_SPECIMEN = re.compile(r"\W*(?:(?:serum|urine|blood|plasma|or|and|either|qualitative|quantitative|beta|β|hcg|test)\W*)+", re.IGNORECASE)
"""In what a pregnancy is tested."""
_CITED = re.compile(r"^[(\[]\s*[A-Z][\w'’-]+(?: et al\.?| and [A-Z][\w'’-]+)?,?\s+(?:19|20)\d\d\s*[)\]]$")
"""Where a standard was published: "(Cheson et al., 2014)"."""


class Parens:
    """Reads what stands in parentheses in the light of what stands before them."""

    def __init__(self, nouns: Nouns, lists: Lists) -> None:
        self.nouns = nouns
        self.lists = lists
        self.others = OtherLimits(nouns, lists)
        self.remarks = Remarks(nouns, lists)
        self.read_sentence: Callable[[SyntaxSentence], Read] | None = None
        """How the builder reads a sentence."""

    def absorb(self, phrase: Phrase) -> None:
        """Lets the phrase take over parentheses that only qualify it: adjectives, windows, doses, other names."""
        left = [paren for _, part in phrase.parts for paren in part.parens if not self._absorbs(part, paren)]
        for _, part in phrase.parts:
            part.parens = []
        phrase.parens = [paren for paren in (*phrase.parens, *left) if not self._absorbs(phrase, paren)]

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

    def _absorbs(self, phrase: Phrase, paren: Paren) -> bool:
        clause = _single(paren)
        if paren.sentence is None or _REFERENCE.match(text := self.nouns.text[paren.start : paren.end]) or _CITED.match(text):
            return True
        if clause is None or clause.series is None or clause.tails or not self._absorbed(phrase, paren, text, self.lists.look(clause.series)):
            return False
        self.lists.phrases(clause.series)  # they are the phrase's now
        return True

    def _absorbed(self, phrase: Phrase, paren: Paren, text: str, inner: list[Phrase]) -> bool:
        if any_state(inner) or any(p.unread for p in inner) or (phrase.window and any(p.window for p in inner) and not same_length(phrase, inner[0])):
            return False
        if len(inner) == 1 and inner[0].bare and self._spread(phrase) and spread_letter(inner[0]) in ("0", "1"):
            return True  # "distant metastasis (M1)", "without metastases (M0)": the same in a letter
        one = all(len(stage.values) == 1 for t in phrase.adjectives if t.type == "STAGE" for stage in t.stages) and len(inner) == 1
        apart = one and scales(phrase).isdisjoint(scales(inner[0]))  # "stage III (N2)"
        if all(p.bare for p in inner) and not self._kinds(phrase, inner) and (apart or not (says_stage(phrase) and any(map(says_stage, inner)))):
            return either(inner, text) and len(inner) == sum(_take(phrase, p) for p in inner)
        if len(inner) == 1 and inner[0].method and says_stage(inner[0]) and scales(phrase).isdisjoint(scales(inner[0])):
            return _take(phrase, inner[0])
        if phrase.normal and not phrase.comparisons and all(self._measured(p) for p in inner):
            phrase.panel = inner
            return True
        staged = len(inner) == 1 and inner[0].system and not (inner[0].parts or inner[0].parens) and phrase.system is None
        if staged and self._of_wider(phrase, inner[0]):
            phrase.system, phrase.adjectives = inner[0].system, phrase.adjectives + inner[0].adjectives
            phrase.comparisons, phrase.grade = phrase.comparisons + inner[0].comparisons, phrase.grade or inner[0].grade
            return True
        if len(inner) == 1 and self._said_again(phrase, inner[0]):
            return True
        limits = len(inner) == 1 and inner[0].comparisons and inner[0].heads and not phrase.comparisons
        judged = all(token.type == "JUDGED" for token in phrase.adjectives)  # "good performance status (ECOG 0 or 1)": the limit says what is good
        if limits and judged and self._measured(replace(phrase, adjectives=[])) and self._measured(inner[0]):
            phrase.heads, phrase.comparisons, phrase.window = inner[0].heads, inner[0].comparisons, phrase.window or inner[0].window
            phrase.adjectives = []
            return True
        analytes = bool(phrase.heads) and all(names_only(p) and kind_of(p) == "analyte" for p in inner)
        if analytes and any(self._same(phrase, p) for p in inner) and all(self._said_before(phrase, p, paren) for p in inner):
            return True  # "aspartate and alanine aminotransferase (AST and ALT)"
        alternative = bool(phrase.comparisons) and self.remarks.alternative(paren)
        return len(inner) == 1 and (for_whom(phrase, inner[0], paren, text) or joined(phrase, inner[0], paren, alternative=alternative))

    def _spread(self, phrase: Phrase) -> bool:
        """Whether a phrase asks for metastatic disease, or for none of it."""
        concept = self.nouns.concept(phrase)
        return concept is not None and concept.name == "metastatic disease"

    def _of_wider(self, phrase: Phrase, inner: Phrase) -> bool:
        """ "heart failure (NYHA III)", "(NYHA III heart disease)": a stage by itself, or of what the noun is a kind of."""
        if not inner.heads:
            return True
        first, second = self.nouns.concept(phrase), self.nouns.concept(inner)
        return first is not None and second is not None and beneath(self.nouns, first, second)

    def _kinds(self, phrase: Phrase, inner: list[Phrase]) -> tuple[str, ...]:
        concept = self.nouns.concept(phrase)
        known = concept is not None and concept.linked and concept.kind == "condition"
        if not known or concept is None:
            return ()
        vocabulary = self.nouns.linker.vocabulary
        whole = vocabulary.find(f"{self.nouns.text[inner[0].start : inner[-1].end]} {concept.name}")  # "diabetes (type 1 or type 2)"
        kinds = tuple(name for name in whole if name != concept.name and vocabulary.is_a(name, concept.name))
        return kinds or kinds_named(inner, concept, vocabulary)

    def _said_again(self, phrase: Phrase, other: Phrase) -> bool:
        """The same in other words, or how it is found."""
        return self._same(phrase, other) or self._by_method(phrase, other) or alias(phrase, other) or same_length(phrase, other)

    def _by_method(self, phrase: Phrase, method: Phrase) -> bool:
        """ "QT interval (corrected by Fridericia's formula)": what head and method name together."""
        head = phrase.heads[-1] if phrase.heads else None
        if not method_only(method, head):
            return False
        words = self.nouns.text[method.start : method.end]
        if head and head.kind == "analyte" and (names := self.nouns.linker.vocabulary.find(f"{head.text} {words}")):
            phrase.heads = [*phrase.heads[:-1], named := copy(head)]
            named.names = names
        return True

    def _measured(self, phrase: Phrase) -> bool:
        """A plain analyte or score."""
        if phrase.parts or phrase.act or phrase.adjectives or phrase.results or not phrase.heads:
            return False
        named = self.nouns.linker.link(phrase.heads, self.nouns.text, ("analyte", "score"))
        return named.linked and named.kind in ("analyte", "score")

    def _said_before(self, phrase: Phrase, other: Phrase, paren: Paren) -> bool:
        """Whether an analyte in parentheses is that of the phrase, or was named by its full name before them."""
        named = other.heads[-1].names[0].split()[0] if other.heads[-1].names else ""
        return self._same(phrase, other) or named in self.nouns.text[: paren.start].lower()

    def _same(self, phrase: Phrase, other: Phrase) -> bool:
        """Another name of the same thing, or a kind of it: "anti-HBc (IgG)" is not, "(SGPT)" is."""
        if not phrase.heads or not other.heads or other.comparisons or other.parts or other.results:
            return False
        if other.window is not None and other.window != phrase.window:
            return False  # "does not smoke (no smoking during the last 12 months)"
        first, second = self.nouns.concept(phrase), self.nouns.concept(other)
        if first is None or second is None:
            return False
        tested = second.kind == "analyte" and first.kind == "condition" and self.nouns.linker.vocabulary.is_a(first.name, "infection")
        if tested and first.name.split()[0] in second.name.split():
            return True  # "HIV (HIV 1/2 antibodies)"
        members = self.nouns.linker.fact(second, "members")
        if isinstance(members, list) and first.name in members:
            return True  # "alanine aminotransferase (AST and ALT)", after the other
        within = first.linked and second.linked and self.nouns.linker.vocabulary.is_a(first.name, second.name)
        wider = within and (shouted(other) or (first.kind == "condition" and names_only(other)))  # "Crohn's disease (inflammatory bowel disease)"
        return first == second or bool(set(other.heads[0].names) & set(phrase.heads[-1].names)) or abbreviation(other) or wider

    def _apply(self, rule: Rule, phrase: Phrase, paren: Paren) -> Rule:
        permits = paren.sentence is not None and [modal.type for modal in paren.sentence.modals] == ["ELIGIBLE"]
        other = self.others.limit(rule, paren)
        if other is not None:
            return other
        if isinstance(rule, AllOf) and len(rule.rules) > 1 and isinstance(rule.rules[0], Is) and isinstance(rule.rules[-1], Measure):
            return rule.model_copy(update={"rules": (*rule.rules[:-1], self._apply(rule.rules[-1], phrase, paren))})  # "women ≥ 18 years (…)"
        if isinstance(rule, (Measure, Statement)) and permits and not self._of_others(rule, paren):
            return self._let_pass(rule, paren)
        if (clause := _single(paren)) is None:  # "(maintenance does not count)" narrows a number
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
        if isinstance(rule, Had) and (names := self._kinds(phrase, self.lists.look(clause.series))):
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


def _single(paren: Paren) -> Clause | None:
    sentence = paren.sentence
    return None if sentence is None or sentence.modals or len(sentence.clauses) != 1 else sentence.clauses[0]


def _take(phrase: Phrase, bare: Phrase) -> bool:
    phrase.late = phrase.late or (phrase.window is None and bare.window is not None)
    phrase.adjectives, phrase.window = phrase.adjectives + bare.adjectives, phrase.window or bare.window
    phrase.suspected = phrase.suspected or bare.suspected
    phrase.time = phrase.time or bare.time
    phrase.lasting = phrase.lasting or bare.lasting
    phrase.circumstances = phrase.circumstances + bare.circumstances
    return True


def _had(rule: Rule) -> Had | None:
    if isinstance(rule, Not):
        return _had(rule.rule)
    return rule if isinstance(rule, Had) else None
