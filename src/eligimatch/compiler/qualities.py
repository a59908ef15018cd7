"""Qualities: adjectives joined to their noun, and alternatives of one noun."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from itertools import pairwise

from eligimatch.compiler.phrase import Phrase, replace, scales
from eligimatch.compiler.tokens import Token

OR = frozenset({"or", "andor", "slash", "nor"})
_CONTRARY = (
    ({"locally advanced", "localized", "early"}, {"metastatic"}),
    ({"newly diagnosed", "new"}, {"relapsed", "recurrent", "refractory"}),
)
_OF_DISEASES = frozenset({"progressive", "relapsed", "recurrent", "metastatic", "locally advanced"})


def settled(links: list[str], phrases: Sequence[Phrase] = ()) -> list[str]:
    """A comma means what the next word connective says, after the last one what the only one says; commas alone mean `and`.

    "AST/ALT ≤ 2" is one number's: it says nothing of commas.
    """
    if not links:
        return []
    out = list(links)
    tight = {index for index, link in enumerate(links) if link == "slash" and [kind_of(one) for one in phrases[index : index + 2]] == ["analyte"] * 2}
    if phrases and (at := _denied_after_number(links, phrases)):
        return [*settled(links[: at - 1], phrases[:at]), *["and"] * (len(links) - at + 1)]
    words = {link for index, link in enumerate(links) if link not in ("comma", "colon", "that") and index not in tight}
    last = next(iter(words)) if len(words) == 1 else "and"
    for index in range(len(out) - 1, -1, -1):
        if out[index] in ("comma", "colon"):
            out[index] = last
        elif out[index] != "that" and index not in tight:
            last = out[index]
    return out


def _denied_after_number(links: list[str], phrases: Sequence[Phrase]) -> int:
    """ "hemoglobin ≥ 9 g/dL, independent of transfusion or growth factors": where what a number goes without begins, of which each is denied."""
    at = next((index for index, phrase in enumerate(phrases) if phrase.negated), 0)
    numbers = bool(at) and all(phrase.comparisons for phrase in phrases[:at])
    alone = all(phrase.negated and not phrase.comparisons for phrase in phrases[at:])
    return at if numbers and alone and links[at - 1] in ("comma", "and") and "that" not in links else 0


def kind_of(phrase: Phrase) -> str:
    """The kind of a phrase's last named head; operations are treatments."""
    kind = next((token.kind for token in reversed(phrase.heads) if token.kind), "")
    return "treatment" if kind in ("operation", "treatment") else kind


# --- adjectives that stand apart from their noun ---------------------------------------------------------------------------


def merge_adjectives(phrases: list[Phrase], links: list[str], base: Callable[[Phrase], tuple[str, ...]]) -> tuple[list[Phrase], list[str]]:
    """ "active, known or suspected X" and "X, unresectable or metastatic": bare adjectives join their noun.

    `base` tells what a noun is without the quality that its name begins with ("chronic hepatitis B").
    """
    nouns = [index for index, phrase in enumerate(phrases) if not phrase.bare]
    nouns = sorted([*nouns, *_standing_alone(phrases, nouns)])
    if not nouns or len(nouns) == len(phrases):
        return phrases, links
    runs: dict[int, tuple[list[int], list[int]]] = {index: ([], []) for index in nouns}
    for index in (index for index in range(len(phrases)) if index not in nouns):
        before = [n for n in nouns if n < index]
        after = [n for n in nouns if n > index]
        start = _run_start(phrases, index)
        follows_that = start > 0 and links[start - 1] == "that"
        if after and not (before and follows_that):
            runs[after[0]][0].append(index)
        else:
            runs[before[-1]][1].append(index)
    for noun, (leading, trailing) in runs.items():
        routes = bool(phrases[noun].borrowed) and all(token.type == "ROUTE" for i in leading for token in phrases[i].adjectives)
        joins = settled(links[leading[0] : noun + routes]) if leading else []  # "severe, uncontrolled X, Y or Z": the `or` is of the nouns
        _adopt_run(phrases[noun], [phrases[i] for i in leading], [joins[i - leading[0]] for i in leading], base)
        joins = settled(links[noun : trailing[-1]]) if trailing else []  # not the `or` of "X or Y, untreated"
        _adopt_run(_of_group(phrases[noun]), [phrases[i] for i in reversed(trailing)], [joins[i - noun - 1] for i in reversed(trailing)], base)
    for first, second in pairwise(nouns):
        one, other = phrases[first], phrases[second]
        if second == first + 1 and links[first] in OR and one.alternatives and share_noun(one, other):
            _also_of(other, one.alternatives, base)
    kept = [_link_between(phrases, links, nouns, index) for index in nouns[1:]]
    return [phrases[index] for index in nouns], kept


def share_noun(phrase: Phrase, following: Phrase) -> bool:
    """Whether one of two neighbours is named with words of the other: "ischemic or hemorrhagic stroke", "hepatitis B or C"."""
    return bool(borrows(phrase) > 0 or borrows(following) < 0)


def borrows(phrase: Phrase) -> int:
    """Whether a phrase takes words of the one after it (1) or before it (-1)."""
    if not phrase.borrowed or not phrase.heads:
        return 0
    return 1 if phrase.borrowed.startswith(phrase.heads[0].text) else -1


def _also_of(noun: Phrase, alternatives: list[Phrase], base: Callable[[Phrase], tuple[str, ...]]) -> None:
    """ "acute or chronic hepatitis B or C": what is either of the first is either of the second, which is named with its words."""
    names = base(noun)
    if noun.alternatives or noun.adjectives or noun.circumstances or (any(bare.base for bare in alternatives) and not names):
        return
    noun.alternatives = [replace(bare, base=names if bare.base else ()) for bare in alternatives]
    noun.judged_words = noun.judged_words or noun.borrowed


def _of_group(noun: Phrase) -> Phrase:
    """ "women with asthma that is severe": the quality is the disease's, not the group's."""
    part = noun.parts[-1] if noun.parts and kind_of(noun) == "group" else None
    return part[1] if part and part[0].type == "WITH" and part[1].heads else noun


def _standing_alone(phrases: list[Phrase], nouns: list[int]) -> list[int]:
    """ "stable and without seizures": no quality of what is denied after it, where nothing before it could have it."""
    found: list[int] = []
    for index, phrase in enumerate(phrases):
        if index in nouns or phrase.negated or not any(token.type == "COURSE" for token in phrase.adjectives):
            continue
        noun = next((n for n in nouns if n > index), index)
        following = phrases[index + 1 : noun + 1]  # "stable, no new or enlarging metastases": denied with the first of its qualities
        denied = any(one.negated for one in following) or (noun > index and phrases[noun].since is not None)
        if denied and all(n > index or phrases[n].negated or kind_of(phrases[n]) != "condition" for n in nouns):
            found.append(index)
    return found


def _run_start(phrases: list[Phrase], index: int) -> int:
    while index > 0 and phrases[index - 1].bare:
        index -= 1
    return index


def _link_between(phrases: list[Phrase], links: list[str], nouns: list[int], index: int) -> str:
    """The connective between this noun and the one before it: the weakest that stands there; before a denied quality, its own."""
    previous = nouns[nouns.index(index) - 1]
    between = links[previous:index]
    if phrases[previous + 1].negated and previous + 1 < index and not phrases[previous].negated:
        return between[0]  # "stable, no new or enlarging metastases, and …"
    if len(between) > 1 and between[0] == "that":
        between = between[1:]  # it led to what the noun before has taken over
    return next((link for link in between if link != "comma"), between[0]) if len(between) > 1 else between[0]


def _adopt_run(noun: Phrase, bares: list[Phrase], links: list[str], base: Callable[[Phrase], tuple[str, ...]]) -> None:
    """The noun takes over a run of bare neighbours, farthest first, each with its connective to the next or to the noun.

    Qualities that `or` joins are alternatives: "newly diagnosed or relapsed lymphoma" is either.
    """
    chosen = [_is_quality(bare) and link in OR for bare, link in zip(bares, links, strict=True)]
    either = [bare for index, bare in enumerate(bares) if chosen[index] or (_is_quality(bare) and any(chosen[:index]))]
    noun.unread = noun.unread or any(_never_latent(noun, bare) for bare in either)
    if either and chosen[-1]:
        either = _with_own(noun, either, base)
    if len(either) > 1:
        _share(noun, either)
        noun.alternatives = [*noun.alternatives, *(_judged(bare) for bare in either)]
    for bare in bares:
        noun.start, noun.end = min(noun.start, bare.start), max(noun.end, bare.end)
        if len(either) > 1 and any(bare is one for one in either):
            noun.negated = noun.negated or bare.negated
        elif bare.negated and not noun.negated and noun.heads and bare.start > noun.heads[-1].end:
            noun.parts = [*noun.parts, (Token("NOT", "no", bare.start, bare.start), _affirmed(bare))]
        else:
            noun.unread = noun.unread or _of_disease(noun, bare)
            _adopt(noun, bare)


def _of_disease(noun: Phrase, bare: Phrase) -> bool:
    """ "received chemotherapy and progressed within 4 weeks": no treatment progresses."""
    courses = {value for token in bare.adjectives if token.type == "COURSE" for value in str(token.value).split("|")}
    return bare.start > noun.start and kind_of(noun) == "treatment" and not courses.isdisjoint(_OF_DISEASES)


def _never_latent(noun: Phrase, bare: Phrase) -> bool:
    """ "history of active or untreated latent X": no latent one is active."""
    return bool(bare.circumstances) and bool(noun.heads) and noun.heads[0].text.lower().startswith("latent ")


def _affirmed(bare: Phrase) -> Phrase:
    """ "a tumor that has not been treated": a tumor, and not a treated one."""
    changed = copy(bare)
    changed.negated = False
    return changed


def _with_own(noun: Phrase, either: list[Phrase], base: Callable[[Phrase], tuple[str, ...]]) -> list[Phrase]:
    """The alternatives with the noun's own quality; none where they only say how sure or when."""
    plain = not any(bare.adjectives or bare.circumstances for bare in either)
    if noun.known and plain:
        return []  # "suspected or confirmed"
    if plain and noun.time == "now" and not noun.adjectives and all(bare.time == "now" and not bare.suspected for bare in either):
        return []  # "ongoing or active"
    own = _own(noun, either[0])
    if own is not None:
        return [*either, own]
    if names := base(noun):
        for bare in either:
            bare.base = names
        return [*either, Phrase(noun.start, noun.start)]
    noun.unread = not plain
    return [] if plain else either


def _share(noun: Phrase, either: list[Phrase]) -> None:
    """ "history of acute or chronic", "treatment-naive limited or extensive": what the first one says first may be said of all."""
    if any(bare.time == "ever" for bare in either):
        noun.time = "ever"
    _proved(noun, either)
    if len(either[0].adjectives) < 2:
        return
    *shared, last = either[0].adjectives
    own = either[-1].adjectives[0] if either[-1].adjectives else last
    named = noun.heads[0].text.lower().split(" ")[0] if noun.heads and not either[-1].adjectives else own.value
    again = len(either[-1].adjectives) > 1 or own.type == "STAGE"  # "stage II (T3) or III": another stage
    if _contrary(shared, named) or (again and any(token.type == own.type for token in shared)):
        return
    if own.type == last.type and all(token.type != last.type for token in shared):
        either[0].adjectives = [last]
        noun.adjectives = [*shared, *noun.adjectives]
    else:
        noun.shared = shared


def _proved(noun: Phrase, either: list[Phrase]) -> None:
    """ "histologically confirmed locally advanced (stage IIIB) or metastatic (stage IV) X": the proof is asked of either."""
    first, *others = either
    proof = [token for token in first.adjectives if token.type == "EVIDENCE"]
    apart = any(one.suspected or any(token.type == "EVIDENCE" for token in one.adjectives) for one in others)
    if proof and first.adjectives[0] is proof[0] and len(proof) < len(first.adjectives) and first.start < noun.start and not apart:
        first.adjectives = [token for token in first.adjectives if token.type != "EVIDENCE"]
        noun.adjectives = [*proof, *noun.adjectives]


def _contrary(shared: list[Token], own: object) -> bool:
    """ "locally advanced unresectable or metastatic": no disease is the first and the last."""
    values = {value for token in shared for value in str(token.value).split("|")}
    return any(values & one and set(str(own).split("|")) <= other for one, other in _CONTRARY)


def _is_quality(bare: Phrase) -> bool:
    """Whether it narrows the noun; proof is asked of every alternative, and time and suspicion alone widen it."""
    return bool(bare.circumstances or bare.suspected or bare.time == "now") or any(token.type != "EVIDENCE" for token in bare.adjectives)


def _own(noun: Phrase, bare: Phrase) -> Phrase | None:
    """The noun's own quality on that side, taken from it with what stands beside the other's too; none where it has none."""
    leading, types = bare.start < noun.start, {token.type for token in bare.adjectives}
    at = noun.heads[0].start if noun.heads else noun.end
    side = [token for token in noun.adjectives if (token.start < at) == leading]
    if side:
        first = side[0] if leading else side[-1]
        own = [token for token in side if token.type == first.type or (first.type in types and token.type in types)]
        noun.adjectives = [token for token in noun.adjectives if not any(token is one for one in own)]
        return Phrase(own[0].start, own[-1].end, adjectives=own)
    if noun.circumstances:
        own_circumstances, noun.circumstances = noun.circumstances, []
        return Phrase(noun.start, noun.start, circumstances=own_circumstances)
    if noun.time == "now":
        noun.time = ""
        return Phrase(noun.start, noun.start, time="now")
    if noun.suspected:
        noun.suspected = False
        return Phrase(noun.start, noun.start, suspected=True)
    return None


def _judged(bare: Phrase) -> Phrase:
    """ "active or untreated X": beside another quality, active is more than present, and for a person to judge."""
    if bare.time != "now" or bare.adjectives:
        return bare
    changed = copy(bare)
    changed.time, changed.circumstances = "", [*bare.circumstances, ("active", True)]
    return changed


def each_alternative(phrase: Phrase) -> list[list[Phrase]]:
    """The phrase with each of its alternatives, in each reading: with what the first one says first said of it alone, or of all."""
    if not phrase.shared:
        return [_with_each(phrase, [])]
    readings = [_with_each(phrase, phrase.shared), _with_each(phrase, [])]
    first, *others = phrase.alternatives
    own = [token for token in first.adjectives if not any(token is one for one in phrase.shared)]
    if own and own[0].start - phrase.shared[-1].end > 1:  # "chronic, recurrent or severe": one of three
        apart = copy(phrase)
        apart.alternatives = [replace(first, adjectives=phrase.shared), replace(first, adjectives=own), *others]
        readings.append(_with_each(apart, []))
    return readings


def _with_each(phrase: Phrase, shared: list[Token]) -> list[Phrase]:
    found = []
    for bare in phrase.alternatives:
        one = copy(phrase)
        one.alternatives, one.shared = [], []
        one.suspicion = bare.suspected
        if bare.base:
            head = copy(one.heads[0])
            head.names = bare.base
            one.heads = [head]
        if scales(bare) == scales(one) and [token.type for token in (*bare.adjectives, *one.adjectives)].count("STAGE") == 2:
            one.adjectives = [token for token in one.adjectives if token.type != "STAGE"]  # "stage IV or unresectable stage III": each its own
        _adopt(one, bare)
        one.adjectives = [*(token for token in shared if not any(token is own for own in one.adjectives)), *one.adjectives]
        found.append(one)
    return found


def _adopt(noun: Phrase, adjective: Phrase) -> None:
    """The noun takes over what a bare neighbour says."""
    noun.adjectives = adjective.adjectives + noun.adjectives if adjective.start < noun.start else noun.adjectives + adjective.adjectives
    noun.circumstances = noun.circumstances + adjective.circumstances
    noun.suspected = noun.suspected or adjective.suspected
    noun.time = "ever" if "ever" in (noun.time, adjective.time) else noun.time or adjective.time
    noun.negated = noun.negated or adjective.negated
    noun.other = noun.other or adjective.other
    noun.sides = noun.sides or adjective.sides
    noun.unread = noun.unread or (noun.window != adjective.window and bool(noun.window and adjective.window))  # "within 3 years, and > 6 months ago"
    noun.unread = noun.unread or (noun.time == "planned" and adjective.window is not None)  # "planned after X or done in the weeks before it"
    noun.window = noun.window or adjective.window
    noun.lasting = noun.lasting or adjective.lasting
    noun.parens = noun.parens + adjective.parens
    noun.parts = noun.parts + adjective.parts
