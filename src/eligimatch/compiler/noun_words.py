"""What the words of a noun tell of it: who judged it, whether it is there or missing, how long it goes on."""

from __future__ import annotations

import re

from eligimatch.compiler.arms import ARM
from eligimatch.compiler.concepts import Linker
from eligimatch.compiler.phrase import Phrase, Unreadable, duration
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Had, Is, Rule
from eligimatch.model.vocabulary import Vocabulary

ASSESSED = re.compile(
    r"^\W*(?:(?:in|by|at|per|as|based on|according to|upon|determined|assessed|judged)\b.{0,60})?"
    r"\b(?:(?:sub-?)?investigators?|physicians?|clinicians?|oncologists?|researchers?|PI|sponsor|monitor|designee|delegate|surgeon|doctor|provider|team)(?:['’]s?)?"
    r"(?:\s+(?:opinion|judge?ment|discretion|assessment|evaluation|estimation))?\W*$",
    re.IGNORECASE,
)
_TOLD = re.compile(r"\W*(?:may|will|would|could|can|might) (?:be|not|have)", re.IGNORECASE)
_OTHER_EYE = re.compile(r"\b(?:fellow|non\W?(?:study|treated)|contralateral) eye$", re.IGNORECASE)
_STUDIED_SIDE = re.compile(r"\b(?:study|treated|index|operative|affected) (?:eye|limb|knee|hip)$", re.IGNORECASE)
THERE = frozenset({"mutated", "amplified", "fusion", "deleted"})
ABSENT = frozenset(
    {"wild-type", "negative", "low", "lost", "proficient", "normal", "deleted", "unmutated", "unmethylated", "equivocal", "indeterminate"}
)
"""Results of a finding that is not there."""
_WHO = re.compile(
    r"\b(?:patients?|participants?|subjects?|people|persons?|individuals?|wom[ae]n|m[ae]n|adults?|children|those|cohorts?|arms?)\b", re.IGNORECASE
)
FINDING = re.compile(
    r".*(?:fusions?|translocations?|rearrangements?|deletions?|codeletion|codeleted|loss|amplifications?|gain|mutations?|alterations?|aberrations?|low|high"
    r"|abnormal(?:it(?:y|ies))?|methylation|poor metaboli[sz]ers?|deficiency|monosomy|signature|expression|stable|stability)|TMB-?H|MSS|t\(\d.*",
    re.IGNORECASE | re.DOTALL,
)
"""A marker named by what was found of it."""


_LEVEL = re.compile(r".*(?:low|high|loss|stable)", re.IGNORECASE | re.DOTALL)
"""A level that no result is said of."""


def told_by_name(phrase: Phrase, following: Phrase) -> bool:
    """ "HER2-low or HER2-negative", "PTEN loss or PIK3CA mutation": a finding is there by its name, whatever is said of the next marker."""
    head = phrase.heads[-1]
    if head.kind != "marker" or not FINDING.fullmatch(head.text):
        return False
    said = {str(token.value) for token in following.results}
    return not said <= {"positive", "negative"} or ("negative" in said and _LEVEL.fullmatch(head.text) is not None)


def only_judged(phrase: Phrase, head: Concept) -> bool:
    """ "any reason that would interfere": a judgement of what names nothing that a profile holds."""
    said = phrase.act or phrase.comparisons or phrase.grade or phrase.results or phrase.parts
    told = any(_TOLD.fullmatch(token.text) for token in phrase.speech)  # "the requirement may be waived"
    return bool(phrase.speech) and not (head.linked or head.within or said or told)


def comes_back(phrase: Phrase) -> bool:
    """ "disease recurrence": of the disease named before, or of any."""
    return any(token.type == "COURSE" and str(token.value) in ("recurrent", "relapsed", "progressive") for token in phrase.adjectives)


def counted_on(word: Token, part: Phrase, phrase: Phrase) -> bool:
    """ "life expectancy ≥ 12 weeks from enrollment": it is asked as of then anyway."""
    ahead = phrase.heads[-1:] != [] and phrase.heads[-1].names[:1] == ("life expectancy",)
    plain = all(head.type == "EVENT" for head in part.heads) and not (part.comparisons or part.parts or part.window)
    return ahead and word.type in ("SINCE", "AFTER", "DUE_TO") and plain


def number_of_part(phrase: Phrase) -> None:
    """ "a performance status of ECOG 0-1": the number stands after the scale's name."""
    for place, (word, part) in enumerate(phrase.parts):
        if word.type in ("OF", "IN", "BY") and part.comparisons and part.heads and not part.parts:
            phrase.comparisons, phrase.heads = part.comparisons, part.heads
            del phrase.parts[place]
            return


def only_a_method(word: Token, part: Phrase) -> None:
    """How a number was found changes nothing of it; Unreadable where the part says more."""
    arm = any(ARM.search(head.text) for head in part.heads)  # "in cohort A dose escalation"
    if part.comparisons or part.results or part.act or part.window or arm:
        raise Unreadable(word.start, part.end, "a method")


def keeps_up(part: Phrase, *, habit: bool) -> bool:
    """ "≥ 10 cigarettes per day | for at least 1 year": a length of time; years are an age, save of a habit."""
    lengths = [length for comparison in part.comparisons if (length := duration(comparison))]
    return bool(lengths) and (habit or all(length.unit != "year" for length in lengths))


def in_other_eye(phrase: Phrase) -> bool:
    """ "≥ 19 letters in the fellow eye": which of a person's eyes that is, no profile tells."""
    return any(_OTHER_EYE.search(words) for words, _ in phrase.circumstances)


def of_studied_side(phrase: Phrase) -> bool:
    """ "≥ 19 letters in the study eye", "pain ≥ 4 in the affected knee": one side of the two."""
    return any(_STUDIED_SIDE.search(words) for words, _ in phrase.circumstances)


def said_of_number(phrase: Phrase, text: str) -> bool:
    """Whether a judgement narrows a number: "> 160 mm Hg despite medication", "unexplained"; Unreadable where words around it say anything else."""
    judged = [token for token in phrase.speech if token.type == "STATEMENT" or not ASSESSED.match(text[token.start : token.end])]
    if any(token.type != "JUDGEMENT" or token.start < phrase.comparisons[-1].end for token in judged):
        raise Unreadable(phrase.start, phrase.end, "a number by itself")
    return bool(judged) or any(token.type == "JUDGED" and token.text.lower().endswith("unexplained") for token in phrase.adjectives)


def presence(phrase: Phrase, head: Concept, linker: Linker) -> tuple[str, ...]:
    """What a result is where only the thing is named: "EGFR L858R", "presence of HBsAg"."""
    results = linker.fact(head, "results")
    entry = linker.vocabulary.get(head.name) if head.linked else None
    present = tuple(str(result) for result in results if result not in ABSENT) if isinstance(results, list) else ()
    named = phrase.heads[-1].text
    marker = head.kind == "marker" and entry is not None and not named.lower().endswith("status")
    if present and ((marker and entry is not None and entry.parents) or phrase.time == "now"):
        return present
    if marker and "positive" in present and FINDING.fullmatch(named):
        return ("positive",)
    raise Unreadable(phrase.start, phrase.end, f"a result of {head.name}")


def in_a_tumor(rule: Rule, words: str, condition: Rule, vocabulary: Vocabulary) -> bool:
    """Whether a marker is told "in a solid tumor", which is asked too, and not of people "in patients with NSCLC"."""
    tumor = isinstance(condition, Had) and condition.concept.linked and vocabulary.is_a(condition.concept.name, "neoplasm")
    return tumor and isinstance(rule, Is) and rule.concept is not None and rule.concept.kind == "marker" and not _WHO.search(words)
