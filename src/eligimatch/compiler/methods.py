"""Methods and places: what follows "confirmed by" and "of the" in a list belongs to the member before it."""

from __future__ import annotations

from eligimatch.compiler.phrase import Phrase, replace
from eligimatch.compiler.qualities import OR
from eligimatch.compiler.shared_numbers import names_only


def methods(phrases: list[Phrase], links: list[str]) -> None:
    """ "based on chest X-ray, sputum examination and CT": the methods after the first belong to it."""
    index = 1
    while index < len(phrases):
        before, phrase = phrases[index - 1], phrases[index]
        said = phrase.comparisons or phrase.results or phrase.act or phrase.negated or phrase.speech
        given = bool(phrase.heads) and phrase.heads[-1].kind == "treatment"  # "steroids, or on any other immunosuppressant"
        if phrase.method and not (given or said or phrase.line or phrase.count or phrase.grade):
            before.end, before.parens, before.window = phrase.end, before.parens + phrase.parens, before.window or phrase.window
            if phrase.lasting and not before.lasting:
                before.lasting, before.lasting_event = phrase.lasting, phrase.lasting_event
            del phrases[index], links[index - 1]
            while (
                index < len(phrases) and links[index - 1] in OR and (_test(phrases[index]) or _other_test(phrases[index]))
            ):  # "…, assessed by MUGA or echocardiography"
                before.end, before.window = phrases[index].end, before.window or phrases[index].window
                del phrases[index], links[index - 1]
            continue
        if _number_after_tests(before, phrase):
            before.comparisons, before.end = phrase.comparisons, phrase.end
            before.window, before.parens = before.window or phrase.window, before.parens + phrase.parens
            del phrases[index], links[index - 1]
            continue
        ends_with_method = bool(before.parts) and before.parts[-1][0].type == "BY"
        if before.shown and names_only(phrase) and all(token.kind in ("procedure", "analyte") for token in phrase.heads):
            _take(before, phrase)
            del phrases[index], links[index - 1]
        elif ends_with_method and _names_only_or_evidence(phrase) and all(token.kind in _methods_of(before) for token in phrase.heads):
            part = before.parts[-1][1]
            part.adjectives, part.heads = part.adjectives + phrase.adjectives, part.heads + phrase.heads
            _take(before, phrase)
            del phrases[index], links[index - 1]
        elif ends_with_method and links[index - 1] in OR and _other_test(phrase):
            before.end = phrase.end
            del phrases[index], links[index - 1]
        elif (ends_with_method and _imaging(phrase)) or (_looked_at(before) and _place(phrase)):
            before.parts[-1][1].looked_at = True
            _take(before, phrase)
            del phrases[index], links[index - 1]
        elif ends_with_method and _shown_by(before) and _shown_by(phrase):
            _take(before, phrase)
            del phrases[index], links[index - 1]
        else:
            index += 1


def _methods_of(phrase: Phrase) -> tuple[str, ...]:
    """Of what kinds the further methods are: "by biopsy or laparoscopy"."""
    shown = any(token.type == "EVIDENCE" for token in phrase.parts[-1][1].adjectives)
    return ("procedure", "analyte", "operation") if shown else ("procedure", "analyte")


def _take(before: Phrase, method: Phrase) -> None:
    """What is said after a further method is said of what it found: "by CT or MRI within 4 weeks"."""
    before.end, before.window, before.parens = method.end, before.window or method.window, before.parens + method.parens


def _number_after_tests(before: Phrase, phrase: Phrase) -> bool:
    """ "ejection fraction by echocardiography or MUGA > 45%": the number is not the last test's."""
    measured = bool(before.parts) and before.parts[-1][0].type == "BY" and bool(before.heads) and before.heads[-1].kind in ("analyte", "score")
    test = bool(phrase.heads) and all(token.kind == "procedure" for token in phrase.heads)
    said = phrase.parts or phrase.act or phrase.negated or phrase.speech or phrase.results or phrase.time or phrase.adjectives
    return measured and test and bool(phrase.comparisons) and not said and not before.comparisons


def _test(phrase: Phrase) -> bool:
    """A procedure by itself."""
    return names_only(phrase) and not phrase.parens and all(token.kind == "procedure" for token in phrase.heads)


def _other_test(phrase: Phrase) -> bool:
    """ "by PCR, or | another diagnostic test for the virus"."""
    said = phrase.comparisons or phrase.results or phrase.act or phrase.negated or phrase.speech or phrase.window or phrase.parens
    told = all(word.type in ("FOR", "OF", "IN") for word, _ in phrase.parts)
    return phrase.other and bool(phrase.heads) and all(token.kind == "procedure" for token in phrase.heads) and told and not said


def _imaging(phrase: Phrase) -> bool:
    """ "on bone scan and/or | CT of the chest": a further test, and where."""
    placed = all(word.type in ("OF", "IN") and _place(part) for word, part in phrase.parts)
    return _test(replace(phrase, parts=[])) and bool(phrase.parts) and placed


def _looked_at(phrase: Phrase) -> bool:
    """ "metastases on CT of the chest | , abdomen and pelvis": whether a test's place is named last."""
    word, test = phrase.parts[-1] if phrase.parts else (None, phrase)
    named = bool(test.heads) and test.heads[-1].kind == "procedure" and " of " in test.heads[-1].text.lower()
    return word is not None and word.type == "BY" and (test.looked_at or named)


def _place(phrase: Phrase) -> bool:
    return names_only(phrase) and all(head.kind == "site" for head in phrase.heads)


def _shown_by(phrase: Phrase) -> bool:
    """ "bone lesions on a scan", itself or as what shows something else."""
    findings = [phrase.heads, *(part.heads for word, part in phrase.parts if word.type == "BY")]
    return phrase.parts[-1:] != [] and phrase.parts[-1][0].type == "BY" and any(heads and heads[-1].kind == "condition" for heads in findings)


def _names_only_or_evidence(phrase: Phrase) -> bool:
    return (names_only(phrase) and not any(t.names == () and not t.text for t in phrase.heads)) or (
        not phrase.heads and bool(phrase.adjectives) and all(t.type == "EVIDENCE" for t in phrase.adjectives) and phrase.bare
    )


def places(phrases: list[Phrase]) -> None:
    """ "carcinoma in situ of the cervix, breast or bladder": places after the first share its noun."""
    for index in range(1, len(phrases)):
        before, phrase = phrases[index - 1], phrases[index]
        said = [word for word, _ in phrase.parts if word.type not in ("WITH", "NOT", "FOR", "BY", "DUE_TO")]
        if len(phrase.heads) != 1 or phrase.heads[0].kind != "site" or said or not names_only(replace(phrase, parts=[])):
            continue
        placed = before.parts[-1] if before.parts and before.parts[-1][0].type in ("OF", "IN", "TO") else None
        if placed and placed[1].heads and placed[1].heads[0].kind == "site":
            place = Phrase(phrase.start, phrase.end, heads=phrase.heads)
            phrase.heads, phrase.parts = list(before.heads), [(placed[0], place), *phrase.parts]
            phrase.adjectives, phrase.time = before.adjectives, before.time
