"""The words of a heading or label to the part of the trial, the people, or the topic that it names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligimatch.model.vocabulary import folded_phrase

_CODE = r"(?:[0-9]+[a-zA-Z]?(?:[-/][0-9a-zA-Z]+)?|[IVXivx]+[ab]?|[A-Z][0-9]?)\b"
_NUMBERED = (
    r"(?:(?:sub-?)?(?:parts?|stud(?:y|ies))|phases?|steps?|projects?|aims?|modules?|periods?|arms?|cohorts?|groups?|strat(?:um|a)|schedules?|tiers?)"
    rf" {_CODE}"
)
_NAMED = (
    r"(?:[\w-]+ )?(?:cohorts?|sub-?stud(?:y|ies)|sub-?groups?)"
    r"|[\w-]+ (?:arms?|(?<!blood )(?<!age )(?<!risk )(?<!oncology )(?<!ethnic )(?<!racial )groups?|phase|portion)\b(?! of)"
)
_OTHERS = (
    r"donors?|care-?givers?|care[- ]?partners?|(?<!adequate )(?<!birth )controls|(?:healthy|normal|control) (?:adult )?(?:volunteers?"
    r"|subjects?|participants?|controls?|individuals?)"
    r"|(?:health ?care |service )?(?:providers|clinicians|physicians|oncologists|chaplains|nurses|professionals|staff|practitioners)"
    r"|relatives?|siblings?|parents?|partners?|spouses?|dyads?|couples?|stakeholders?|mothers?|infants?|recipients?"
)
_STAGES = (
    r"dose[- ](?:escalation|expansion|finding)|expansion|run-in|(?:re-?|pre-?)?(?:registration|randomi[sz]ation)|cross-?over|re-?treatment"
    r"|leukapheresis"
    r"|procurement|open[- ]label(?: extension)?|double[- ]blind|ole|monotherapy|combination therapy|lead-in|long[- ]term extension"
    r"|\w+[- ]specific(?: (?:inclusion|exclusion|eligibility))? criteria"
)
_GROUP = re.compile(rf"\b(?:{_NUMBERED}|{_NAMED}|{_OTHERS}|{_STAGES})\b(?!['’]s\b)", re.IGNORECASE)

_GLOSSED = re.compile(rf"({_NUMBERED})\s*\((?:[^()]|\([^()]*\))*\)", re.IGNORECASE)
"""A part of the trial, and in parentheses what is done there."""

_WHO = r"(?:patients|subjects|participants|individuals|women|men|males|females|adults|children|infants|volunteers|those)"
_PEOPLE = re.compile(
    rf"^(?:(?:additional(?:ly)?,?|criteria|inclusion|exclusion|requirements?|and)\s+)*(?:for|in"
    rf"|among)\s+(?:all )?(?:the )?(?:\S+ ){{0,4}}?{_WHO}\b.*$"
    r"|^(?:male|female|pediatric|paediatric|adult|adolescent|elderly|healthy)\s+(?:patients|subjects|participants|volunteers)(?: only)?$"
    r"|^(?:[^\s,.]+ ){1,4}(?:patients|participants|subjects|survivors|carriers|probands|members|boys|girls|survivors)$"
    r"|^for (?:the )?[^\s:,]+(?: [^\s:,]+){0,3}$"
    r"|^(?:patients|subjects|participants) (?:with|in|on|receiving|enrolling|randomi[sz]ed|treated|assigned|who) .+$",
    re.IGNORECASE,
)
EVERYONE = re.compile(
    r"^(?:and )?(?:(?:all )?(?:the )?(?:below|following) criteria )?(?:for |in |applicable to |common to )?"
    r"(?:all|both|every|each|any|general|overall)?\b ?(?:of the |the |study |eligible |potential )?"
    r"(?:patients?|participants?|subjects?|individuals?|cohorts?|arms?|groups?|parts?|phases?|strata|stages?|persons?|people"
    r"|recipients?(?: criteria)?|(?:whole|entire|overall) study"
    r"|(?:participant|patient|subject|study|person|individual|trial)[- ]level)?(?: (?:in|of|from) (?:all|both) \w+)?$"
    r"|^overall$|^(?:all|both|every|each)(?: of the| the)? (?:cohorts?|arms?|groups?|parts?|phases?|strata) \([^()]*\)?$",
    re.IGNORECASE,
)
_DISEASE = re.compile(
    r"^(?:[\w/-]+ ){0,5}(?:cancers?|carcinomas?|lymphomas?|leuka?emias?|myeloma|sarcomas?|\w*gliomas?|\w*blastomas?|melanomas?|NSCLC|SCLC"
    r"|AML|CLL|MDS|HCC|mCRPC)"
    r"(?: \([\w/-]+\))?$",
    re.IGNORECASE,
)
_DEMAND = re.compile(
    r"\b(?:must|should|shall|will|has|have|had|may|can|is|are|was|been|prior|able|willing|confirmed|within|no|not|least|any|following|one"
    r"|defined|than|history"
    r"|signed|agree|prohibited|allowed|excluded|permitted|discontinu\w*|includ\w*)\b|[≥≤<>=;?%]",
    re.IGNORECASE,
)
_EDGE = re.compile(
    r"^(?:(?:for|of|in|(?:to )?(?:be )?met (?:for|by|in)|to|specific to|applicable to|common to|additional|key|main|the|a|at|general"
    r"|(?:(?:inclusion|exclusion|eligibility) )?criteri(?:a|on)|-)\s+)+|[\s(:,-]+$"
    r"|\s+(?:key|main|only|additional|specific|eligibility|inclusion|exclusion|criteria)$",
    re.IGNORECASE,
)
MOMENT = re.compile(
    r"^(?:(?:initial|study|pre-?|re-?|first|second)\W*)*(?:steps?|registration|randomi[sz]ation|enrol?lment|screening|leukapheresis|treatment"
    r"|study treatment|procurement|infusion|lymphodepletion|conditioning|baseline)\b"
    r"(?:\W*(?:\d+\w?|[IVX]+|registration|randomi[sz]ation|to|step|treatment|study|and|or|criteria|eligibility))*\W*$",
    re.IGNORECASE,
)
"""Steps that every participant goes through: no group of people."""
_CRITERIA_FOR = re.compile(r"(?:\w+ ){0,3}criteri(?:a|on) (?:for|of) ", re.IGNORECASE)
LONGEST = 110
MOST_WORDS = 12
_WRAPPING = " :.-–—=*[]°#"


def trimmed(words: str) -> str:
    """A group's name without "for" and "only"; empty for everyone."""
    words = words.strip()
    if words[:1] == "(" and words.find(")") in (-1, len(words) - 1):
        words = words.strip("()")
    words = _EDGE.sub("", _EDGE.sub("", words)).strip()
    return "" if EVERYONE.match(words) else words


def group(text: str, *, label: bool = False) -> str | None:
    """The part of the trial, or the people, that a heading names: "Cohort B", "Part A only", "Healthy volunteers".

    Empty for everyone ("All patients"), None for a line that is no such heading. A `label` stands before a
    criterion's own words ("PRE-REGISTRATION: Age ≥ 18 years").
    """
    words = text.strip(_WRAPPING)
    if glossed := _GLOSSED.fullmatch(words):
        words = words if len(words) <= LONGEST and words.count(" ") < MOST_WORDS else glossed[1]
    if not words or len(words) > LONGEST or words.count(" ") >= MOST_WORDS:
        return None
    if EVERYONE.match(words):
        return ""
    if _DEMAND.search(words) or ". " in words or words.count("(") != words.count(")"):
        return None
    named = _GROUP.search(words)
    of_whom = words.lower().startswith(("for ", "in ")) or _CRITERIA_FOR.match(words) is not None
    if named and (not label or words.isupper() or named.start() == 0 or of_whom):
        return trimmed(words)
    return trimmed(words) if not label and (_PEOPLE.match(words) or _DISEASE.match(words)) else None


def disease(text: str, diseases: frozenset[tuple[str, ...]]) -> str:
    """One of several diseases that head lists of their own, where the text is its name; else nothing."""
    words = text.strip(_WRAPPING)
    return words if diseases and folded_phrase(words) in diseases else ""


def headed_by(texts: Sequence[str], diseases: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """The studied diseases that head lines of their own, where they are several: each list is of its patients."""
    names = {folded_phrase(name) for name in diseases}
    heads = {folded_phrase(text[:72].partition(":")[0].strip(_WRAPPING)) for text in texts if ":" in text[:72]} if len(names) > 1 else set()
    return frozenset(names & heads) if len(names & heads) > 1 else frozenset()


def labelled(text: str, diseases: frozenset[tuple[str, ...]] = frozenset()) -> tuple[str, str, str] | None:
    """A criterion's label, the group it names, and the criterion's own words: "Cohort 1: …"; None without a label."""
    label, colon, rest = text[:72].partition(": ")
    if not colon or not rest or not label[0].isupper() or _NEXT_LABEL.search(text, len(label)):
        return None
    named = disease(label, diseases) or group(label, label=True)
    return None if named is None else (label + ":", named, text[len(label) + 1 :].lstrip())


_NEXT_LABEL = re.compile(r"[;.] (?:and )?(?:Cohort|Arm|Part|Group|Phase|Stratum|Step|Module) [\w-]{1,4}(?: only)?: ")
"""Within a criterion, the label of its next part: "Cohort A: …; Cohort B: …"."""
_ASKS = re.compile(
    r"\b(?:following|follows|below|defined|must|should|may|can|have|has|had|be|is|are|was|were|no|not|any|one|least|either|all|both|or"
    r"|including|includes?|such"
    r"|history|evidence|presence|absence|excluding|except|exceptions?|with|without|unless|if|who|than|by|within|adequate|able|at|active"
    r"|significant|known|severe"
    r"|uncontrolled|previously|treated|methods?|definitions?)\b|[≥≤<>=;]|\b(?:of|for|to|from|in|on)$",
    re.IGNORECASE,
)
KNOWN_TOPICS = tuple(
    (
        "Age;Sex;Menopausal status;Performance status;Life expectancy;Hematopoietic;Hepatic;Renal;Cardiovascular;Pulmonary;Neurologic;"
        "Gastrointestinal;Immunologic;Metabolic;Ophthalmic;Other;Biologic therapy;Chemotherapy;Endocrine therapy;Radiotherapy;Surgery"
    ).split(";")
)
"""Sub-headings of the records that the National Cancer Institute's PDQ sent to the registry until about 2012."""
_KNOWN = frozenset(map(str.lower, KNOWN_TOPICS))
_SMALL = frozenset("and or of for the a an to in on with by / &".split())
_GENERAL = re.compile(r"(?:disease|patient|tumor|subject|participant|general|other) characteristics|general|other|population|criteria", re.IGNORECASE)
"""Headings that tell nothing of what stands under them."""
TOPIC_WORDS = 8


def topic(text: str) -> str | None:
    """The topic that a short heading names ("Age:", "Prior Therapy"), None where its words ask something.

    Without a colon every word of it begins with a capital: "Written informed consent" is a criterion.
    """
    words = text.strip(_WRAPPING)
    if not words or words.count(" ") >= TOPIC_WORDS or len(words) > LONGEST or _ASKS.search(words) or words.count("(") != words.count(")"):
        return None
    titled = text.rstrip(" .").endswith(":") or words.lower() in _KNOWN or all(word in _SMALL or not word[0].islower() for word in words.split())
    if titled and _GENERAL.fullmatch(words):
        return ""
    return words if titled else None
