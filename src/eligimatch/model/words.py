"""Words folded to one spelling: case, plural, accents, Greek letters, British spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ATOM = re.compile(
    r"[^\W\d_]+(?:['’][^\W\d_]+)*"
    r"|\d{1,3}(?: \d{3})+(?![\d.,])|\d+(?:[.,]\d+)*|(?<![\w.,])\.\d+"
    r"|>=|=<|<=|=>|>/=|</=|[^\w\s]|_"
)
"""A run of letters, a number, or one sign (a comparator of several signs is one)."""

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda", "μ": "u", "µ": "u",
}  # fmt: skip
_IRREGULAR = {
    "women": "woman", "men": "man", "children": "child", "feet": "foot", "teeth": "tooth", "nevi": "nevus",
    "emboli": "embolus", "thrombi": "thrombus", "criteria": "criterion", "diverticula": "diverticulum",
    "bacteria": "bacterium", "fungi": "fungus", "ova": "ovum", "vertebrae": "vertebra", "metastatses": "metastas",
    "uses": "use", "used": "used", "people": "person", "persons": "person", "viruses": "virus", "calculi": "calculus",
    "nuclei": "nucleus", "stimuli": "stimulus", "lice": "louse", "data": "data", "lives": "life", "halves": "half",
}  # fmt: skip
_AMERICAN = (
    ("aemi", "emi"), ("haem", "hem"), ("oedem", "edem"), ("tumour", "tumor"), ("oesoph", "esoph"), ("paed", "ped"),
    ("rrhoe", "rrhe"), ("gynaec", "gynec"), ("anaes", "anes"), ("faec", "fec"), ("foet", "fet"), ("oestr", "estr"),
    ("ischaem", "ischem"), ("colour", "color"), ("litre", "liter"), ("metre", "meter"), ("centre", "center"),
    ("behaviour", "behavior"), ("labour", "labor"), ("caecum", "cecum"), ("caecal", "cecal"), ("coeliac", "celiac"),
    ("dyspnoe", "dyspne"), ("apnoe", "apne"), ("sulph", "sulf"), ("fibre", "fiber"), ("ageing", "aging"),
    ("orthopaed", "orthoped"), ("analogue", "analog"), ("titre", "titer"), ("catalogue", "catalog"), ("neutropaen", "neutropen"),
    ("enrolment", "enrollment"), ("allogenic", "allogeneic"), ("programme", "program"),
    ("aluminium", "aluminum"), ("caesar", "cesar"), ("leukocyt", "leucocyt"), ("manoeuv", "maneuv"),
)  # fmt: skip
_ENDINGS = (
    (re.compile("(?<=[a-z]{4})is(?=(?:e|ed|es|ing|ation|ations)$)"), "iz"),
    (re.compile("(?<=[a-z]{3})yse(?=d?$)"), "yze"),
)


def atoms(text: str) -> list[str]:
    """The text's numbers, words and signs in order."""
    return ATOM.findall(text)


@lru_cache(maxsize=1 << 16)
def fold(atom: str) -> str:
    """The atom's one spelling; phrases of the vocabulary and of the text are folded alike."""
    word = (atom[:-1] if atom[-1] == "s" and len(atom) > 2 and atom[:2].isupper() and atom.isalpha() else atom).lower()  # "TKIs", "PARPis"
    if not word.isascii():
        word = "".join(_GREEK.get(letter, letter) for letter in word)
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).replace("’", "'")
    if not word.isalpha():
        return word.removesuffix("'s").removesuffix("s'") or word
    for british, american in _AMERICAN:
        word = word.replace(british, american)
    for pattern, american in _ENDINGS:
        word = pattern.sub(american, word)
    return _IRREGULAR.get(word) or _singular(word)


def _singular(word: str) -> str:
    """Singular and plural to one stem (which need not be a word: `metastas`, `diseas`)."""
    if len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "uses", "sis", "ses")):
        return word[:-2]
    if word.endswith("se"):
        return word[:-1]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@lru_cache(maxsize=1 << 14)
def folded(text: str) -> tuple[str, ...]:
    """The text's atoms, folded; hyphens and apostrophes between words are dropped."""
    return tuple([fold(atom) for atom in atoms(text) if atom not in GLUE])


@lru_cache(maxsize=1 << 14)
def as_written(words: str, text: str) -> str:
    """Folded words as a text has them, the first without the capital of a sentence's beginning; as they are where the text has other ones between."""
    wanted, (spelled, places) = words.split(), _spelled(text)
    for at in range(len(spelled) - len(wanted) + 1):
        if spelled[at : at + len(wanted)] == wanted:
            written = " ".join(text[places[at][0] : places[at + len(wanted) - 1][1]].split())
            return written[:1].lower() + written[1:] if written[1:2].islower() else written
    of_one = {word: text[start:end] for word, (start, end) in zip(spelled, places, strict=True)}
    return " ".join(of_one.get(word, word) for word in wanted).replace(" ,", ",")


@lru_cache(maxsize=64)
def _spelled(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """The atoms of a text, folded, each with its place."""
    found = [match for match in ATOM.finditer(text) if match[0] not in GLUE]
    return [fold(match[0]) for match in found], [match.span() for match in found]


GLUE = frozenset("-‐‑‒–—'’")
