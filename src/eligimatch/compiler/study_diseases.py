"""Study diseases: words of a disease that mean the one which is studied."""

from __future__ import annotations

from eligimatch.compiler.phrase import Phrase


def of_the_study(phrase: Phrase) -> bool:
    """ "relapsed disease", "stage III disease": that which is studied, where the words do not speak of any or another."""
    if phrase.other or phrase.concurrent or phrase.act or phrase.sites or len(phrase.heads) != 1 or phrase.heads[0].text.lower() != "disease":
        return False
    courses = {value for token in phrase.adjectives if token.type in ("COURSE", "NEW") for value in str(token.value).split("|")}
    plain = all(token.type in ("COURSE", "NEW", "EVIDENCE", "STAGE") for token in phrase.adjectives) and not any(
        word.type in ("OF", "IN", "FOR", "DUE_TO") for word, _ in phrase.parts
    )
    said = any(token.type == "STAGE" for token in phrase.adjectives) or bool(
        not phrase.adjectives and phrase.lasting
    )  # "a disease duration of 2 years"
    return plain and (courses <= _OF_TUMORS if courses else said)


_OF_TUMORS = frozenset(
    "relapsed,refractory,relapsed or refractory,recurrent,progressive,metastatic,locally advanced,unresectable,resectable,advanced,localized,"
    "newly diagnosed,untreated,persistent,early".split(",")
)
