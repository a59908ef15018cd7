"""A trial's record into its compiled criteria: registry fields, then the bullets of both sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from eligimatch.compiler.clarifications import clarified, idle
from eligimatch.compiler.contraceptives import as_examples
from eligimatch.compiler.groups import MOMENT, topic
from eligimatch.compiler.headings import about
from eligimatch.compiler.introductions import Side, adds_nothing, introduced, whole_text
from eligimatch.compiler.not_had import if_infected
from eligimatch.compiler.one_of_several import broken_off, each_perhaps
from eligimatch.compiler.registry_fields import disagreements, registry_criteria
from eligimatch.compiler.rules import hads, shifted
from eligimatch.compiler.splitter import split
from eligimatch.compiler.studies import against_cancer, apart_from, beside, or_involved
from eligimatch.compiler.turned import doubts, with_doubt, with_sign
from eligimatch.compiler.wording import announces, leads, of_people, titles, unfinished
from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.outline import Bullet, Outline
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Had, Is, Not, Rule, Unparsed, leaves
from eligimatch.model.span import Span
from eligimatch.model.trial import CompiledTrial, Criterion, Form, Trial

if TYPE_CHECKING:
    from eligimatch.compiler.pipeline import Compiler

_REMARK = re.compile(
    r"^\W*(?:note|nb|n\.b\.|exception|exceptions|except|however|unless|examples?|e\.g|i\.e|allowed|permitted|for example|this includes"
    r"|these include|including)\b"
    r"|\b(?:(?:is|are|will be|may be|can be) (?:still )?"
    r"(?:allowed|permitted|eligible|acceptable|included|enrolled|considered)|not (?:be )?(?:exclusionary|excluded|an exclusion)"
    r"|not considered (?:(?:to be )?an? (?:form|kind|type) of )?systemic"
    r"|(?:is|are) defined as|does not apply|may (?:participate|enroll|enter))\b",
    re.IGNORECASE,
)
_LETS_PASS = re.compile(
    r"(?<!not )\b(?:allowed|permitted|eligible|acceptable)\b|\bnot (?:be )?(?:excluded|exclusionary|an exclusion)\b", re.IGNORECASE
)
_EXCEPTED = re.compile(r"\bfollowing exceptions?\b|\bexceptions? (?:include|are|listed)\b", re.IGNORECASE)
_BANS = re.compile(r"\bnot (?:be )?(?:allowed|permitted|eligible|acceptable)\b|\b(?:excluded|ineligible|prohibited)\b", re.IGNORECASE)
_SETS = re.compile(r"(?:the )?(?:major|minor|essential|supportive|supporting|core) (?:diagnostic )?criteria", re.IGNORECASE)
"""Heads of lists of which some sets, told elsewhere, make a diagnosis."""
_BREAKS_OFF = re.compile(r"(?:\b(?:of|with|from|by|to|on|in|during|for|taking|receiving|received)|\.\.\.|…)[\s–-]*$", re.IGNORECASE)
_NAME = re.compile(r"(?:[\w/-]+ ?){1,4}(?:\([^()]*\))?")
_SEX = re.compile(r"(?:all |for )?(males?|females?|men|women)(?: participants| patients| subjects| only| volunteers)*\W*", re.IGNORECASE)
_SEXES = {"male": "male", "males": "male", "men": "male", "female": "female", "females": "female", "women": "female"}


def compile_trial(compiler: Compiler, trial: Trial) -> CompiledTrial:
    """The trial with its criteria in order and what is to be said of its record."""
    compiler = compiler.of_record([trial.title, *trial.conditions, trial.eligibility])
    outline = split(trial.eligibility, trial.conditions)
    study = frozenset(name for condition in trial.conditions for name in compiler.vocabulary.find(condition))
    sides: tuple[Side, Side] = ("inclusion", "exclusion")
    listed = [criterion for side in sides for criterion in broken_off(_criteria(compiler, getattr(outline, side), side))]
    read = clarified(trial, as_examples(listed, compiler.vocabulary), _Reworded(compiler, outline))
    meant = [_in_study(compiler, criterion, study) for criterion in read]
    signed = [with_sign(criterion, trial.conditions, compiler) for criterion in meant]
    bullets = [with_doubt(criterion, trial.conditions, compiler) for criterion in signed]
    fields = registry_criteria(trial)
    diagnostics = [
        *_missing(trial, outline.missing), *_empty(trial, bullets), *disagreements(trial, [*fields, *bullets]), *idle(trial, bullets),
        *doubts(trial.id, zip(signed, bullets, strict=True)),
    ]  # fmt: skip
    return CompiledTrial(id=trial.id, title=trial.title, conditions=trial.conditions, criteria=(*fields, *bullets), diagnostics=tuple(diagnostics))


class _Reworded:
    """Reads a person's words in the place of a criterion's own."""

    def __init__(self, compiler: Compiler, outline: Outline) -> None:
        self._compiler = compiler
        self._outline = outline

    def __call__(self, criterion: Criterion, says: str) -> Criterion:
        """The criterion, asked of the same group of people; several lines are bullets."""
        side: Side = "exclusion" if criterion.kind == "exclusion" else "inclusion"
        whole = _sole(self._compiler, says, side)
        bullet = next(bullet for bullet in _each(getattr(self._outline, side)) if _number(bullet, side) == criterion.id)
        read = _criterion(self._compiler, bullet, whole.text, side, whole.rule)
        return read.model_copy(update={"text": criterion.text, "clarified": whole.text})


def _sole(compiler: Compiler, says: str, side: Side) -> Criterion:
    """One criterion of some words; the bullets of several lines count as those of their section do: all admit, any excludes."""
    if "\n" not in says.strip():
        return compiler.criterion(says.strip(), side)
    outline = split(f"{side.title()} Criteria:\n\n{says}")
    found = [*_criteria(compiler, getattr(outline, side), side)]
    if not found or (outline.inclusion and outline.exclusion):
        return compiler.criterion_of("", side, says, Unparsed(text=says, span=Span(0, len(says))))
    starts = [*accumulate((len(one.text) + 1 for one in found), initial=0)]
    rules = [shifted(one.rule, start.__add__) for one, start in zip(found, starts, strict=False)]
    text = "\n".join(one.text for one in found)
    joined = AllOf if side == "inclusion" else AnyOf
    return compiler.criterion_of("", side, text, rules[0] if len(rules) == 1 else joined(rules=tuple(rules), span=Span(0, len(text))))


def _each(bullets: tuple[Bullet, ...]) -> Iterator[Bullet]:
    for bullet in bullets:
        yield bullet
        yield from _each(bullet.children)


def _number(bullet: Bullet, side: Side) -> str:
    return f"{side[0].upper()}{bullet.number}"


def _in_study(compiler: Compiler, criterion: Criterion, study: frozenset[str]) -> Criterion:
    """The criterion as it is meant in a study of these diseases."""
    meant = beside if criterion.kind == "inclusion" else apart_from
    rule = against_cancer(meant(criterion.rule, study, compiler.vocabulary), study, compiler.vocabulary)
    rule = if_infected(rule, study, compiler.vocabulary) if criterion.kind == "inclusion" else rule
    rule = or_involved(rule, criterion.text, study, compiler.vocabulary)
    return criterion if rule == criterion.rule else criterion.model_copy(update={"rule": rule})


def _criteria(compiler: Compiler, bullets: tuple[Bullet, ...], side: Side) -> Iterator[Criterion]:
    listed = [[*_bullet(compiler, bullet, side)] for bullet in bullets]
    yield from each_perhaps(listed, compiler.vocabulary) if side == "inclusion" else chain.from_iterable(listed)


def _bullet(compiler: Compiler, bullet: Bullet, side: Side) -> Iterator[Criterion]:
    """One criterion with the sub-bullets that it introduces or that remark on it; other sub-bullets are criteria of their own."""
    over = any(says(bullet.text) for says in (leads, announces, of_people)) or bullet.any_of or not bullet.text or _goes_on(bullet)
    if bullet.children and not bullet.loose and over:
        yield _criterion(compiler, bullet, whole_text(bullet), side, introduced(bullet, side, compiler.rule))
        return
    if bullet.children and bullet.loose and not adds_nothing(bullet, side):
        yield _criterion(compiler, bullet, whole_text(bullet), side, introduced(bullet, side, compiler.rule))
        return
    if bullet.children and bullet.loose:
        yield from _criteria(compiler, bullet.children, side)
        return
    remarks = [child for child in bullet.children if _remarks(child)]
    text = "\n".join([bullet.text, *(whole_text(child) for child in remarks)]) if remarks else bullet.text
    own = [child.text for child in bullet.children if child not in remarks]
    rule = _in_context(compiler, bullet, text, side)
    yield (asked := _criterion(compiler, bullet, text, side, _as_title(rule, text, own, side) if own and not remarks else rule))
    letting_pass = False
    excepted = side == "exclusion" and _EXCEPTED.search(bullet.text) is not None
    for child in bullet.children:
        if excepted and child not in remarks:  # "with the following exceptions. These must be …" over what is let pass
            yield from (_or_nothing(one) for one in _bullet(compiler, child, side))
            continue
        letting_pass = letting_pass or (side == "exclusion" and child in remarks and _LETS_PASS.search(child.text) is not None)
        if child not in remarks:
            beside = (_perhaps(one, asked.rule, compiler) for one in _bullet(compiler, child, side))
            yield from beside if letting_pass else _bullet(compiler, child, side)


def _goes_on(bullet: Bullet) -> bool:
    """Whether its words break off before its bullets: "Hemoglobin | ≥ 9 g/dL", "Requires ongoing treatment with | …"."""
    limits = _NAME.fullmatch(bullet.text) and all(child.text[:1] in "<>=≤≥" for child in bullet.children)
    return bool(bullet.children) and bool(limits or _BREAKS_OFF.search(bullet.text))


def _as_title(rule: Rule, words: str, items: list[str], side: Side) -> Rule:
    """The rule of a bullet over bullets of its own: a title asks nothing; one name ("Bleeding") may be no more than a title."""
    nothing = (AllOf if side == "inclusion" else AnyOf)(rules=(), span=rule.span)
    if about(words, items):
        return nothing
    name = isinstance(rule, Had) and not (rule.qualifiers or rule.window or rule.but_not or rule.other) and topic(words)
    return Ambiguous(readings=(rule, nothing), span=rule.span) if name else rule


def _perhaps(criterion: Criterion, above: Rule, compiler: Compiler) -> Criterion:
    """A sub-bullet beside one that lets some pass, of the same matter as the bullet above: perhaps it lets them pass, too."""
    asked = (filter(None, (leaf.concept for leaf in leaves(rule) if isinstance(leaf, Had))) for rule in (criterion.rule, above))
    names, others = ([concept.name for concept in concepts if concept.linked] for concepts in asked)
    if _BANS.search(criterion.text) or not any(compiler.vocabulary.overlap(name, other) for name in names for other in others):
        return criterion
    return _or_nothing(criterion)


def _or_nothing(criterion: Criterion) -> Criterion:
    """An exclusion that may be what another lets pass."""
    nothing = AnyOf(rules=(), span=criterion.rule.span)
    return criterion.model_copy(update={"rule": Ambiguous(readings=(criterion.rule, nothing), span=criterion.rule.span)})


def _in_context(compiler: Compiler, bullet: Bullet, text: str, side: Side) -> Rule:
    """The rule of the words; where they say nothing alone, with the heading that they stand under ("Age" over "18 and over")."""
    rule = compiler.rule(text, side)
    if not bullet.children and (announces(text) or titles(text) or unfinished(text) or of_people(text)) and hads(rule):
        return Unparsed(text=text, span=Span(0, len(text)))  # what it is a title of stands elsewhere
    if not bullet.context or not isinstance(rule, Unparsed):
        return rule
    prefix = f"{bullet.context}: "
    completed = compiler.rule(prefix + text, side)
    of_heading = all(leaf.span.end < len(prefix) for leaf in leaves(completed))  # "Radiotherapy: see above": the heading alone
    return rule if isinstance(completed, Unparsed) or of_heading else shifted(completed, lambda at: max(0, at - len(prefix)))


def _remarks(bullet: Bullet) -> bool:
    """A sub-bullet that explains, permits or excepts, and asks nothing by itself."""
    return bool(_REMARK.search(bullet.text))


def _criterion(compiler: Compiler, bullet: Bullet, text: str, side: Side, rule: Rule) -> Criterion:
    """The criterion; of those outside its group it asks nothing."""
    if _SETS.fullmatch(bullet.context.strip(" :.")):
        rule = Unparsed(text=text, span=Span(0, len(text)))
    if bullet.group and not MOMENT.match(bullet.group):
        sex = _SEX.fullmatch(bullet.group)
        member = Is(fact="sex", values=(_SEXES[sex[1].lower()],), span=rule.span) if sex else Is(fact="group", values=(bullet.group,), span=rule.span)
        whole = rule
        outside: Rule = Not(rule=member, span=rule.span)
        rule = AnyOf(rules=(outside, rule), span=rule.span) if side == "inclusion" else compiler.both(member, rule)
        rule = Ambiguous(readings=(rule, whole), span=rule.span) if sex else rule  # what follows a sex's own items may be of everyone
    return compiler.criterion_of(_number(bullet, side), side, text, rule)


def _missing(trial: Trial, ids: tuple[str, ...]) -> Iterator[Diagnostic]:
    for number in ids:
        yield Diagnostic(
            title=f"criterion {number} is missing in the source", severity="warning", source=trial.id,
            kept="the source's own numbering skips it; nothing stands in its place",
            hint="look it up in the registry and add its words to the record",
        )  # fmt: skip


def _empty(trial: Trial, criteria: list[Criterion]) -> Iterator[Diagnostic]:
    if not criteria:
        yield Diagnostic(title="no eligibility criteria in the record", severity="warning", source=trial.id, hint="its eligibility text asks nothing")


__all__ = ["Form", "compile_trial", "shifted"]
