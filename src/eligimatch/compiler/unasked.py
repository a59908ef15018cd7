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
_DEMANDS = re.compile(r"\b(?:must|should|shall|agree\w*|negative|have to|willing\w*)\b", re.IGNORECASE)


def no_criterion(words: str) -> bool:
    """ "How many days do you smoke?", "neuropathic and/or no neuropathic pain": what answers them, no rule can say."""
    return _QUESTION.search(words) is not None or _OR_NONE.search(words) is not None


def frees(words: str) -> bool:
    """ "Men whose partners are sterile do not require contraception", "men will be instructed to use condoms": nothing is asked."""
    return _FREED.search(words) is not None and _DEMANDS.search(words) is None
