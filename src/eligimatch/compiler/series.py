"""The series reader: a flat list of phrases into one rule; says how far each word of the list reaches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from copy import copy
from typing import TypeGuard

from eligimatch.compiler.adjectives import ANY_TREATMENT
from eligimatch.compiler.headings import a_heading, each_number, with_headings
from eligimatch.compiler.items import Items
from eligimatch.compiler.kinship import of_family
from eligimatch.compiler.limits import caused, parted
from eligimatch.compiler.loose_parens import said_of_all, without_loose
from eligimatch.compiler.marked import alternatives
from eligimatch.compiler.members import (
    apart_in_age,
    apart_in_sex,
    either_age,
    lacks,
    method_unread,
    one_limit,
    reason,
    reasons,
    state_denied,
)
from eligimatch.compiler.neighbours import Neighbours
from eligimatch.compiler.noun_words import of_studied_side
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.one_of_several import cancers, primaries
from eligimatch.compiler.parens import Parens
from eligimatch.compiler.people import denied_whom, each_aged, expecting, of_their_arm, only_people, people_together, people_told, uses_contraception
from eligimatch.compiler.phrase import Phrase, Unreadable, replace
from eligimatch.compiler.qualities import OR, each_alternative, kind_of, settled
from eligimatch.compiler.reach import accompanied, demanded_beside, denied_together, granted, half_denied, of_listed_causes, windows_reaching
from eligimatch.compiler.relatives import caused_by, treated_lesions, treated_with, with_relative
from eligimatch.compiler.rules import measured_in, on_studied_side
from eligimatch.compiler.said_of_first import perhaps_of_first
from eligimatch.compiler.shared_names import begun, sharing, told_alike
from eligimatch.compiler.shared_places import sharing_place
from eligimatch.compiler.spreading import spread_qualities
from eligimatch.compiler.syntax import Clause, Comparison, Series
from eligimatch.compiler.tails import Tails
from eligimatch.compiler.told_before import others_than_told
from eligimatch.compiler.understood import required_for
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Coded, Had, Is, Measure, Not, Requiring, Rule, Unparsed, leaves
from eligimatch.model.span import Span
from eligimatch.model.words import folded

_OF_SOME = re.compile(
    r"(?:^|\b(?:or|and),? )(?:in|for|if|among) (?:the )?(?:patients?|subjects?|participants?|those|women|men|individuals|people)\b", re.IGNORECASE
)
"""Words that begin what is asked of some people only."""
_BEYOND = frozenset("higher lower greater less above below elevated increased decreased exceeded".split())
"""What a number named before is, and no name: "if higher"."""
_SURVIVAL = "life expectancy"
_IN_SPITE = re.compile(r"(?:despite|in spite of)\b", re.IGNORECASE)


class Lists:
    """Reads series; a member that has no reading stays in place as Unparsed."""

    def __init__(self, nouns: Nouns, *, excluding: bool) -> None:
        self.nouns = nouns
        self.excluding = excluding
        self.text = nouns.text
        self.neighbours = Neighbours(nouns)
        self.parens = Parens(nouns, self)
        self.tails = Tails(self)
        items = Items(self.neighbours, self.parens)
        self.phrases, self.look = items.phrases, items.look

    def listed(self, series: Series) -> Rule:
        """A list of examples or exceptions: any of them, however they are joined."""
        return self.rule(series, excluding=True, any_of=True)

    def rule(self, series: Series, *, excluding: bool = False, any_of: bool = False) -> Rule:
        """The rule of a whole series. In an exclusion `and` between nouns may list alternatives, commas alone do."""
        if _of_some(series):
            return self.unparsed(series.items[0].start, series.items[-1].end)
        phrases, links = self.phrases(series)
        if of_causes := of_listed_causes(phrases):
            phrases, links = [of_causes], []
        forbids = excluding or phrases[0].negated
        if any_of:
            for part in (part for phrase in phrases for _, part in phrase.parts):
                part.jointly = False
            links = [link if link == "that" else "or" for link in links]
        elif excluding and {"slash"} != set(series.links) <= {"comma", "slash", "colon", "or"} and not a_heading(series, links):
            links = ["or" if link == "and" else link for link in links]
        links = links if forbids or any_of else demanded_beside(series.links, links, phrases)
        for index, phrase in enumerate(phrases):
            phrase.selects = excluding or phrase.negated or _alternative(phrases, links, index)
        found: list[Rule] = []
        before, self.nouns.forbids = self.nouns.forbids, forbids
        few = len(phrases) > 1 and set(series.links) <= {*OR, "and", "comma"} and not any_of
        judged = None if any_of else self.neighbours.judgements.others(phrases, links)
        for reading in [one for phrases_ in (phrases, judged) if phrases_ for one in self._readings(phrases_, links if few else [])]:
            members = others_than_told(reading, [self._member(phrase) for phrase in reading], self.nouns.linker.vocabulary)
            apart = any(isinstance(member, Unparsed) and _OF_SOME.search(member.text) for member in members)
            if apart or method_unread(members) or half_denied(reading, members, links):
                return self.unparsed(series.items[0].start, series.items[-1].end)  # "A or, in patients ≤ 45 kg, B": of whom B is asked
            rule = self._joined(*denied_together(reading, members, links), forbids=forbids)
            found += [one for one in (rule, granted(reading, members, links)) if one is not None and one not in found]
        if links and not any_of and (beside := accompanied(phrases, links, series.links)):
            found.append(self._joined([self._member(phrase) for phrase in beside[0]], beside[1], forbids=forbids))
        self.nouns.forbids = before
        found += [] if forbids or any_of else [other for rule in found if (other := each_number(rule, series, self._grouped)) is not None]
        found = with_headings(found, series, self.text)
        return found[0] if len(found) == 1 else Ambiguous(readings=tuple(found), span=found[0].span)

    def clause(self, clause: Clause, *, excluding: bool) -> Rule:
        """A list with its tails; "unless X, provided Y" lets X pass where Y holds."""
        clause, loose = without_loose(self, with_relative(clause, self.text))
        rule = self._tailed(clause, excluding=excluding)
        for paren in loose:
            rule = said_of_all(self, rule, paren, excluding=excluding)
        return rule

    def _tailed(self, clause: Clause, *, excluding: bool) -> Rule:
        assert clause.series is not None
        tails = list(clause.tails)
        if any(tail.word.type == "INCLUDING" for tail in tails) and self.undated(clause.series):
            return self.unparsed(clause.series.items[0].start, tails[-1].series.items[-1].end)  # its examples are of that time, too
        rule = _either_reason(self.rule(clause.series, excluding=excluding), clause.series) if excluding else self.rule(clause.series)
        while tails:
            tail, *tails = tails
            further = Series((), ())
            if not excluding and isinstance(rule, Measure) and tail.word.type in ("UNLESS", "EXCEPT"):
                tail, further = parted(tail, rule, self.text)
            if excluding and tail.word.type == "EXCEPT" and any(isinstance(one, Measure) and one.analyte.name == _SURVIVAL for one in leaves(rule)):
                return self.unparsed(rule.span.start, tail.series.items[-1].end)  # "< 6 months for any reason excluding lymphoma"
            if tail.word.type == "EXCEPT" and tails and tails[0].word.type in ("IF", "PROVIDED") and (excluding or isinstance(rule, Not)):
                rule = self.tails.except_if(rule, tail, tails.pop(0), excluding=excluding)
                continue
            provided = tail.word.type == "UNLESS" and bool(tails) and tails[0].word.type == "PROVIDED"
            rule = self.tails.apply(rule, tail, excluding=excluding, provided=tails.pop(0) if provided else None)
            if further.items:
                more = self.rule(further)
                rule = AllOf(rules=(rule, more), span=rule.span.cover(more.span))
        if any(tail.word.type == "DEFINED" for tail in clause.tails):
            *others, defined = self.look(clause.series)
            rule = measured_in(rule, defined.window) if defined.window and not others else rule
            rule = on_studied_side(rule) if of_studied_side(defined) else rule
        return rule

    def undated(self, series: Series) -> bool:
        """Whether a list is limited to a time that only a person can tell."""
        return any(phrase.undated for phrase in self.look(series))

    def condition(self, series: Series) -> Rule:
        """What a limit or a demand depends on; a value "due to" something is for a person to judge."""
        first = self.look(series)[0]
        if first.heads or len(first.parts) != 1 or first.parts[0][0].type != "DUE_TO":
            return self.rule(series)
        first, *others = self.phrases(series)[0]
        rules = tuple(self.cause(phrase) for phrase in (first.parts[0][1], *others))
        return rules[0] if len(rules) == 1 else AnyOf(rules=rules, span=Span(first.start, series.items[-1].end))

    def depended_on(self, series: Series) -> Rule:
        """The same, where a cause that is not understood is kept as it is."""
        with suppress(Unreadable):
            return self.condition(series)
        return self.rule(series)

    def cause(self, phrase: Phrase, words: str = "") -> Rule:
        """What a value may be due to."""
        try:
            rule = self.nouns.any_condition(phrase)
        except Unreadable:
            if phrase.unread or phrase.comparisons or phrase.window or phrase.parens:
                raise
            rule = self._open(phrase)
        return caused(rule, words or self.nouns.words(phrase))

    def unparsed(self, start: int, end: int) -> Unparsed:
        """The words kept as they are."""
        return Unparsed(text=self.text[start:end], span=Span(start, end))

    # --- one member --------------------------------------------------------------------------------------------------------

    def _member(self, phrase: Phrase) -> Rule:
        if phrase.parts and phrase.parts[-1][1].others and not (phrase.shares_limits and kind_of(phrase) in ("analyte", "score")):
            return self._spread(phrase)
        if phrase.alternatives:
            span = Span(phrase.start, phrase.end)
            readings = [list(dict.fromkeys(self._member(one) for one in reading)) for reading in each_alternative(phrase)]
            found = [_any(rules, span) if len(rules) > 1 else rules[0] for rules in readings]
            return found[0] if len(found) == 1 else Ambiguous(readings=tuple(found), span=span)
        if phrase.heads and self.text[phrase.heads[0].start : phrase.heads[-1].end].lower() in _BEYOND:
            return self.unparsed(phrase.start, phrase.end)
        try:
            if not phrase.unread:
                rule = self.parens.applied(self.nouns.rule(phrase), phrase)
                return self._marked(rule, phrase) if phrase.marks else rule
        except Unreadable:
            pass
        named = phrase.plain and not (phrase.comparisons and kind_of(phrase) in ("treatment", "operation"))  # "methotrexate: 3 weeks"
        return self._open(phrase) if named else self.unparsed(phrase.start, phrase.end)

    def _marked(self, rule: Rule, phrase: Phrase) -> Rule:
        """The disease with the results of markers that are said of it."""
        if isinstance(rule, Not):
            return Not(rule=self._marked(rule.rule, phrase), span=rule.span)
        asked: list[Rule] = []
        for group in alternatives(phrase):
            found = [self.parens.applied(self.nouns.rule(mark), mark) for mark in group]
            asked.append(found[0] if len(found) == 1 else AnyOf(rules=tuple(found), span=found[0].span.cover(found[-1].span)))
        return AllOf(rules=(rule, *asked), span=rule.span)

    def _spread(self, phrase: Phrase) -> Rule:
        """A phrase whose last part is a list: any of the phrases with one of them, all of those without."""
        *parts, (word, last) = phrase.parts
        span = Span(phrase.start, phrase.end)
        every = word.type in ("NOT", "NEITHER") or (word.type in ("FOR", "IN") and kind_of(last) == "group")
        found: list[Rule] = []
        for members in spread_qualities([copy(last), *last.others]):
            rules = []
            for member in members:
                one, only = copy(phrase), copy(member)
                only.others, only.jointly, only.act, only.time = [], False, last.act, only.time or last.time
                only.window = only.window or last.window
                one.parts = [*parts, (word, only)]
                rules.append(self._member(one))
            rules = others_than_told(members, rules, self.nouns.linker.vocabulary)
            rule = self._and(rules, span, forbids=self.nouns.forbids) if last.jointly else (AllOf if every else AnyOf)(rules=tuple(rules), span=span)
            found += [rule] if rule not in found else []
        return found[0] if len(found) == 1 else Ambiguous(readings=tuple(found), span=span)

    def _open(self, phrase: Phrase) -> Rule:
        """A noun with words around it that the language does not know: one open concept of all the words."""
        span, when = Span(phrase.start, phrase.end), "ever" if phrase.time == "ever" else "now"
        start = phrase.heads[0].start if phrase.negated and phrase.heads else phrase.start
        words = " ".join(folded(self.text[start : phrase.end]))
        rule: Rule = Had(concept=Concept(name=words, linked=False), when=when, span=span) if words else self.unparsed(phrase.start, phrase.end)
        return Not(rule=rule, span=span) if phrase.negated else rule

    # --- how far a word reaches -----------------------------------------------------------------------------------------------

    def _readings(self, phrases: list[Phrase], links: list[str]) -> list[list[Phrase]]:
        """The lists that careful readers see: with a window, a quality or a last word said of one member only, or of all."""
        if len(phrases) == 1:
            return [phrases]
        so_begun = begun(phrases, links, self.nouns.linker.vocabulary)
        timed = [replace(phrase, time="") if phrase.lent and phrase.time else phrase for phrase in phrases]
        lists = [phrases] if all(one is other for one, other in zip(so_begun, phrases, strict=True)) else [phrases, so_begun]
        lists += [timed] if any(phrase.lent and phrase.time for phrase in phrases) else []
        for kin in (of_family(phrases, self.nouns.linker.vocabulary), told_alike(phrases), required_for(phrases, links)):
            lists += [] if all(one is other for one, other in zip(kin, phrases, strict=True)) else [kin]
        readings = [reading for one in lists for spread in spread_qualities(one) for reading in windows_reaching(spread, self.nouns)]
        placed = [sharing_place(reading, self.nouns) for reading in readings]
        readings += [other for other, own in zip(placed, readings, strict=True) if any(a is not b for a, b in zip(other, own, strict=True))]
        shared = [sharing(reading, links, self.nouns.linker.vocabulary) if links else reading for reading in readings]
        return readings + [other for other, own in zip(shared, readings, strict=True) if any(a is not b for a, b in zip(other, own, strict=True))]

    def _joined(self, rules: list[Rule], links: list[str], *, forbids: bool) -> Rule:
        rules, links = (rules, links) if forbids or len(rules) == 1 else people_together(rules, links)
        if len(rules) == 1:
            return rules[0]
        span = rules[0].span.cover(rules[-1].span)
        if "that" in links:
            return self._relative(rules, links, span, forbids=forbids)
        kinds = {"or" if link in OR else "and" for link in links}
        if kinds == {"or"} and "andor" in links and not forbids and all(isinstance(rule, Measure) for rule in rules):
            return Ambiguous(readings=(AnyOf(rules=tuple(rules), span=span), AllOf(rules=tuple(rules), span=span)), span=span)
        if kinds == {"or"}:
            both = set(links) == {"slash"} and (all(map(lacks, rules)) or (one_limit(rules) and not forbids))  # "AST/ALT ≤ 3 × ULN"
            if both:
                return AllOf(rules=tuple(rules), span=span)
            rules = (self.excluding and [rule for rule in rules if not (isinstance(rule, AllOf) and not rule.rules)]) or rules  # "for both sexes, …"
            either = each_aged(_any(rules, span) if len(rules) > 1 else rules[0])
            return either if forbids or self.excluding else perhaps_of_first(either, self.text)
        denied = not self.excluding and all(isinstance(rule, Not) for rule in rules)  # "4 weeks since A or B and 6 weeks since C"
        if kinds == {"and"} or denied:
            return self._and(rules, span, forbids=forbids)
        return self._mixed(rules, links, span, forbids=forbids)

    def _relative(self, rules: list[Rule], links: list[str], span: Span, *, forbids: bool) -> Rule:
        """ "A or B who have C": C may be said of both, or of B only."""
        at = links.index("that")
        if len(rules) > at + 2 and _IN_SPITE.match(self.text, rules[at + 1].span.start):
            both = AllOf(rules=(rules[at], rules[at + 1]), span=rules[at].span.cover(rules[at + 1].span))  # "A > 9% despite treatment, or B"
            return self._joined([*rules[:at], both, *rules[at + 2 :]], [*links[:at], *links[at + 1 :]], forbids=forbids)
        left = self._joined(rules[: at + 1], links[:at], forbids=forbids)
        right = self._joined(rules[at + 1 :], links[at + 1 :], forbids=False)
        if isinstance(left, Had) and left.section == "conditions" and (_any_treatment(right) or self._failed_against(left, right)):
            return left.model_copy(update={"qualifiers": (*left.qualifiers, Requiring(treatment=right)), "span": span})
        if (told := treated_lesions(left, right, self.text, self.nouns.linker) or treated_with(left, right, self.text)) is not None:
            return told
        if caused_by(left, right, self.text[rules[at].span.end : right.span.end]):
            return self.unparsed(span.start, span.end)  # "drugs that are associated with bradycardia": not of this person
        whole = denied_whom(left, right, self.text, span)
        if at == 0 or all(link not in OR for link in links[:at]):
            return whole
        apart = [*rules[:at], denied_whom(rules[at], right, self.text, rules[at].span.cover(right.span))]
        one = self._joined(apart, links[:at], forbids=forbids)
        return one if expecting(rules[:at], rules[at]) else Ambiguous(readings=(whole, one), span=span)

    def _failed_against(self, left: Had, right: Rule) -> TypeGuard[Had]:
        """ "an infection that is refractory to antibiotics": to those given for it."""
        failed = isinstance(right, Had) and any(isinstance(one, Coded) and one.aspect == "outcome" for one in right.qualifiers)
        return failed and left.concept.linked and self.nouns.linker.vocabulary.is_a(left.concept.name, "infection")

    def _and(self, rules: list[Rule], span: Span, *, forbids: bool) -> Rule:
        """ "A and B" in an exclusion names two reasons or one of both: only where both readings agree is it decided."""
        if apart_in_sex(rules) or (all(only_people(rule) for rule in rules) and not all(state_denied(rule) for rule in rules)):
            return AnyOf(rules=tuple(rules), span=span)  # "women and men": people, not facts of one person
        if told := people_told(rules, span):
            return told
        if not forbids and primaries(rules, self.nouns.linker.vocabulary):
            either = AnyOf(rules=tuple(rules), span=span)  # "patients with lung cancer, breast cancer and sarcoma"
            return either if len(rules) > 2 else Ambiguous(readings=(either, AllOf(rules=tuple(rules), span=span)), span=span)
        if not forbids and (aged_apart := either_age(rules)):
            return aged_apart
        if apart_in_age(aged := [rule for rule in rules if not (isinstance(rule, AllOf) and not rule.rules)]):
            return AnyOf(rules=tuple(aged), span=span)  # "adults of 18 and over, and minors of 12 to 17"
        if forbids and all(map(reason, rules)) and not all(isinstance(rule, Is) for rule in rules):
            both = AllOf(rules=tuple(rules), span=span)
            return Ambiguous(readings=(AnyOf(rules=tuple(rules), span=span), both), span=span)
        return AllOf(rules=tuple(rules), span=span)

    def _mixed(self, rules: list[Rule], links: list[str], span: Span, *, forbids: bool) -> Rule:
        """ "A and B or C": both groupings, unless they are the same; "A, B/C": the slash first."""
        if not forbids and len(rules) > 2 and len(cancers(rules, self.nouns.linker.vocabulary)) == len(rules):
            return AnyOf(rules=tuple(rules), span=span)  # "A or B, C, D, and E", cancers: no one has all
        if {link for link in links if link in OR} == {"slash"}:
            return self._grouped(rules, links, "and")
        tight_and = self._grouped(rules, links, "or")
        tight_or = self._grouped(rules, links, "and")
        each = (AnyOf(rules=tuple(rules), span=span),) if forbids and reasons(rules, self.text) else ()  # "A and B or C are excluded": each of them
        return Ambiguous(readings=(tight_and, tight_or, *each), span=span)

    def _grouped(self, rules: list[Rule], links: list[str], loose: str) -> Rule:
        groups: list[list[Rule]] = [[rules[0]]]
        for link, rule in zip(links, rules[1:], strict=True):
            if ("or" if link in OR else "and") == loose:
                groups.append([rule])
            else:
                groups[-1].append(rule)
        tight = "and" if loose == "or" else "or"
        members = [group[0] if len(group) == 1 else self._joined(group, [tight] * (len(group) - 1), forbids=False) for group in groups]
        return self._joined(members, [loose] * (len(members) - 1), forbids=False) if len(members) > 1 else members[0]


def _of_some(series: Series) -> bool:
    """ "A ≤ 1.5; for patients with B, A ≤ 3 with C": a limit, people, and what is asked of them instead."""
    if len(series.items) < 3:
        return False
    limits = [any(isinstance(piece, Comparison) for piece in item.pieces) for item in series.items]
    people = [getattr(item.pieces[0], "type", "") == "FOR" for item in series.items]
    return any(people[at] and limits[at - 1] and limits[at + 1] and not limits[at] for at in range(1, len(limits) - 1))


def _either_reason(rule: Rule, series: Series) -> Rule:
    """ "QTc > 450 ms and LVEF < 50 %" among the exclusions: both, or each by itself."""
    side_by_side = isinstance(rule, AllOf) and len(rule.rules) == len(series.items) > 1 and set(settled(list(series.links))) == {"and"}
    if not isinstance(rule, AllOf) or not side_by_side or any(isinstance(one, (Not, Ambiguous)) or uses_contraception(one) for one in rule.rules):
        return rule
    return Ambiguous(readings=(AnyOf(rules=rule.rules, span=rule.span), rule), span=rule.span)


def _any(rules: Sequence[Rule], span: Span) -> Rule:
    """ "no A, B or C" forbids each."""
    if all(isinstance(rule.readings[0] if isinstance(rule, Ambiguous) else rule, Not) for rule in rules):
        return AllOf(rules=tuple(rules), span=span)
    if one_limit(rules):
        return Ambiguous(readings=(AnyOf(rules=tuple(rules), span=span), AllOf(rules=tuple(rules), span=span)), span=span)
    return AnyOf(rules=of_their_arm(rules), span=span)


def _alternative(phrases: list[Phrase], links: list[str], index: int) -> bool:
    """ "A ≤ 1.5, or B ≥ 60 in those with C": the second is met by them only."""
    beside = [(index - 1, index - 1), (index, index + 1)]
    if links and set(links) <= OR:
        return any(one.comparisons and one.parts != phrases[index].parts for one in phrases)
    return any(
        0 <= link < len(links) and links[link] in OR and phrases[other].comparisons and phrases[other].parts != phrases[index].parts
        for link, other in beside
    )


def _any_treatment(rule: Rule) -> TypeGuard[Had]:
    """ "who are on treatment": of the condition named before."""
    return isinstance(rule, Had) and rule.concept == ANY_TREATMENT and not rule.count
