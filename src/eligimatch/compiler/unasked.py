"""Unasked: sentences that are questions, name a thing and its lack in one, or free people from what is asked of others."""

from __future__ import annotations

import re

_QUESTION = re.compile(r"\bhow (?:many|much|often|long)\b[^.?]*\b(?:do|does|did|have|has|had|are|is)\b(?! not\b)", re.IGNORECASE)
_OR_NONE = re.compile(r"\b(\w{4,}(?: \w+)?) (?:and/or|or|and|/) (?:no|without) \1\b", re.IGNORECASE)
_FREED = re.compile(
    r"\b(?:do|does|will) not (?:require|need)\b[^.;,]*\b(?:contracepti\w+|birth control|pregnancy test\w*)"
    r"|\b(?:contracepti(?:on|ves?)|birth control|pregnancy test\w*) (?:is|are) not (?:required|needed|necessary)\b"
    r"|^\W*(?:(?:all|both|the|sexually active) )*(?:(?:wo)?men|(?:fe)?males?|patients?|participants?|subjects?|individuals?|WOCBP|they)\b[^();:,]*"
    r" will be (?:instructed|advised|counsell?ed|encouraged|reminded) (?:to|on|about|regarding)\b",
    re.IGNORECASE,
)
_TRANSLATED = re.compile(
    r"\b(?:short[- ]form|translat\w+|interpreters?)\b[^.;]*\bconsent\b|\bconsent\b[^.;]*\b(?:short[- ]form|translat\w+|interpreters?)\b",
    re.IGNORECASE,
)
_DONOR = re.compile(
    r"\W*(?:(?:the|all|any|an?|potential|prospective|eligible|suitable|related|unrelated|sibling|family|matched|identical|stem cell|bone marrow) )*"
    r"donors?(?:\W*:|,? (?:must|should|shall|is|are|has|have|had|with|who|age[ds]?|that|able|willing|aged|not|under|over|older|younger)\b)",
    re.IGNORECASE,
)
_DEMANDS = re.compile(r"\b(?:must|should|shall|agree\w*|negative|have to|willing\w*)\b", re.IGNORECASE)


def no_criterion(words: str) -> bool:
    """ "How many days do you smoke?", "neuropathic and/or no neuropathic pain": what answers them, no rule can say."""
    return _QUESTION.search(words) is not None or _OR_NONE.search(words) is not None


def frees(words: str) -> bool:
    """ "Men with a sterile partner do not require contraception", "men will be instructed to use condoms", how consent is translated."""
    return _TRANSLATED.search(words) is not None or (_FREED.search(words) is not None and _DEMANDS.search(words) is None)


def of_a_donor(words: str) -> bool:
    """ "Donors must be 18 to 60 years old": of someone else, as only the person can tell."""
    return _DONOR.match(words) is not None
