"""Exceptions: what `except …`, `other than …` and `unless` with qualities alone take out of a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, TypeGuard

from eligimatch.compiler.adjectives import ANY_TREATMENT
from eligimatch.compiler.rules import each_leaf, hads, negated, sparing, unread, within
from eligimatch.compiler.syntax import Series, Tail, series_span
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Coded, Had, Is, Judged, Measure, Not, Purpose, Requiring, Rule, Statement, children, leaves
from eligimatch.model.span import Span

if TYPE_CHECKING:
    from eligimatch.compiler.series import Lists

_INSTANCE = re.compile(r"\b(?:e\.?g|such as|for example|for instance|i\.?e|like)\b", re.IGNORECASE)
_THAT_REQUIRES = re.compile(r"\b(?:that|which)\s+(?:\w+\s+){0,2}(?:requir|need)\w*\b(?!\s+only)", re.IGNORECASE)

_MIGHT = re.compile(r"\b(?:that|which)\b[^.;]{0,80}\b(?:may|might|could|would)\b", re.IGNORECASE)
_PEOPLE = re.compile(r"\b(?:patients?|subjects?|participants?|persons?|people|individuals?|those|wom[ae]n|children|cases?|who)\b", re.IGNORECASE)
_FORESEEN = re.compile(r"(?:the )?(?:anticipat|plan|expect|schedul|intend|intent|foresee|need for )", re.IGNORECASE)
_ANEW = re.compile(r"\bor any\s*$", re.IGNORECASE)


class Exceptions:
    """Takes exceptions out of the rules of a list."""

    def __init__(self, lists: Lists) -> None:
        self.lists = lists

    def apply(self, rule: Rule, tail: Tail, span: Span, *, excluding: bool) -> Rule:
        """The rule without what the tail names."""
        if hads(rule) and self.of_the_foregoing(tail.series):
            return self.unless_so(rule, tail, span, excluding=excluding)
        if excluding and (at := self._anew(tail.series, rule)):
            first, rest = Series(tail.series.items[:at], tail.series.links[: at - 1]), Series(tail.series.items[at:], tail.series.links[at:])
            again = self.lists.rule(rest, excluding=True)
            return AnyOf(rules=(self.apply(rule, tail._replace(series=first), span, excluding=excluding), again), span=span)
        other = self.lists.listed(tail.series)
        if isinstance(rule, Statement):
            return rule.model_copy(update={"span": span, "topic": " ".join(self.lists.text[span.start : span.end].split())})
        if hads(rule) and (self._all_excepted(rule, self._things(other)) or _of_another_kind(rule, self._things(other))):
            return self.lists.unparsed(span.start, span.end)
        if not (excluding or self.lists.excluding) and (told := self._taking_out(rule, other, span)):
            return told
        if excluding and hads(rule) and (beside := self._beside(rule, tail, other, span)):
            return beside
        if isinstance(rule, AllOf) and _several(rule) and hads(other) and (place := self.of_which(rule, hads(other)[0])) is not None:
            kept = self.apply(rule.rules[place], tail, span, excluding=excluding)  # "HER2-positive solid tumor, excluding breast cancer"
            members = (*rule.rules[:place], kept, *rule.rules[place + 1 :])
            return kept if unread(kept) else rule.model_copy(update={"rules": members, "span": span})
        if hads(rule) and (readings := self._readings(rule, tail, other)):
            return readings[0] if len(readings) == 1 else Ambiguous(readings=readings, span=span)
        if unread(other) or (hads(rule) and hads(other)):
            return self.lists.unparsed(span.start, span.end)
        if excluding:
            if _of_one_case(other, tail.series):
                other = AllOf(rules=children(other), span=other.span)
            return spared(rule, self.explained(rule, other, span), span)
        return AnyOf(rules=(rule, other), span=span)

    def explained(self, rule: Rule, other: Rule, span: Span) -> Rule:
        """ "positive drug screen except prescribed drugs": whether these alone were found is for a person to say of those who take them."""
        if not isinstance(rule, Is) or "drug screen" not in rule.fact or not hads(other):
            return other
        told = Statement(topic=" ".join(self.lists.text[span.start : span.end].split()), span=span)
        return AllOf(rules=(other, told), span=span)

    def _taking_out(self, rule: Rule, other: Rule, span: Span) -> Rule | None:
        """ "adults with asthma, excluding those with COPD": none of them has what is excepted, where it is no kind of what they have."""
        asked, things = tuple(leaves(rule)), hads(other)
        if isinstance(rule, Not) or not all(map(_tells_people, asked)) or not all(map(_tells_people, leaves(other))):
            return None
        is_a, diseases = self.lists.nouns.linker.vocabulary.is_a, [leaf.concept.name for leaf in asked if _linked(leaf)]
        own = tuple(had for had in things if any(is_a(had.concept.name, disease) for disease in diseases))
        others = tuple(one for one in (things or (other,)) if one not in own)
        if not others or not _PEOPLE.search(self.lists.text[rule.span.end : span.end]):
            return None
        return AllOf(rules=(_without(rule, own), *map(negated, others)), span=span)

    def of_which(self, rule: AllOf, exception: Had) -> int | None:
        """Which member the exception is of: the one of which it is a kind, or the only one that it may be of."""
        named = [at for at, one in enumerate(rule.rules) if isinstance(one, Had) and one.section == exception.section]
        wider = [at for at in named if isinstance(one := rule.rules[at], Had) and self._kind(exception, one)]
        return wider[0] if wider else named[0] if len(named) == 1 else None

    def _anew(self, series: Series, rule: Rule) -> int:
        """ "any autoimmune disease other than vitiligo, or any immunodeficiency": where something else that excludes begins, 0 where nothing does.

        "Seizures other than febrile ones, or use of valproate": no treatment is a kind of a disease.
        """
        between = [self.lists.text[one.end : other.start] for one, other in pairwise(series.items)]
        ors = [at for at in range(1, len(series.items)) if series.links[at - 1] == "or"]
        of_diseases = bool(hads(rule)) and all(had.section == "conditions" and not had.qualifiers for had in hads(rule))
        given = [at for at in ors if of_diseases and getattr(series.items[at].pieces[0], "type", "") == "TREATMENT_WITH"]
        foreseen = [at for at in ors if _FORESEEN.match(self.lists.text, series.items[at].start)]
        return next((at for at in ors if _ANEW.search(between[at - 1]) or at in given or at in foreseen), 0)

    def _beside(self, rule: Rule, tail: Tail, other: Rule, span: Span) -> Rule | None:
        """ "liver disease other than steatosis or ALT > 100": a number after things excepted is excepted too, or a reason of its own."""
        members = other.rules if isinstance(other, AnyOf) else ()
        things = tuple(one for one in members if isinstance(one, Had))
        numbers = tuple(one for one in members if isinstance(one, Measure))
        if not things or not numbers or len(things) + len(numbers) < len(members):
            return None
        readings = self._readings(rule, tail, AnyOf(rules=things, span=other.span))
        each = tuple(AnyOf(rules=(reading, *numbers), span=span) for reading in readings)
        return Ambiguous(readings=(*each, spared(rule, other, span)), span=span)

    def _readings(self, rule: Rule, tail: Tail, other: Rule) -> tuple[Rule, ...]:
        """The rule with its exceptions, in each reading of them; nothing where they are no things."""
        found: list[Rule] = []
        for one in other.readings if isinstance(other, Ambiguous) else (other,):
            things = tuple(self._own_examples(self._of_kind(had, hads(rule))) for had in self._exemplary(self._things(one)))
            if not things:
                return ()
            exceptions = _of_the_skin((*things, *self._causes(tail)))
            wider = (self._lifted(rule, exceptions), self._all_required(rule, exceptions, tail), _all_judged(rule, exceptions))
            found += [_without(rule, exceptions), *(one for one in wider if one is not None)]
        return tuple(dict.fromkeys(found))

    def _things(self, rule: Rule) -> tuple[Had, ...]:
        """The things excepted. "X treated with Y" asks it of each; whether an X is one "that does not require Y" is for a person to judge."""
        match rule:
            case AnyOf() | Ambiguous():
                found = [self._things(member) for member in (rule.rules if isinstance(rule, AnyOf) else rule.readings[:1])]
                return tuple(had for group in found for had in group) if all(found) else ()
            case AllOf(rules=rules) if rules and isinstance(rules[0], (Had, AnyOf)):
                things, rest = self._things(rules[0]), rules[1:]
                treatments = [had for had in rest if isinstance(had, Had) and had.section in ("treatments", "procedures")]
                if len(treatments) == len(rest) and all(had.section == "conditions" for had in things):
                    required = tuple(Requiring(treatment=had) for had in treatments)
                    return tuple(had.model_copy(update={"qualifiers": had.qualifiers + required}) for had in things)
                words = " ".join(self.lists.text[rule.span.start : rule.span.end].split())
                return tuple(_judged(had, words) for had in things)
            case AllOf() | Not():
                return ()
            case _:
                return hads(rule)

    def _all_excepted(self, rule: Rule, exceptions: tuple[Had, ...]) -> bool:
        """ "therapy other than those given in the study": an exception that is as wide as the rule was not understood."""
        vocabulary = self.lists.nouns.linker.vocabulary
        lately = all(had.window is None for had in hads(rule))  # "antibiotics, except topical/oral antibiotics, within 2 months"
        timed = [had for had in exceptions if had.window and (not lately or had.window.end or not had.window.start)]
        plain = [had.concept.name for had in exceptions if not had.qualifiers and had not in timed]
        asked = [had.concept.name for had in hads(rule)]
        return any(name == wide or wide in vocabulary.ancestors(name) for name in asked for wide in plain)

    def _of_kind(self, exception: Had, asked: tuple[Had, ...]) -> Had:
        """ "substance use disorder other than alcohol": alcohol use disorder."""
        if len(asked) != 1 or asked[0].section != "conditions" or not asked[0].concept.linked or asked[0].qualifiers or exception.qualifiers:
            return exception
        linker, whole = self.lists.nouns.linker, asked[0].concept.name
        kinds = ("substance", "treatment") if linker.vocabulary.is_a(whole, "hypersensitivity") else ("substance",)
        if exception.section == "conditions" or exception.concept.kind not in kinds:
            return exception
        words = whole.split()
        for start in range(len(words)):
            if names := linker.vocabulary.find(f"{exception.concept.name} {' '.join(words[start:])}"):
                concept = linker.known(names, ("condition",))
                break
        else:
            concept = Concept(name=f"{exception.concept.name} {whole}", linked=False, within=(whole,))
        return exception.model_copy(update={"concept": concept, "section": "conditions", "when": asked[0].when})

    def _own_examples(self, exception: Had) -> Had:
        """ "other than adenocarcinoma (i.e., sarcoma)": what is no kind of the exception is an example of the others."""
        is_a, name = self.lists.nouns.linker.vocabulary.is_a, exception.concept.name
        disease = exception.concept.linked and exception.section == "conditions"
        same = [one for one in exception.examples if not _linked(one) or one.section == exception.section]
        own = tuple(one for one in same if not disease or not _linked(one) or is_a(one.concept.name, name))
        return exception if own == exception.examples else exception.model_copy(update={"examples": own})

    def _exemplary(self, things: tuple[Had, ...]) -> Iterator[Had]:
        """ "except carcinoma in situ, e.g. breast cancer": what is no kind of the thing it is an example of is so only where a person says so."""
        before: Had | None = None
        for thing, last in zip(things, (None, *things), strict=False):
            between = self.lists.text[last.span.end : thing.span.start] if last else ""
            before = last if _INSTANCE.search(between) else before if between.strip(" ,/").lower() in ("", "or", "and") else None
            apart = before is not None and _named(before) and _named(thing) and not self._kind(thing, before)
            words = " ".join(self.lists.text[before.span.start : thing.span.end].split()) if before else ""
            yield _judged(thing, words) if apart else thing

    def _kind(self, thing: Had, other: Had) -> bool:
        return self.lists.nouns.linker.vocabulary.is_a(thing.concept.name, other.concept.name)

    def _causes(self, tail: Tail) -> list[Had]:
        """ "except Y caused by X": whether a listed X has come to Y is for a person to judge."""
        parts = [part for phrase in self.lists.look(tail.series) for word, part in phrase.parts if word.type == "DUE_TO" and phrase.heads]
        causes = [(self.lists.nouns.concept(part), part) for part in parts]
        known = [(cause, part) for cause, part in causes if cause is not None and cause.linked and cause.kind == "condition"]
        return [
            Had(concept=cause, qualifiers=(Judged(words=f"caused by {self.lists.nouns.words(part)}"),), span=Span(part.start, part.end))
            for cause, part in known
        ]

    def _lifted(self, rule: Rule, exceptions: tuple[Had, ...]) -> Rule | None:
        """ "antibiotics, except topical ones, within 3 months": the time may be that of the whole."""
        window = exceptions[-1].window
        asked = hads(rule)
        if window is None or any(had.when == "window" for had in asked):
            return None
        plain = tuple(had.model_copy(update={"when": asked[0].when, "window": None}) for had in exceptions)
        return _without(within(rule, window), plain)

    def _all_required(self, rule: Rule, exceptions: tuple[Had, ...], tail: Tail) -> Rule | None:
        """ "malignancy other than X that requires treatment": the malignancy may be what requires it."""
        last, span = exceptions[-1], series_span(tail.series)
        needs = tuple(one for one in last.qualifiers if isinstance(one, Requiring) and not one.negated)
        said = _THAT_REQUIRES.search(self.lists.text[span.start : span.end])
        if not needs or not said or not isinstance(rule, Had) or rule.section != "conditions" or _requiring(rule):
            return None
        plain = last.model_copy(update={"qualifiers": tuple(one for one in last.qualifiers if one not in needs)})
        return _without(rule.model_copy(update={"qualifiers": rule.qualifiers + needs}), (*exceptions[:-1], plain))

    def of_the_foregoing(self, series: Series) -> bool:
        """Qualities alone: "treated", "stable for at least 4 weeks"."""
        said = self.lists.look(series)
        return all(phrase.adjectives and not (phrase.heads or phrase.speech or phrase.comparisons or phrase.unread) for phrase in said)

    def unless_so(self, rule: Rule, tail: Tail, span: Span, *, excluding: bool) -> Rule:
        """ "X unless treated": X, but not such as is treated."""
        if isinstance(rule, (AnyOf, Ambiguous)):
            name = "rules" if isinstance(rule, AnyOf) else "readings"
            members = tuple(self.unless_so(member, tail, span, excluding=excluding) for member in children(rule))
            return rule.model_copy(update={name: members})
        named = hads(rule)
        if len(named) != 1 or excluding == isinstance(rule, Not):
            return self.lists.unparsed(span.start, span.end)
        with self.lists.nouns.speaking_of(named):
            exceptions = _as_exceptions(self.lists.rule(tail.series), named[0])
        return _without(rule, exceptions) if exceptions else self.lists.unparsed(span.start, span.end)


def _of_the_skin(exceptions: tuple[Had, ...]) -> tuple[Had, ...]:
    """ "except basal cell carcinoma, squamous cell carcinoma": beside the one, the other is of the skin too."""
    if not any(one.concept.name in ("basal cell carcinoma", "keratinocyte carcinoma") for one in exceptions):
        return exceptions
    of_skin = {"concept": Concept(name="cutaneous squamous cell carcinoma")}
    return tuple(one.model_copy(update=of_skin) if one.concept.name == "squamous cell carcinoma" and not _sited(one) else one for one in exceptions)


def _sited(had: Had) -> bool:
    return any(isinstance(one, Coded) and one.aspect == "site" for one in had.qualifiers)


def _of_one_case(other: Rule, series: Series) -> bool:
    """ "except those treated with surgery and with a low risk of recurrence": what was given and what is judged, of one case."""
    members = other.rules if isinstance(other, AnyOf) else ()
    given = any(isinstance(one, Had) and one.section == "treatments" for one in members)
    return set(series.links) == {"and"} and given and any(isinstance(one, Statement) for one in members)


def spared(rule: Rule, other: Rule, span: Span) -> Rule:
    """ "A or B, unless Y": a Y that speaks of A again spares from A only; another may be said of all, or of the last only.

    "No X, unless Y" excludes who lacks X, or who has it: neither where there is Y.
    """
    rule, lifted = _at_any_time(rule, other), negated(other)
    whole = AllOf(rules=(rule, lifted), span=span)
    if isinstance(rule, Not) and hads(rule):
        return Ambiguous(readings=(whole, AllOf(rules=(rule.rule, lifted), span=span)), span=span)
    if not isinstance(rule, AnyOf) or len(rule.rules) < 2 or all(isinstance(member, Is) for member in rule.rules):
        return whole
    named = {leaf.concept for leaf in leaves(other) if isinstance(leaf, Had) and leaf.concept.linked}
    own = [any(had.concept in named for had in hads(member)) for member in rule.rules]
    if not any(own):
        own = [False] * (len(own) - 1) + [True]
    members = (AllOf(rules=(one, lifted), span=span) if so else one for one, so in zip(rule.rules, own, strict=True))
    nearest = rule.model_copy(update={"rules": tuple(members)})
    return nearest if named and not all(own) and own != [False] * (len(own) - 1) + [True] else Ambiguous(readings=(whole, nearest), span=span)


def _at_any_time(rule: Rule, other: Rule) -> Rule:
    """ "methotrexate, unless completed 4 weeks ago": what spares because it is over is asked of the past, too."""
    over = {had.concept for had in hads(other) if had.when == "ever" and had.section == "treatments"}

    def ever(leaf: Rule) -> Rule:
        return leaf.model_copy(update={"when": "ever"}) if isinstance(leaf, Had) and leaf.when == "now" and leaf.concept in over else leaf

    once = each_leaf(rule, ever)
    readings = tuple(dict.fromkeys(once.readings)) if isinstance(once, Ambiguous) else ()
    return readings[0] if len(readings) == 1 else once


def _all_judged(rule: Rule, exceptions: tuple[Had, ...]) -> Rule | None:
    """ "eye disease other than X that may affect vision": the eye disease may be what does."""
    *others, last = exceptions
    judged = [(one, found) for one in last.qualifiers if isinstance(one, Judged) and (found := _MIGHT.search(one.words))]
    if not judged or not isinstance(rule, Had) or rule.section != "conditions":
        return None
    (told, found), *_ = judged
    whole = rule.model_copy(update={"qualifiers": (*rule.qualifiers, Judged(words=told.words[found.start() :]))})
    return _without(whole, (*others, last.model_copy(update={"qualifiers": tuple(one for one in last.qualifiers if one != told)})))


def _of_another_kind(rule: Rule, exceptions: tuple[Had, ...]) -> bool:
    """ "treated within 2 weeks (except for cystitis)": conditions are no exceptions from a treatment, but from what it is given for."""
    given = isinstance(rule, Had) and rule.section == "treatments" and not any(isinstance(one, Purpose) for one in rule.qualifiers)
    return given and bool(exceptions) and all(one.section == "conditions" and one.concept.linked for one in exceptions)


def _without(rule: Rule, exceptions: tuple[Had, ...]) -> Rule:
    if isinstance(rule, Had):
        given = tuple(exception for exception in exceptions if _requires_kind_of(rule, exception))
        others = tuple(_as_treated(rule, exception) for exception in exceptions if exception not in given)
        return rule.model_copy(update={"but_not": rule.but_not + others, "qualifiers": tuple(sparing(one, given) for one in rule.qualifiers)})
    if isinstance(rule, AnyOf) and any(_requires_kind_of(had, exception) for had in hads(rule) for exception in exceptions):
        members = tuple(_without(member, exceptions) if _requiring(member) else member for member in rule.rules)
        return rule.model_copy(update={"rules": members})
    if isinstance(rule, (AnyOf, AllOf)):
        return rule.model_copy(update={"rules": tuple(_without(member, exceptions) for member in rule.rules)})
    if isinstance(rule, Ambiguous):
        return rule.model_copy(update={"readings": tuple(_without(member, exceptions) for member in rule.readings)})
    if isinstance(rule, Not):
        return rule.model_copy(update={"rule": _without(rule.rule, exceptions)})
    return rule


def _requires_kind_of(rule: Had, exception: Had) -> bool:
    """ "requiring treatment other than hormone therapy": the exception is from what is required."""
    return exception.section == "treatments" and exception.when == "now" and _requiring(rule)


def _requiring(rule: Rule) -> bool:
    return isinstance(rule, Had) and any(isinstance(qualifier, Requiring) and not qualifier.negated for qualifier in rule.qualifiers)


def _as_treated(rule: Had, exception: Had) -> Had:
    """ "metastases, except treated ones": the same condition, where it was treated so."""
    if rule.section != "conditions" or exception.section != "treatments":
        return exception
    return rule.model_copy(update={"qualifiers": (Requiring(treatment=exception),), "but_not": (), "examples": (), "span": exception.span})


def _several(rule: AllOf) -> bool:
    """Whether what is asked together is not of one kind: a disease, and a treatment or a number beside it."""
    return len({had.section for had in hads(rule)}) != 1


def _tells_people(rule: Rule) -> bool:
    """Whether a disease, an age or another coded fact tells whom a demand speaks of."""
    if isinstance(rule, Had):
        return rule.section == "conditions" and rule.concept.linked
    return isinstance(rule, Is) or (isinstance(rule, Measure) and rule.analyte.name == "age")


def _named(had: Had) -> bool:
    """A condition told by its name alone."""
    return had.concept.linked and had.section == "conditions" and not any(isinstance(one, Judged) for one in had.qualifiers)


def _linked(rule: Rule) -> TypeGuard[Had]:
    return isinstance(rule, Had) and rule.concept.linked


def _judged(had: Had, words: str) -> Had:
    rest = tuple(qualifier for qualifier in had.qualifiers if not isinstance(qualifier, Judged))
    return had.model_copy(update={"qualifiers": (*rest, Judged(words=words))})


def _as_exceptions(rule: Rule, named: Had) -> tuple[Had, ...]:
    """Qualities of what was named as exceptions from it: one for each alternative, `and` asking all of one item."""
    if isinstance(rule, Had):
        treated = rule.concept == ANY_TREATMENT and named.section == "conditions"  # "unless treated with curative intent"
        return (rule,) if treated or rule.concept == named.concept else ()
    if isinstance(rule, AnyOf):
        found = [_as_exceptions(member, named) for member in rule.rules]
        return tuple(had for group in found for had in group) if all(found) else ()
    if isinstance(rule, AllOf):
        members = [member for member in rule.rules if isinstance(member, Had) and member.concept == named.concept]
        if len(members) == len(rule.rules) and len({(member.when, member.window) for member in members}) == 1:
            qualities = tuple(quality for member in members for quality in member.qualifiers)
            return (members[0].model_copy(update={"qualifiers": qualities, "span": rule.span}),)
    return ()
