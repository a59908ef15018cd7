"""Shared words: what stands before or after a list and may be of more of it than its nearest member.

"An investigational drug or device", "a CNS tumor or metastases", "psychiatric conditions, or abnormalities that would interfere": the words that
narrow one may narrow the other. Both readings are built; what only a person can say of the whole is said of a field of medicine, too.
"""

from __future__ import annotations

import re
from itertools import pairwise

from eligimatch.compiler.examples import fact
from eligimatch.compiler.parts import STUDY_DISEASE
from eligimatch.compiler.rules import connects, each_leaf, each_member
from eligimatch.compiler.whereabouts import line_of
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Ambiguous, AnyOf, Coded, Had, Judged, Purpose, Rule, Statement, Unparsed, leaves
from eligimatch.model.vocabulary import Vocabulary

_INVESTIGATED = re.compile(r"\b(?:investigational|experimental) (?:\w+ ){0,3}(?:\w+/|(?:or|and|and/or|/)\s*)(?:medical )?$", re.IGNORECASE)
_OTHER_INVESTIGATED = re.compile(r"[\w\s,/-]*\bor (?:any )?other [\w\s-]*?\b(?:investigational|experimental) ", re.IGNORECASE)
_OF_BRAIN = re.compile(
    r"\b(?:CNS|central nervous system|brain|intracranial)\b\)?,? (?:primary )?(?:tumou?rs?|malignanc(?:y|ies)|cancers?|lymphoma)"
    r" (?:or|and|and/or)\s*$",
    re.IGNORECASE,
)
_ALIKE = {
    "medical device": (_INVESTIGATED, Concept(name="investigational device", kind="treatment")),
    "biologic therapy": (_INVESTIGATED, Concept(name="biologic therapy", kind="treatment")),
    "metastasis": (_OF_BRAIN, Concept(name="CNS metastasis", kind="condition")),
    "metastatic disease": (_OF_BRAIN, Concept(name="CNS metastasis", kind="condition")),
}
"""What a name alone may be meant as, after such words."""
_JUDGING = re.compile(
    r"\b(?:in the (?:\w+ )?(?:opinion|judge?ment)"
    r"|(?:that|which) (?:\w+ ){0,3}?(?:may|might|could|would|will|makes?|renders?|interferes?|precludes?|places?|puts?))\b",
    re.IGNORECASE,
)
_COLONIZED = re.compile(r"\W*(?:and/or|or|and|/)\s*(?:\w+ )?colonization (?:with|by)\b", re.IGNORECASE)
_FOR = re.compile(r"\bfor (?:the )?$|\bfor\b[^,;.]*\b(?:or|and)\s+$", re.IGNORECASE)
_PURPOSES = re.compile(r"\bfor (?:the )?purposes? of\b[^,;.]*$", re.IGNORECASE)
_PARTICIPLE = re.compile(r"(?:affecting|endangering|considered|deemed|judged|resulting|causing|leading|interfering|likely to)\b", re.IGNORECASE)
_OR = re.compile(r"\b(?:or|and)\b|;|\n", re.IGNORECASE)
_NO_PLACE = r"(?!(?:last|past|previous|prior|preceding|first|next|time|interim|course|study (?!eye)|trial|dose|use|drug|opinion|presence|absence)\b)"
_PLACED = re.compile(rf"\b(?:to|of|at|in|for) (?:the )?{_NO_PLACE}\w+$")
_PLACED_THERE = re.compile(rf"(?!receipt|administration|exposure)(?:\w+ ){{1,3}}(?:to|at|in|of) the {_NO_PLACE}\w", re.IGNORECASE)
_QUALITY = re.compile(r"\b(?:certain|(?:clinically |medically )?(?:significant|relevant|important))\b", re.IGNORECASE)
_APART = re.compile(
    r"[.;:\n]|\b(?:diseases?|disorders?|conditions?|illness(?:es)?|abnormalit(?:y|ies)|impairments?|dysfunctions?|any|history|prior|current|active)\b",
    re.IGNORECASE,
)
"""What ends the reach of a quality."""
_GENERAL = re.compile(
    r"\b(?:(?:severe|serious|uncontrolled|unstable|chronic|acute|other|any|concurrent|intercurrent|significant) )+(?:or \w+ )*(?:medical )?"
    r"(?:conditions?|illness(?:es)?|diseases?|disorders?)\b",
    re.IGNORECASE,
)
_FIELDS = frozenset({"serious illness", "chronic illness", "unstable medical condition", "disease"})


def of_all(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """The rule of a text with what may be narrowed by words that it shares."""
    if any(isinstance(leaf, Had) and leaf.concept.name in _ALIKE for leaf in leaves(rule)):
        rule = each_leaf(rule, lambda leaf: _alike(leaf, text, vocabulary))
    rule = _lists(rule, text, vocabulary)
    return _judged_alike(rule, text, vocabulary) if _JUDGING.search(text) or _GENERAL.search(text) else rule


def _lists(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """Each list in a rule with what its last words say of all of it."""
    if isinstance(rule, Had):
        return _for_all(_with_carriage(rule, text))
    if not connects(rule):
        return rule
    rule = each_member(rule, lambda member: _lists(member, text, vocabulary))
    if not isinstance(rule, AnyOf) or not rule.rules[1:]:
        return rule
    if _of_a_purpose(rule, text):
        return Unparsed(text=text[rule.span.start : rule.span.end], span=rule.span)
    rule = _required_of_it(_of_its_organ(_narrowed(rule, text), vocabulary), text)
    return each_member(rule, lambda member: _of_quality(_at_a_place(member, rule, text), text, vocabulary))


def _required_of_it(rule: AnyOf, text: str) -> AnyOf:
    """ "Uncontrolled diabetes or requiring insulin": insulin that anyone needs, or for the diabetes."""
    members = list(rule.rules)
    for at, (one, other) in enumerate(pairwise(rule.rules), 1):
        if not isinstance(one, Had) or not isinstance(other, Had) or (one.section, other.section) != ("conditions", "treatments"):
            continue
        purposes = any(isinstance(quality, Purpose) for quality in other.qualifiers)
        if one.concept.linked and one.qualifiers and not purposes and _OR_REQUIRING.match(text, one.span.end):
            for_it = other.model_copy(update={"qualifiers": (*other.qualifiers, Purpose(concept=one.concept))})
            members[at] = Ambiguous(readings=(other, for_it), span=other.span)
    return rule.model_copy(update={"rules": tuple(members)})


def _of_its_organ(rule: AnyOf, vocabulary: Vocabulary) -> AnyOf:
    """ "Adenocarcinoma or poorly differentiated carcinoma of the pancreas or ampulla": any adenocarcinoma, or one of these organs."""
    members = list(rule.rules)
    for at, one in enumerate(members[:-1]):
        beside = [site for other in members[at + 1 :] for site in _sites(other)]
        anywhere = isinstance(one, Had) and not _sites(one) and fact(one, "anywhere", vocabulary) and vocabulary.is_a(one.concept.name, "neoplasm")
        if beside and anywhere and isinstance(one, Had):
            there = Coded(aspect="site", values=tuple(dict.fromkeys(beside)))
            members[at] = Ambiguous(readings=(one, one.model_copy(update={"qualifiers": (*one.qualifiers, there)})), span=one.span)
    return rule.model_copy(update={"rules": tuple(members)})


def _sites(rule: Rule) -> tuple[str, ...]:
    """The organs that are told of a condition."""
    told = rule.qualifiers if isinstance(rule, Had) and rule.section == "conditions" else ()
    return tuple(site for one in told if isinstance(one, Coded) and one.aspect == "site" for site in one.values)


_OR_REQUIRING = re.compile(r",?\s*(?:and/or|or)\s+(?:who |that |which )?requir(?:ing|es?)\b", re.IGNORECASE)


def _with_carriage(rule: Had, text: str) -> Had:
    """ "Infection or colonization with X": an infection with that."""
    plain = rule.concept.name == "infection" and not rule.qualifiers and _COLONIZED.match(text, rule.span.end)
    return rule.model_copy(update={"qualifiers": (Judged(words=line_of(text, rule.span)),)}) if plain else rule


def _for_all(rule: Had) -> Rule:
    """ "Systemic therapy, including A or B, for the disease studied": any, or what was given for that."""
    if rule.section != "treatments" or rule.qualifiers or not rule.examples:
        return rule
    told = [one for one in leaves(rule.examples[-1]) if isinstance(one, Had)][-1:]
    purposes = tuple(one for one in told[0].qualifiers if isinstance(one, Purpose) and one.concept == STUDY_DISEASE) if told else ()
    return Ambiguous(readings=(rule, rule.model_copy(update={"qualifiers": purposes})), span=rule.span) if purposes else rule


def _of_a_purpose(rule: AnyOf, text: str) -> bool:
    """Whether a disease or treatment stands in a list as what another member is for: "chemotherapy for early or recurrent X"."""
    pairs = zip(rule.rules, rule.rules[1:], strict=False)
    for one, other in pairs:
        if isinstance(one, Had) and isinstance(other, Had) and one.section == "treatments":
            between = text[one.span.start : other.span.start]
            if (other.section == "conditions" and _FOR.search(between)) or _PURPOSES.search(between):
                return True
    return False


def _narrowed(rule: AnyOf, text: str) -> AnyOf:
    """ "glaucoma or neuropathy, affecting the visual field": what ends the list is no member of it, but said of the others."""
    *others, last = rule.rules
    joined = text[others[-1].span.end : last.span.start]
    told = _PARTICIPLE.search(joined) or _PARTICIPLE.match(text, last.span.start)
    if not told or _OR.search(joined):
        return rule
    judged = Judged(words=line_of(text, last.span))
    bare = tuple(one.model_copy(update={"qualifiers": (judged,)}) if isinstance(one, Had) and not one.qualifiers else one for one in others)
    return rule.model_copy(update={"rules": (*bare, last)})


def _at_a_place(member: Rule, rule: AnyOf, text: str) -> Rule:
    """ "Surgery or radiotherapy to the operative site": any surgery, or one there."""
    last = rule.rules[-1]
    if not isinstance(last, Had) or not isinstance(member, Had) or member is last or member.section != "treatments":
        return member
    if member.qualifiers or member.examples or not _is_placed(last):
        return member
    there = member.model_copy(update={"qualifiers": (Judged(words=line_of(text, member.span)),)})
    return Ambiguous(readings=(member, there), span=member.span)


def _is_placed(last: Had) -> bool:
    """Whether a treatment is one somewhere: "radiotherapy to the operative site"."""
    if last.concept.linked:
        return any(isinstance(one, Judged) and _PLACED_THERE.match(one.words) for one in last.qualifiers)
    return bool(last.concept.within) and _PLACED.search(last.concept.name) is not None


def _of_quality(member: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """ "Clinically significant corneal or retinal disorder": any retinal disorder, or a significant one."""
    if not isinstance(member, Had) or member.qualifiers or member.section != "conditions" or not fact(member, "broad", vocabulary):
        return member
    said = [found.end() for found in _QUALITY.finditer(text, 0, member.span.start)]
    if not said or _APART.search(text, said[-1], member.span.start):
        return member
    return Ambiguous(readings=(member, member.model_copy(update={"qualifiers": (Judged(words=line_of(text, member.span)),)})), span=member.span)


def _alike(leaf: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    if not isinstance(leaf, Had) or leaf.concept.name not in _ALIKE or leaf.qualifiers or leaf.examples:
        return leaf
    if leaf.concept.name == "biologic therapy":
        told = (Coded(aspect="investigational", values=("true",)),)
        shared = _INVESTIGATED.search(text, 0, leaf.span.start) or _OTHER_INVESTIGATED.match(text, leaf.span.end)
        return Ambiguous(readings=(leaf, leaf.model_copy(update={"qualifiers": told})), span=leaf.span) if shared else leaf
    before, concept = _ALIKE[leaf.concept.name]
    if concept.name not in vocabulary or not before.search(text, 0, leaf.span.start):
        return leaf
    return Ambiguous(readings=(leaf, leaf.model_copy(update={"concept": concept})), span=leaf.span)


def _judged_alike(rule: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    """Fields of medicine beside what a person judges, or what is severe."""
    if connects(rule):
        rule = each_member(rule, lambda member: _judged_alike(member, text, vocabulary))
    if isinstance(rule, AnyOf) and any(_of_a_person(member, text) for member in rule.rules):
        return each_member(rule, lambda member: _judged(member, text, vocabulary))
    if isinstance(rule, Had) and rule.examples and not rule.concept.linked and _GENERAL.search(text, rule.span.start, rule.span.end):
        return rule.model_copy(update={"examples": tuple(_judged(example, text, vocabulary) for example in rule.examples)})
    return rule


def _of_a_person(member: Rule, text: str) -> bool:
    """Whether a member of a list is a condition of any kind, told by how bad it is or by what it would do."""
    words = text[member.span.start : member.span.end]
    if isinstance(member, Statement):
        return _JUDGING.match(words.lstrip()) is not None
    if not isinstance(member, Had) or member.section != "conditions":
        return False
    judged = any(isinstance(one, Judged) and _JUDGING.search(one.words) for one in member.qualifiers)
    general = member.concept.name in _FIELDS if member.concept.linked else _GENERAL.fullmatch(words.strip(" ,;.")) is not None
    return judged or (general and _GENERAL.search(words) is not None)


def _judged(member: Rule, text: str, vocabulary: Vocabulary) -> Rule:
    if not isinstance(member, Had) or member.qualifiers or member.section != "conditions" or not fact(member, "broad", vocabulary):
        return member
    return member.model_copy(update={"qualifiers": (Judged(words=line_of(text, member.span)),)})
