"""Told: what a sentence says of contraception, of toxicities that wore off, of specimens or of consent is for a person to say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from eligimatch.compiler.cues import Cued, cued
from eligimatch.compiler.rules import each_leaf
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import Ambiguous, Had, Judged, Not, Rule, Statement, Unparsed, leaves
from eligimatch.model.span import Span

_LASTS = r"\b(?:days?|weeks?|months?|years?|half-li(?:fe|ves)|duration|period)\b.*\b(?:dose|study|trial|treatment|therapy|drug|administration)\b"
_REPRODUCTION = (
    r"contracep|birth control|\bcondom|abstinen|\babstain|intercourse|\bsperm\b|\bsemen\b|(?:donat|freez)\w+ (?:eggs|ova|oocytes)|vasectom"
    r"|father(?:ing)? (?:a )?child|\bconceiv|(?:becom\w+|avoid\w*|prevent\w*|plan\w*|intend\w*|caus\w+) (?:\w+ ){0,2}pregnan|breast-?feed"
)
_TOXIC = r"toxicit|adverse (?:event|effect|reaction)|side effect|\bAEs?\b"
_WORE_OFF = r"resolv|recover|\breturn|stabili[sz]|unresolved|persist|\bbaseline\b"
_SPECIMEN = (
    r"\b(?:tissue|specimens?|FFPE|paraffin|(?:tumou?r|tissue|blood|biopsy|archival|fresh|aspirate|aspiration) (?:samples?|blocks?|slides|biops\w+))\b"
)
_PROVIDED = r"\b(?:availab|provid|submi|accept|allow|collect|obtain|requir|prefer|mandatory|sufficient|adequate|feasible|insufficient)"
_CONSENT = (
    r"\b(?:sign|giv|obtain|provid|written|inform|withh)\w*\b.*\b(?:consent|assent)\b|\b(?:consent|assent)\b.*\b(?:sign|giv|obtain|document|express)"
)
_REACHED = r"\b(?:english|spanish|french|languages?|phone|smartphones?|telephone|internet|e-?mail|caregivers?|questionnaires?|surveys?|interviews?)\b"
_GENERAL = frozenset({"neoplasm", "cancer", "disease", "lesion", "child", "infant", "fetus", "newborn", "metastasis", "metastatic disease"})
_FACTS = frozenset({"analyte", "score", "marker", "stage", "condition"})
_DEMANDED = re.compile(r"\b(?:must|should|shall|agree\w*|requir\w+|willing|have to|are to|is to|mandatory)\b", re.IGNORECASE)


_MUST_BE_DONE = re.compile(r"\b(?:must|should|has to|have to) (?:be|have been) (?:performed|obtained|done|completed)\b", re.IGNORECASE)


class _Topic(NamedTuple):
    """What sentences of a kind speak of, which words of theirs are told, which are not, and what facts may not stand among these."""

    about: Cued
    words: re.Pattern[str]
    never: re.Pattern[str]
    facts: frozenset[str] = _FACTS


def _topic(cues: str, about: str, words: str, never: str, facts: frozenset[str] = _FACTS) -> _Topic:
    return _Topic(cued(about, cues, _FLAGS), re.compile(words, _FLAGS), re.compile(never, _FLAGS), facts)


_FLAGS = re.IGNORECASE | re.DOTALL
_TOPICS = (
    _topic(
        "contracep|birth control|condom|abstinen|abstain|intercourse|sperm|semen| eggs| ova| oocytes|vasectom|father|conceiv|pregnan|breast",
        _REPRODUCTION,
        f"{_REPRODUCTION}|{_LASTS}",
        r"\b(?:tests?|testing|h?cg|serum|urine|positive|negative)\b",
        _FACTS | {"procedure"},
    ),
    _topic(
        "resolv|recover|return|stabili|persist|baseline",
        f"(?:{_TOXIC}).*(?:{_WORE_OFF})|(?:{_WORE_OFF}).*(?:{_TOXIC})",
        f"{_WORE_OFF}|{_TOXIC}|\\bgrade\\b",
        r"\bULN\b",
        _FACTS - {"condition"},
    ),
    _topic(
        "tissue|specimen|ffpe|paraffin|sample|block|slides|biops",
        f"{_SPECIMEN}.*{_PROVIDED}|{_PROVIDED}.*{_SPECIMEN}",
        _SPECIMEN,
        r"\b(?:confirm|diagnos|positiv|negativ|mutat|express|prove|determin|consistent)",
    ),
    _topic("consent|assent", _CONSENT, _CONSENT, r"[<>≤≥]|\b\d|\btime\b"),
    _topic("english|spanish|french|language|phone|internet|mail|caregiver|questionnaire|survey|interview", _REACHED, _REACHED, r"[<>≤≥]|\b\d"),
)
_WEARS_OFF = _TOPICS[1]
_ADVERSE = "adverse event"


def told(rule: Rule, tokens: Sequence[Token], text: str, *, excluding: bool) -> Rule:
    """The rule of a sentence about such a thing with what of it was not read as what a person says."""
    if excluding and isinstance(rule, Had) and rule.section == "procedures" and _MUST_BE_DONE.search(text, rule.span.start, rule.span.end):
        return Not(rule=rule, span=rule.span)  # "CT must have been performed within 28 days" keeps out those who had none
    if not any(map(_unread, leaves(rule))):
        return rule
    span = Span(min(token.start for token in tokens), max(token.end for token in tokens))
    words = text[span.start : span.end]
    for topic in _TOPICS:
        if topic.about.search(words):
            whole = topic is _WEARS_OFF and all(map(_of_toxicity, leaves(rule)))
            rule = _spoken(span, text, excluding=excluding) if whole else _each(rule, topic, tokens, text, excluding=excluding)
    return rule


def _each(rule: Rule, topic: _Topic, tokens: Sequence[Token], text: str, *, excluding: bool) -> Rule:
    """The rule with those leaves as statements whose words are of the topic and state no fact."""

    def said(leaf: Rule) -> Rule:
        words = text[leaf.span.start : leaf.span.end]
        if not _unread(leaf) or not topic.words.search(words) or topic.never.search(words):
            return leaf
        named = [token for token in tokens if token.kind in topic.facts and token.names and leaf.span.start <= token.start < leaf.span.end]
        return _spoken(leaf.span, text, excluding=excluding) if all(not _GENERAL.isdisjoint(token.names) for token in named) else leaf

    return each_leaf(rule, said)


def _spoken(span: Span, text: str, *, excluding: bool) -> Rule:
    """The words as a statement; among the exclusions a demand may be of who keeps it, or of who does not."""
    said = Statement(topic=" ".join(text[span.start : span.end].split()).strip(" ,;:."), span=span)
    return Ambiguous(readings=(said, Not(rule=said, span=span)), span=span) if excluding and _DEMANDED.search(said.topic) else said


def _of_toxicity(leaf: Rule) -> bool:
    return _unread(leaf) or isinstance(leaf, Statement) or (isinstance(leaf, Had) and leaf.concept.name.endswith(_ADVERSE))


def _unread(leaf: Rule) -> bool:
    return isinstance(leaf, Unparsed) or (isinstance(leaf, Had) and (not leaf.concept.linked or _narrowed(leaf)))


def _narrowed(leaf: Had) -> bool:
    """Whether words that the language does not know say more of an adverse event."""
    return leaf.concept.name.endswith(_ADVERSE) and any(isinstance(one, Judged) and not one.known for one in leaf.qualifiers)
