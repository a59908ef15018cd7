"""Phrasing: a question in words folded to what it asks: modalities, polarity, and the words that carry meaning."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from eligimatch.model.words import atoms, fold, folded

_ALIKE = {
    "comply": "adhere adherence abide conform cooperate compliance compliant compli attend follow",
    "receive": "accept receiv take taking",
    "require": "requirement requir need",
    "drug": "medication medicine agent",
    "therapy": "treatment treat",
    "participate": "enroll participat participation enrol",
    "disease": "illness disorder diseas",
    "pregnant": "pregnancy",
    "contraception": "contraceptive contracept",
    "consent": "icf",
    "interfere": "interfer interference",
    "respond": "response respons",
    "ecg": "electrocardiogram ekg",
    "significant": "important relevant significantly significanc",
    "purpose": "purpo purpos",
    "document": "docu",
    "statement": "state",
    "use": "us using",
}
_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ed", "es", "s", "e")
_MEANING = {word: meaning for meaning, words in _ALIKE.items() for word in words.split()}


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """A folded word without its ending: signing and signed are sign; words of one meaning are one."""
    if word in _MEANING:
        return _MEANING[word]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            base = word[: -len(ending)]
            return _MEANING.get(base, base)
    return word


def _folded(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(fold(word)) for word in words.split())


_ABLE = "able unable ability inability capable incapable capability can could cannot capacity incapacity"
_WILLING = (
    "willing unwilling willingness unwillingness agree agrees agreed agreement agreeing refuse refuses refused refusal refusing commit committed"
)
_MODAL = {fold(word): "able" for word in _ABLE.split()} | {fold(word): "willing" for word in _WILLING.split()}
_NEGATIVE = _folded(
    "unable inability incapable incapacity cannot unwilling unwillingness refuse refuses refused refusal refusing not no without never "
    "lack lacking absence"
)
_OPPOSITES = {
    fold(denied): fold(said)
    for said, words in (
        ("likely", "unlikely"), ("expected", "unexpected"), ("suitable", "unsuitable unsuitability"), ("fit", "unfit"),
        ("appropriate", "inappropriate"), ("eligible", "ineligible"), ("compliance", "noncompliant noncompliance nonadherent nonadherence"),
        ("cooperative", "uncooperative"), ("competent", "incompetent incompetence"), ("recovered", "unrecovered"),
        ("possible", "impossible impossibility"), ("literate", "illiterate"), ("available", "unavailable unavailability"),
    )
    for denied in words.split()
}  # fmt: skip
"""Words that deny another."""
_IGNORED = _folded(
    "a an the of to for in on at with by any all is are be been being was were has have had having must should shall will would may might do does "
    "did patient patients subject participant person individual people who that which whom whose they them their theirs his "
    "her he she it its this these those such there as also otherwise valid full fully so from into study trial protocol research clinical "
    "clinically adequate adequately appropriate appropriately acceptable sufficient successful successfully s current currently know known "
    "documented opinion investigator physician treating judgment judgement discretion determined judged assessed considered deemed necessary "
    "voluntary voluntarily own good reason whatever thereof least order specified procedure g either both when during upon version v based base "
    "following accordance line presence present existence"
)
"""Words that change no answer: grammar, the person, the paper."""
_OF_MORE = frozenset({"of", "not", "with"})
"""Words before the persons with which more is said than of whom: "illness that interferes with the patient's ability"."""
_SUBJECTS = _folded("patient participant subject volunteer person individual adult")
_OPTIONAL = _stems("history prior previous previously schedule scheduled other require additional proper together visit safely receive whole")
"""Words that one wording of a question has and another leaves out, where two others agree."""
_CONSENT = _stems(
    "inform consent sign give provide provision written write form document assent obtain read understand understood comprehend purpose explain date "
    "dated statement prior personally legally legal authorized representative guardian parent approve ethics committee irb participate nature risk "
    "aware content sheet information volunteer specific"
)
_DENIED = _stems("compliance compliant adherence adherent english speaking")
"""Words that "non" before them denies."""
_PERSONS = _stems("family partner donor household contact caregiver relative spouse parent mother father sibling child")
_UNDOING = _stems("rule ruled out exclude excluded resolve absent deny denied plan plans risk suspect suspected history possible")
_FUTURE = _stems("use abstain refrain avoid practice remain donate return stop discontinue undergo")
"""What can only be promised: being willing answers for it."""
HINDERING = _stems("interfere prevent limit impair preclude compromise affect jeopardize hinder confound prohibit")
"""What hinders something is not told by what is said of that alone: who consents has not what would prevent it."""
_LINKS = {"and": "and", ",": ",", ";": ",", "&": "and", "plus": "and", "or": "or", "/": "or", "nor": "or"}
_LINKING = ("and", "or", ",")
_TAIL = re.compile(
    r"\b(?:if|as per|per|by (?=(?:m|i|ir)?RECIST)|based on|according to|in accordance with|until|prior to|before|provided|for any reason|throughout|"
    r"for the duration of|while|"
    r"as (?:determined|judged|assessed|deemed|defined|considered)|in the (?:opinion|judgment|judgement) of|such as|including|e\.g\.?|i\.e\.?|"
    r"for example|following (?:the )?(?:\w+ ){0,4}guidelines?)\b.*$",
    re.IGNORECASE,
)
_IN_OPINION = re.compile(
    r",?\s*\b(?:in|by) the (?:\w+ )?(?:opinion|judge?ment) of (?:the )?(?:\w+ ){0,2}?"
    r"(?:investigator|physician|oncologist|clinician|doctor|sponsor|PI)s?\b,?"
    r"(?=\s+(?:would|could|may|might|will|can|makes?|places?|puts?|interferes?|precludes?)\b)",
    re.IGNORECASE,
)
"""Who judges, said before what is judged: "that in the opinion of the investigator would interfere"."""
_REASONS = ("becaus", "due to", "as a result", "owing to", "on account")
_SHORTEST = 8
"""Characters that a topic keeps at least when its tail is cut."""


class Question(NamedTuple):
    """A question: words and links (`and`, `or`, `not`) in order, its modalities, and whether it is put the other way round."""

    words: tuple[str, ...]
    modals: frozenset[str]
    reversed_: bool

    def __bool__(self) -> bool:
        return bool(self.words)


@lru_cache(maxsize=65536)
def question(text: str) -> Question:
    """What a topic or statement asks. "Unwilling or unable to X" is "willing and able to X", reversed."""
    text = _one_word(re.sub(r"[(\[][^()\[\]]*[)\]]", " ", _IN_OPINION.sub(" ", text)))
    shortened = _TAIL.sub("", text).strip()
    raw = list(folded(shortened if len(shortened) > _SHORTEST else text))
    if " ".join(raw[:3]).startswith(_REASONS) and (at := next((i for i, word in enumerate(raw) if word in _MODAL), 0)):
        raw = raw[at:]
    raw = _without_subject(raw)
    if raw[:1] == ["non"] and raw[1:2] and stem(raw[1]) in _DENIED:
        raw[0] = "not"
    lead, rest = _lead(_undenied(raw))
    reversed_ = bool(_NEGATIVE & set(lead)) or (bool(rest) and rest[-1] in _NEGATIVE)
    modals = frozenset(_MODAL[word] for word in raw if word in _MODAL)
    return Question(_plain(rest, flipped=reversed_) or _bare(modals), modals, reversed_)


def _bare(modals: frozenset[str]) -> tuple[str, ...]:
    """What will is asked for where nothing is named: "patient refusal"."""
    return ("participate",) if modals == {"willing"} else ()


@lru_cache(maxsize=65536)
def stems(text: str) -> frozenset[str]:
    """All words that may carry meaning in a text's question, and some that do not: word by word, which takes less than the question itself."""
    return frozenset().union(*map(_meanings, set(atoms(_one_word(text)))))


@lru_cache(maxsize=65536)
def _meanings(atom: str) -> frozenset[str]:
    """What a word may stand for in a question: itself, what it denies; of will alone, taking part."""
    word = fold(atom)
    found = {stem(word), stem(_OPPOSITES[word])} if word in _OPPOSITES else {stem(word)}
    return frozenset(found | set(_bare(frozenset({_MODAL[word]})))) if word in _MODAL else frozenset(found)


@lru_cache(maxsize=65536)
def content(words: tuple[str, ...]) -> frozenset[str]:
    """The words that carry meaning."""
    return frozenset(word for word in words if word not in ("and", "or", "not"))


@lru_cache(maxsize=65536)
def about_consent(words: tuple[str, ...]) -> bool:
    """Whether it asks for informed consent and nothing else."""
    found = content(words)
    return "consent" in found and found <= _CONSENT and "not" not in words


def same(asked: tuple[str, ...], said: tuple[str, ...], optional: frozenset[str] = frozenset(), context: frozenset[str] = frozenset()) -> bool:
    """Whether what was said answers what is asked in the same words; `context` are words of the criterion around what is asked."""
    ours, theirs = content(asked), content(said)
    if asked.count("not") != said.count("not") or not ours or not theirs:
        return False
    if ours == theirs:
        return True
    loose = _OPTIONAL | optional
    return len(ours & theirs) > 1 and ours - theirs <= loose and theirs - ours <= loose | context


def core(words: tuple[str, ...], optional: frozenset[str] = frozenset()) -> frozenset[str]:
    """The words that no wording of it leaves out."""
    found = content(words)
    return found - _OPTIONAL - optional or found


def narrows(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """Whether one row asks what the other does and more: "sexually active with …" is "sexually active"."""
    more, less = content(narrow), content(wide)
    if not less < more or not narrow or narrow[0] not in less:
        return False
    extra = more - less
    linked = narrow.count("or") <= wide.count("or") and narrow.count("not") == wide.count("not")
    return linked and extra.isdisjoint(_PERSONS) and extra.isdisjoint(_UNDOING)


def promised(words: tuple[str, ...]) -> bool:
    """Whether it is conduct to come, which willingness answers for."""
    return bool(words) and words[0] in _FUTURE


def links(words: tuple[str, ...]) -> str:
    """The one kind of link that ties the words together; empty for none or both."""
    kinds = {word for word in words if word in ("and", "or")}
    return kinds.pop() if len(kinds) == 1 else ""


def _one_word(text: str) -> str:
    """A follow-up is none that follows."""
    return text.replace("follow-up", "followup").replace("follow up", "followup")


def _undenied(words: list[str]) -> list[str]:
    """A word that denies another, where it leads, as "not" and that other."""
    leads = next((at for at, word in enumerate(words) if word not in _MODAL and word not in _IGNORED and word not in _NEGATIVE), len(words))
    denied = words[leads] if leads < len(words) else ""
    return [*words[:leads], "not", _OPPOSITES[denied], *words[leads + 1 :]] if denied in _OPPOSITES else words


def _without_subject(words: list[str]) -> list[str]:
    """What is said without the persons of whom it is said first: "survivor or control participant is | able"."""
    modal = next((at for at, word in enumerate(words) if word in _MODAL), 0)
    last = next((at for at in range(modal - 1, -1, -1) if words[at] in _SUBJECTS), -1)
    before = words[: last + 1]
    plain = last >= 0 and _OF_MORE.isdisjoint(before) and not any(stem(word) in _PERSONS | HINDERING for word in before)
    return words[last + 1 :] if plain and all(word in _IGNORED for word in words[last + 1 : modal]) else words


def _lead(words: list[str]) -> tuple[list[str], list[str]]:
    """The leading words that say ability, will and negation, and the rest."""
    end = 0
    for index, word in enumerate(words):
        if word in _MODAL or word in _NEGATIVE:
            end = index + 1
        elif word not in _LINKS and word not in _IGNORED:
            break
    return words[:end], words[end:]


def _plain(words: list[str], *, flipped: bool) -> tuple[str, ...]:
    """The words that carry meaning with their links."""
    kept: list[str] = []
    for word in words:
        link = _LINKS.get(word)
        if link:
            _link(kept, link)
        elif flipped and word in _NEGATIVE and word in _MODAL and kept[-1:] and kept[-1] in _LINKING:
            continue  # "unable to comply or unable to consent": the same once more
        elif word in _NEGATIVE or word in ("unless", "except"):
            kept.append("not")
        elif any(letter.isalnum() for letter in word) and word not in _IGNORED and word not in _MODAL:
            kept.append(stem(word))
    while kept and kept[-1] in ("not", *_LINKING):
        kept.pop()
    return tuple(_settled(kept, flipped=flipped))


def _link(kept: list[str], link: str) -> None:
    if kept and kept[-1] in _LINKING:
        kept[-1] = link if kept[-1] == "," else kept[-1]
    elif kept:
        kept.append(link)


def _settled(words: list[str], *, flipped: bool) -> list[str]:
    """A comma means what the next link says; under a negation "or" is "and"."""
    last = "and"
    for index in range(len(words) - 1, -1, -1):
        if words[index] in _LINKING:
            last = last if words[index] == "," else words[index]
            words[index] = ("and" if last == "or" else "or") if flipped else last
    return words
