"""Links a name of a profile to the vocabulary: free text and a code into concepts, and the qualities that its words add."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from eligimatch.engine.wordings import Wordings
from eligimatch.model.concept import Kind
from eligimatch.model.profile import Code
from eligimatch.model.vocabulary import Phrase, Vocabulary
from eligimatch.model.words import atoms, fold, folded

CONDITIONS: tuple[Kind, ...] = ("condition", "group")
TREATMENTS: tuple[Kind, ...] = ("treatment", "operation", "procedure")
PROCEDURES: tuple[Kind, ...] = ("procedure", "operation", "treatment")
SUBSTANCES: tuple[Kind, ...] = ("substance", "treatment")
NUMBERS: tuple[Kind, ...] = ("analyte", "score", "stage", "marker")
MARKERS: tuple[Kind, ...] = ("marker", "analyte")
ANYTHING: tuple[Kind, ...] = ("condition", "treatment", "operation", "procedure", "substance", "group", "site", "analyte", "marker", "score")


def _folded(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


_QUALITIES = tuple("NEW COURSE SEVERITY SIDE SUSPECTED HISTORY CURRENT EVIDENCE KNOWN ROUTE INTENT OTHER JUDGED NOT".split())
_OTHER_SENSE = _folded(
    "no not non without never negative family maternal paternal mother father sibling parent donor partner risk screening screen suspect suspected "
    "possible probable rule ruled exclude excluded pre pseudo anti post prior previous history prevention prophylaxis prophylactic exposure "
    "contact carrier fear vaccine vaccination mimic like borderline near free test healed resolved old remote inactive former status ex "
    "neg denies denied declined declines refused refuses consider considering considered planned scheduled awaiting candidate evaluation eval "
    "allergy allergic intolerant intolerance placebo vs versus concern question "
    "wife husband son daughter brother sister aunt uncle cousin grandmother grandfather grandparent spouse"
)
"""Before a known name, these take its meaning away: it is not the thing, not this person's, or not now."""
_OTHERS = _folded(
    "mother father parent sibling brother sister son daughter wife husband spouse partner aunt uncle cousin grandmother grandfather grandparent "
    "relative family donor"
)
"""Of whom a name may go on to speak: "breast cancer in mother"."""
_DOUBTED = re.compile(r"\s*(?:\?|r/o\b|rule[ -]?out\b|FHx\b|FH ?(?::|-|of\b)|fam\.? ?hx\b).*|.*\?\s*", re.IGNORECASE)
"""What is only asked, or said of a family."""
_JOINING = frozenset({"and", "/", "+", "plus", ","})
_FORM = _folded(
    "therapy treatment monotherapy chemotherapy infusion injection tablet capsule cream ointment gel drop patch spray solution dose mg mcg ug g "
    "ml kg m iu u daily weekly hydrochloride hcl sodium acetate succinate tartrate phosphate maleate mesylate sulfate citrate calcium depot "
    "product course cycle regimen vaccination administration oral iv po sc im mg/day mcg/day units unit mol mmol meq hour hours hr hrs h day days "
    "q w wk bid tid qid qd qod qhs qam qpm hs prn once twice times every q per each daily nightly morning evening bedtime with meals by mouth "
    "er xr sr cr la xl dr ir ec odt extended sustained controlled delayed immediate release coated chewable caplet syrup suspension elixir "
    "gy cgy fraction lozenge suppository vial pen prefilled syringe inhaler hfa diskus respimat nebulizer solostar kwikpen flextouch flexpen toujeo "
    "tabs tab caps cap inj soln susp oint supp taper pack drip week weeks month months "
    "cypionate enanthate propionate dipropionate valerate furoate acetonide fumarate besylate hydrobromide bromide lactate malate tosylate "
    "potassium carbonate"
)
"""After a drug's name, these say how it was given."""
_ROUTE_OF_FORM = {
    "cream": "topical", "ointment": "topical", "gel": "topical", "lotion": "topical", "inhaler": "inhaled", "hfa": "inhaled", "diskus": "inhaled",
    "respimat": "inhaled", "nebulizer": "inhaled",
}  # fmt: skip
"""Forms that are given by one route alone."""
_SHARES = frozenset({"/", "%", "-", "."})
_SPECIMENS = _folded("blood serum plasma venous whole")
"""Where a number is found unless another place is named."""
_LABORATORY = re.compile(
    r"(?P<name>[^\[\]]+?) ?\[(?:mass|moles|#|units?|enzymatic activity|catalytic activity|substance)[^\]]*\]"
    r" in (?:(?:blood|serum|plasma|venous blood)(?:,? (?:or )?|$))+(?:by .+)?",
    re.IGNORECASE,
)
"""A name of LOINC's: "Bilirubin.total [Mass/volume] in Serum or Plasma"."""
_INVERTED = re.compile(r"(?P<noun>[^,.()\[\]]+)(?:, ?|\.(?=[A-Za-z]))(?P<first>[^,.()\[\]]+)")
_GENERIC = _folded("level value result concentration measurement")
_CUT = frozenset("with without due secondary related because after following from for during causing in on by at".split())
_CLASSED = frozenset({"stage", "nyha"})
_STEP = re.compile(r"(?:[1-5]|i{1,3}|iv|v)[a-e]?\d?")
"""A stage or class behind a name."""
_ARTICLES = frozenset({"the", "a", "an"})
_HYPHENS = frozenset("-‐‑‒–—'’")
_HIERARCHIC = {"icd10cm": "ICD-10-CM", "icd10": "ICD-10-CM", "atc": "ATC"}
_REMEMBERED = 1 << 16
"""Names whose links are remembered."""
_EXACT = {"snomedct": "SNOMED CT", "snomed": "SNOMED CT", "ncit": "NCIt", "loinc": "LOINC", "rxnorm": "RxNorm", "hgnc": "HGNC"}


class Name(NamedTuple):
    """A linked name."""

    text: str
    words: Phrase
    """Folded, without parentheses."""
    concepts: tuple[str, ...] = ()
    """It is each of these; none where no vocabulary knows it."""
    whole: bool = False
    """All its words are accounted for: it is nothing narrower."""
    qualities: tuple[tuple[str, str], ...] = ()
    """(terminal, meaning) of the leading words: ("COURSE", "metastatic")."""
    sites: tuple[str, ...] = ()

    def of(self, terminal: str) -> tuple[str, ...]:
        """The meanings that leading words of a terminal have."""
        return tuple(meaning for kind, meaning in self.qualities if kind == terminal)


class Namer:
    """Links names; one for a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.wordings = Wordings(vocabulary.wordings)
        self._linked_before = lru_cache(_REMEMBERED)(self._linked)

    def link(
        self, text: str, kinds: tuple[Kind, ...], code: Code | None = None, site: str | None = None, intent: str | None = None,
    ) -> Name:  # fmt: skip
        """What a listed name is, its last words at least: "mucinous lymphoma" is a lymphoma; with a `site` or `intent`, what both name together."""
        return self._linked_before(text, kinds, code, site, intent)

    def _linked(self, text: str, kinds: tuple[Kind, ...], code: Code | None, site: str | None, intent: str | None) -> Name:
        outer, inner = _parted(text)
        whole = self._known(text, kinds)
        if not whole and _DOUBTED.fullmatch(text):
            return Name(text, folded(text))
        name = Name(text, folded(text), whole, whole=True) if whole else self._read(outer, text, kinds)
        asides = tuple(concept for aside in inner for concept in self._known(aside, kinds)) if not _changes(inner) else ()
        placed = tuple(name for word in (site, intent) if word for name in self._known(f"{word} {text}", kinds))
        concepts = dict.fromkeys((*name.concepts, *placed, *asides, *(self.coded(code) if code else ())))
        return name._replace(concepts=tuple(concepts) if not _changes(inner) else ())

    def exact(self, text: str, kinds: tuple[Kind, ...]) -> Name:
        """What a name is as a whole, leading qualities apart; none where only its last words are known."""
        whole = self._known(text, kinds)
        if whole:
            return Name(text, folded(text), whole, whole=True)
        stripped, qualities = self._stripped(atoms(text), kinds)
        words = folded(" ".join(stripped))
        return Name(text, words, self._at(stripped, kinds) or self._at(_turned(stripped), kinds), whole=True, qualities=qualities)

    def measured(self, text: str, kinds: tuple[Kind, ...], code: Code | None = None) -> Name:
        """What an observation or biomarker measures: a name as a whole, words like "level" apart."""
        if code and (coded := self.coded(code)):
            return Name(text, folded(text), coded, whole=True)
        tokens = atoms(text)
        while len(tokens) > 1 and fold(tokens[-1]) in _GENERIC and not self._at(tokens, kinds):
            tokens = tokens[:-1]
        outer, inner = _parted(text)
        found = self._known(text, kinds) or self._at(tokens, kinds)
        if not found and inner and all(_neutral(aside) or self._known(aside, kinds) == self._known(outer, kinds) for aside in inner):
            found = self._known(outer, kinds)
        found = found or next((known for other in _respelled(text) if (known := self._known(other, kinds))), ())
        return Name(text, folded(text), found, whole=True)

    def coded(self, code: Code) -> tuple[str, ...]:
        """The concepts of a code; in a hierarchy, those of the longest code above it."""
        system = "".join(atom.lower() for atom in atoms(code.system) if atom.isalnum())
        if system in _HIERARCHIC:
            return self.vocabulary.by_code(_HIERARCHIC[system], code.value.upper())
        named = _EXACT.get(system)
        found = self.vocabulary.by_code(named, code.value) if named else ()
        return tuple(name for name in found if code.value in self.vocabulary[name].codes.get(named or "", ()))

    # --- names in words ----------------------------------------------------------------------------------------------------------------

    def _read(self, outer: str, text: str, kinds: tuple[Kind, ...]) -> Name:
        stripped, qualities = self._stripped(atoms(outer), kinds)
        name = Name(text, folded(outer), qualities=qualities)
        if name.of("NOT"):
            return name  # "no diabetes", "denies chemotherapy": a list tells what there is
        if found := self._at(stripped, kinds) or self._at(_turned(stripped), kinds):
            return name._replace(concepts=found, whole=True)
        if "condition" in kinds and (inverted := _INVERTED.fullmatch(outer)) and (found := self._known(_uninverted(inverted), kinds)):
            return name._replace(concepts=found, whole=True)
        if "treatment" in kinds and (given := self._given(name, stripped, kinds)):
            return given
        if "treatment" in kinds and kinds != SUBSTANCES and (parts := self._combined(stripped, kinds)):
            return name._replace(concepts=tuple(concept for part in parts for concept in part), whole=all(parts))
        return self._headed(name, stripped, kinds)

    def _stripped(self, tokens: list[str], kinds: tuple[Kind, ...]) -> tuple[list[str], tuple[tuple[str, str], ...]]:
        """The words without the leading ones that say a quality, and those qualities."""
        tokens = [token for token in tokens if token not in _HYPHENS]
        qualities: list[tuple[str, str]] = []
        while tokens:
            phrase = [folded(token)[0] if folded(token) else token for token in tokens]
            known = bool(self._at(tokens, kinds))
            found = next(((t, hit) for t in _QUALITIES if (hit := self.wordings.leading(t, phrase))), None)
            if found is None or found[1][1] >= len(tokens) or tokens[found[1][1]].lower() in _JOINING:
                break
            terminal, (meaning, length) = found
            qualities.append((terminal, meaning or " ".join(phrase[:length])))
            if known:
                break
            tokens = tokens[length:]
        return tokens, tuple(qualities)

    def _combined(self, tokens: list[str], kinds: tuple[Kind, ...]) -> list[tuple[str, ...]]:
        """The concepts of each part of "A and B", "A/B", "A + B"."""
        parts: list[list[str]] = [[]]
        for token in tokens:
            if token.lower() in _JOINING:
                parts.append([])
            else:
                parts[-1].append(token)
        if len(parts) == 1:
            return []
        linked = [self._headed(Name("", ()), part, kinds).concepts for part in parts if part]
        return linked if any(linked) else []

    def _headed(self, name: Name, tokens: list[str], kinds: tuple[Kind, ...]) -> Name:
        """The longest known last words of a name, or a drug's first words before its form."""
        if not _OTHERS.isdisjoint(fold(token) for token in tokens[len(_cut(tokens)) :]):
            return name
        for head, rest in _heads(tokens):
            for start in range(len(head)):
                found = self._at(head[start:], kinds)
                if found and self._telling(found) and _OTHER_SENSE.isdisjoint(fold(word) for word in (*head[:start], *rest)):
                    return name._replace(concepts=found, sites=self._sites(head[:start], rest))
        return self._given(name, tokens, kinds) or name

    def _given(self, name: Name, tokens: list[str], kinds: tuple[Kind, ...]) -> Name | None:
        """A drug with its dose, form and route behind it: "hydrocortisone 1 % cream topical", "apixaban 5 mg BID"."""
        for end in range(len(tokens) - 1, 0, -1):
            routes = [self.wordings.meaning("ROUTE", (fold(token),)) or _ROUTE_OF_FORM.get(fold(token)) for token in tokens[end:]]
            if all(route or _tells_how(token) for token, route in zip(tokens[end:], routes, strict=True)) and (
                found := self._at(tokens[:end], kinds)
            ):
                said = tuple(("ROUTE", route) for route in dict.fromkeys(routes) if route)
                return name._replace(concepts=found, whole=True, qualities=(*name.qualities, *said))
        return None

    def _telling(self, names: tuple[str, ...]) -> bool:
        """Whether a head says of what family the thing is: "disease" does not."""
        return all(self.vocabulary[name].parents or self.vocabulary.children(name) for name in names)

    def _sites(self, *rows: list[str]) -> tuple[str, ...]:
        found = (self._at(row, ("site",)) for row in rows if row)
        return tuple(site for sites in found for site in sites)

    def _known(self, text: str, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        return self._of_kinds(self.vocabulary.find(text), kinds)

    def _at(self, tokens: list[str], kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        if len(tokens) < 2:
            return self._known(tokens[0], kinds) if tokens else ()
        return self._of_kinds(self.vocabulary.phrases.get(folded(" ".join(tokens)), ()), kinds)

    def _of_kinds(self, names: tuple[str, ...], kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if self.vocabulary[name].kind in kinds)


def _parted(text: str) -> tuple[str, list[str]]:
    """The text without its parentheses, and what stood in them."""
    inner = re.findall(r"[(\[]([^()\[\]]*)[)\]]", text)
    return " ".join(re.sub(r"[(\[][^()\[\]]*[)\]]", " ", text).split()), inner


def _changes(asides: list[str]) -> bool:
    """Whether what stands in parentheses takes the name's meaning away: "pneumonia (ruled out)"."""
    return any(not _OTHER_SENSE.isdisjoint(folded(aside)) for aside in asides)


def _neutral(aside: str) -> bool:
    """A range or method that changes no measurement: "(0-10)"."""
    return all(not atom.isalpha() for atom in atoms(aside))


def _tells_how(token: str) -> bool:
    """Whether a word behind a drug's name says how it was given: a form, a dose, "q3w"."""
    return token in _SHARES or fold(token) in _FORM or token[0].isdigit()


def _respelled(text: str) -> Iterator[str]:
    """A number's name as laboratories write it, in the order of speech: "bilirubin, total", "neutrophils absolute", "hemoglobin (blood)"."""
    named = _LABORATORY.fullmatch(text)
    outer, inner = (named["name"], []) if named else _parted(text)
    if any(not _SPECIMENS.issuperset(folded(aside)) for aside in inner):
        return
    yield outer
    if inverted := _INVERTED.fullmatch(outer):
        yield _uninverted(inverted)
    if len(words := outer.split()) == 2 and "," not in outer:
        yield " ".join(reversed(words))


def _uninverted(inverted: re.Match[str]) -> str:
    """ "arthritis, rheumatoid" as "rheumatoid arthritis"."""
    return f"{inverted['first'].strip()} {inverted['noun'].strip()}"


def _turned(tokens: list[str]) -> list[str]:
    """ "disease of the retina" as "retina disease"; of other names no words."""
    lower = [token.lower() for token in tokens]
    at = lower.index("of") if lower.count("of") == 1 else 0
    return [*(token for token in tokens[at + 1 :] if token.lower() not in _ARTICLES), *tokens[:at]] if 0 < at < len(tokens) - 1 else []


def _heads(tokens: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The noun rows of a name, best first, each with the words left out: "cancer of the lung" is lung cancer, then cancer."""
    tokens = _cut(tokens)
    lower = [token.lower() for token in tokens]
    if "of" in lower[1:-1]:
        at = lower.index("of", 1)
        owner = [token for token in tokens[at + 1 :] if token.lower() not in _ARTICLES]
        for start in range(at):
            yield [*owner, *tokens[start:at]], tokens[:start]
        yield tokens[:at], owner
    else:
        yield tokens, []


def _cut(tokens: list[str]) -> list[str]:
    """A name without what follows it: "anemia due to X", "heart failure, NYHA III"."""
    lower = [token.lower() for token in tokens]
    classed = bool(lower) and _STEP.fullmatch(lower[-1]) is not None
    cut = next((at for at, word in enumerate(lower) if at and (word in _CUT or (classed and word in _CLASSED))), len(tokens))
    return tokens[: cut - 1] if 1 < cut < len(tokens) and tokens[cut - 1] == "," else tokens[:cut]
