"""Numbers in a list: a limit without a noun joins the noun before it, a value of a scale the condition before it."""

from __future__ import annotations

from itertools import pairwise

from eligimatch.compiler.noun_words import in_other_eye
from eligimatch.compiler.phrase import Phrase, duration
from eligimatch.compiler.qualities import OR, kind_of
from eligimatch.compiler.tokens import Token


def scaled(phrases: list[Phrase], links: list[str]) -> None:
    """ "heart failure, NYHA class III", "cirrhosis (…) - Child-Pugh > A": a value of a scale belongs to the condition before it."""
    index = 1
    while index < len(phrases):
        before, phrase = phrases[index - 1], phrases[index]
        alone = phrase.system and not (phrase.heads or phrase.parts or phrase.speech or phrase.time or phrase.unread or phrase.negated)
        if alone and links[index - 1] == "comma" and before.heads and before.heads[-1].kind == "condition" and before.system is None:
            before.system, before.adjectives = phrase.system, before.adjectives + phrase.adjectives
            before.comparisons, before.grade = before.comparisons + phrase.comparisons, before.grade or phrase.grade
            before.parens, before.end = before.parens + phrase.parens, phrase.end
            del phrases[index], links[index - 1]
        else:
            index += 1


def _other_eye(phrases: list[Phrase]) -> None:
    """ "≤ 73 letters in the study eye and ≥ 35 in the fellow eye": a number of the other eye, with the noun named before."""
    for before, phrase in pairwise(phrases):
        if _number_alone(phrase) and in_other_eye(phrase) and not in_other_eye(before) and before.shares_limits:
            phrase.heads = list(before.heads)


def _dated(phrase: Phrase) -> None:
    """ "≤ 3 mg/dL for patients with X (obtained within 14 days)": the time is the number's."""
    word, part = phrase.parts[-1] if phrase.parts else (None, phrase)
    if word is not None and word.type in ("FOR", "IN") and part.window and part.late and phrase.comparisons and not phrase.window:
        phrase.window, phrase.late, part.window = part.window, True, None


def merge_numbers(phrases: list[Phrase], links: list[str]) -> tuple[list[Phrase], list[str]]:
    """ "Age: ≥ 18 and ≤ 75": a number without a noun belongs to the noun before it."""
    out: list[Phrase] = []
    kept: list[str] = []
    _other_eye(phrases)
    for index, phrase in enumerate(phrases):
        _dated(phrase)
        if out and _of_group(out[-1], phrase):
            people = Phrase(phrase.start, phrase.heads[-1].end, heads=phrase.heads)
            phrase.parts, phrase.heads = [(Token("FOR", "for", phrase.start, phrase.start), people)], []
        part = _measured_part(out[-1]) if out and not out[-1].comparisons and _number_alone(phrase) else None
        if part and not (phrase.parts or phrase.parens or phrase.window):
            out[-1].end = phrase.end
            if links[index - 1] in OR:
                part.otherwise = [*part.otherwise, phrase]
            else:
                part.comparisons = part.comparisons + phrase.comparisons
            continue
        of_people = _of_all_people(out, phrase, links[:index])
        if out and not of_people and _number_alone(phrase) and (out[-1].heads or _number_alone(out[-1])):
            previous = out[-1]
            beside = all(word.type == "WITH" and _measured_part(phrase) for word, _ in phrase.parts)  # "≥ 50 kg to ≤ 110 kg with a BMI of 18 to 30"
            of_all = beside and not (previous.parts or previous.otherwise)
            apart = links[index - 1] in OR and kind_of(previous) == "condition"  # "smoking or > 10 pack-years"
            if (not previous.comparisons and not apart) or (links[index - 1] not in OR and of_all):
                previous.comparisons, previous.parts = previous.comparisons + phrase.comparisons, previous.parts + phrase.parts
                previous.window, previous.end = previous.window or phrase.window, max(previous.end, phrase.end)
                previous.unread = previous.unread or (previous.sides != phrase.sides and bool(previous.sides and phrase.sides))
                previous.parens, previous.sides = previous.parens + phrase.parens, previous.sides or phrase.sides
                continue
        if out and _pair(out[-1], phrase, links[index - 1]):
            out[-1].pair, out[-1].window, out[-1].end = phrase.comparisons[0], out[-1].window or phrase.window, phrase.end
            out[-1].parens, out[-1].parts = out[-1].parens + phrase.parens, out[-1].parts + phrase.parts
            continue
        if out and (_number_alone(phrase) or _range_alone(phrase, links[index - 1])) and out[-1].shares_limits and not phrase.parens:
            if links[index - 1] == "slash":
                out[-1].unread = True
            phrase.beside = links[index - 1] not in OR
            if phrase.parts and all(word.type in ("NOT", "NEITHER") for word, _ in phrase.parts):
                out[-1].parts, phrase.parts = out[-1].parts + phrase.parts, []  # "≥ 9 g/dL or ≥ 5.6 mmol/L without transfusion": of both
            out[-1].otherwise = [*out[-1].otherwise, phrase]
            out[-1].window, out[-1].end = out[-1].window or phrase.window, max(out[-1].end, phrase.end)
            continue
        if out:
            kept.append(links[index - 1])
        out.append(phrase)
    return out, kept


def _alike(phrase: Phrase, other: Phrase) -> bool:
    """Whether two analytes are held against one limit."""
    limits = [[(value.number, value.unit, value.limit) for one in p.comparisons for value in (one.low, one.high) if value] for p in (phrase, other)]
    return limits[0] == limits[1] and kind_of(phrase) == kind_of(other) == "analyte"


def _of_all_people(out: list[Phrase], phrase: Phrase, links: list[str]) -> bool:
    """ "men or non-pregnant women, 18 to 49 years old": the age after the comma is of both."""
    years = _number_alone(phrase) and all(length and length.unit == "year" for length in map(duration, phrase.comparisons))
    return years and len(out) > 1 and links[-1] == "comma" and all(names_only(one) and kind_of(one) == "group" for one in out)


def share_company(phrases: list[Phrase], links: list[str]) -> None:
    """ "AST > 3 × ULN or ALT > 3 × ULN with bilirubin > 2 × ULN": what goes along with the last number goes along with each."""
    word, part = phrases[-1].parts[-1] if phrases[-1].parts else (None, phrases[-1])
    if word is not None and word.type in ("IN", "FOR", "WITH") and kind_of(part) == "condition" and set(links) <= OR:
        for index, phrase in enumerate(phrases[1:-1], start=1):
            wider = _measured_anew(phrase, phrases[:index]) and not phrase.parts
            phrase.parts = list(phrases[-1].parts) if wider else phrase.parts
    together = word is not None and word.type == "WITH" and part.comparisons and part.heads and phrases[-1].comparisons and phrases[-1].heads
    if not together or not set(links) <= OR or any(phrase.parts or not _alike(phrase, phrases[-1]) for phrase in phrases[:-1]):
        return
    for phrase in phrases[:-1]:
        phrase.parts = list(phrases[-1].parts)


def _measured_anew(phrase: Phrase, before: list[Phrase]) -> bool:
    """ "bilirubin ≤ ULN or bilirubin ≤ 3 × ULN or X in patients with Y": another limit of the same number is of those people."""
    names = phrase.heads[-1].names if phrase.heads else ()
    return bool(names and phrase.comparisons) and any(one.heads and one.heads[-1].names == names and one.comparisons for one in before)


def _measured_part(before: Phrase) -> Phrase | None:
    """ "women with a BMI | < 18 or > 40": the part of a phrase that holds its number."""
    part = before.parts[-1][1] if before.parts else None
    return part if part and part.comparisons and any(head.kind in ("analyte", "score") for head in part.heads) else None


def _of_group(before: Phrase, phrase: Phrase) -> bool:
    """ "hemoglobin: male ≥ 13 g/dL, female ≥ 12 g/dL": the limit of a group of people, not their age."""
    if not before.heads or before.heads[-1].kind not in ("analyte", "score") or len(phrase.heads) != 1 or phrase.parts:
        return False
    return phrase.heads[0].kind == "group" and bool(phrase.comparisons) and all(duration(comparison) is None for comparison in phrase.comparisons)


def _pair(before: Phrase, phrase: Phrase, link: str) -> bool:
    """ "blood pressure > 160/100 mmHg": the systolic limit and the diastolic one."""
    pressure = bool(before.heads) and "blood pressure" in before.heads[-1].names and len(before.comparisons) == 1 and before.pair is None
    return pressure and link == "slash" and _number_alone(phrase) and phrase.comparisons[0].bare


def _range_alone(phrase: Phrase, link: str) -> bool:
    """ "≥ 50% or within the normal range"."""
    return bool(phrase.normal) and link in OR and not (phrase.heads or phrase.speech or phrase.act or phrase.adjectives or phrase.comparisons)


def _number_alone(phrase: Phrase) -> bool:
    return bool(phrase.comparisons) and not (phrase.heads or phrase.speech or phrase.act or phrase.adjectives)


def names_only(phrase: Phrase) -> bool:
    """Nothing but names."""
    return bool(phrase.heads) and not (
        phrase.comparisons or phrase.parts or phrase.act or phrase.time or phrase.results or phrase.normal or phrase.speech or phrase.adjectives
    )
