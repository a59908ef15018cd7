"""Headings: what stands before a colon in a list, and what commas mean in a list of numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from eligimatch.compiler.rules import all_denied
from eligimatch.compiler.syntax import Series
from eligimatch.model.rule import AllOf, AnyOf, Had, Is, Measure, Not, Rule, Statement

_FOLLOWING = re.compile(r"\bfollowing (?:\w+ ){0,2}(?:medications?|drugs?|treatments?|therap(?:y|ies)|medicines?|agents?)\b", re.IGNORECASE)

_FIELD = re.compile(
    r"(?:(?:\w+(?:al|ar|ic|ory|ine|ac)|heart|lung|liver|kidney|blood|eye|skin|infectious|autoimmune)(?: | and | or | ?/ ?))+"
    r"(?:disorders|diseases|conditions|illnesses|problems|abnormalities|disease|illness)\W*",
    re.IGNORECASE,
)
_LETS_PASS = re.compile(
    r"\b(?:unless|provided|providing|eligible|allowed|permitted|included|enrolled|participate|enroll|must|should|shall|required?|needs?)\b",
    re.IGNORECASE,
)
_REPRODUCTION = re.compile(
    r"(?:contraception|birth control|pregnancy|fertility|reproduct(?:ion|ive(?: health| potential)?))(?: requirements?| criteria| status)?\W*",
    re.IGNORECASE,
)
_WHEN = r"(?:prior|previous|past|current|concomitant|concurrent|other|prohibited|excluded|restricted|required|allowed|permitted)"
_GIVEN = r"(?:therap(?:y|ies)|treatments?|medications?|drugs?|medicines?)"
_LINK = r"(?:,? and | or |/| & | |, )"
_ORGAN = (
    r"(?:ha?ematolog(?:y|ic|ical)|ha?ematopoietic|hepatic|liver|renal|kidneys?|coagulation|cardiac|cardiovascular|pulmonary|respiratory"
    r"|metabolic|bone marrow|marrow|organ|(?:bio-?)?chemistry|neurologic(?:al)?|gastrointestinal|endocrine|immunologic(?:al)?|ophthalmic)"
)
_OF = r"(?:inclusion|exclusion|eligibility|entry|selection|regulatory|diagnos(?:is|tic)|reproductive|disease|other|additional|general)"
_MATTERS = tuple(
    re.compile(matter + r"\W*", re.IGNORECASE)
    for matter in (
        rf"(?:{_WHEN}{_LINK})*{_GIVEN}(?:{_LINK}{_GIVEN})*(?: (?:lines|history|restrictions|requirements|criteria|exclusions))?",
        rf"{_ORGAN}(?:{_LINK}{_ORGAN})*(?: function)?(?: tests?| studies| values| requirements)?",
        r"(?:laboratory|lab)(?: values| tests?| results| criteria)?",
        rf"(?:\w+ )?{_OF}(?: {_OF})* (?:inclusions?|exclusions?|requirements?|criteri(?:a|on)|status|assessments?|eligibility|related)",
    )
)
"""What a list may be about."""
_CAUSES = re.compile(
    r"(?:(?:any|all|known|secondary|other|alternative|additional) )+(?:causes?|a?etiolog(?:y|ies)|forms?|types?|kinds?) of [^,;:.]+", re.IGNORECASE
)
_DEMANDED = re.compile(r"\b(?:must|should|shall|agree[sd]?|required)\b", re.IGNORECASE)
_KIND = re.compile(r"\b(?:chronic|acute|metastatic|symptomatic|asymptomatic|systemic|hereditary|malignant|autoimmune)\b", re.IGNORECASE)


def a_field(words: str) -> bool:
    """ "Cardiovascular disorders": a field of medicine, under which a list stands that no one must be ill in."""
    return _FIELD.fullmatch(words.strip()) is not None and not _KIND.search(words)


def a_title(words: str, items: Sequence[str]) -> bool:
    """Whether words only say what the items beneath them are about: a field, "Other causes of X", "Contraception" over who must use it."""
    if _CAUSES.fullmatch(words.strip()):
        return True
    if a_field(words):
        return not any(map(_LETS_PASS.search, items))
    return _REPRODUCTION.fullmatch(words.strip()) is not None and any(map(_DEMANDED.search, items))


def about(words: str, items: Sequence[str]) -> bool:
    """Whether a bullet only says what its own bullets are about: "Prior/concomitant therapy", "Renal", "Reproductive status"."""
    goes_on = any(item[:1].islower() for item in items[:1])  # "Prior therapy | with an antibody"
    return a_title(words, items) or (not goes_on and any(matter.fullmatch(words.strip()) for matter in _MATTERS))


def each_number(rule: Rule, series: Series, grouped: Callable[[list[Rule], list[str], str], Rule]) -> Rule | None:
    """ "ALT ≤ 3, bilirubin ≤ 2, creatinine ≤ 2 or clearance ≥ 50": each number is asked, the `or` is perhaps of the last two only."""
    if not isinstance(rule, AnyOf):
        return None
    members, series = list(rule.rules), _without_tests(series)
    first = int(bool(members) and isinstance(members[0], Statement) and series.links[:1] == ("colon",))  # "adequate function: …"
    links = ["and" if link in ("comma", "colon") else link for link in series.links[first:]]
    said = len(members) == len(series.items) and all(isinstance(one, Measure) for one in members[first:])
    return grouped(members[first:], links, "and") if said and {"and", "or"} <= set(links) else None


def _without_tests(series: Series) -> Series:
    """The members without further tests of a number: "≥ 50% by MUGA or echocardiogram"."""
    kept = [at for at, item in enumerate(series.items) if not at or any(getattr(piece, "kind", "") != "procedure" for piece in item.pieces)]
    return Series(tuple(series.items[at] for at in kept), tuple(series.links[at - 1] for at in kept[1:]))


def with_headings(found: list[Rule], series: Series, text: str) -> list[Rule]:
    """Each reading, and what it is without its heading; "the following drugs within 4 weeks: X" is X alone."""
    field = a_field(text[series.items[0].start : series.items[0].end])
    without = [other for rule in found if (other := without_heading(rule, series, field=field)) is not None]
    if len(without) == len(found) and any(isinstance(rule, AnyOf) for rule in found) and all(map(all_denied, without)):
        return without  # among the exclusions "cancer: no lymphoma" is not of everyone who has no lymphoma
    demanded = field and all(isinstance(rule, AllOf) for rule in found)
    only = len(without) == len(found) and (demanded or _FOLLOWING.search(text, series.items[0].start, series.items[0].end))
    return without if only else [*found, *without]


def without_heading(rule: Rule, series: Series, *, field: bool = False) -> Rule | None:
    """ "Lung disease: asthma or COPD", "Allergies: allergy to X": perhaps only those that are named; "hepatitis: no hepatitis B": only the denial."""
    denied = isinstance(rule, AllOf) and all(isinstance(member, (Not, Measure) if field else Not) for member in rule.rules[1:])
    listed = isinstance(rule, (AnyOf, AllOf)) and (denied or isinstance(rule, AnyOf)) and len(rule.rules) == len(series.items)
    if not series.links or series.links[0] != "colon" or not isinstance(rule, (AnyOf, AllOf)) or not listed:
        return None
    heading, *members = rule.rules
    if not (isinstance(heading, Is) and heading.concept is None) and not (isinstance(heading, Had) and heading.concept.linked):
        return None
    return members[0] if len(members) == 1 else rule.model_copy(update={"rules": tuple(members)})


def a_heading(series: Series, links: list[str]) -> bool:
    """Whether what stands before a colon is a member beside alternatives: it may name them, or be one of them."""
    return {"colon", "or"} <= set(series.links) and len(links) == len(series.links)
