"""Parentheses: another name, a limit in other words, a window, examples, or an exception."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from eligimatch.compiler.ellipses import kinds_named
from eligimatch.compiler.groups import part_named
from eligimatch.compiler.lexer import TIME_UNITS, Token
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.other_limits import OtherLimits, beneath
from eligimatch.compiler.permissions import Read, together
from eligimatch.compiler.phrase import Phrase, Unreadable, duration
from eligimatch.compiler.qualities import kind_of
from eligimatch.compiler.rules import hads, unread
from eligimatch.compiler.shared_numbers import names_only
from eligimatch.compiler.syntax import Clause, Paren, Tail, series_span
from eligimatch.compiler.syntax import Sentence as SyntaxSentence
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Coded, Had, Is, Judged, Measure, Not, Rule, Statement, Unparsed

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists
_REFERENCE = re.compile(
    r"^[(\[]\s*(?:(?:please\s+)?(?:see|refer to|as per|per|as defined in|as described in|defined in|in)\s+)?(?:the\s+)?(?:protocol\s+)?"
    r"(?:appendix|appendices|section|table|annex|attachment|figure)\b[^()]*[)\]]$",
    re.IGNORECASE,
)

_CITED = re.compile(r"^[(\[]\s*[A-Z][\w'’-]+(?: et al\.?| and [A-Z][\w'’-]+)?,?\s+(?:19|20)\d\d\s*[)\]]$")
"""Where a standard was published: "(Cheson et al., 2014)"."""


class Parens:
    """Reads what stands in parentheses in the light of what stands before them."""

    def __init__(self, nouns: Nouns, lists: Lists) -> None:
        self.nouns = nouns
        self.lists = lists
        self.others = OtherLimits(nouns, lists)
        self.among = False
        """Whether what is read is one of several alternatives."""
        self.read_sentence: Callable[[SyntaxSentence], Read] | None = None
        """How the builder reads a sentence."""

    def absorb(self, phrase: Phrase) -> None:
        """Lets the phrase take over parentheses that only qualify it: adjectives, windows, doses, other names."""
        left: list[Paren] = []
        for _, part in phrase.parts:
            left += [paren for paren in part.parens if not self._absorbed(part, paren)]
            part.parens = []
        phrase.parens = [paren for paren in (*phrase.parens, *left) if not self._absorbed(phrase, paren)]

    def applied(self, rule: Rule, phrase: Phrase) -> Rule:
        """The rule with the parentheses that remain: examples, exceptions, alternatives, restated limits."""
        for paren in phrase.parens:
            named = part_named(self.nouns.text[paren.start : paren.end])
            if named:
                rule = self._narrowed(rule, paren) if self.among else self._of_part(rule, named)
                continue
            try:
                rule = self._apply(rule, phrase, paren)
            except Unreadable:
                rule = self._narrowed(rule, paren)
        return rule

    def _of_part(self, rule: Rule, named: str) -> Rule:
        """ "(Phase 2 only)": asked only of those in that part of the trial."""
        inside = Is(fact="group", values=(named,), span=rule.span)
        if self.lists.excluding:
            return AllOf(rules=(inside, rule), span=rule.span)
        return AnyOf(rules=(Not(rule=inside, span=rule.span), rule), span=rule.span)

    def _narrowed(self, rule: Rule, paren: Paren) -> Rule:
        """Words in parentheses that the language does not know narrow what stands before them."""
        if isinstance(rule, Not):
            return Not(rule=self._narrowed(rule.rule, paren), span=rule.span)
        if not isinstance(rule, Had):
            raise Unreadable(paren.start, paren.end)
        rest = tuple(qualifier for qualifier in rule.qualifiers if not isinstance(qualifier, Judged))
        words = " ".join(self.nouns.text[rule.span.start : max(rule.span.end, paren.end)].split())
        return rule.model_copy(update={"qualifiers": (*rest, Judged(words=words, known=False))})

    def _absorbed(self, phrase: Phrase, paren: Paren) -> bool:
        clause = _single(paren)
        text = self.nouns.text[paren.start : paren.end]
        if part_named(text):
            return False
        if paren.sentence is None or _REFERENCE.match(text) or _CITED.match(text):
            return True
        if clause is None or clause.series is None or clause.tails:
            return False
        inner, _ = self.lists.phrases(clause.series)
        if any(p.unread for p in inner):
            return False
        if phrase.window and any(p.window for p in inner) and not _same_length(phrase, inner[0]):
            return False
        one = all(len(stage.values) == 1 for t in phrase.adjectives if t.type == "STAGE" for stage in t.value) and len(inner) == 1  # type: ignore[attr-defined]
        apart = one and _scales(phrase).isdisjoint(_scales(inner[0]))  # "stage III (N2)"
        if all(p.bare for p in inner) and not self._kinds(phrase, inner) and (apart or not (_staged(phrase) and any(_staged(p) for p in inner))):
            for p in inner:
                _take(phrase, p)
            return True
        if len(inner) == 1 and inner[0].method and _staged(inner[0]) and _scales(phrase).isdisjoint(_scales(inner[0])):
            _take(phrase, inner[0])
            return True
        if phrase.normal and not phrase.comparisons and all(self._measured(p) for p in inner):
            phrase.panel = inner
            return True
        if len(inner) == 1 and inner[0].system and not (inner[0].heads or inner[0].parts or inner[0].parens) and phrase.system is None:
            phrase.system, phrase.adjectives = inner[0].system, phrase.adjectives + inner[0].adjectives
            phrase.comparisons = phrase.comparisons + inner[0].comparisons
            phrase.grade = phrase.grade or inner[0].grade
            return True
        if len(inner) == 1 and (self._same(phrase, inner[0]) or _method_only(inner[0]) or _alias(phrase, inner[0]) or _same_length(phrase, inner[0])):
            return True
        limits = len(inner) == 1 and inner[0].comparisons and inner[0].heads and not phrase.comparisons
        if limits and self._measured(phrase) and self._measured(inner[0]):
            phrase.heads, phrase.comparisons, phrase.window = inner[0].heads, inner[0].comparisons, phrase.window or inner[0].window
            return True
        return len(inner) == 1 and _joined(phrase, inner[0], paren)

    def _kinds(self, phrase: Phrase, inner: list[Phrase]) -> tuple[str, ...]:
        concept = self.nouns.concept(phrase)
        known = concept is not None and concept.linked and concept.kind == "condition"
        return kinds_named(inner, concept, self.nouns.linker.vocabulary) if known and concept else ()

    def _measured(self, phrase: Phrase) -> bool:
        """A plain analyte or score."""
        if phrase.parts or phrase.act or phrase.adjectives or phrase.results or not phrase.heads:
            return False
        return self.nouns.linker.link(phrase.heads, self.nouns.text, ("analyte", "score")).kind in ("analyte", "score")

    def _same(self, phrase: Phrase, other: Phrase) -> bool:
        """Another name of the same thing, or a kind of it: "anti-HBc (IgG)" is not, "(SGPT)" is."""
        if not phrase.heads or not other.heads or other.comparisons or other.parts or other.results:
            return False
        first, second = self.nouns.concept(phrase), self.nouns.concept(other)
        if first is None or second is None:
            return False
        tested = second.kind == "analyte" and first.kind == "condition" and self.nouns.linker.vocabulary.is_a(first.name, "infection")
        if tested and first.name.split()[0] in second.name.split():
            return True  # "HIV (HIV 1/2 antibodies)"
        wider = first.linked and second.linked and self.nouns.linker.vocabulary.is_a(first.name, second.name) and _shouted(other)
        return first == second or bool(set(other.heads[0].names) & set(phrase.heads[-1].names)) or _abbreviation(other) or wider

    def _apply(self, rule: Rule, phrase: Phrase, paren: Paren) -> Rule:
        permits = paren.sentence is not None and [modal.type for modal in paren.sentence.modals] == ["ELIGIBLE"]
        other = self.others.limit(rule, paren)
        if other is not None:
            return other
        if isinstance(rule, (Measure, Statement)) and permits:
            return self._permitted(rule, paren)
        clause = _single(paren)
        if clause is None:
            return self._said(rule, paren)
        if clause.series is not None and (other := self.others.window(rule, clause.series)):
            return other
        if clause.series is not None:
            rule = self._listed(rule, phrase, clause, paren)
        for tail in clause.tails:
            rule = self._tail(rule, tail)
        return rule

    def _said(self, rule: Rule, paren: Paren) -> Rule:
        """ "(topical steroids are permitted)": a sentence in parentheses goes with what stands before it as one after it would."""
        if paren.sentence is None or self.read_sentence is None or not isinstance(rule, Had):
            raise Unreadable(paren.start, paren.end)
        read = self.read_sentence(paren.sentence)
        if unread(read.passed) or (self.lists.excluding and not read.permits):
            raise Unreadable(paren.start, paren.end)
        return together(rule, read, "exclusion" if self.lists.excluding else "inclusion", self.nouns.linker.vocabulary)

    def _permitted(self, rule: Measure | Statement, paren: Paren) -> Rule:
        """ "(transfusion allowed)" takes nothing from a number; what names another limit is not read here."""
        text = self.nouns.text[paren.start : paren.end]
        if any(c.isdigit() for c in text):
            raise Unreadable(paren.start, paren.end)
        return rule

    def _listed(self, rule: Rule, phrase: Phrase, clause: Clause, paren: Paren) -> Rule:
        assert clause.series is not None
        if isinstance(rule, Had) and (names := self._kinds(phrase, self.lists.phrases(clause.series)[0])):
            kinds = tuple(rule.model_copy(update={"concept": Concept(name=name)}) for name in names)
            return Ambiguous(readings=(rule, AnyOf(rules=kinds, span=rule.span)), span=rule.span)  # all that is meant, or examples
        inner = self.lists.rule(clause.series, excluding=True)
        if isinstance(rule, Measure) and _other_scores(rule, inner):
            return AnyOf(rules=(rule, inner), span=rule.span.cover(inner.span))
        if isinstance(rule, Measure) and isinstance(inner, Measure):
            return _restated(rule, inner, paren)
        if isinstance(rule, Measure):
            inner_phrases, _ = self.lists.phrases(clause.series)
            if len(inner_phrases) == 1 and _limits_only(inner_phrases[0]):
                comparisons = [comparison._replace(bare=False) for comparison in inner_phrases[0].comparisons]
                return _restated(rule, self.nouns.measurer.measure(rule.analyte, comparisons, rule.span), paren)
        if isinstance(rule, Measure) and _denials(inner):
            return AllOf(rules=(rule, inner), span=rule.span.cover(inner.span))
        if self._examples(rule, inner):
            return _namely(rule, inner)
        if isinstance(rule, Is):
            return self._variants(rule, inner, paren)
        if isinstance(rule, Statement) and _limits(inner) and phrase.heads[-1:] and phrase.heads[-1].text.lower().endswith("function"):
            return self.lists.rule(clause.series, excluding=self.lists.excluding)
        if isinstance(rule, Had) and rule.section == "conditions" and _numbers(inner):
            told = any(not (isinstance(quality, Coded) and quality.aspect == "severity") for quality in rule.qualifiers)
            narrows = told or self.nouns.text[paren.start + 1 : paren.end].lstrip().lower().startswith("with ") or _of_markers(inner)
            return AllOf(rules=(rule, inner), span=rule.span.cover(inner.span)) if narrows else inner
        if isinstance(rule, AllOf) and rule.rules and _numbers(inner) and isinstance(rule.rules[0], Had):
            return AllOf(rules=(rule.rules[0], inner), span=rule.span)  # "triple-negative breast cancer (ER < 10%, …)": in these words
        raise Unreadable(paren.start, paren.end)

    def _variants(self, rule: Is, inner: Rule, paren: Paren) -> Rule:
        """ "EGFR mutation (exon 19 deletion or L858R)": these, or examples; "hormone receptor positive (ER or PR positive)": the same."""
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
        return all(had is not None and not had.window and beneath(self.nouns, had.concept, asked.concept) for had in listed)

    def _tail(self, rule: Rule, tail: Tail) -> Rule:
        if tail.word.type == "INCLUDING" and isinstance(rule, Measure) and self._ends(rule, tail):
            return rule
        applied = self.lists.tails.apply(rule, tail, excluding=self.lists.excluding)
        if unread(applied):
            raise Unreadable(tail.word.start, tail.word.end)
        return applied

    def _ends(self, rule: Measure, tail: Tail) -> bool:
        """ "18 to 75 years (including 18 and 75)": both ends belong to it anyway."""
        span = series_span(tail.series)
        numbers = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", self.nouns.text[span.start : span.end])}
        ends = {rule.interval.low: rule.interval.low_open, rule.interval.high: rule.interval.high_open}
        return bool(numbers) and all(number in ends and not ends[number] for number in numbers)


def _namely(rule: Rule, inner: Rule) -> Rule:
    """ "leukemia (ALL or CLL)": these kinds of it, or any."""
    asked = hads(rule)
    if not isinstance(rule, Had) or any(had.concept == asked[0].concept for had in hads(inner)):
        return rule
    own = {"when": rule.when, "window": rule.window, "other": rule.other, "count": rule.count}
    only = [had.model_copy(update={**own, "qualifiers": rule.qualifiers + had.qualifiers}) for had in hads(inner)]
    return Ambiguous(readings=(rule, only[0] if len(only) == 1 else AnyOf(rules=tuple(only), span=rule.span)), span=rule.span)


def _joined(phrase: Phrase, inner: Phrase, paren: Paren) -> bool:
    """ "(males)", "(≥ 9 g/dL)", "(as judged by …)": whom a limit is for, the limit itself, a judgement."""
    if phrase.comparisons and kind_of(inner) == "group" and names_only(inner):
        phrase.parts.append((Token("FOR", "for", paren.start, paren.start), inner))
        return True
    if inner.speech and not inner.heads:
        phrase.speech = phrase.speech + inner.speech
        return True
    if not _limits_only(inner) or phrase.comparisons:
        return False
    phrase.comparisons = inner.comparisons
    phrase.equivalent = phrase.equivalent or inner.equivalent
    phrase.window = phrase.window or inner.window
    return True


def _method_only(phrase: Phrase) -> bool:
    return phrase.method and not (phrase.comparisons or phrase.parts or phrase.results or phrase.act or phrase.speech or phrase.adjectives)


def _scales(phrase: Phrase) -> set[str]:
    """The staging systems of a phrase's stages; one without a name is a numbered one."""
    return {stage.system for token in phrase.adjectives if token.type == "STAGE" for stage in token.value}  # type: ignore[attr-defined]


def _alias(phrase: Phrase, other: Phrase) -> bool:
    """One unknown name in capitals after a known noun: what else it is called ("(Rezum)", "(AMG 181)")."""
    if len(other.heads) != 1 or other.heads[0].names or other.parts or other.comparisons or other.adjectives or other.results or other.act:
        return False
    words = other.heads[0].text.split()
    return bool(phrase.heads and phrase.heads[-1].names) and len(words) <= 2 and all(word[:1].isupper() for word in words)


def _numbers(rule: Rule) -> bool:
    """Whether a rule is all measurements and test results: in parentheses they define the condition before them."""
    if isinstance(rule, (AnyOf, AllOf)):
        return all(_numbers(member) for member in rule.rules)
    return isinstance(rule, (Measure, Is))


def _of_markers(rule: Rule) -> bool:
    """Whether a rule asks of a marker: a disease with it is still that disease."""
    if isinstance(rule, (AnyOf, AllOf)):
        return any(_of_markers(member) for member in rule.rules)
    concept = rule.analyte if isinstance(rule, Measure) else rule.concept if isinstance(rule, Is) else None
    return concept is not None and concept.kind == "marker"


def _limits(rule: Rule) -> bool:
    """Whether each member of a list holds a number against a limit, for everyone or for some."""
    members = rule.rules if isinstance(rule, (AnyOf, AllOf)) else rule.readings if isinstance(rule, Ambiguous) else ()
    return isinstance(rule, Measure) or (bool(members) and (all(map(_limits, members)) or (len(members) == 2 and any(map(_limits, members)))))


def _other_scores(rule: Measure, inner: Rule) -> bool:
    """ "ECOG ≤ 2 (Karnofsky or Lansky ≥ 60)": the same on other scales."""
    if isinstance(inner, (AnyOf, AllOf)):
        return all(_other_scores(rule, member) for member in inner.rules)
    return isinstance(inner, Measure) and rule.analyte.kind == "score" == inner.analyte.kind and rule.analyte != inner.analyte


def _denials(rule: Rule) -> bool:
    """ "(without growth factors)": a demand beside the number."""
    if isinstance(rule, AllOf):
        return bool(rule.rules) and all(_denials(member) for member in rule.rules)
    return isinstance(rule, Not) and isinstance(rule.rule, Had)


def _single(paren: Paren) -> Clause | None:
    if paren.sentence is None or paren.sentence.modals or len(paren.sentence.clauses) != 1:
        return None
    return paren.sentence.clauses[0]


def _staged(phrase: Phrase) -> bool:
    return any(token.type == "STAGE" for token in phrase.adjectives)


def _take(phrase: Phrase, bare: Phrase) -> None:
    phrase.late = phrase.late or (phrase.window is None and bare.window is not None)
    phrase.adjectives = phrase.adjectives + bare.adjectives
    phrase.window = phrase.window or bare.window
    phrase.suspected = phrase.suspected or bare.suspected
    phrase.time = phrase.time or bare.time
    phrase.lasting = phrase.lasting or bare.lasting


def _limits_only(phrase: Phrase) -> bool:
    return bool(phrase.comparisons) and not (phrase.heads or phrase.speech or phrase.parts or phrase.adjectives or phrase.results)


def _same_length(phrase: Phrase, other: Phrase) -> bool:
    """ "4 weeks (28 days)": one length of time in two units."""
    first = phrase.window.start or phrase.window.end if phrase.window else phrase.lasting
    second = duration(other.comparisons[0]) if _limits_only(other) and len(other.comparisons) == 1 else None
    return first is not None and second is not None and _close(first.days, second.days, 0.1)


def _shouted(phrase: Phrase) -> bool:
    """An abbreviation alone: "anticancer monoclonal antibody (mAb)"."""
    return len(phrase.heads) == 1 and len(phrase.heads[0].text) <= 6 and any(letter.isupper() for letter in phrase.heads[0].text[1:])


def _abbreviation(phrase: Phrase) -> bool:
    """Unknown capitals alone: a name that the text gives to what stands before it."""
    return len(phrase.heads) == 1 and not phrase.heads[0].names and phrase.heads[0].text.isupper() and len(phrase.heads[0].text) <= 8


def _restated(rule: Measure, again: Rule, paren: Paren) -> Rule:
    """A limit given twice in two units must be one limit (within 5%, as rounding makes them)."""
    if isinstance(again, Measure) and again.analyte == rule.analyte and again.per == rule.per:
        if again.interval.low is not None and again.interval.low == again.interval.high:
            only = [limit for limit in (rule.interval.low, rule.interval.high) if limit is not None]
            if len(only) == 1 and _close(only[0], again.interval.low):
                return rule
        pairs = ((rule.interval.low, again.interval.low), (rule.interval.high, again.interval.high))
        if all(_close(a, b, 0.1 if rule.unit in TIME_UNITS else 0.05) for a, b in pairs):
            return rule
    raise Unreadable(paren.start, paren.end)


def _close(a: float | None, b: float | None, apart: float = 0.05) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) <= apart * max(abs(a), abs(b))


def _had(rule: Rule) -> Had | None:
    if isinstance(rule, Not):
        return _had(rule.rule)
    return rule if isinstance(rule, Had) else None


__all__ = ["Parens", "Unparsed"]
