"""Said in parentheses: sentences there, and whether they say clearly of whom they speak."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligimatch.compiler.persons import is_arm
from eligimatch.compiler.phrase import Phrase, replace
from eligimatch.compiler.phrases import graded_only
from eligimatch.compiler.qualities import kind_of
from eligimatch.compiler.remarks import limits_only
from eligimatch.compiler.rules import all_denied, hads, negated
from eligimatch.compiler.sentence_read import Read
from eligimatch.compiler.shared_numbers import names_only
from eligimatch.compiler.syntax import Clause, Paren, Tail
from eligimatch.compiler.syntax import Sentence as SyntaxSentence
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Coded, Had, Judged, Measure, Not, Qualifier, Rule, leaves

_FOR_WHOM = re.compile(r"\W*(?:only )?(?:for|in) (?:the )?(?:[\w-]+ ){0,2}(?:patients|subjects|participants|those|individuals)\b", re.IGNORECASE)


_INSTANCE = re.compile(r"\W*(?:e\.?g|for example|for instance|such as)\b", re.IGNORECASE)
_CIRCUMSTANCES = frozenset({"FOR", "TO", "DUE_TO", "AFTER", "BY", "REQUIRING"})


_OR = re.compile(r"\bor\b", re.IGNORECASE)


def of_circumstances(tail: Tail) -> bool:
    """ "antibiotics (e.g., to prevent a urinary tract infection)": an example that names no other thing, only one of its circumstances."""
    first = tail.series.items[0].pieces[0]
    return tail.word.type == "INCLUDING" and _INSTANCE.match(tail.word.text) is not None and getattr(first, "type", "") in _CIRCUMSTANCES


def excepted(sentence: SyntaxSentence) -> SyntaxSentence:
    """ "(exception: patients with X are eligible)": patients with X are."""
    first = sentence.clauses[0]
    if first is None or first.series is not None or len(first.tails) != 1 or first.tails[0].word.type != "EXCEPT":
        return sentence
    return sentence._replace(clauses=(Clause(first.tails[0].series, ()), *sentence.clauses[1:]))


def clear(rule: Measure, read: Read, paren: Paren) -> bool:
    """Whether a sentence in parentheses after a number says clearly what else is asked, and of whom.

    Not "(transfusions to obtain this are not permitted)", where no time is said, nor another limit that some must meet.
    """
    asked = list(leaves(read.passed))
    if any(isinstance(leaf, Had) and (not leaf.concept.linked or (leaf.section == "treatments" and leaf.when == "now")) for leaf in asked):
        return False
    if read.permits or paren.sentence is None:
        return True
    again = any(isinstance(leaf, Measure) and leaf.analyte == rule.analyte for leaf in leaves(read.rule) if not _told(leaf))
    return not again and all(modal.value != "and" for modal in paren.sentence.modals)


def _told(leaf: Rule) -> bool:
    """Whether a leaf only tells of whom is spoken: those of one value."""
    return isinstance(leaf, Measure) and leaf.interval.low is not None and leaf.interval.low == leaf.interval.high


def namely(rule: Rule, inner: Rule) -> Rule:
    """ "leukemia (ALL or CLL)": these kinds of it, or any; "untreated (no prior X)": no treatment, or only none of that kind."""
    if isinstance(rule, Not) and all_denied(inner):
        return Ambiguous(readings=(rule, inner), span=rule.span)
    asked = hads(rule)
    if not isinstance(rule, Had) or any(had.concept == asked[0].concept for had in hads(inner)):
        return rule
    own = {"when": rule.when, "window": rule.window, "other": rule.other, "count": rule.count}
    only = [had.model_copy(update={**own, "qualifiers": _others(rule.qualifiers, had) + had.qualifiers}) for had in hads(inner)]
    return Ambiguous(readings=(rule, only[0] if len(only) == 1 else AnyOf(rules=tuple(only), span=rule.span)), span=rule.span)


def _others(qualifiers: tuple[Qualifier, ...], had: Had) -> tuple[Qualifier, ...]:
    """What is said of the whole, save what the kind says of itself: "an intravenous drug (X or subcutaneous Y)"."""
    own = {quality.aspect for quality in had.qualifiers if isinstance(quality, Coded)}
    return tuple(quality for quality in qualifiers if not (isinstance(quality, Coded) and quality.aspect in own))


def for_whom(phrase: Phrase, inner: Phrase, paren: Paren, text: str) -> bool:
    """ "INR ≤ 2 (for patients with cirrhosis only)": of whom a number is asked."""
    alone = not (inner.heads or inner.unread) and [word.type for word, _ in inner.parts] == ["FOR"]
    people = inner.parts[0][1] if alone else inner  # "(for HIV-positive patients)"
    if not phrase.comparisons or not _FOR_WHOM.match(text) or not people.heads or not names_only(replace(people, only=False)):
        return False
    people.only = False
    phrase.parts.append((Token("FOR", "for", paren.start, paren.start), people))
    return True


def known(rule: Rule) -> bool:
    """Whether a rule asks for what charts hold, all of it known by name."""
    return all(isinstance(leaf, Had) and _named(leaf) for leaf in leaves(rule))


def _named(had: Had) -> bool:
    """Known by its name, and neither counted nor judged."""
    return had.concept.linked and had.count is None and not any(isinstance(quality, Judged) for quality in had.qualifiers)


def then(rule: Had, inner: Rule) -> Rule:
    """What parentheses list, at the time of what stands before them."""
    match inner:
        case AnyOf() | AllOf():
            return inner.model_copy(update={"rules": tuple(then(rule, member) for member in inner.rules)})
        case Had(when="now"):
            return inner.model_copy(update={"when": rule.when, "window": rule.window}) if rule.when != "now" else inner
        case _:
            return inner


def side(had: Had) -> str:
    """Whether it is a condition, an allergy, or something given."""
    return had.section if had.section in ("conditions", "allergies") else "given"


def numbered(quality: Qualifier) -> bool:
    """Whether a number may be all that a quality means: "severe anemia (hemoglobin < 8)", not "symptomatic anemia (…)"."""
    if isinstance(quality, Coded):
        return quality.aspect == "severity" or quality.values == ("stable",)
    return isinstance(quality, Judged) and quality.known


def perhaps_spared(rule: Rule, read: Read) -> Rule:
    """ "CNS disease (treated lesions are not considered active)": of another name, but in its parentheses, so perhaps an exception."""
    named = hads(read.passed)
    if not isinstance(rule, Had) or rule.section != "conditions" or not named or any(had.section != "conditions" for had in named):
        return rule
    return Ambiguous(readings=(rule, AllOf(rules=(rule, negated(read.passed)), span=rule.span)), span=rule.span)


def either(inner: list[Phrase], text: str) -> bool:
    """ "(newly diagnosed or relapsed)": one of these, in place; False of what is no one quality: "(stage IV or recurrent)"."""
    said = [token for phrase in inner for token in phrase.adjectives]
    if len(inner) > 1 and {token.type for token in said} == {"STAGE", "COURSE"} and _OR.search(text):
        return False
    if len(inner) > 1 and len(said) == len(inner) and {token.type for token in said} == {"NEW", "COURSE"}:
        course = Token("COURSE", "|".join(str(token.value) for token in said), said[0].start, said[-1].end)
        course.text = " ".join(token.text for token in said)
        inner[0].adjectives = [course]
        for phrase in inner[1:]:
            phrase.adjectives = []
    return True


def each_told(rule: Had, listed: Sequence[Rule]) -> Rule | None:
    """ "melanoma (stage IV or recurrent)": any of these said of it; None where the parentheses name another thing."""
    told = [had for had in listed if isinstance(had, Had) and had.study and had.concept.name == "study disease" and had.qualifiers]
    if len(told) < max(len(listed), 2) or any(had.window or had.but_not or had.when != "now" for had in told):
        return None
    each = (rule.model_copy(update={"qualifiers": (*rule.qualifiers, *had.qualifiers)}) for had in told)
    return AnyOf(rules=tuple(each), span=rule.span)


def joined(phrase: Phrase, inner: Phrase, paren: Paren, *, alternative: bool) -> bool:
    """ "(males)", "(≥ 9 g/dL)", "(as judged by …)": whom a limit is for, the limit itself, a judgement."""
    if (phrase.comparisons or phrase.results) and (kind_of(inner) == "group" or is_arm(inner)) and names_only(inner):
        phrase.parts.append((Token("FOR", "for", paren.start, paren.start), inner))
        return True
    if limits_only(inner) and _of_age(phrase, inner):
        age = Token("CONCEPT", "analyte", inner.start, inner.start, ("age",))
        phrase.parts.append((Token("FOR", "for", paren.start, paren.start), replace(inner, heads=[age])))
        return True
    if inner.grade and not inner.heads and phrase.comparisons and kind_of(phrase) == "analyte":
        return True  # "QTc > 500 ms (grade 3)": the number tells the grade
    if graded_only(inner) and not phrase.grade and (phrase.act == "allergy" or kind_of(phrase) == "condition"):
        phrase.grade = inner.grade
        return True
    if inner.speech and not inner.heads and not alternative:
        phrase.speech = phrase.speech + inner.speech
        return True
    if not limits_only(inner) or phrase.comparisons:
        return False
    phrase.comparisons, phrase.window = inner.comparisons, phrase.window or inner.window
    phrase.equivalent = phrase.equivalent or inner.equivalent
    return True


def _of_age(phrase: Phrase, inner: Phrase) -> bool:
    """ "Lansky (< 16 years)": of whom the score is asked."""
    units = {value.unit for comparison in inner.comparisons for value in (comparison.low, comparison.high) if value}
    return units == {"year"} and bool(phrase.heads) and phrase.heads[-1].kind == "score"
