"""Arms: how records name the arms, cohorts and parts of their trial."""

from __future__ import annotations

import re

from eligimatch.compiler.cues import cued

_LIST = r"(?:, | and | or |, and |, or |/)"
ARM = cued(
    r"\b(?:[Dd]ose[ -](?:[Ee]scalation|[Ee]xpansion)(?: (?:[Pp]hase|[Pp]art|[Cc]ohorts?|[Pp]ortion|[Ss]tage))?(?![\w-])"
    r"|(?:[Ee]scalation|[Ee]xpansion) (?:[Pp]hase|[Pp]art|[Cc]ohorts?|[Pp]ortion|[Ss]tage)(?![\w-])(?! [A-Z\d])"
    r"|(?:[Aa]rms?|ARMS?|[Cc]ohorts?|COHORTS?|[Pp]arts?|[Mm]odules?"
    r"|[Pp]hases?(?= (?:\d|I{1,3})[ab]?\b(?!(?: |/\d |/I+ ?)?(?:clinical|trial|stud|of|registration)))) "
    rf"(?:I{{1,3}}[ab]?(?![\w/-])|[A-Z]\d?(?:{_LIST}[A-Z]\d?(?![\w-]))*|\d{{1,2}}[A-Za-z]?(?:{_LIST}\d{{1,2}}[A-Za-z]?(?![\w-]))*)(?![\w'’-]|[.,]\d))",
    "arm |arms |cohort|part |parts |module|phase|dose escalation|dose-escalation|dose expansion|dose-expansion|escalation |expansion ",
    re.NOFLAG,
)
"""Arms and cohorts of the trial, by their letters or numbers."""
