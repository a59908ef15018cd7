"""What a line of a record does besides asking: it introduces, notes, ties, disclaims, or says that there is nothing."""

from __future__ import annotations

import re

from eligimatch.compiler.cues import cued
from eligimatch.compiler.groups import EVERYONE
from eligimatch.model.outline import Side

# --- lead-ins --------------------------------------------------------------------------------------------------------------

_LAST_WORDS = frozenset("following follows below including include includes either".split())
_LAST_PHRASES = re.compile(
    r"\b(?:defined (?:as|by)|such as|not (?:be )?limited to|any of|one of|methods of (?:contraception|birth control)|contraceptive methods)[.,;]?$",
    re.IGNORECASE,
)
_LAST_OF_PHRASE = frozenset("as by of to contraception control methods".split())
_UNFINISHED = re.compile(
    r"\b(?:except(?:ing)?(?: for)?|exceptions? (?:of|are|include)|excluding|other than|unless(?: they)?"
    r"|provided (?:that|they|that they)(?: are| have)?)[\s,;–-]*$",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r"\b(?:any|either|one|or|least|two|three|some|\d+)\b", re.IGNORECASE)
_ADEQUATE = re.compile(
    r"^(?:(?:patients?|subjects?|participants?)? ?(?:must|should)? ?(?:have|has)? ?)?"
    r"(?:adequate|acceptable|sufficient|normal|satisfactory|preserved|required|initial|baseline|screening|clinical|pre-?treatment"
    r"|the following|hematologic\w*"
    r"|h?aematolog\w*|organ|laborator\w*|lab)\b"
    r".{0,90}\b(?:functions?|reserves?|values?|parameters?|criteria|requirements|tests?|results|limits|status)\b.{0,80}$",
    re.IGNORECASE,
)
_TIMED = re.compile(r"\b(?:within|prior|before|during|after|last|past)\b", re.IGNORECASE)


def leads(text: str) -> bool:
    """Whether the words introduce what comes next."""
    tail = text[-40:].rstrip(" -–—")
    last = tail.rsplit(None, 1)[-1].rstrip(".,;").lower() if tail else ""
    if last[-1:] == ":" or last in _LAST_WORDS or unfinished(text):
        return True
    return last in _LAST_OF_PHRASE and _LAST_PHRASES.search(tail) is not None


def unfinished(text: str) -> bool:
    """Whether the words break off before what they except: "Another malignancy, except for"."""
    return _UNFINISHED.search(text[-40:]) is not None


_ANNOUNCES = cued(r"\b(?:any|all|one|either|each|both|none|more) of the following\b[^.:;,()]*[.:]?\s*$", " of the following")
LONGEST_TITLE = 5


_FOLLOWING = re.compile(
    r"(?:^|[.;] )(?:however,? )?the following\b[^.:;]*\b(?:not|allowed|permitted|eligible|exempt\w*|exceptions?|acceptable)\b[^.:;]*[.]?\s*$",
    re.IGNORECASE,
)


def announces(text: str) -> bool:
    """Whether the words say that a list follows, though not as their last: "Any of the following conditions.", "… The following are allowed"."""
    return _ANNOUNCES.search(text[-160:]) is not None or _FOLLOWING.search(text[-250:]) is not None


def titles(text: str) -> bool:
    """ "Prior therapy:": a title with nothing after it."""
    return text.rstrip().endswith(":") and len(text.split()) <= LONGEST_TITLE


_SOME_PEOPLE = re.compile(
    r"\W*(?:for|in|among) (?:all )?(?:the |those )?(?:patients?|subjects?|participants?|individuals?|persons?|people|women|men|females?|males?"
    r"|children|adults?|adolescents?|infants|those)\b(?! must\b)[^.,;:<>=≤≥]*\W*",
    re.IGNORECASE,
)
_FERTILE_PEOPLE = re.compile(
    r"\W*(?:all )?(?:(?:fe)?males?(?: (?:patients|subjects|participants))?|(?:wo)?men) (?:of|with) (?:child-?\s?bearing|reproductive) potential\W*",
    re.IGNORECASE,
)
_OF_THEM = re.compile(r"\b(?:must|should|shall|will|agree\w*|required|least|cannot|may)\b", re.IGNORECASE)


def of_people(text: str) -> bool:
    """ "For patients with liver metastases": of whom a list is asked, and nothing else."""
    some = (_SOME_PEOPLE.fullmatch(text) or _FERTILE_PEOPLE.fullmatch(text)) is not None and _OF_THEM.search(text) is None
    return some and EVERYONE.match(text.strip(" :.*").removeprefix("For ").removeprefix("for ")) is None


def sums_up(text: str, side: Side) -> bool:
    """Whether a lead-in asks no more than its items do: "Adequate organ function, defined as:", for inclusion."""
    if side == "inclusion" and not _ALTERNATIVE.search(text) and _ADEQUATE.match(text) and not _TIMED.search(text):
        return True
    return introduces(text, side) == side


_THESE = re.compile(r"\bfollowing (?:\w+ )?(?:criteria|conditions|requirements)\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"\b(?:not|no|never|without|cannot)\b", re.IGNORECASE)


def heads_list(text: str, side: Side) -> bool:
    """Whether a lead-in over all bullets of a section asks nothing itself: "Patients meeting the following criteria may …:"."""
    if introduces(text, side) == side:
        return True
    if not _THESE.search(text):
        return False
    if side == "inclusion":
        return not _ALTERNATIVE.search(text) and not _NEGATIVE.search(text) and not set(_WORD.findall(text.lower())) & _FORBIDDING
    return excludes(text) and not _EVERY.search(text)


# --- sentences that only introduce a list ------------------------------------------------------------------------------------

_FILLER = frozenset(
    "patient patients subject subjects participant participants individual individuals volunteer volunteers person persons people candidate "
    "candidates those they he she who whom that which a an the this these their his her it must should "
    "shall will would may can need needs have has had having be been is are being do does to in on of for from with by at as and if when order "
    "prior before time all each every both meet meets meeting met satisfy satisfies satisfying fulfil fulfill fulfils fulfills fulfilling "
    "fulfilled present presence presenting possess follow follows following criteria criterion critera condition conditions requirement "
    "requirements item items point points inclusion eligibility eligible selection entry enrol enroll enrolled enrolling enrollment enrolment "
    "include included includes including not limited but considered qualify participate participating participation study studies trial "
    "protocol research investigation clinical screening baseline randomization randomisation randomized randomised registration register "
    "registered visit apply applies below above listed list here current only also further additional main major key general specific "
    "suitable candidacy allowed accepted able we our into entering entered during".split()
)
_FORBIDDING = frozenset(
    "exclude excluded excludes excluding exclusion exclusions exclusionary ineligible ineligibility disqualify disqualified disqualifies "
    "prohibited prohibit prohibits preclude precludes cannot non-inclusion noninclusion".split()
)
_SAYS = frozenset(
    "must should meet meets meeting satisfy satisfies satisfying fulfil fulfill fulfils fulfills fulfilling following criteria criterion "
    "conditions requirements "
    "have has eligible included enrolled exclude excluded excludes exclusion ineligible disqualify include includes if apply applies".split()
)
_CHOOSING = frozenset("any either one or more least none reason reasons out whose exists exist found evidence".split())
_EVERY = re.compile(r"\b(?:all|both|each|every) (?:of )?(?:the|these)\b", re.IGNORECASE)
_INCLUDING = frozenset("inclusion included include eligible enrolled eligibility".split())
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[<>≥≤=%]")
LONGEST_INTRODUCTION = 300


def introduces(text: str, side: Side) -> Side | None:
    """The side of the criteria that a sentence introduces without asking anything itself, None where it asks.

    "Patients must meet all of the following:" asks nothing; "at least one of the following:" asks, for inclusion.
    """
    if len(text) > LONGEST_INTRODUCTION:
        return None
    words = set(_WORD.findall(text.lower()))
    others = words - _FILLER
    if {"inclusion", "exclusion"} <= words and not others - _FORBIDDING:
        return side  # "patients must satisfy the following inclusion and exclusion criteria": the lists come under their own headings
    if not words & _SAYS or others - _FORBIDDING - _CHOOSING:
        return None
    if words & _FORBIDDING or ("not" in words and "limited" not in words) or (side == "exclusion" and not words & _INCLUDING):
        return None if _EVERY.search(text) else "exclusion"
    if others:
        return None
    return "inclusion" if side == "inclusion" or words & _INCLUDING else None


_EXCLUDED = re.compile(r"\b(?:are|is|be|being) (?:excluded|ineligible|not eligible)\b[^.]{0,80}:$|^excluded?\b[^.]{0,80}:$", re.IGNORECASE)


def excludes(text: str) -> bool:
    """Whether a lead-in says that what follows is excluded: "Patients with the following conditions are excluded:"."""
    return _EXCLUDED.search(text) is not None


# --- notes, connectives, what asks nothing -----------------------------------------------------------------------------------

_NOTE = re.compile(
    r"\W*(?:(?:important |special |please )?notes?\b ?\d?\s*[:,.;–-]|notes? that\b|n\.?b\.?:|please note\b|exceptions?(?: to| include)?\b ?:)",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"[(\[]|[†‡§*]+\S|(?:however|this|these|such|it|they|examples?|e\.g|i\.e|if so|for (?:the )?purposes? of|in (?:such|this|that|these) cases?)\b",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(r"\W*(or|and/or|and|plus)\W*", re.IGNORECASE)
_DISCLAIMER = re.compile(
    r"\W*(?:note:?\s*)?(?:"
    r"(?:there (?:are|may be) )?(?:the )?(?:other|additional|further|more|complete|full|detailed)\b.{0,70}\b(?:criteria|criterion"
    r"|restrictions|exclusion|inclusion|information|details)\b"
    r".{0,70}\b(?:apply|applies|exist|exists|per protocol|protocol|visit)\b.{0,60}"
    r"|the above (?:is|are|information).{0,150}"
    r"|for (?:more|further|additional) information.{0,160}"
    r"|(?:please )?(?:contact|refer to|see) (?:the )?(?:study |trial )?(?:site|sponsor|study|investigator|protocol|center|centre)s?\b.{0,100}"
    r"|(?:https?://|www\.)\S+"
    r"|other protocol[- ](?:defined|specified).{0,80}"
    r"|(?:further|additional|other) (?:inclusion|exclusion|eligibility)(?: criteria)? (?:may |could )?(?:apply|exist).{0,40}"
    r")",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"\W*(?:none|nil|n/?a|not applicable|(?:[\w ]{3,24}: )?not specified|none specified|none stated|not provided"
    r"|see \"?(?:disease|patient) characteristics\"?|<!--.*|-->|there (?:is"
    r"|are) no exclusion criteria"
    r"|no (?:specific |other |additional )?exclusions?(?: criteria)?)?\W*",
    re.IGNORECASE,
)


def notes(text: str) -> bool:
    """Whether it is a note on the criterion before it: "Note: …", "Exception: …"."""
    return _NOTE.match(text) is not None


def remarks(text: str) -> bool:
    """Whether a paragraph goes on about the criterion before it: a note, parentheses, "However, …", a footnote."""
    return text[0].islower() or notes(text) or _REMARK.match(text) is not None


def connective(text: str) -> str:
    """`or` or `and` where that is all the line says, else nothing."""
    if len(text) > 8:
        return ""
    found = _CONNECTIVE.fullmatch(text)
    return "" if not found else "or" if "or" in found[1].lower() else "and"


def disclaims(text: str) -> bool:
    """Whether the words only say that the record is not the whole list, or whom to ask for it."""
    return len(text) < LONGEST_INTRODUCTION and _DISCLAIMER.fullmatch(text) is not None


def empty(text: str) -> bool:
    """Whether the words say that there is nothing to ask: "None", "N/A", "Not specified"."""
    return len(text) < 60 and _EMPTY.fullmatch(text) is not None
