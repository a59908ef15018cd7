"""Reach: how far the windows of a list's members reach over the members before them, and a denial over those after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from eligimatch.compiler.judgements import noun_alone
from eligimatch.compiler.nouns import Nouns
from eligimatch.compiler.phrase import Phrase, duration
from eligimatch.compiler.qualities import OR, kind_of, settled, share_noun
from eligimatch.compiler.shared_times import whenever
from eligimatch.compiler.tokens import Token
from eligimatch.compiler.verbs import VERBS
from eligimatch.model.quantity import Window
from eligimatch.model.rule import AllOf, AnyOf, Had, Measure, Not, Rule, Unparsed, leaves

_CAUSING = frozenset({"treatment", "operation", "procedure", "substance", "condition"})
_BESIDE = frozenset({"with", "associated with", "accompanied by", "complicated by", "manifested by"})


def demanded_beside(said: Sequence[str], links: list[str], phrases: Sequence[Phrase]) -> list[str]:
    """ "DLBCL, PMBCL or HGBCL, two prior lines": what a comma adds after the last "or" and is of another kind is asked beside the list.

    `said` are the links as the words have them, `links` what they mean. "Asthma, on A or B" demands asthma and one of the drugs.
    """
    if under_treatment(said, phrases):
        return ["that", *links[1:]]
    last = max((at for at, link in enumerate(said) if link in ("or", "andor")), default=len(said))
    if len(said) != len(links) or last >= len(said) - 1 or set(said[last + 1 :]) != {"comma"} or not set(said[:last]) <= {"comma", "or", "andor"}:
        return links
    listed, further = {kind_of(phrase) for phrase in phrases[: last + 2]}, phrases[last + 2 :]
    apart = listed in ({"condition"}, {"marker"}) and all(_of_another_kind(phrase, listed) for phrase in further)
    apart = apart or (listed == {"marker"} and _of_another_result(phrases[: last + 2], further))
    return [*links[: last + 1], *["and"] * (len(links) - last - 1)] if apart else links


def _of_another_kind(phrase: Phrase, listed: set[str]) -> bool:
    """Whether it is no further member of a list: another thing, or said with it ("X or Y, with no Z", "…, with relapsed disease")."""
    return kind_of(phrase) not in {*listed, ""} or (bool(phrase.heads) and (phrase.negated or phrase.opens == "WITH"))


def _of_another_result(listed: Sequence[Phrase], further: Sequence[Phrase]) -> bool:
    """Whether other results are asked than of the list: "ER positive or PR positive, HER2 negative", "…, HER2-low"."""
    first, others = ({str(token.value) for phrase in phrases for token in phrase.results} for phrases in (listed, further))
    if first and all(phrase.heads and _RESULT_NAMED.search(phrase.heads[-1].text) for phrase in further):
        return True
    return bool(first and others) and first.isdisjoint(others) and all(phrase.results for phrase in further)


def under_treatment(said: Sequence[str], phrases: Sequence[Phrase]) -> bool:
    """Whether the list is a condition and the drugs that someone who has it is on or has had: "asthma, on A or B"."""
    first, *given = phrases
    drugs = len(given) > 1 and bool(said) and all(kind_of(phrase) == "treatment" for phrase in given)
    drugs = drugs and (given[0].opens == "RECEIVING" or all(phrase.act in VERBS for phrase in given))
    return drugs and said[0] == "comma" and set(said[1:]) == {"or"} and kind_of(first) == "condition" and not first.act


def accompanied(phrases: list[Phrase], links: list[str], said: Sequence[str]) -> tuple[list[Phrase], list[str]] | None:
    """ "cirrhosis with ascites or varices", "asthma, on A or B": perhaps with either of them; None where there is no such list."""
    if under_treatment(said, phrases) and "that" not in links:
        return phrases, ["that", *links[1:]]
    at = next((at for at in range(len(phrases[0].parts) - 1, -1, -1) if phrases[0].parts[at][0].type not in ("OF", "IN")), -1)
    word, part = phrases[0].parts[at] if at >= 0 else (None, None)
    if word is None or part is None or not _accompanies(word) or set(settled(links)) - OR:
        return None
    rest = [part, *phrases[1:]]
    numbers = all(one.comparisons and one.heads and not one.parts for one in rest)
    conditions = all(kind_of(one) == "condition" for one in rest) and all(map(noun_alone, rest[1:]))
    given = word.type == "DUE_TO" and all(kind_of(one) in _CAUSING and noun_alone(one) for one in rest)  # "toxicity due to drugs or prior surgery"
    if kind_of(phrases[0]) != "condition" or not (numbers or conditions or given):
        return None
    first, whole = copy(phrases[0]), copy(part)
    whole.others = [*part.others, *phrases[1:]]
    whole.parts = [*part.parts, *first.parts[at + 1 :]]
    first.parts, first.end = [*first.parts[:at], (word, whole)], phrases[-1].end
    return [first], []


def of_listed_causes(phrases: list[Phrase]) -> Phrase | None:
    """ "hypertension due to renal, endocrine or vascular disease": the causes whose noun stands with the last of them, as one."""
    first = phrases[0]
    word, part = first.parts[-1] if first.parts else (None, None)
    if word is None or part is None or word.type != "DUE_TO" or part.others or part.parts or len(phrases) < 2:
        return None
    alone = len(part.heads) == 1 if len(phrases) > 2 else len(part.heads) < 2 and not part.study  # "due to ischemic or valvular heart disease"
    adjective = alone and all(head.kind != "condition" for head in part.heads) and not part.comparisons
    listed = all(kind_of(one) == "condition" and noun_alone(one) and not one.negated for one in phrases[1:])
    return replace(first, end=phrases[-1].end) if adjective and listed and kind_of(first) == "condition" else None


def _accompanies(word: Token) -> bool:
    """ "with ascites or varices", "due to diabetes or hypertension", "involvement by leukemia or lymphoma"."""
    return word.type in ("BY", "DUE_TO") or (word.type == "WITH" and word.text.lower() in _BESIDE)


def windows_reaching(phrases: list[Phrase], nouns: Nouns) -> list[list[Phrase]]:
    """The lists that careful readers see: how far the windows of things reach, and the time of the last number over those before it."""
    found = _reaching(_lengths(phrases, nouns.text) if nouns.forbids else phrases, nouns)
    dated = _dated_alike(phrases)
    return found if dated is None else [*found, dated]


def _lengths(phrases: list[Phrase], text: str) -> list[Phrase]:
    """ "major surgery or radiotherapy < 4 weeks" among exclusions: the length of time is of both."""
    out = list(phrases)
    for at in range(len(out) - 1, 0, -1):
        said = out[at].comparisons
        length = len(said) == 1 and said[0].low is None and duration(said[0]) is not None and kind_of(out[at]) in _HAPPENING
        before = out[at - 1]
        if length and noun_alone(before) and not before.act and kind_of(before) == "treatment":
            words = f"{text[before.start : before.end]} {text[said[0].start : said[0].end]}"
            out[at - 1] = replace(before, comparisons=said, judged_words=words)
    return out


_HAPPENING = frozenset({"treatment", "condition"})


def _dated_alike(phrases: list[Phrase]) -> list[Phrase] | None:
    """ "creatinine ≤ 1.5 mg/dL or clearance ≥ 55 mL/min within 21 days": perhaps both; None where it is no list of numbers."""
    window = phrases[-1].window
    if window is None or not window.start or window.end or not all(phrase.comparisons and phrase.heads and not phrase.act for phrase in phrases):
        return None
    dated = [replace(phrase, window=window) if not phrase.window and _of_a_day(phrase) else phrase for phrase in phrases]
    return dated if all(map(_of_a_day, phrases)) and any(one is not other for one, other in zip(dated, phrases, strict=True)) else None


def _of_a_day(phrase: Phrase) -> bool:
    """A value that was found on a day."""
    return kind_of(phrase) in ("analyte", "score") and phrase.heads[-1].names[:1] not in (("age",), ("life expectancy",))


def _reaching(phrases: list[Phrase], nouns: Nouns) -> list[list[Phrase]]:
    """The lists that careful readers see: each window binds the members before it, or its own member only, where both make sense.

    Where others follow without a time ("angina, infarction within 6 months, or heart failure"), it may be of its own condition only.
    """
    last = next((index for index in range(len(phrases) - 1, 0, -1) if _timed(phrases[index])), 0)
    if not last:
        return [phrases]
    phrases = _anchored(phrases, last)
    whole, by_usage = list(phrases), True
    amid = any(not _apart(phrase, nouns.text) and phrase.heads for phrase in phrases[last + 1 :])
    for at in (index for index in range(last, 0, -1) if _timed(phrases[index])):
        first = at
        while first and not _apart(phrases[first - 1], nouns.text) and phrases[first - 1].negated == phrases[at].negated:
            first -= 1
        whole[first:at] = [_windowed(phrase, phrases[at]) for phrase in phrases[first:at]]
        said = _verb_of_its_own(phrases[at])
        by_usage = by_usage and all(_by_usage(phrases[place], phrases[place + 1], nouns, said=said) for place in range(first, at))
        by_usage = by_usage and not (at == 1 and _long_ago(phrases[0], nouns) and "," in nouns.text[phrases[0].end : phrases[1].start])
        by_usage = by_usage and not phrases[at].late  # "radiotherapy, surgery (within 4 weeks)": perhaps the last one's only
        joined = {"or", "and", "and/or"}.intersection(nouns.text[phrases[at - 1].end : phrases[at].start].lower().split())
        by_usage = by_usage and (bool(joined) or not (amid and any(kind_of(phrase) == "condition" for phrase in phrases[first:at])))
    if all(one is other for one, other in zip(whole, phrases, strict=True)):
        return [phrases]
    return [whole] if by_usage or any(_recent(phrase) for phrase in phrases) else [whole, phrases]


def _by_usage(phrase: Phrase, following: Phrase, nouns: Nouns, *, said: bool) -> bool:
    """Whether a window after a list can only be this member's too: it is of one noun with the next, or says no time of its own."""
    if share_noun(phrase, following) and following.time == phrase.time:
        return True
    return _needs_window(phrase, nouns) and not (said and _long_ago(phrase, nouns))


def _verb_of_its_own(phrase: Phrase) -> bool:
    return bool(phrase.act and phrase.heads) and phrase.start < phrase.heads[0].start


def _long_ago(phrase: Phrase, nouns: Nouns) -> bool:
    """ "prior therapy with X" beside "received Y within 28 days": perhaps at any time."""
    return nouns.text[phrase.start : phrase.end].lower().startswith(("prior ", "previous ", "any prior ", "any previous ", "history "))


def _needs_window(phrase: Phrase, nouns: Nouns) -> bool:
    """Whether the phrase alone would say no time: a treatment received, an event."""
    if phrase.act == "treatment" and phrase.time == "ever":
        return True
    if phrase.time:
        return False
    head = nouns.concept(phrase)
    if head is None:
        return True
    return head.kind in ("treatment", "operation", "procedure", "substance") or bool(nouns.linker.fact(head, "event"))


def _apart(phrase: Phrase, text: str) -> bool:
    """Whether a window after the list has nothing to do with this member."""
    if whenever(phrase, text):
        return True
    dose = bool(phrase.heads) and phrase.heads[-1].kind == "treatment" and not any(map(duration, phrase.comparisons))
    return _timed(phrase) or phrase.unread or phrase.bare or bool((phrase.comparisons and not dose) or phrase.speech or phrase.normal)


def _timed(phrase: Phrase) -> bool:
    return phrase.window is not None or phrase.undated


def _anchored(phrases: list[Phrase], at: int) -> list[Phrase]:
    """ "X within 4 weeks or Y within 2 weeks before the first dose", "… of the first dose": both are counted from it."""
    last = phrases[at].window
    if last is None or last.event == "as_of" or last.after not in (None, last.start):
        return phrases
    return [_counted(phrase, last) if index < at else phrase for index, phrase in enumerate(phrases)]


def _counted(phrase: Phrase, last: Window) -> Phrase:
    """A member with its own length of time, from the event of the last one's: before it, or around it."""
    if phrase.window is None or not phrase.within:
        return phrase
    changed = copy(phrase)
    changed.window = phrase.window.model_copy(update={"event": last.event, "after": last.after and phrase.window.start})
    return changed


def _windowed(phrase: Phrase, last: Phrase) -> Phrase:
    changed = copy(phrase)
    if last.undated and not last.window:
        changed.circumstances, changed.undated = [*phrase.circumstances, *last.circumstances[-1:]], True
        changed.time, changed.end = phrase.time or last.time, last.end
        return changed
    changed.window, changed.onset = last.window, last.onset
    changed.circumstances = [] if _recent(phrase) else phrase.circumstances
    return changed


def _recent(phrase: Phrase) -> bool:
    """ "recent", which a window after the list says better."""
    return any(words.lower().startswith("recent") for words, _ in phrase.circumstances)


def denied_together(phrases: Sequence[Phrase], rules: list[Rule], links: list[str]) -> tuple[list[Rule], list[str]]:
    """ "platelets ≥ 100, or no bleeding or bruising": what one denial in the midst of a list denies is one member, neither of which is there.

    "Has not smoked for 1 year, or never smoked": one thing denied twice, of which either will do.
    """
    denied = [rule.rule.concept for rule in rules if isinstance(rule, Not) and isinstance(rule.rule, Had)]
    if len(rules) == len(denied) > len(set(denied)) == 1 and set(links) <= OR and all(phrase.negated and phrase.denied for phrase in phrases):
        return [AnyOf(rules=tuple(rules), span=rules[0].span.cover(rules[-1].span))], []
    for at in range(1, len(phrases) - 1):
        end = at + 1
        while end < len(phrases) and phrases[end].negated and not phrases[end].denied and links[end - 1] in OR:
            end += 1
        if phrases[at].negated and phrases[at].denied and not phrases[at - 1].negated and links[at - 1] in OR and end > at + 1:
            neither = AllOf(rules=tuple(rules[at:end]), span=rules[at].span.cover(rules[end - 1].span))
            return [*rules[:at], neither, *rules[end:]], [*links[:at], *links[end - 1 :]]
    return rules, links


def granted(phrases: Sequence[Phrase], rules: list[Rule], links: list[str]) -> Rule | None:
    """ "no diabetes, or HbA1c < 7 %", "… or well controlled diabetes": what may be there of what is denied before it, or is denied, too."""
    if len(rules) != _TWO or links[0] != "or" or not all(isinstance(rule, Not) for rule in rules) or phrases[1].denied or not phrases[0].denied:
        return None
    first, second = (rule.rule for rule in rules if isinstance(rule, Not))
    if not isinstance(first, Had) or first.qualifiers:
        return None
    again = isinstance(second, Had) and first.concept == second.concept and len(second.qualifiers) > len(first.qualifiers)
    numbers = first.section == "conditions" and all(isinstance(leaf, Measure) for leaf in leaves(second))
    return AnyOf(rules=(rules[0], second), span=rules[0].span.cover(second.span)) if again or numbers else None


_TWO = 2


def half_denied(phrases: Sequence[Phrase], rules: list[Rule], links: list[str]) -> bool:
    """Whether a denial may reach over an "or": to what was not understood after it ("no A or …"), or out of such words.

    Not so "never smoked or stopped smoking".
    """
    out = (at for at, rule in enumerate(rules[:-1]) if isinstance(rule, Unparsed) and links[at] in OR and _DENYING.search(rule.text))
    return any(not phrases[at + 1].negated for at in out) or any(
        isinstance(rule, Unparsed)
        and at > 0
        and links[at - 1] in OR
        and not _OVER.search(rule.text)
        and any(one.negated and one.heads for one in phrases[:at])
        for at, rule in enumerate(rules)
    )


_DENYING = re.compile(r"\b(?:no|not|without|absence of|free of)\b", re.IGNORECASE)
_HAVE = frozenset({"have", "has"})  # "symptoms have returned to baseline"; of its own, too, "women who are not pregnant and men"
_STATES = frozenset({"using contraception", "woman not of childbearing potential"})
"""What a denial before it in a list may reach, or not: "not pregnant, and not of childbearing potential or using contraception"."""
_OFF = re.compile(r"(?:off|not on|not receiving|not taking|without)\b", re.IGNORECASE)
_OF_ONE = re.compile(r"(?:non\b|never\b|not an?\b)", re.IGNORECASE)
"""Denies the next word, not a list."""
_OVER = re.compile(r"\b(?:completed|stopped|quit|discontinued|finished|ended|ceased)\b", re.IGNORECASE)
_RESULT_NAMED = re.compile(r"-(?:low|zero|null|negative)$", re.IGNORECASE)
_LACK = re.compile(r"(?:the )?(?:absence|lack) of\b", re.IGNORECASE)
_PRESENT = re.compile(r"(?:the )?presence of\b", re.IGNORECASE)
_ON = re.compile(r"(?:on|receiving|taking)\b", re.IGNORECASE)


def deny_too(phrase: Phrase, link: str) -> None:
    """ "no A, B or C": denied as what stands before it, in place."""
    phrase.negated = not any(_HAVE & {*head.text.lower().split()} or {"female", "male"} & {*head.names} for head in phrase.heads)
    if any(_STATES & {*head.names} for head in phrase.heads):
        phrase.negated, phrase.unread, phrase.plain = False, link != "and", False


def over(phrase: Phrase, text: str) -> bool:
    """ "no chemotherapy, or | completed more than 6 months ago": what was over so long ago, beside none of it at all."""
    long_ago = phrase.window is not None and phrase.window.end is not None and phrase.window.start is None
    return long_ago and _OVER.search(text, phrase.start, phrase.end) is not None


def instead(before: Phrase, phrase: Phrase, text: str) -> bool:
    """ "off steroids, or on ≤ 4 mg of dexamethasone", "non-smoker, or < 10 pack-years", "no chemotherapy, or at most one line": not denied.

    Nor is what there is in "absence of a spleen, or presence of varices".
    """
    if phrase.count and phrase.count.low is None:
        return True
    if _OF_ONE.match(text, before.start) and (phrase.comparisons or phrase.lasting or (phrase.time == "ever" and before.time != "ever")):
        return True
    if over(phrase, text):
        return True
    if _LACK.match(text, before.start) and _PRESENT.match(text, phrase.start):
        return True
    return _OFF.match(text, before.start) is not None and _ON.match(text, phrase.start) is not None
