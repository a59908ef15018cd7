"""Leads: a lead-in whose list stands inside its sentence ("Patients with the following are excluded:") with the list at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligimatch.compiler.sentences import sentences

EXAMPLES = re.compile(
    r"(?:^\W*|[.:] )examples?\b[\w ]* (?:includes?|are|is)\W*$"
    r"|^\W*(?:any (?:one )?of |either of |one of )?the following (?:will|would|shall|may|can|is|are)\b[^.:]*\b(?:evidence|proof)\b[^.:]*\W*$",
    re.IGNORECASE,
)
"""What follows only shows what a sentence before it means."""
SUCH_AS = re.compile(
    r"(?<=\.)\s+(?:these|those|such)\b[^.:]*\b(?:(?:may|can|could) include\b|include[sd]?\b[^.:]*\bnot (?:be )?limited to\b)[^.:]*\W*$", re.IGNORECASE
)
"""What follows are some of the things of which the sentence before it asks for any: "These conditions may include:"."""
OF_ONE_SEX = re.compile(r"\W*(?:for |in |all )*((?:fe)?males?(?: (?:subjects?|participants?|patients?))?|(?:wo)?men)\s*:", re.IGNORECASE)
"""A label of the people of whom all that follows is told."""
_OF_STUDY = (
    r"(?:\s+(?:for|from|in|to|on)(?:\s+(?:being\s+)?(?:participat\w+|enroll?\w*|inclusion|included|entry|entering))?(?:\s+(?:in|into|on|from|for|to))?"
    r"(?:\s+(?:this|the))?(?:\s+(?:clinical|exclusion|above))?(?:\s+(?:study|trial|protocol|criterion|criteria|rule|exclusion|requirement))?)?"
)
"""Where someone may not enter, and from what someone is excepted: no part of the study, and no limit, by itself."""
_BE = r"(?:is|are|will|should|must|shall|may|can|would)(?:\s+(?:also|therefore|all))?"
_NOT = r"not\s+(?:be\s+)?(?:eligible|allowed|permitted|included|enrolled|acceptable)"
_BANNED = rf"{_BE}(?:\s+be)?\s+(?:excluded|ineligible|prohibited|disallowed)|{_BE}\s+{_NOT}"
_LET_IN = r"exempt(?:ed)?|allowed|permitted|acceptable|allowable|eligible|not\s+excluded"
_SPARES = (
    r"(?:would|will|do|does|should|shall)\s+not\s+(?:exclude|disqualify|preclude|qualify|count)\b[^.:;]*"
    r"|(?:are|is|would be|will be)\s+not\s+(?:considered|regarded|counted)\b[^.:;]*"
)
_FREED = rf"{_SPARES}|{_BE}(?:\s+be)?\s+(?:considered\s+)?(?:(?:an\s+|the\s+|only\s+)?exceptions?|{_LET_IN})"
_NOUN = r"(?:\s+(?!following\b|who\b|with\b|within\b|in\b|at\b|prior\b|during\b|before\b|if\b|for\b)[\w/()-]+){0,6}?"
_FOLLOWING = rf"(?:any\s+(?:one\s+)?(?:of\s+)?|all\s+(?:of\s+)?|either\s+of\s+|one\s+(?:or\s+more\s+)?of\s+)?(?:the\s+)?following\b{_NOUN}"
_NOW = r"(?:\s+at\s+(?:the\s+time\s+of\s+)?(?:enroll?ment|screening|baseline|study\s+entry))?"
_EXCLUDES = re.compile(rf"^(?P<head>.*?){_FOLLOWING}{_NOW}\s*,?\s*(?:{_BANNED}){_OF_STUDY}\W*$", re.IGNORECASE)
_EXCEPTS = re.compile(rf"^(?:(?:however|nevertheless|note)\W+)?(?:only\s+)?{_FOLLOWING}\s+(?:{_FREED}){_OF_STUDY}\W*$", re.IGNORECASE)
_SPARED = re.compile(rf"\bfollowing\b[^.:;]*\b(?:{_SPARES})", re.IGNORECASE)
_FULFILLED = re.compile(
    r"^(?:for\s+[^,:]{0,60},\s*)?(?:all\s+(?:of\s+)?)?(?:the\s+)?following\s+(?:inclusion\s+|eligibility\s+|entry\s+)?(?:criteria|requirements|conditions)\s+"
    r"(?:must|should|shall|have\s+to|need\s+to)\s+(?:all\s+)?be\s+(?:met|fulfilled|satisfied)[^:]*$",
    re.IGNORECASE,
)
_ASKS_MORE = re.compile(
    r"^(?!.*(?:FSH|follicle|estradiol|amenorr|menses|menstr|menopaus|contracept|pregnan|months?|weeks?|years old)).*[≥≤<>=]"
    r"|^Age\b|\binformed consent\b",
    re.IGNORECASE,
)
"""What is not told of childbearing any more: the list of the record went on."""


_WOULD = re.compile(
    r"(\bfollowing\b[^:.;,]*?)\s+(?:that|which) (?:may|might|could|would|will)\b(?!.*\b(?:includ|opinion|judg|discretion|investigator))[^:.;]*:\s*$",
    re.IGNORECASE,
)
"""Why those who have one of the things that follow are kept out, which is no more asked of them: "the following diseases that may …:"."""


def led(lead: str, *, excluding: bool) -> str:
    """The lead-in without the words that ban those of its list, where the list is among what excludes anyway, or that only demand it."""
    lead = _WOULD.sub(r"\1:", lead)
    if excluding and (banned := _EXCLUDES.match(lead)):
        return f"{banned['head']}any of the following:"
    return "All of the following:" if not excluding and _FULFILLED.match(lead.strip(" :")) else lead


_AND_OF_LIST = re.compile(
    r"^(?P<said>.*\b(?:not?|without|never|neither)\b[^.:]*?)[,;]?\s+and\s+(?:(?:has|have|meets?|with|fulfill?s?)\s+)?"
    r"(?P<list>(?:at\s+least\s+|any\s+)?(?:one|two|three|[123]|either|any|all|each)\b[^.,;:]*\bof\s+the\s+following\b[^.]*)$",
    re.IGNORECASE | re.DOTALL,
)
_ON_CONDITION = re.compile(r"^.*?\b(?:if|provided(?: that)?)\b", re.IGNORECASE)


def denial_apart(words: str) -> tuple[str, str] | None:
    """ "Not pregnant, and at least one of the following:": what is denied is no word of the list, which is asked in a sentence of its own."""
    if (said := _AND_OF_LIST.match(words)) is None:
        return None
    condition = _ON_CONDITION.match(said["said"])
    return f"{said['said'].strip()}.", f"{condition[0]} {said['list']}" if condition else said["list"]


def excepts(lead: str) -> bool:
    """ "The following are exceptions to this criterion:", "However, the following are allowed:": what the sentence before does not mean."""
    return _EXCEPTS.match(lead) is not None


def spares(lead: str) -> bool:
    """ "The following would not exclude: …": whether what follows is no reason to exclude."""
    return _SPARED.search(lead) is not None


def last_sentence(text: str) -> tuple[str, str]:
    """The sentences before the last one, and the last, which introduces."""
    *before, lead = sentences(text)
    if ";" in lead and excepts(lead[lead.rfind(";") + 1 :].strip()):
        before, lead = [*before, lead[: lead.rfind(";")]], lead[lead.rfind(";") + 1 :].strip()
    return " ".join(before), lead


def more_asked(texts: list[str]) -> int:
    """Where, beneath what tells of whom contraception is asked, the list of the record goes on: its first item that asks something else."""
    return next((at for at, text in enumerate(texts) if _ASKS_MORE.search(text)), len(texts))


_DEMANDS = re.compile(
    r"\W*(?:all |both )?(?:female|male|wom[ae]n|m[ae]n|patient|participant|subject|individual|WOCBP|FCBP|WCBP)\w*\b[^.]*"
    r"\b(?:must|should|agree\w*|willing|required)\b",
    re.IGNORECASE,
)


def still_asked(text: str) -> Iterator[tuple[int, str]]:
    """Where in the last item of what tells who can bear a child the record goes on to what they must do, and the words from there."""
    first = next((sentence for sentence in sentences(text)[1:] if _DEMANDS.match(sentence)), None)
    if first is not None:
        yield text.index(first), text[text.index(first) :]
