"""Statements: what a person said or a clinician judged, matched by its words to what a criterion asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligimatch.engine.case import Case, Said
from eligimatch.engine.facts import Facts
from eligimatch.engine.kinship import Kinship
from eligimatch.engine.outcome import Outcome, opposed
from eligimatch.engine.phrasing import HINDERING, Question, about_consent, content, core, links, narrows, promised, question, same, stem
from eligimatch.engine.spoken import Answer, Spoken
from eligimatch.model.finding import Evidence
from eligimatch.model.rule import Had, Judged, Meeting, Statement
from eligimatch.model.verdict import Truth, all_of, any_of, negate
from eligimatch.model.words import folded

_DEEPEST = 3
_CONJUNCT = 4
_MOST = 200
"""Ways of taking a topic apart that are tried; a longer list is answered by what was found so far."""
_GENERIC = frozenset("other require procedure instruction rule restriction condition obligation".split())
_SILENT = Answer(None)
_OF_MOTHERS = re.compile(
    r"\W*(?:is |are |who |currently |actively |not )*(?:plan(?:s|ning)?|intend(?:s|ing)?|wish(?:es|ing)?|want(?:s|ing)?|try(?:ing)?|hop(?:es|ing))"
    r"(?: on|to| to)? (?:(?:become|becoming|get|getting|be|being) pregnant|breast-?feed(?:ing)?)\b",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(r"\b(?:partner|father|wife|spouse|couple|sperm|and|or not)\b", re.IGNORECASE)
"""What no man plans, unless it is said of others too; to avoid it, to know of it or to tell of it he may be willing."""
CAUSE = re.compile(r"\b(?:due to|because of|owing to|as a result of)\b", re.IGNORECASE)


def stated(rule: Statement, case: Case) -> Outcome:
    """A statement rule: what its words say, or with a leading "unable", "unwilling" or "not", that the rest of them is denied."""
    of_mothers = _OF_MOTHERS.match(rule.topic) is not None and not _OF_OTHERS.search(rule.topic)
    if not case.facts.hears(rule.topic) and not of_mothers:
        return _not_said(rule)
    context = frozenset(stem(word) for word in folded(case.text))
    wanted = rule.positive and not question(rule.topic).reversed_
    answer = answered(rule.topic, case, context=context)
    if answer.truth is None and not wanted and (cause := CAUSE.search(rule.topic)):
        able = answered(rule.topic[: cause.start()], case, context=context)  # who is able is not unable for that reason
        answer = able if able.truth else answer
    if answer.truth is None and of_mothers and case.facts.profile.sex == "male":
        return Outcome(not wanted, "male", (Evidence(section="sex"),))
    if answer.truth is None:
        return _not_said(rule, answer.evidence)
    return Outcome(answer.truth is wanted, answer.reason, answer.evidence)


def _not_said(rule: Statement, evidence: tuple[Evidence, ...] = ()) -> Outcome:
    return Outcome(None, f"not said: {rule.topic}", evidence, (rule.topic,))


def judged(words: str, case: Case, concept: str = "", *, now: bool = True) -> Said:
    """What was said of a judgement; the concept's own words may go without saying. What is `absent` answers for now only."""
    known = frozenset(stem(word) for word in folded(concept))
    answer = answered(words, case, optional=known, event=True, now=now)
    if answer.truth is None:
        return Said(None, f"not said: {words}", words)
    return Said(answer.truth, answer.reason, evidence=answer.evidence)


def judgements(rule: Had, kinship: Kinship) -> tuple[str, ...]:
    """The words of a rule that a statement may answer: what it leaves to someone's judgement, or the names of what named criteria define."""
    asked = tuple(part.words for part in rule.qualifiers if isinstance(part, Judged))
    if any(not isinstance(part, Meeting) for part in rule.qualifiers) or rule.when != "now" or not kinship.fact(rule.concept.name, "criteria"):
        return asked
    entry = kinship.vocabulary[rule.concept.name]
    names = {question(name).words: name for name in (*reversed(entry.synonyms), entry.name)}
    return tuple(name for words, name in names.items() if content(words) == frozenset(words))


def in_so_many_words(outcome: Outcome, case: Case) -> Outcome:
    """What the parts of a criterion leave open, a statement of all its words may answer; a demand that forbids is left alone.

    Where the parts say otherwise, both are named.
    """
    asked = question(case.text) if case.facts.hears(case.text) else None
    if not asked or (asked.reversed_ and not asked.modals and not case.demanded):
        return outcome
    if not case.demanded and about_consent(asked.words):
        return outcome  # consent among the exclusions: no reason to exclude who gave it
    told = [one for one in case.facts.spoken if one.evidence.section == "statements" and _all_said(asked, one)]
    if not told or len({one.answer for one in told}) > 1:
        return outcome
    reason, evidence = "; ".join(one.label for one in told), tuple(one.evidence for one in told)
    whole = Outcome(told[0].answer is not asked.reversed_, reason, evidence, trace=outcome.trace)
    return whole if outcome.truth is None else outcome if outcome.truth is whole.truth else opposed(outcome, whole)


def _all_said(asked: Question, one: Spoken) -> bool:
    if about_consent(asked.words) and about_consent(one.words):
        return True
    return asked.modals == one.modals and links(asked.words) == links(one.words) and content(asked.words) == content(one.words)


def answered(
    topic: str,
    case: Case,
    *,
    optional: frozenset[str] = frozenset(),
    context: frozenset[str] = frozenset(),
    event: bool = False,
    now: bool = True,
) -> Answer:
    """The answer to the positive of a topic. An `event` is not answered by what someone is willing or able to do.

    `optional` words may go without saying; words of the `context` may be said beside.
    """
    if not case.facts.hears(topic):
        return _SILENT
    key = (topic, optional, context, event, now)
    known = case.facts.answers.get(key)
    if known is None:
        known = _answered(question(topic), case.facts, *key[1:])
        case.facts.answers[key] = known
    return known


def _answered(asked: Question, facts: Facts, optional: frozenset[str], context: frozenset[str], event: bool, now: bool) -> Answer:
    kept = [one for one in facts.spoken_with(content(asked.words)) if near(one.words, asked.words)]
    if event:
        kept = [one for one in kept if one.modals <= asked.modals and (now or one.evidence.section != "absent")]
    if not kept:
        return _SILENT
    said = tuple(dict.fromkeys(part for one in kept for part in (one, *_implied(one)) if near(part.words, asked.words)))
    hinders = not HINDERING.isdisjoint(asked.words)
    return _Matcher(said, asked, optional, context, hinders=hinders).answer(asked.words, _DEEPEST)


def near(said: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    """Whether a statement shares enough words with a topic to answer any of it."""
    if "consent" in said and "consent" in asked:
        return True
    shared = len(content(said) & content(asked))
    return shared > 1 or (shared == 1 and (len(content(said)) == 1 or len(content(asked)) == 1))


def _implied(one: Spoken) -> Iterator[Spoken]:
    """Yes to "A and B" is yes to each, no to "A or B" is no to each."""
    for at, word in enumerate(one.words):
        if word == ("and" if one.answer else "or"):
            for row in (*_lefts(one.words, at), *_rights(one.words, at)):
                if one.answer or row != one.words[:at] or at + 2 >= len(one.words):
                    yield one._replace(words=row)


class _Matcher:
    """Answers rows of words by statements: as a whole, then by the parts that `and` and `or` tie together."""

    def __init__(
        self, said: tuple[Spoken, ...], asked: Question, optional: frozenset[str], context: frozenset[str], *, hinders: bool = False
    ) -> None:
        self.said = said
        self.hinders = hinders
        self.topic = asked.words
        self.modals = asked.modals
        self.optional = optional
        self.context = context
        self.cores = {core(one.words, optional | context) for one in said}
        self._known: dict[tuple[tuple[str, ...], int], Answer] = {}

    def answer(self, words: tuple[str, ...], depth: int) -> Answer:
        """The answer to a row of words, its parts tried to a depth."""
        known = self._known.get((words, depth))
        if known is None:
            known = self._answer(words, depth)
            self._known[words, depth] = known
        return known

    def _answer(self, words: tuple[str, ...], depth: int) -> Answer:
        if words[:1] == ("not",):
            inner = self.answer(words[1:], depth)
            return inner._replace(truth=negate(inner.truth))
        found = self._whole(words)
        if found.truth is not None or depth == 0 or len(self._known) > _MOST or not self._answerable(words):
            return found
        for at, word in enumerate(words):
            if word == "not":
                break
            if word in ("and", "or"):
                parts = self._parts(words, at, depth)
                if parts.truth is not None:
                    return parts
        return found

    def _answerable(self, words: tuple[str, ...]) -> bool:
        """Whether some statement may answer a part: its own words are all among these."""
        there = content(words)
        return any(own <= there for own in self.cores) or ("consent" in there and any(about_consent(one.words) for one in self.said))

    # --- as a whole --------------------------------------------------------------------------------------------------------------------

    def _whole(self, words: tuple[str, ...]) -> Answer:
        answers = [(one, self._by(one, words)) for one in self.said]
        decided = [(one, truth) for one, truth in answers if truth is not None]
        if not decided:
            return self._by_several(words)
        truths = {truth for _, truth in decided}
        return Answer(truths.pop() if len(truths) == 1 else None, tuple(one for one, _ in decided))

    def _by(self, one: Spoken, words: tuple[str, ...]) -> Truth:
        if self.hinders and HINDERING.isdisjoint(words):
            return None
        if about_consent(words) and about_consent(one.words):
            return one.answer
        if same(words, one.words, self.optional, self.context):
            return self._modal(one, words)
        if one.answer and words == self.topic and narrows(one.words, words):
            return True if self._proves(one, words) else None
        if not one.answer and narrows(words, one.words):
            return self._modal(one, words)
        return None

    def _modal(self, one: Spoken, words: tuple[str, ...]) -> Truth:
        if links(words) != links(one.words) and {links(words), links(one.words)} == {"and", "or"} and one.answer is (links(words) == "and"):
            return None
        if one.answer:
            return True if self._proves(one, words) else None
        if not one.modals:
            return None if self.modals else False
        if not self.modals:
            return False if promised(words) else None
        return False if one.modals <= self.modals else None

    def _proves(self, one: Spoken, words: tuple[str, ...]) -> bool:
        if not one.modals:
            return True
        return self.modals <= one.modals if self.modals else promised(words) and "willing" in one.modals

    def _by_several(self, words: tuple[str, ...]) -> Answer:
        """ "Able" and "willing" said apart."""
        told = [one for one in self.said if one.answer and one.modals and same(words, one.words, self.optional, self.context)]
        proven = frozenset().union(*(one.modals for one in told))
        return Answer(True, tuple(told)) if self.modals and self.modals <= proven else _SILENT

    # --- by parts ----------------------------------------------------------------------------------------------------------------------

    def _parts(self, words: tuple[str, ...], at: int, depth: int) -> Answer:
        left = self._first(_lefts(words, at), depth)
        right = self._first(_rights(words, at), depth)
        law = any_of if words[at] == "or" else all_of
        if left.truth is None and right.truth is None:
            return _SILENT
        if words[at] == "and" and left.truth and right.truth is None and content(words[at + 1 :]) <= _GENERIC:
            return left
        return Answer(law((left.truth, right.truth)), tuple(dict.fromkeys((*left.spoken, *right.spoken))))

    def _first(self, rows: Iterator[tuple[str, ...]], depth: int) -> Answer:
        for row in rows:
            found = self.answer(row, depth - 1)
            if found.truth is not None:
                return found
        return _SILENT


def _lefts(words: tuple[str, ...], at: int) -> Iterator[tuple[str, ...]]:
    """The first part: all before the link, or with what the second part shares at its end; a negation is not shared."""
    yield words[:at]
    if "not" in words[at:]:
        return
    for size in range(1, _CONJUNCT):
        if at + 1 + size < len(words):
            yield (*words[:at], *words[at + 1 + size :])


def _rights(words: tuple[str, ...], at: int) -> Iterator[tuple[str, ...]]:
    """The second part: all after the link, alone or with what the first part shares at its start; a negation is not shared."""
    yield words[at + 1 :]
    if "not" in words:
        return
    for size in range(1, _CONJUNCT):
        if size < at:
            yield (*words[:size], *words[at + 1 :])
            yield (*words[: at - size], *words[at + 1 :])
