"""Examples: what is said of a whole is said of what stands for it.

"Any disease that would interfere, such as …" is no rule that whoever has an example is ill in that way: a field of medicine (`broad` in the
vocabulary) is judged like what it is an example of, and so is a disease that treatment keeps in check (`controllable`) where what is judged is that
it is not. "Any condition, including A or B, that would interfere": the judgement after the examples is of the whole. "Therapy (e.g. chemotherapy) for
breast cancer": chemotherapy for that. "Severe lung disease, such as asthma": severe asthma. "HER2-directed therapy (e.g. antibodies)": those against
HER2, of which other antibodies tell nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligimatch.compiler.rules import connects, denies, each_leaf, each_member, hads
from eligimatch.compiler.studies import SYSTEMIC
from eligimatch.model.rule import (
    AllOf,
    AnyOf,
    Coded,
    Had,
    Judged,
    Lasting,
    Meeting,
    Not,
    Purpose,
    Qualifier,
    Rule,
    Staged,
    Statement,
    children,
    leaves,
)
from eligimatch.model.vocabulary import Vocabulary

_OUT_OF_CONTROL = re.compile(
    r"\b(?:un-?controll\w+|(?:poorly|inadequately|insufficiently|not (?:well|adequately)) controlled|unstable|decompensated)\b", re.IGNORECASE
)
_CAUSED = re.compile(r"\b(?:caused by|(?:secondary|due|related) to|resulting from|because of)\b", re.IGNORECASE)
_EXEMPLIFYING = re.compile(r"\b(?:includ(?:es?|ing)|such as|e\.?g)\b", re.IGNORECASE)
_LIKE_THESE = re.compile(r"^(?!.*\b(?:any|all|every|other)\b).*\b(?:like|such as|e\.?g)\b", re.IGNORECASE | re.DOTALL)
_WAYS = frozenset(
    "cell therapy;CAR cell therapy;CAR-T cell therapy;therapeutic antibody;monoclonal antibody;bispecific antibody;antibody-drug conjugate;vaccine"
    ";gene therapy".split(";")
)
_DIRECTED = re.compile(r"\b[\w/-]+[- ]directed (?:therap|treatment|chemotherap|drug|agent)\w*", re.IGNORECASE)
_JUDGING = re.compile(r"\b(?:that|which)\b|\b(?:opinion|judge?ment)\b|\bnot (?:\w+ )?controlled\b", re.IGNORECASE)


def like_the_whole(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """The rule of a text with the examples of what is judged."""
    if connects(rule):
        rule = each_member(rule, lambda member: like_the_whole(member, text, vocabulary))
    if isinstance(rule, AnyOf) and len(rule.rules) > 1:
        head, *others = rule.rules
        judged = _judged(_last(head), vocabulary)
        if judged is not None and _EXEMPLIFYING.search(text, head.span.start, others[0].span.start):  # its bullets, or in a sentence's own list
            named = [_bare_judged(one, others[-1], vocabulary) for one in others]
            head = each_leaf(head, lambda leaf: _vague(leaf, text, vocabulary))
            return rule.model_copy(update={"rules": (head, *_alike(named, judged, text, vocabulary))})
    rule = _without_causes(rule, text, vocabulary) if isinstance(rule, Had) and rule.examples else rule
    rule = _of_one_disease(rule, vocabulary) if isinstance(rule, Had) and rule.examples else rule
    if not isinstance(rule, Had) or not rule.examples:
        return rule
    if rule.count is not None:  # "more than 2 lines, including immunotherapy": one of those that count, and not so many
        return rule.model_copy(update={"examples": ()})
    rule = _judged_after_all(rule, text, vocabulary)
    if judged := _judged(rule, vocabulary):
        rule = rule.model_copy(update={"examples": _alike(rule.examples, judged, text, vocabulary)})
    rule = _of_the_therapy(rule, text, vocabulary) if rule.section == "treatments" else _of_unknown(rule)
    return _like_these(rule.model_copy(update={"examples": _told_alike(rule, judged, vocabulary)}), text, vocabulary)


def _like_these(rule: Had, text: str, vocabulary: Vocabulary) -> Had:
    """ "Medications like X": X, and what a person says is like it."""
    if rule.section != "treatments" or rule.qualifiers or not fact(rule, "broad", vocabulary):
        return rule
    named = _LIKE_THESE.search(text[rule.span.start : rule.examples[0].span.start])
    return rule.model_copy(update={"qualifiers": (_in_words(rule, text),)}) if named else rule


def _last(rule: Rule) -> Rule:
    """The last leaf that is no exception."""
    while connects(rule) and (parts := children(rule)):
        rule = parts[-1]
    return rule


def _judged_after_all(rule: Had, text: str, vocabulary: Vocabulary) -> Had:
    """ "Any condition, including A or B, that would interfere": without a judgement any would be one; nor is any condition "such as A"."""
    *others, last = rule.examples
    judging = any(_judges(leaf) for leaf in leaves(last))
    if rule.qualifiers or not (judging and fact(rule, "broad", vocabulary)):
        whole = _vague(rule, text, vocabulary)
    else:
        whole = rule.model_copy(update={"qualifiers": (_in_words(rule, text),)})
    assert isinstance(whole, Had)
    return whole.model_copy(update={"examples": (*others,)}) if judging and isinstance(last, Statement) and whole is not rule else whole


def _in_words(rule: Had, text: str) -> Judged:
    return Judged(words=" ".join(text[rule.span.start : rule.span.end].split()))


def _vague(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """A condition of any kind beside examples of it, for a person to judge."""
    if not isinstance(rule, Had) or rule.qualifiers or rule.section != "conditions":
        return rule
    any_ = fact(rule, "any", vocabulary) or fact(rule, "means", vocabulary)
    return rule.model_copy(update={"qualifiers": (_in_words(rule, text),)}) if any_ else rule


def _without_causes(rule: Had, text: str, vocabulary: Vocabulary) -> Had:
    """ "cardiomyopathy due to other diseases (e.g. hypertension)": examples of the cause are none of the disease."""
    if not _CAUSED.search(text, rule.span.start, min(example.span.start for example in rule.examples)):
        return rule
    kin = tuple(example for example in rule.examples if all(_is_kind(leaf, rule, vocabulary) for leaf in leaves(example)))
    return rule.model_copy(update={"examples": kin})


def _of_one_disease(rule: Had, vocabulary: Vocabulary) -> Had:
    """ "breast cancer, including metastatic disease": its spread, not any; a contraindication to "drugs, such as A" is no A."""
    if not rule.concept.linked:
        return rule
    if vocabulary.is_a(rule.concept.name, "contraindication"):
        kept = tuple(one for one in rule.examples if not any(_drug(leaf, vocabulary) for leaf in leaves(one)))
        return rule.model_copy(update={"examples": kept})
    if not vocabulary.is_a(rule.concept.name, "cancer"):
        return rule
    return rule.model_copy(update={"examples": tuple(each_leaf(one, lambda leaf: _its_course(leaf, rule)) for one in rule.examples)})


def _its_course(leaf: Rule, rule: Had) -> Rule:
    """A course that is told of no disease by its name, as one of the cancer that is asked."""
    if not isinstance(leaf, Had) or leaf.concept.name not in ("metastatic disease", "study disease") or leaf.other:
        return leaf
    told = tuple(part for part in leaf.qualifiers if isinstance(part, Coded)) if leaf.study else (Coded(aspect="course", values=("metastatic",)),)
    evidence = tuple(part for part in rule.qualifiers if isinstance(part, Coded) and part.aspect == "evidence")
    return rule.model_copy(update={"qualifiers": (*evidence, *told), "examples": (), "span": leaf.span}) if told else leaf


def _drug(leaf: Rule, vocabulary: Vocabulary) -> bool:
    given = isinstance(leaf, Had) and leaf.concept.kind == "treatment"
    return given and isinstance(leaf, Had) and not (leaf.concept.linked and vocabulary.is_a(leaf.concept.name, "medical device"))


def _is_kind(leaf: Rule, rule: Had, vocabulary: Vocabulary) -> bool:
    return isinstance(leaf, Had) and leaf.concept.linked and vocabulary.is_a(leaf.concept.name, rule.concept.name)


def _bare_judged(example: Rule, last: Rule, vocabulary: Vocabulary) -> Rule:
    """ "such as A, B or C that would interfere": perhaps said of each."""
    told = _judged(last, vocabulary)
    if told is None or not _JUDGING.search(told.words) or not isinstance(example, Had) or example.qualifiers or example.section != "conditions":
        return example
    return example.model_copy(update={"qualifiers": (told,)})


def _judges(leaf: Rule) -> bool:
    told = next((part for part in leaf.qualifiers if isinstance(part, Judged)), None) if isinstance(leaf, Had) else None
    return isinstance(leaf, Statement) or (told is not None and bool(_JUDGING.search(told.words)))


def _of_the_therapy(rule: Had, text: str, vocabulary: Vocabulary) -> Had:
    """A therapy with its examples told alike, and against cancer where it is."""
    rule, examples = _against_cancer(rule, _so_told(rule.examples, rule, text), vocabulary)
    return rule.model_copy(update={"examples": examples})


def _of_unknown(rule: Had) -> Had:
    """ "pathologic diagnosis (e.g. biopsy)": what is done or given proves nothing that is only words."""

    def for_it(one: Rule) -> Rule:
        done = isinstance(one, Had) and one.section != "conditions" and not one.qualifiers
        return one.model_copy(update={"qualifiers": (Judged(words=rule.concept.name),)}) if done else one

    return rule if rule.concept.linked else rule.model_copy(update={"examples": tuple(each_leaf(one, for_it) for one in rule.examples)})


def _against_cancer(rule: Had, examples: tuple[Rule, ...], vocabulary: Vocabulary) -> tuple[Had, tuple[Rule, ...]]:
    """ "Systemic therapy (e.g. chemotherapy)" is against cancer; "anticancer therapy, including antibodies" means none given for anything else."""

    def of_cancer(one: Rule) -> bool:
        return isinstance(one, Had) and one.concept.linked and vocabulary.is_a(one.concept.name, "anticancer therapy")

    if rule.concept.name == "systemic therapy" and any(map(of_cancer, examples)):
        rule = rule.model_copy(update={"concept": SYSTEMIC})
    if not of_cancer(rule):
        return rule, examples
    judged = (Judged(words=rule.concept.name),)

    def given_for_it(one: Rule) -> Rule:
        if not isinstance(one, Had) or not one.concept.linked or one.qualifiers or one.concept.kind not in ("treatment", "operation"):
            return one
        apart = any(vocabulary.is_a(one.concept.name, name) for name in ("anticancer therapy", "investigational drug", "medical device"))
        return one if apart else one.model_copy(update={"qualifiers": judged})

    return rule, tuple(each_leaf(one, given_for_it) for one in examples)


def _so_told(examples: Sequence[Rule], rule: Had, text: str) -> tuple[Rule, ...]:
    """ "completed cancer treatment (e.g. surgery)": surgery that was completed; "lymphoma-directed therapy, including steroids": against it."""
    told: tuple[Qualifier, ...] = tuple(part for part in rule.qualifiers if isinstance(part, (Judged, Lasting)))
    if not told and (found := _DIRECTED.search(text, rule.span.start, rule.examples[0].span.start if rule.examples else rule.span.end)):
        told = (Judged(words=found[0]),)

    def like(example: Rule) -> Rule:
        return example.model_copy(update={"qualifiers": told}) if isinstance(example, Had) and not example.qualifiers else example

    return tuple(each_leaf(example, like) for example in examples) if told else tuple(examples)


def _told_alike(rule: Had, judged: Judged | None, vocabulary: Vocabulary) -> tuple[Rule, ...]:
    """The examples with what is told of the whole, where nothing is told of them; without kinds of treatment that name no target."""
    told = tuple(part for part in rule.qualifiers if not isinstance(part, (Judged, Meeting, Purpose, Staged)))
    purposes = tuple(part for part in rule.qualifiers if isinstance(part, Purpose))

    def alike(example: Rule) -> Rule:
        if not isinstance(example, Had) or example.section != rule.section:
            return example
        if purposes and example.section == "treatments" and not any(isinstance(part, Purpose) for part in example.qualifiers):
            return example.model_copy(update={"qualifiers": (*example.qualifiers, *purposes)})
        plain = example.section == "conditions" and example.when == rule.when and example.qualifiers in ((), (judged,))
        return example.model_copy(update={"qualifiers": (*told, *example.qualifiers)}) if told and plain else example

    examples = tuple(each_leaf(example, alike) for example in rule.examples)
    return tuple(example for example in examples if not any(_only_how(leaf, rule, vocabulary) for leaf in leaves(example)))


def _only_how(leaf: Rule, rule: Had, vocabulary: Vocabulary) -> bool:
    """Whether an example names only in what way it is given what the whole names by its target: "HER2-directed therapy (e.g. antibodies)"."""
    if not isinstance(leaf, Had) or not (leaf.concept.linked and rule.concept.linked) or vocabulary.is_a(leaf.concept.name, rule.concept.name):
        return False
    return rule.concept.kind == "treatment" and leaf.concept.name in _WAYS


def _judged(rule: Rule, vocabulary: Vocabulary) -> Judged | None:
    """What a person judges: of a condition in its words or by its name, or of anything."""
    if isinstance(rule, Statement):
        return Judged(words=rule.topic)
    if not isinstance(rule, Had) or rule.section != "conditions":
        return None
    by_name = fact(rule, "judged", vocabulary) or (not rule.concept.linked and _OUT_OF_CONTROL.search(rule.concept.name))
    return next((part for part in rule.qualifiers if isinstance(part, Judged)), Judged(words=rule.concept.name) if by_name else None)


def _alike(examples: Sequence[Rule], judged: Judged, text: str, vocabulary: Vocabulary) -> tuple[Rule, ...]:
    """The examples, with the judgement where it is of them too, and those of each."""

    def like(example: Rule) -> Rule:
        if not isinstance(example, Had):
            return example
        beneath = _alike(example.examples, judged, text, vocabulary) if example.examples else ()
        if example.qualifiers or example.but_not or example.window:
            return example.model_copy(update={"examples": beneath}) if beneath else example
        begun = text.rfind("\n", 0, example.span.start) + 1
        out_of_control = _OUT_OF_CONTROL.search(judged.words) or _OUT_OF_CONTROL.search(text, begun, example.span.start)
        kept_in_check = fact(example, "controllable", vocabulary) and out_of_control
        wide = fact(example, "broad", vocabulary) or fact(example, "any", vocabulary)
        return example.model_copy(update={"qualifiers": (judged,) if kept_in_check or wide else (), "examples": beneath})

    return tuple(each_leaf(example, like) for example in examples)


def fact(rule: Had, key: str, vocabulary: Vocabulary) -> object:
    """What the vocabulary says of the concept that is asked; nothing of one that it does not know."""
    entry = vocabulary.get(rule.concept.name) if rule.concept.linked else None
    return entry and entry.facts.get(key)


def for_the_same_disease(rule: Rule, asked: Had, listed: Rule) -> Rule | None:
    """ "prior treatment for X, including A and B": A and B for X; None where the list holds more than treatments."""
    given = hads(listed)
    if given and all(had.concept.kind == "substance" for had in given):
        return rule
    timed_apart = any(had.window != asked.window and had.window for had in given)
    if not given or timed_apart or not all(had.section == "treatments" and had.concept.linked for had in given) or denies(listed):
        return None
    purposes = tuple(quality for quality in asked.qualifiers if isinstance(quality, Purpose))
    timed = {"when": asked.when, "window": asked.window}
    examples = tuple(had.model_copy(update={**timed, "qualifiers": (*purposes, *had.qualifiers)}) for had in given)
    widened = asked.model_copy(update={"examples": asked.examples + examples})
    return Not(rule=widened, span=rule.span) if isinstance(rule, Not) else widened


def exemplified(head: Rule, members: Rule) -> Rule:
    """What a lead-in asks, with its list as examples."""
    listed = members.rules if isinstance(members, AnyOf) else (members,)
    if isinstance(head, Had):
        return head.model_copy(update={"examples": head.examples + tuple(listed), "span": head.span.cover(members.span)})
    if isinstance(head, Not) and isinstance(head.rule, Had):
        each = AnyOf(rules=members.rules, span=members.span) if isinstance(members, AllOf) else members
        return Not(rule=exemplified(head.rule, each), span=head.span.cover(members.span))
    return AnyOf(rules=(head, *listed), span=head.span.cover(members.span))
