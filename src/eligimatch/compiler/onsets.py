"""Onsets: "diagnosed within N": that a condition began in that time, not only that it was there; "not in remission": that it is still."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.studies import ANY_CANCER
from eligimatch.compiler.syntax import Piece
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Window
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Judged, Lasting, Not, Qualifier, Requiring, Rule
from eligimatch.model.vocabulary import Vocabulary

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

_DIAGNOSED = re.compile(r"\b(?:newly|been) diagnosed\b|\bdiagnosed (?:with|as|of)\b|\bdiagnosed$", re.IGNORECASE)
_DIAGNOSIS = re.compile(r"\bdiagnos(?:ed|[ei]s)\b", re.IGNORECASE)
_HAD = re.compile(r"\bhad(?: an?| any)?$", re.IGNORECASE)
_ON = re.compile(
    r"(?:^|\b(?:patients?|subjects?|participants?|is|are|be|still|currently) |\b(?:diabetes|hypertension|glaucoma) )(?:on|with) [^,;:.()]{0,30}$",
    re.IGNORECASE,
)
_UNDERGOING = re.compile(r"\bundergo(?:ing|es)?\b[^.;:]{0,60}$", re.IGNORECASE)
_ONCE = re.compile(r"\b(?:has|have|that|which|who) required\b", re.IGNORECASE)
_WHATEVER = frozenset({"treatment", "anticancer therapy"})
_OVER = re.compile(r"(?:has |have )?completed \w", re.IGNORECASE)
_OTHER_PRIOR = re.compile(r"(?:no |any )?other (?:prior|previous)\b(?! or\b)", re.IGNORECASE)
_BY_PROTOCOL = re.compile(r"\bas (?:defined|specified|described|outlined|listed|detailed) (?:in|by|per) (?:the )?(?:\w+ )?protocol\b", re.IGNORECASE)
_NO_OTHER = re.compile(r"no other (?:prior|previous)\b", re.IGNORECASE)
_THERAPY = re.compile(r"(?:no )?(?:any |systemic )?(?:treatment|therapy) with\b", re.IGNORECASE)
_TREATED = re.compile(r"\btreat", re.IGNORECASE)


def onset(pieces: Sequence[Piece]) -> str:
    """What a window after these words dates: that something was "diagnosed", its "diagnosis", or nothing of the kind."""
    said = " ".join(piece.text if isinstance(piece, Token) and piece.type in ("KNOWN", "NEW", "EVIDENCE") else "-" for piece in pieces)
    if _TREATED.search(said):
        return ""
    return "diagnosed" if _DIAGNOSED.search(said) else "diagnosis" if _DIAGNOSIS.search(said) else ""


def timed(asked: Had, phrase: Phrase, nouns: Nouns, *, forbids: bool) -> Rule:
    """The Had at the time that its words tell, where they tell more than a window does."""
    then = any(isinstance(one, Requiring) and not one.negated and one.treatment.when == "window" for one in asked.qualifiers)
    if forbids and then and asked.when == "now" and not phrase.time:  # "malignancy that required treatment within 3 years": it may be gone
        return asked.model_copy(update={"when": "ever", "other": asked.other or asked.concept.name in ANY_CANCER})
    if phrase.exact and asked.section == "treatments" and asked.window and not forbids:
        return _so_long_before(asked, asked.window)
    before = nouns.text[: phrase.heads[0].start] if phrase.heads else ""
    if asked.when == "now" and of_one_day(asked.concept, nouns.linker.vocabulary) and _UNDERGOING.search(before):
        return _undergone(asked)
    words = nouns.words(phrase)
    if asked.when == "now" and phrase.other and _OTHER_PRIOR.match(words):
        asked = asked.model_copy(update={"when": "ever"})
    if asked.section == "treatments" and asked.when == "ever" and phrase.other and _NO_OTHER.match(words):
        return asked.model_copy(update={"qualifiers": (*asked.qualifiers, Judged(words=words))})  # than which, another criterion tells
    judged = any(isinstance(one, Judged) for one in asked.qualifiers)
    if forbids and asked.concept.linked and not judged and _BY_PROTOCOL.search(nouns.text, phrase.start, phrase.end):
        return asked.model_copy(update={"qualifiers": (*asked.qualifiers, Judged(words=words))})  # which of them, the protocol tells
    told = _at_some_time(asked, phrase, words, nouns.linker.vocabulary)
    return _begun(asked, phrase, words, forbids=forbids) if told is asked else told


def on_it(phrase: Phrase, nouns: Nouns) -> bool:
    """ "on two glaucoma drugs", "patients with one antidiabetic drug": drugs of today, no lines of cancer therapy."""
    if phrase.act or phrase.line or not _ON.search(nouns.text, 0, phrase.heads[0].start):
        return False
    return not any(nouns.linker.vocabulary.is_a(name, "anticancer therapy") for name in phrase.heads[-1].names[:1])


def of_one_day(concept: Concept, vocabulary: Vocabulary) -> bool:
    """Whether it is an operation or a test, which takes a day, and no device or support, which stays."""
    done = concept.linked and concept.kind in ("operation", "procedure")
    return done and not vocabulary.marked(concept.name, "lasting")


def _undergone(asked: Had) -> Rule:
    """ "undergoing hip surgery": who is to have it, perhaps who had it just now."""
    planned, once = (asked.model_copy(update={"when": when}) for when in ("planned", "ever"))
    return Ambiguous(readings=(planned, AnyOf(rules=(planned, once), span=asked.span)), span=asked.span)


def so_long_ago(asked: Had, beside: Sequence[Rule]) -> list[Rule]:
    """ "curative therapy with no evidence of recurrence for 3 years": given 3 years ago; what went on since then may have begun before."""
    absent = [one.rule.window for one in beside if isinstance(one, Not) and isinstance(one.rule, Had) and one.rule.section == "conditions"]
    free = [window for window in absent if window is not None and window.start is not None and window.start_open and window.event == "as_of"]
    if asked.section != "treatments" or asked.when != "ever" or len(free) != 1:
        return []
    since = Not(rule=asked.model_copy(update={"when": "window", "window": free[0]}), span=asked.span)
    return [Ambiguous(readings=(since, AllOf(rules=(), span=asked.span)), span=asked.span)]


def _so_long_before(asked: Had, window: Window) -> Rule:
    """ "chemotherapy 4 weeks before enrollment", where it is demanded: within that time, or before it."""
    lately = asked.model_copy(update={"window": window.model_copy(update={"start_open": True})})
    once = asked.model_copy(update={"when": "ever", "window": None})
    return Ambiguous(readings=(asked, AllOf(rules=(once, Not(rule=lately, span=asked.span)), span=asked.span)), span=asked.span)


def _begun(asked: Had, phrase: Phrase, words: str, *, forbids: bool) -> Rule:
    """The condition as it was found in its window; where a diagnosis in that time is forbidden, perhaps the condition is."""
    window = asked.window
    treated = any(isinstance(one, Requiring) and not one.negated for one in asked.qualifiers)
    if forbids and treated and asked.when == "now" and not phrase.time and _ONCE.search(words):
        given = tuple(_once(one) for one in asked.qualifiers)
        ever = asked.model_copy(update={"when": "ever", "other": asked.other or asked.concept.name in ANY_CANCER, "qualifiers": given})
        return Ambiguous(readings=(asked, ever), span=asked.span)  # "malignancy that has required treatment"
    if not phrase.onset or asked.section != "conditions" or window is None or window.start is None:
        return asked
    if window.end or window.after not in (None, window.start):
        return asked
    length = Lasting(duration=window.start, bound="less than" if window.start_open else "at most", event=window.event)
    found = asked.model_copy(update={"qualifiers": (*asked.qualifiers, length)})
    return Ambiguous(readings=(found, asked), span=asked.span) if forbids and phrase.onset == "diagnosis" else found


def _at_some_time(asked: Had, phrase: Phrase, words: str, vocabulary: Vocabulary) -> Rule:
    """ "Treatment with anticoagulants": at any time, or now; what is given against cancer is asked at any time."""
    if asked.section == "treatments" and asked.concept.name in _WHATEVER and phrase.heads and _OVER.match(words):
        return asked.model_copy(update={"qualifiers": (*asked.qualifiers, Judged(words="completed"))})  # "completed treatment": of all that was given
    plain = asked.when == "ever" and asked.section == "treatments" and asked.concept.linked and not (asked.count or asked.qualifiers)
    if not plain or not _THERAPY.match(words) or vocabulary.is_a(asked.concept.name, "anticancer therapy"):
        return asked
    return Ambiguous(readings=(asked, asked.model_copy(update={"when": "now"})), span=asked.span)


def _once(quality: Qualifier) -> Qualifier:
    """A treatment that was required, at any time."""
    if not isinstance(quality, Requiring) or quality.treatment.when != "now":
        return quality
    return quality.model_copy(update={"treatment": quality.treatment.model_copy(update={"when": "ever"})})


def still_there(token: Token, current: Phrase) -> list[tuple[str, bool]]:
    """ "a prior malignancy that is | not in remission": once there, and for a person to judge."""
    return [(token.text, True)] if token.text.lower().startswith("not in ") and (current.time == "ever" or not current.heads) else []


def active_once(token: Token, pieces: Sequence[Piece], end: int, current: Phrase) -> list[tuple[str, bool]]:
    """ "history of active | or recurrent X", "had an active X": more than that it was there once, and for a person to judge."""
    before = pieces[end - 2] if end > 1 else None
    if not isinstance(before, Token) or before.type != "HISTORY" or token.text.lower() != "active" or current.heads:
        return []
    return [(token.text, True)] if end == len(pieces) or _HAD.search(before.text) else []
