"""The linker: words of a phrase into concepts of the vocabulary, or open ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from eligimatch.compiler.phrase import Unreadable
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept, Kind
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.model.words import folded

SECTIONS: dict[str, str] = {
    "condition": "conditions", "treatment": "treatments", "operation": "treatments", "procedure": "procedures", "substance": "allergies",
}  # fmt: skip
_GENERIC = frozenset(
    folded(
        "disease disorder condition illness therapy treatment medication drug use usage administration infection diagnosis patient subject agent"
        " regimen procedure syndrome"
    )
)
_OF_CONDITIONS = frozenset(folded("disease disorder condition illness infection diagnosis patient subject syndrome use usage administration"))
"""Words after a condition that add nothing to it: its treatment would."""
_OF_TREATMENT = _GENERIC | frozenset(folded("exposure infusion intake product course dosing based containing"))
"""Words after a treatment that add nothing to it."""
_TAKEN = _GENERIC | {"concomitant", "medicine", "substance", "product", "compound"}
_BESIDE = re.compile(
    r"\s*(?:the\s+"
    r"|(?:(?:that|which)\s+)?(?:(?:is|are)\s+)?(?:known|considered|classified)\s+(?:to be\s+|as\s+)?(?:an?\s+)?(?:strong\s+|potent\s+|weak\s+)?)?",
    re.IGNORECASE,
)
"""What may stand between a treatment and the name that tells which it is: "the", "known to be a"."""
_OF_NUMBERS = frozenset(folded("level value concentration measurement reading result test determination range found estimated obtained"))
"""Words after an analyte that add nothing to it."""
_IDLE = {"analyte": _OF_NUMBERS | _GENERIC, "score": _OF_NUMBERS | _GENERIC, "treatment": _OF_TREATMENT, "condition": _OF_CONDITIONS}
"""Words after a concept of a kind that add nothing to it."""
_BEFORE_NUMBERS = frozenset(folded("baseline calculated estimated measured current resting mean average"))
"""Words before an analyte that say how its number is come by."""
_TUMOR_WORDS = frozenset({("tumor", "cell"), ("tumor", "tissue"), ("surface",), ("cell", "surface")})
_OF_EITHER_SEX = {
    "woman of childbearing potential": "person of reproductive potential",
    "woman not of childbearing potential": "person not of childbearing potential",
}
_GENERAL = frozenset(
    folded(
        "issue factor reason situation circumstance problem finding abnormality event state characteristic matter concern limitation "
        "impairment deficit medical psychiatric psychological psychosocial social familial sociological sociologic geographic geographical "
        "cognitive emotional behavioral mental physical personal addictive environmental logistical logistic clinical laboratory "
        "unspecified health lifestyle occupational economic financial legal intercurrent concurrent concomitant coexisting significant "
        "relevant important illness disease disorder condition comorbidity medication drug treatment therapy history parameter value test "
        "result sign symptom complication status physiological and or any other "
        "diagnosis anything something behavior examination exam surgical dysfunction process complaint habit barrier obstacle "
        "consideration hazard background psychologic sociodemographic demographic intellectual religious cultural technical administrative "
        "family familiar underlying preexisting serious severe acute chronic stable unstable active uncontrolled medically clinically "
        "general additional attribute feature circumstances life living personality metabolic organic somatic functional "
        "in of on to the a an at with from or/and"
    )
)
"""Words that name no disease and no treatment: what a judgement after them is of, only a person can say."""

_NO_KIND = frozenset(
    folded(
        "non pre pseudo near contra contraindication contraindicated candidate candidacy eligible ineligible eligibility amenable suitable "
        "unsuitable appropriate inappropriate fit unfit feasible indicated indication qualify qualifying qualified need needing requirement "
        "required risk exclude excluding rule avoid avoiding prevent preventing prevention seek seeking consider considering considered plan "
        "planning planned intend intended intending intention schedule scheduled await awaiting wait waiting refuse refusing refusal decline "
        "declining lack lacking absence inability intolerance intolerant intolerable refer referred referral option free negative instead "
        "possible potential suspicion suspicious suggestive suggesting "
    )
)
"""Words with which a name is no kind of what its last word names: "candidate for surgery"."""
_OF_OTHERS = frozenset(folded("parent mother father sibling brother sister spouse family relative partner"))
"""Words with which it is somebody else's: "gastric cancer in a family member"."""
_OF_CLAUSES = frozenset(
    folded("can cannot could will would may might should shall must is are was were be been being has have had do does did how describe initiate")
)
"""Words of a clause, which names no kind of anything: "can inject insulin"."""
_RELATIVES = frozenset({"that", "which", "who"})


MOST_KEPT = 1 << 15
"""Rows of words whose concept is remembered."""


class Head(NamedTuple):
    """One token of a row: where it stands in the row's words, and the names that it may mean."""

    start: int
    end: int
    names: tuple[str, ...]


class Linker:
    """Finds what head words mean."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._linked = lru_cache(MOST_KEPT)(self._link)

    def link(self, heads: Iterable[Token], text: str, prefer: tuple[Kind, ...] = ()) -> Concept:
        """The concept of a row of head tokens, linked where the vocabulary knows it as one; marks alone (`'…'`) name nothing."""
        tokens = list(heads)
        concept = self._linked(*_row(tokens, text), prefer)
        if not concept.name:
            raise Unreadable(tokens[0].start, tokens[-1].end, "a name")
        return concept

    def _link(self, text: str, row: tuple[tuple[int, int, tuple[str, ...]], ...], prefer: tuple[Kind, ...]) -> Concept:
        tokens = self._without_idle(text, tuple(map(Head._make, row)), numbers=prefer[:1] == ("analyte",))
        while True:
            if len(tokens) == 1 and tokens[0].names:
                return self.known(tokens[0].names, prefer)
            if names := self.vocabulary.find(text[tokens[0].start : tokens[-1].end]):
                return self.known(names, prefer)
            if len(tokens) == 1 or not (told := self._redundant(text, tokens)):
                break
            tokens = told
        words = " ".join(atom for token in tokens for atom in folded(text[token.start : token.end]))
        last = tokens[-1]
        if last.names:
            head = self.known(last.names, prefer)
            return narrowed(words, head) if _NO_KIND.isdisjoint(words.split()) else Concept(name=words, kind=head.kind, linked=False)
        return Concept(name=words, kind=prefer[0] if prefer else "condition", linked=False)

    def _without_idle(self, text: str, tokens: tuple[Head, ...], *, numbers: bool) -> tuple[Head, ...]:
        """Without first words that add nothing: "primary" before a cancer, "tumor" before a marker, "mean" before a number's name."""
        while len(tokens) > 1:
            words, first, following = folded(text[tokens[0].start : tokens[0].end]), tokens[0].names, tokens[1].names
            cancer = words == ("primary",) and any(self.vocabulary.is_a(name, "cancer") for name in following)
            marker = any(self.vocabulary[name].kind in ("marker", "analyte") for name in following[:1])
            number = numbers and not first and self._numeric(following) and all(word in _BEFORE_NUMBERS for word in words)
            serum = numbers and words == ("serum",) and self._numeric(following) and "urin" not in following[0]
            if not (cancer or number or serum or (marker and ("neoplasm" in first or words in _TUMOR_WORDS))):
                break
            tokens = tokens[1:]
        return tokens

    def _redundant(self, text: str, tokens: tuple[Head, ...]) -> tuple[Head, ...]:
        """Without a last word that adds nothing: "pulmonary tuberculosis infection", "warfarin therapy"."""
        *first, last = tokens
        beside = _BESIDE.fullmatch(text, first[-1].end, last.start)
        if beside and last.names and "known" in beside[0] and len(first) == 1 and _TAKEN.issuperset(folded(text[first[0].start : first[0].end])):
            return (last,)  # "concomitant drugs known to be inhibitors"
        if not first[-1].names:
            return ()
        if (
            beside
            and last.names
            and any(
                self.vocabulary[name].kind == "treatment" and self.vocabulary.is_a(name, other) for name in last.names for other in first[-1].names
            )
        ):
            return (last,)  # "the proteasome inhibitor bortezomib"
        beside_it = last.start <= first[-1].end + 1
        if last.names and any(
            self.vocabulary.is_a(name, other) or (self.vocabulary[other].facts.get("any") and not (beside_it and self._treated(name, other)))
            for name in first[-1].names
            for other in last.names
        ):
            return tuple(first)
        kind = self.vocabulary[first[-1].names[0]].kind
        idle = _IDLE.get(kind, _GENERIC) if beside_it or kind != "condition" else _GENERIC
        return tuple(first) if not last.names and all(word in idle for word in folded(text[last.start : last.end])) else ()

    def _treated(self, name: str, other: str) -> bool:
        """ "GVHD therapy" is no GVHD, "tobacco treatment" no tobacco; "contraindication to X therapy" is one to X."""
        treats = self.vocabulary[other].kind == "treatment"
        if name in ("tobacco", "alcohol"):
            return treats
        return treats and self.vocabulary[name].kind == "condition" and not self.vocabulary.is_a(name, "contraindication")

    def _numeric(self, names: tuple[str, ...]) -> bool:
        """Whether the names are of something that is counted or measured."""
        return any(self.vocabulary[name].kind in ("analyte", "score") for name in names[:1])

    def known(self, names: tuple[str, ...], prefer: tuple[Kind, ...] = ()) -> Concept:
        """The concept of the first name of a preferred kind."""
        for kind in prefer:
            for name in names:
                if self.vocabulary[name].kind == kind:
                    return Concept(name=name, kind=kind)
        entry = self.vocabulary[names[0]]
        return Concept(name=entry.name, kind=entry.kind)

    def both(self, first: Token, second: Token) -> Concept:
        """Two groups of people named as one: "men and women | of childbearing potential"."""
        names = {first.names[0], second.names[0]}
        if len(names) == 1:
            return Concept(name=first.names[0], kind="group")
        if "either sex" in names:
            rest = next(iter(names - {"either sex"}))
            return Concept(name=_OF_EITHER_SEX.get(rest, rest), kind="group")
        fertile = bool(names & {"person of reproductive potential", "woman of childbearing potential"})
        if fertile and names & {"male", "female"}:
            return Concept(name="man of reproductive potential" if "male" in names else "woman of childbearing potential", kind="group")
        return Concept(name=" ".join(atom for token in (first, second) for atom in folded(token.text)), kind="group", linked=False)

    def general(self, heads: list[Token]) -> bool:
        """Whether the words name no disease and no treatment: "condition", "other circumstance", "psychological"."""
        if len(heads) == 1 and heads[0].names:
            return any(self.vocabulary[name].facts.get(fact) for name in heads[0].names for fact in ("any", "judged")) or (
                set(folded(heads[0].text)) <= _GENERAL
            )
        return bool(heads) and all(word in _GENERAL for token in heads for word in folded(token.text))

    def broad(self, head: Token) -> bool:
        """Whether the word names a whole field of medicine."""
        return bool(head.names) and all((entry := self.vocabulary.get(name)) and entry.facts.get("broad") for name in head.names)

    def joined(self, first: Concept, second: Concept) -> Concept | None:
        """ "metastasis" of "brain" as brain metastasis: the concept that both words name together."""
        entry = self.vocabulary.get(second.name) if second.linked else None
        for other in (second.name, *(entry.synonyms if entry else ())):
            for wording in (f"{other} {first.name}", f"{first.name} of {other}"):
                if names := self.vocabulary.find(wording):
                    return self.known(names, (first.kind,))
        return None

    def fact(self, concept: Concept, key: str) -> object:
        """One fact of a linked concept."""
        entry = self.vocabulary.get(concept.name) if concept.linked else None
        return entry.facts.get(key) if entry else None


def _row(tokens: list[Token], text: str) -> tuple[str, tuple[tuple[int, int, tuple[str, ...]], ...]]:
    """The words of some tokens, and where each stands in them: as the text has them, or one after the other where it has them in another order."""
    start = tokens[0].start
    if all(token.start >= before.end for before, token in pairwise(tokens)):
        return text[start : tokens[-1].end], tuple([(token.start - start, token.end - start, token.names) for token in tokens])
    ends = list(accumulate((len(token.text) for token in tokens), lambda end, length: end + 1 + length))
    row = tuple([(end - len(token.text), end, token.names) for token, end in zip(tokens, ends, strict=True)])
    return " ".join(token.text for token in tokens), row


def narrowed(words: str, head: Concept) -> Concept:
    """The open concept of words that say more of a head than its name does: a kind of it, unless it is somebody else's or they are a clause."""
    within = (head.name,) if head.linked else head.within
    said = frozenset(words.split())
    clause = _RELATIVES.isdisjoint(said) and not _OF_CLAUSES.isdisjoint(said)
    return Concept(name=words, kind=head.kind, linked=False, within=() if clause or not _OF_OTHERS.isdisjoint(said) else within)
