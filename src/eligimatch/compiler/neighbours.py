"""Neighbours: what the members of a list say of each other: shared words, limits, times, negation."""

from __future__ import annotations

import re
from copy import copy

from eligimatch.compiler.descriptions import share_people
from eligimatch.compiler.ellipses import involved, lent_to_parts, misused, personal, prevented, share_words, vaccinated
from eligimatch.compiler.how_much import doses
from eligimatch.compiler.judgements import Judgements
from eligimatch.compiler.kinship import share_cause
from eligimatch.compiler.marked import gather_marks
from eligimatch.compiler.methods import methods, places
from eligimatch.compiler.noun_words import ASSESSED, told_by_name
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.patients import with_their_condition
from eligimatch.compiler.phrase import Phrase, absent, counts
from eligimatch.compiler.qualities import OR, kind_of, merge_adjectives, settled
from eligimatch.compiler.reach import deny_too, instead, over
from eligimatch.compiler.relatives import appositions, predicates, said_twice
from eligimatch.compiler.repeated import repeated
from eligimatch.compiler.serologies import tested
from eligimatch.compiler.setbacks import came_back
from eligimatch.compiler.shared_numbers import merge_numbers, names_only, scaled, share_company
from eligimatch.compiler.shared_times import (
    GIVEN,
    alike,
    in_one_time,
    labels,
    leading_time,
    led,
    objects_later,
    passed,
    share_windows,
    times_alone,
    waited_for,
)
from eligimatch.compiler.slashes import slashed
from eligimatch.compiler.tokens import Token
from eligimatch.compiler.understood import heads, required
from eligimatch.compiler.verbs import TREATED, VERBS, beside, leading_verbs, of_each, once_or_planned, same_treatment, verb_alone
from eligimatch.model.vocabulary import Vocabulary

_OPEN_ENDS = (" on", " to", " after", " with", " from", " of", " following")
_ALLERGIC = (
    *("allergy to ", "allergies to ", "allergic to ", "hypersensitivity to ", "sensitivity to ", "anaphylaxis to "),
    *("allergic reaction to ", "adverse reaction to ", "reaction to "),
)
_TOGETHER = frozenset({"WITH", "RECEIVED", "RECEIVING", "TREATMENT_WITH", "PLANNED", "REQUIRING", "PROGRESSED", "AFTER"})
_LINKING = frozenset({"by", "of", "from", "in", "with"})
_CARRIED = frozenset({"treatment", "allergy", "progressed", "intolerant"})


class Neighbours:
    """Lets the phrases of one list complete each other, in place, in the order of the passes."""

    def __init__(self, nouns: Nouns) -> None:
        self.nouns = nouns
        self.text = nouns.text
        self.vocabulary: Vocabulary = nouns.linker.vocabulary
        self.judgements = Judgements(nouns)

    def settle(self, phrases: list[Phrase], links: list[str]) -> tuple[list[Phrase], list[str]]:
        """The phrases with what their neighbours say of them, and the connectives that remain."""
        if len(phrases) > 1:
            phrases, links = self._together(phrases, links)
        else:
            share_words(phrases, self.vocabulary, self.text)
            self.judgements.settle(phrases, links)
        for phrase in phrases:
            if phrase.negated:
                absent(phrase)
        return phrases, settled(links, phrases)

    def _together(self, phrases: list[Phrase], links: list[str]) -> tuple[list[Phrase], list[str]]:
        labels(phrases, links)
        once_or_planned(phrases, links)
        methods(phrases, links)
        times_alone(phrases, links)
        objects_later(phrases, links, self.text)
        led(phrases)
        self._acts(phrases, links)
        verbs = leading_verbs(phrases, links)
        scaled(phrases, links)
        self._assessed(phrases, links)
        repeated(phrases, links, self.vocabulary, self.text)
        personal(phrases, links, self.vocabulary)
        involved(phrases, links, self.vocabulary)
        misused(phrases, self.vocabulary)
        prevented(phrases, links)
        vaccinated(phrases, links, self.vocabulary)
        same_treatment(phrases, links)
        share_words(phrases, self.vocabulary, self.text)
        lent_to_parts(phrases, links, self.vocabulary)
        share_cause(phrases, links, self.text)
        places(phrases)
        predicates(phrases, links)
        appositions(phrases, links)
        said_twice(phrases, links)
        self._announced(phrases, links)
        required(phrases, links)
        share_people(phrases, links)
        heads(phrases, links)
        gather_marks(phrases, links, self.vocabulary)
        leading_time(phrases, links, self.text)
        with_their_condition(phrases, links, self._base)
        self._nearest(phrases, links)
        phrases, links = merge_adjectives(phrases, links, self._base)
        for noun, verb in verbs:
            noun.act, noun.time, noun.use = verb.act, verb.time, verb.use
        phrases, links = merge_numbers(phrases, links)
        self._share_numbers(phrases, links)
        share_company(phrases, links)
        share_windows(phrases)
        self.judgements.settle(phrases, links)
        slashed(phrases, links)
        tested(phrases, self.vocabulary)
        _carry(phrases, links, self.text)
        return phrases, links

    def _assessed(self, phrases: list[Phrase], links: list[str]) -> None:
        """ "life expectancy ≥ 3 months, in the investigator's opinion": who says a number is no further demand."""
        for index in range(len(phrases) - 1, 0, -1):
            before, phrase = phrases[index - 1], phrases[index]
            alone = phrase.speech and not (phrase.heads or phrase.comparisons or phrase.parts or phrase.adjectives or phrase.parens or phrase.unread)
            if alone and before.shares_limits and all(ASSESSED.match(self.text[token.start : token.end]) for token in phrase.speech):
                del phrases[index], links[index - 1]

    def _base(self, phrase: Phrase) -> tuple[str, ...]:
        """What the head is without the quality that its name begins with: hepatitis B of "chronic hepatitis B"."""
        if len(phrase.heads) != 1 or not phrase.heads[0].names:
            return ()
        head, words = phrase.heads[0], (phrase.borrowed or phrase.heads[0].text).split()
        means = self.vocabulary[head.names[0]].facts.get("means")
        above = {str(means["concept"])} if isinstance(means, dict) else set()
        for size in range(1, len(words)):
            if size > 1 and "-" in words[size - 1]:
                return ()  # "chronic limb-threatening ischemia": no ischemia of any place
            names = self.vocabulary.find(" ".join(words[size:])) if _LINKING.isdisjoint(words[:size]) else ()  # no "involvement by lymphoma"
            if any(name in above or self._wider(head, name) for name in names):
                return names
        return ()

    def _wider(self, head: Token, other: str) -> bool:
        """A class of it; of "metastatic disease", any disease so far advanced: "unresectable or metastatic disease"."""
        if self.vocabulary[other].facts.get("any"):
            return head.names[0] == "metastatic disease" and "metasta" in head.text.split()[0].lower()
        return head.names[0] != other and self.vocabulary.is_a(head.names[0], other)

    def _acts(self, phrases: list[Phrase], links: list[str]) -> None:
        """ "progressed on, or intolerant to, standard therapy": both verbs are of the treatment named last."""
        for index in range(len(phrases) - 2, -1, -1):
            verb, following = verb_alone(phrases[index]), phrases[index + 1]
            if verb is None or links[index] == "that":
                continue
            named = following.heads or following.line or following.count
            if named and links[index] in ("comma", "colon") and not following.act and verb is phrases[index] and not verb.adjectives:
                following.act, following.time, following.start, following.outcome = verb.act, verb.time, verb.start, verb.outcome
                following.window, following.early = following.window or verb.window, verb.early
                del phrases[index], links[index]
            elif named and following.act in VERBS:
                verb.heads, verb.parts, verb.count = following.heads, list(following.parts), following.count
                verb.adjectives, verb.line = [*verb.adjectives, *following.adjectives], following.line
                verb.window = verb.window or following.window
                verb.circumstances, verb.parens = [*verb.circumstances, *following.circumstances], list(following.parens)
                if links[index] in OR and (verb.act, verb.time, verb.outcome) != (following.act, following.time, following.outcome):
                    of_each(phrases, links, beside(phrases, links, index, verb))
            elif self.text[verb.start : verb.end].lower().endswith(_OPEN_ENDS):
                phrases[index].unread = True

    def _nearest(self, phrases: list[Phrase], links: list[str]) -> None:
        """ "without transfusion or erythropoietin", "for women … or girls …": a member of the kind of the last part joins that part."""
        index = 1
        while index < len(phrases):
            before, phrase = phrases[index - 1], phrases[index]
            part = before.parts[-1] if before.parts else None
            jointly = _jointly(part[0], links, index - 1) if part else False
            mixed = part is not None and bool(part[1].others) and part[1].jointly != jointly
            if part and not mixed and (self._joins(before, part, phrase, links[index - 1]) or _combined(before, phrase, links[index - 1])):
                part[1].others.append(phrase)
                part[1].jointly = jointly
                before.end, before.parens, phrase.parens = max(before.end, phrase.end), before.parens + phrase.parens, []
                if part[0].type in ("NOT", "NEITHER") or (part[0].type in TREATED and kind_of(before) == "condition"):
                    in_one_time([part[1], *part[1].others])
                else:
                    before.window = before.window or phrase.window
                del phrases[index], links[index - 1]
            else:
                index += 1

    def _joins(self, before: Phrase, last: tuple[Token, Phrase], phrase: Phrase, link: str) -> bool:
        word, part = last
        if word.type in ("NOT", "NEITHER") and before.heads and self._denied_too(part, phrase, link):
            return True
        dosed = word.type in _TOGETHER and kind_of(before) == "condition" and doses(phrase)  # "requiring oxygen or prednisone > 10 mg daily"
        marks = bool(part.heads and phrase.heads) and self._marks(part) and self._marks(phrase)  # "cancer with an EGFR or ALK mutation"
        said = (phrase.comparisons and not dosed) or phrase.act or phrase.time or phrase.negated or phrase.unread or (phrase.results and not marks)
        if not (part.heads and phrase.heads) or said:
            return False
        if before.comparisons and word.type in ("NOT", "NEITHER"):
            return link in OR  # "hemoglobin ≥ 8 g/dL without transfusion or erythropoietin dependence"
        if not before.heads:
            people = word.type == "WITH" or (word.type in ("FOR", "IN") and kind_of(part) == "condition")  # "< 3 × ULN in patients with A or B"
            return bool(before.comparisons) and people and kind_of(part) == kind_of(phrase) and link != "that"
        kinds = [kind_of(p) for p in (before, part, phrase)]
        apart = kinds[2] != kinds[0] or (word.value == "with" and before.heads[-1].names[:1] in (("treatment",), ("systemic therapy",)))
        return kinds[1] == kinds[2] and apart and (link != "that" or kinds[2] == "group")

    def _denied_too(self, part: Phrase, phrase: Phrase, link: str) -> bool:
        """ "X without A or B" denies B too: a marker after a marker, a condition after "or", whatever "or other" names."""
        if link in ("or", "nor") and phrase.other and part.heads and phrase.heads and not part.act and kind_of(part) not in ("analyte", "score"):
            return not (phrase.comparisons or phrase.act or phrase.negated or phrase.unread or phrase.speech or phrase.results)
        said = phrase.comparisons or phrase.act or phrase.negated or phrase.unread or phrase.speech or phrase.parts or phrase.window
        if not (part.heads or said) and part.adjectives and link in ("or", "nor", "comma"):  # "remission without recurrent or metastatic disease"
            return phrase.bare or kind_of(phrase) == "condition"
        if not (part.heads and phrase.heads) or said or phrase.time or link == "that":
            return False
        denied = "group" if part.heads[-1].names[:1] in (("pregnant",), ("breastfeeding",)) else "condition"  # "women not pregnant or nursing"
        return (self._marks(part) and self._marks(phrase)) or (
            link in ("or", "nor") and kind_of(part) == kind_of(phrase) == denied and not phrase.results
        )

    def _marks(self, phrase: Phrase) -> bool:
        return any(self.vocabulary[name].kind == "marker" for name in phrase.heads[-1].names)

    def _share_numbers(self, phrases: list[Phrase], links: list[str]) -> None:
        """ "ALT and AST ≤ 2.5 × ULN": nouns without a number share the next one's."""
        for index in range(len(phrases) - 2, -1, -1):
            phrase, following = phrases[index], phrases[index + 1]
            if links[index] == "colon" and following.shares_limits and names_only(phrase) and kind_of(phrase) == kind_of(following) == "analyte":
                following.start = phrase.start  # "Creatinine: eGFR ≥ 30": a heading
                del phrases[index], links[index]
                continue
            disease = bool(phrase.heads) and phrase.heads[-1].kind == "condition" and not self._infection(phrase)
            shares = following.results and following.heads and not following.comparisons and links[index] != "that"
            if shares and names_only(phrase) and not disease and kind_of(phrase) != "group" and not told_by_name(phrase, following):
                phrase.results = following.results
            normal = following.normal and not following.comparisons and kind_of(following) == "analyte"
            if normal and names_only(phrase) and links[index] != "that" and not disease:
                phrase.normal, phrase.window, phrase.parens = following.normal, phrase.window or following.window, phrase.parens + following.parens
            if following.otherwise and names_only(phrase) and not self._of_each(phrase, following):
                phrase.unread = following.unread = True  # "creatinine or clearance ≤ 1.5 × ULN or ≥ 30 mL/min": one limit is of one of them
                continue
            if following.shares_limits and names_only(phrase) and phrase.heads[-1].kind in ("analyte", "score", "marker", ""):
                phrase.comparisons, phrase.window = following.comparisons, phrase.window or following.window
                phrase.parens, phrase.otherwise, phrase.parts = phrase.parens + following.parens, following.otherwise, following.parts
                phrase.start, phrase.end = min(phrase.start, following.start), max(phrase.end, following.end)
                following.start = phrase.start

    def _of_each(self, phrase: Phrase, following: Phrase) -> bool:
        """Whether further limits can be of both nouns."""
        analytes = [self.nouns.linker.link(one.heads, self.text, ("analyte", "score")) for one in (phrase, following)]
        values = [value for other in following.otherwise for limit in other.comparisons for value in (limit.low, limit.high) if value]
        return all(self.nouns.measurer.converts(analyte, value.unit) for analyte in analytes for value in values if value.unit)

    def _infection(self, phrase: Phrase) -> bool:
        return any(self.vocabulary.is_a(name, "infection") for name in phrase.heads[-1].names)

    def _announced(self, phrases: list[Phrase], links: list[str]) -> None:
        """ "the following carcinoma in situ: bladder, cervix": each member shares the noun before the colon."""
        if "colon" not in links or len(phrases) < 3:
            return
        at = links.index("colon")
        noun, members = phrases[at], phrases[at + 1 :]
        if not noun.heads or not members[0].heads or members[0].heads[0].kind != "site":
            return
        words = noun.heads[-1].text.split()
        for index, member in enumerate(members):
            before = members[index - 1].heads[-1].text.split() if index and members[index - 1].heads else []
            if not member.heads or not self._shares(member, words, before) or noun.comparisons or noun.negated:
                member.unread = True
            if not (member.act or member.time or member.window):
                member.act, member.time, member.window, member.early = noun.act, noun.time, noun.window, noun.early
            member.adjectives, member.other = [*noun.adjectives, *member.adjectives], member.other or noun.other
        del phrases[at], links[at]

    def _shares(self, member: Phrase, noun: list[str], before: list[str]) -> bool:
        own = member.heads[0].text
        wordings = [f"{own} {' '.join(noun)}", f"{' '.join(noun)} of the {own}", f"{own} {' '.join(noun[1:])}", f"{' '.join(before)} {own}"]
        for wording in wordings:
            if names := self.vocabulary.find(wording):
                member.heads = [named := copy(member.heads[0]), *member.heads[1:]]
                named.names = names
                return True
        return False


def _jointly(word: Token, links: list[str], at: int) -> bool:
    """Whether what follows a part goes together with it: "with asthma and diabetes", not "for men and women"."""
    return word.type in _TOGETHER and "and" in links[at:] and settled(links)[at] == "and"


def _combined(before: Phrase, phrase: Phrase, link: str) -> bool:
    """ "cisplatin in combination with gemcitabine or paclitaxel": with either of them."""
    word, part = before.parts[-1]
    drugs = all(bool(one.heads) and one.heads[-1].kind == "treatment" for one in (before, part, phrase))
    said = phrase.comparisons or phrase.act or phrase.time or phrase.negated or phrase.unread or phrase.parts
    return drugs and not said and word.type == "WITH" and " with" in word.text.lower() and link in OR


def _allergic(phrase: Phrase) -> bool:
    """ "allergy to penicillin", where that is a disease by its own name."""
    head = phrase.heads[-1] if len(phrase.heads) == 1 and not phrase.act else None
    return head is not None and head.kind == "condition" and head.text.lower().startswith(_ALLERGIC)


def _who(phrase: Phrase) -> Phrase:
    """ "women with a history of A, B or C": what is said of the people's last condition."""
    word, part = phrase.parts[-1] if phrase.parts else (None, phrase)
    return part if word is not None and word.type == "WITH" and kind_of(phrase) == "group" and not phrase.negated else phrase


_CLAUSES = ("progressed", "intolerant")
_VERB = re.compile(r"(?:have|has|had|were|was|are|is)\b", re.IGNORECASE)
"""What begins a clause of its own, which no denial before it reaches: "naive to A, or have progressed on B"."""
_HAS = re.compile(r"\b(?:have|has|had|was|were|is|are)\s+$", re.IGNORECASE)
"""The same, right before what it tells: "has no A and has B"."""


def _carry(phrases: list[Phrase], links: list[str], text: str) -> None:
    """ "History of A or B", "no A, B or C", "received A or B": what opens a list holds for its members."""
    own = [phrase.negated for phrase in phrases]
    for index in range(1, len(phrases)):
        before, phrase = _who(phrases[index - 1]), phrases[index]
        each = sum(own[:index]) > 1 and phrase.heads[-1:] and not phrase.heads[-1].kind  # "not A, not B, and unknown words": these stand alone
        speech = (*phrase.speech, *before.speech)
        if links[index - 1] != "and" and before.negated and speech and all(token.value == "plans" for token in speech):
            phrase.negated = True  # "not pregnant, planning to become pregnant, or breastfeeding"
        if links[index - 1] == "that" or any(token.type == "STATEMENT" for token in speech) or phrase.unread or before.unread:
            continue
        if links[index - 1] == "comma" and OR.isdisjoint(links) and phrase.comparisons and not before.comparisons:
            continue  # "not pregnant, age ≥ 18 years"
        anew = before.opens == "WITH" and phrase.opens in ("WITH", "OF")  # "with no known disease and of low risk"
        anew = anew or _VERB.match(text, phrase.start) is not None or _HAS.search(text, 0, phrase.start) is not None
        reached = links[index - 1] != "and" or (alike(before, phrase) and not each and not anew)
        reached = reached and not (phrase.act in _CLAUSES and _VERB.match(text, phrase.start))
        if before.negated and not (phrase.negated or phrase.bare or phrase.method or instead(before, phrase, text)) and reached:
            deny_too(phrase, links[index - 1])
        _named_before(before, phrase, text)
        if before.count and phrase.count and phrase.count.bare and not (before.count.bare or before.count.high):
            phrase.count = phrase.count._replace(high=None, bare=False)  # "at least one A, one B and one C"
        if counts(before) and links[index - 1] in OR and not (phrase.count or phrase.act) and kind_of(phrase) == kind_of(before) == "treatment":
            before.unread = phrase.unread = True  # "at least 2 prior regimens of A or B": so many of both together
        if phrase.comparisons or (speech and before.act != "allergy"):
            continue
        if before.since and not (phrase.since or phrase.window) and waited_for(before, phrase, links[index - 1], text):
            passed(phrases[:index], phrase)
        if before.results and not phrase.results and phrase.heads and phrase.heads[-1].kind in ("analyte", "marker"):
            phrase.results = before.results
            before.window = before.window or phrase.window
            before.parts = before.parts + [part for part in phrase.parts if part[0].type in ("FOR", "IN")]
        if _allergic(before) and not phrase.act and kind_of(phrase) in ("treatment", "substance", ""):
            phrase.act = "allergy" if phrase.heads else phrase.act
        if not phrase.act and not phrase.time:
            _done_alike(phrases[:index], before, phrase)


def _named_before(before: Phrase, phrase: Phrase, text: str) -> None:
    """ "no chemotherapy, or | completed 6 months ago": of what is denied before it; "never smoked or stopped 10 years ago" is no treatment."""
    if before.negated and over(phrase, text) and not phrase.heads:
        phrase.heads, phrase.unread = list(before.heads), kind_of(before) not in GIVEN


def _done_alike(earlier: list[Phrase], before: Phrase, phrase: Phrase) -> None:
    """What was done with the thing before it, and when, holds for a thing of its kind."""
    kinds = {token.kind for token in phrase.heads}
    fits = bool(kinds & {"treatment", "substance", "operation", "procedure"}) or kinds == {""}
    named = kinds == {"condition"} and not (phrase.adjectives or phrase.circumstances) and phrase.heads[-1].text.lower() != "disease"
    of_diseases = before.treats and before.act == "treatment" and named
    fits, phrase.treats = fits or of_diseases, phrase.treats or of_diseases  # "prior treatment for breast or ovarian cancer"
    fits = fits and not (before.act in _CLAUSES and phrase.negated and not before.negated)  # "failed standard therapy or have none"
    phrase.act, phrase.use = (before.act, before.use) if before.act in _CARRIED and fits else (phrase.act, phrase.use)
    phrase.outcome = before.outcome if phrase.act == "progressed" else ()
    if phrase.act == before.act == "treatment" and not phrase.adjectives:  # "chronic use of A or B"
        phrase.adjectives = [token for token in before.adjectives if token.value == "chronic" and token.start <= before.start]
    if phrase.act == "treatment" and came_back(before.circumstances):
        phrase.circumstances, phrase.start = [*before.circumstances, *phrase.circumstances], before.start
    if phrase.act == "allergy" and not phrase.adjectives:
        phrase.adjectives = [token for token in before.adjectives if token.type == "SEVERITY"]
    if phrase.act == "allergy":
        phrase.reaction, phrase.grade = phrase.reaction or before.reaction, phrase.grade or before.grade
    if kind_of(before) == kind_of(phrase) == "condition" and not phrase.circumstances:
        phrase.circumstances = [said for said in before.circumstances if said[0].lower().startswith("recent")]
        phrase.start = before.start if phrase.circumstances else phrase.start
    once = any(kind_of(_who(one)) == "condition" and _who(one).time == "ever" and not one.lent for one in earlier)
    phrase.lent = before.time == "ever" and kind_of(phrase) == "condition" and (before.lent or kind_of(before) in GIVEN) and not once
    phrase.lent = phrase.lent and before.act != "allergy"
    recent = before.time == "planned" and any(said[0].lower().startswith("recent") for said in phrase.circumstances)  # "planned or recent surgery"
    phrase.time = "ever" if recent else "" if phrase.lent and before.act else before.time
    same = before.act == phrase.act and (phrase.act == "treatment" or kind_of(before) == kind_of(phrase) == "condition")
    if before.early and same and phrase.window is None:
        phrase.window, phrase.early = before.window, True
    phrase.suspected = phrase.suspected or before.suspected
