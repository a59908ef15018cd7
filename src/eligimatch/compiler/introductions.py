"""Introductions: a bullet over sub-bullets ("Adequate organ function, defined as:", "Any of the following:") as one criterion."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from eligimatch.compiler.definitions import listed_as, unsupported
from eligimatch.compiler.examples import exemplified
from eligimatch.compiler.groups import MOMENT
from eligimatch.compiler.headings import a_title
from eligimatch.compiler.leads import EXAMPLES, OF_ONE_SEX, SUCH_AS, denial_apart, excepts, last_sentence, led, more_asked, spares, still_asked
from eligimatch.compiler.modes import COUNTING, TIED, Mode, combined, countable, counted, default_mode, mode_of, of_its_group, perhaps_any
from eligimatch.compiler.rules import all_denied, denies, each_leaf, hads, kept, measured_in, shifted, unread
from eligimatch.compiler.sentences import sentences
from eligimatch.compiler.wording import of_people
from eligimatch.model.concept import Concept
from eligimatch.model.outline import Bullet
from eligimatch.model.rule import NOWHERE, AllOf, Ambiguous, AnyOf, AtLeast, Had, Judged, Measure, Not, Rule, Statement, Unparsed, leaves

Side = Literal["inclusion", "exclusion"]
Compile = Callable[[str, Side], Rule]

_DEFINING = re.compile(
    r"\b(?:defined|definition|as evidenced by|as demonstrated by|criteria|meaning|i\.?e\.?|as shown by)\b\W*(?:as|by)?\W*$", re.IGNORECASE
)
_EXEMPLIFYING = re.compile(r"\b(?:including|such as|e\.?g\.?|like|include)(?:\W+but (?:is |are )?not limited to)?\W*$", re.IGNORECASE)
_STATE = re.compile(
    r"\b(?:function(?:s|ing)?|reserves?|status|labs?|laborator(?:y|ies)|measurements?|values?|tests?|criteria|requirements?|parameters|levels?"
    r"|limits|counts?)"
    r"(?:\W+(?:as |is |are )?(?:defined|evidenced|indicated|demonstrated|shown|measured|assessed|documented|determined|confirmed|based|within"
    r"|at|of|from|in|with|by|prior|before|including)\b.*)?\W*$",
    re.IGNORECASE,
)
"""What a list of limits spells out."""
_WITHIN = re.compile(
    r"\bwithin (?:the )?(?:last |past |prior )?[\w-]+ (?:hours?|days?|weeks?|months?)\b(?: (?:prior to|before|of|from|preceding|after) [\w -]+)?",
    re.IGNORECASE,
)
_AT_END = re.compile(rf"{_WITHIN.pattern}$", re.IGNORECASE)
"""A time that ends a lead-in: what follows is no part of its event."""
_GOES_ON = re.compile(
    r"\b(?:of|with|without|for|to|from|in|by|on|at|as|and|or|the|an?|any|has|have|had|having|is|are|be|been|being|no|not|who|that|due|during|after|before"
    r"|prior|previous|current|concurrent|concomitant|receiv\w+|using|use|taking|take|tolerate|undergo\w*|requir\w+|meet\w*|if|when|unless|minimum)\W*$",
    re.IGNORECASE,
)
"""A lead-in whose sentence its items end."""
_OWN_DEMAND = re.compile(r"\W*(?:all )?(?:patients?|participants?|subjects?|individuals?)\b[^.;]{0,40}\bmust\b", re.IGNORECASE)
_OF_PEOPLE = re.compile(r"\W*(?:for|in|if)\b", re.IGNORECASE)
_OPENING = re.compile(r"[\s,;:(]*(?:defined (?:as|by)|as defined by|including|such as|as)?(?:\W+but (?:is |are )?not limited to)?[\s,;:(]*$")
_FILLER = re.compile(
    r"\b(?:(?:as\s+)?(?:the\s+)?follow(?:ing|s)|(?:the\s+)?(?:(?:inclusion|exclusion|eligibility)\s+)?(?:conditions?|criteria|criterion|requirements?|parameters|characteristics|values|events|categories)"
    r"(?:\s+(?:below|listed))?(?:\s+(?:apply|applies|are met|is met|must be met))?|below|(?:as\s+)?listed|apply|applies)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\W*(?:(?:the\s+)?(?:patients?|subjects?|participants?|individuals?|persons?|those|women|they|he|she)\b)?\W*"
    r"(?:(?:who|that|with|must|should|will|shall|may|have|has|had|having|be|is|are|meet(?:s|ing)?|fulfil(?:l|ls|ling)?|satisf(?:y|ies|ying)|also|"
    r"presence of|present with|of|in|a|an|the|at|to|for|by|evidence of|including|defined (?:as|by)|as defined by|i\.?e\.?)\b\W*)*$",
    re.IGNORECASE,
)

_OF_THE_FOLLOWING = re.compile(
    r"^\W*(?:(?:has|have|had|having|with|(?:prior |past )?history of|presence of|diagnosis of)\s+)*"
    r"(?:(?:any|either|one|at least one|one or more) of )?the following [^,;:()]+:?\W*$",
    re.IGNORECASE,
)
"""What a lead-in calls the members of its list."""
_ASIDE = re.compile(r"[(\[]\s*(?:note|see|please|this is|refer)\b[^()\[\]]*[)\]]", re.IGNORECASE)
_BECAUSE = re.compile(r"\bbecause\b[^:.;]*:?$", re.IGNORECASE)
_MEETING = re.compile(
    r"\s+(?:(?:can|could|is able to|are able to)\s*)?(?:meet(?:s|ing)?|met|satisf(?:y|ies|ying)|fulfil(?:l|ls|ling)?)$", re.IGNORECASE
)
_REPRODUCTION = re.compile(
    r"\b(?:contracepti\w+|birth control|child-?\s?bearing|WOCBP|FCBP|POCBP|(?:post-?)?menopaus\w+|abstinence)\b", re.IGNORECASE
)
_TELLS = re.compile(
    r"\b(?:is|are|will be|be) (?:considered|defined|deemed|regarded|interpreted)\b|\b(?:includes?|are|is)\s*(?:as follows|the following)?\W*$"
    r"|\bchild-?\s?bearing potential (?:if|when|unless)\b|\bpotential\b[^.:]{0,60}\b(?:is|are|includes?|means?) (?:any|an?\b|all|every|defined)"
    r"|\b(?:methods?|forms?) (?:of|for|to)\b[^.]*\b(?:include|are|is)\b"
    r"|^\W*(?:examples|definition|acceptable|highly effective|effective|adequate|approved|recommended)\b[^.]*"
    r"\b(?:include|are|methods?|contraception)\b",
    re.IGNORECASE,
)
_DEMANDING = re.compile(r"\b(?:must|agree[sd]?|should|shall|willing|required|negative)\b", re.IGNORECASE)
_CONDITIONAL = re.compile(
    r"\b(?:if|when|unless|provided|providing|except(?:ion|ions|ing)?|excluding|other than|must|should|shall|eligible|excluded|allowed"
    r"|permitted|require[sd]?|need|needs|have|has|with)\b",
    re.IGNORECASE,
)
_BANS = re.compile(r"\b(?:excluded|ineligible|not (?:be )?(?:eligible|allowed|permitted|included|enrolled)|exclusion)\b", re.IGNORECASE)
_EXCEPTING = re.compile(r"\b(?:except(?:ion|ions|ing|ed)?|other than|excluding)\b[^.]*$", re.IGNORECASE)
_EXCEPTIONS = re.compile(
    r",?\s+with (?:the )?(?:following )?exceptions? (?:as )?(?:noted|listed|described|given|mentioned|below|as follows|following)[\w\s]*:\s*$",
    re.IGNORECASE,
)
_OWN_LIST = re.compile(r"\W*(?:inclusions?|(?P<keeps_out>exclusions?))(?: criteria)?\W*", re.IGNORECASE)
_PLACE = "zzlist"  # a word that no language has, in the place of a list


class Part(NamedTuple):
    """A sub-bullet's words and where they begin in the whole criterion's text."""

    text: str
    start: int
    bullet: Bullet
    group: str
    """The people whom its own label names, where those above it are not asked of them alone."""


def whole_text(bullet: Bullet) -> str:
    """The words of a bullet and all beneath it, a line each."""
    return "\n".join([bullet.text, *(whole_text(child) for child in bullet.children)]).strip()


def introduced(bullet: Bullet, side: Side, compile_text: Compile) -> Rule:
    """The rule of a bullet that introduces its sub-bullets. Spans are places in `whole_text`."""
    if side == "inclusion" and (own := _OWN_LIST.fullmatch(bullet.text)):
        return _own_list(_parts(bullet), compile_text, keeps_out=own["keeps_out"] is not None)
    if side == "inclusion" and (some := SUCH_AS.search(bullet.text)):
        return compile_text(bullet.text[: some.start()], side)
    if side == "inclusion" and (apart := denial_apart(bullet.text)):
        rest = introduced(bullet._replace(text=apart[1]), side, compile_text)
        return AllOf(rules=(compile_text(apart[0], side), shifted(rest, (len(bullet.text) - len(apart[1])).__add__)))
    mode = mode_of(bullet, side)
    before, lead = last_sentence(_EXCEPTIONS.sub(" except:", bullet.text))
    prefix, parts = _prefix(lead := led(lead, excluding=side == "exclusion")), _parts(bullet)
    beside = mode.name == "none" and prefix.endswith(("with", "and", "having")) and not _LEAD.match(prefix)  # "gout with none of the following:"
    if beside or (spares(lead) and not (before and excepts(lead))) or not countable(bullet, side):
        return kept(whole_text(bullet))
    if _tells(lead) or EXAMPLES.match(lead):
        after = len(parts) if EXAMPLES.match(lead) else more_asked([part.text for part in parts])
        more = [part._replace(text=words, start=part.start + at) for part in parts[:after][-1:] for at, words in still_asked(part.text)]
        beyond = [_member(part, "", side, compile_text) for part in (*more, *parts[after:])]
        listed = combined(beyond, default_mode(side)) if beyond else _nothing(side)
    elif _LEAD.match(prefix):
        listed = _listed(parts, "", mode, "exclusion" if mode.name == "none" else side, compile_text)  # "None of the following: | must be X"
    elif (said := _put_in(bullet, before, lead, prefix, mode, side, compile_text)) is not None:
        return said
    elif _OF_THE_FOLLOWING.search(lead) and (given := _kind(compile_text(prefix, side))) is not None:
        listed = _of_a_kind(parts, given, mode, side, compile_text)
    else:
        listed = _headed(prefix, parts, mode, side, compile_text)
    listed = perhaps_any(listed, bullet) if side == "inclusion" else listed
    if not before:
        return listed
    earlier = compile_text(before, side)
    if side == "inclusion" and (people := OF_ONE_SEX.match(before)):  # "For women: …. The following applies:"
        listed = AnyOf(rules=(Not(rule=compile_text(people[1], side), span=earlier.span), listed), span=listed.span)
    return (AllOf if side == "inclusion" else AnyOf)(rules=(earlier, listed), span=earlier.span.cover(listed.span))


def _own_list(parts: list[Part], compile_text: Compile, *, keeps_out: bool) -> Rule:
    """ "Exclusion:" beneath a group of people of whom inclusions are asked: none of these."""
    side: Side = "exclusion" if keeps_out else "inclusion"
    return combined([_member(part, "", side, compile_text) for part in parts], Mode("none" if keeps_out else "all"))


def _tells(lead: str) -> bool:
    """ "A woman is of childbearing potential if she:", "Acceptable methods of contraception include:": tells what words mean."""
    return _REPRODUCTION.search(lead) is not None and _TELLS.search(lead) is not None and _DEMANDING.search(lead) is None


def asks_nothing(words: str) -> bool:
    """Whether words before a list only lead to it: "Patients must have"."""
    return _LEAD.match(words) is not None


def _nothing(side: Side) -> Rule:
    return AllOf(rules=()) if side == "inclusion" else AnyOf(rules=())


def _in_place(bullet: Bullet, before: str, prefix: str, mode: Mode, side: Side, compile_text: Compile) -> Rule | None:
    """The sentence with its list in the place of one word, where that word stands alone: "eligible if …", "unless …", "except …".

    What the list is a condition of is told by the sentence; the list itself says how its members count.
    """
    if not _CONDITIONAL.search(prefix) or mode.name == "none":
        return None
    text = f"{before} {prefix} {_PLACE}".strip()
    whole = compile_text(text, side)
    if sum(1 for leaf in leaves(whole) if _is_place(leaf)) != _places(whole) or not _places(whole):
        return None
    excepts = _EXCEPTING.search(prefix) is not None
    members = [_member(part, "", "inclusion", compile_text) for part in _parts(bullet)]
    members = list(map(_permitted, members)) if excepts else members
    said = _with_list(whole, combined(members, mode if counted(bullet) or mode != default_mode(side) else Mode("any" if excepts else "all")))
    return None if _places(said) else said


def _put_in(bullet: Bullet, before: str, lead: str, prefix: str, mode: Mode, side: Side, compile_text: Compile) -> Rule | None:
    """The sentences with the list where it belongs in one of them; None where it stands for no word."""
    if before and side == "exclusion" and excepts(lead) and (spared := _spared(bullet, before, mode, side, compile_text)) is not None:
        return spared
    return _in_place(bullet, before, prefix, mode, side, compile_text)


def _spared(bullet: Bullet, before: str, mode: Mode, side: Side, compile_text: Compile) -> Rule | None:
    """The sentences before with the list as exceptions from the last of them."""
    *earlier, last = sentences(before)
    said = _in_place(bullet, "", f"{last.rstrip(' .;,')}, with the exception of", mode, side, compile_text)
    if said is None or not earlier:
        return said
    first = compile_text(" ".join(earlier), side)
    return AnyOf(rules=(first, said), span=first.span.cover(said.span))


def _is_place(leaf: Rule) -> bool:
    """Whether the word stands alone, nothing said of it."""
    return isinstance(leaf, Had) and leaf.model_copy(update={"span": NOWHERE}) == Had(concept=Concept(name=_PLACE, linked=False))


def _places(rule: Rule) -> int:
    return rule.model_dump_json().count(_PLACE)


def _with_list(rule: Rule, listed: Rule) -> Rule:
    """The rule with the list in place of its word."""
    if _is_place(rule):
        return listed
    match rule:
        case AllOf() | AnyOf() | AtLeast():
            return rule.model_copy(update={"rules": tuple(_with_list(member, listed) for member in rule.rules)})
        case Not():
            return rule.model_copy(update={"rule": _with_list(rule.rule, listed)})
        case Ambiguous():
            return rule.model_copy(update={"readings": tuple(_with_list(member, listed) for member in rule.readings)})
        case Had() if any(_is_place(one) for one in rule.but_not):
            return _excepting(rule, listed)
        case _:
            return rule


def _excepting(rule: Had, listed: Rule) -> Rule:
    """The exceptions that are things of its kind beside it; of others none may hold."""
    rest = tuple(one for one in rule.but_not if not _is_place(one))
    members = listed.rules if isinstance(listed, AnyOf) else (listed,)
    things = tuple(had for member in members for had in hads(member) if isinstance(member, (Had, AnyOf)))
    others = [member for member in members if not (isinstance(member, (Had, AnyOf)) and hads(member))]
    kept = rule.model_copy(update={"but_not": rest + things})
    if not others:
        return kept
    freed = AllOf(rules=(kept, *(Not(rule=other, span=other.span) for other in others)), span=rule.span)
    return Ambiguous(readings=(kept, freed), span=rule.span)


def _permitted(rule: Rule) -> Rule:
    """ "Topical steroids are permitted" among exceptions names them."""
    if isinstance(rule, Ambiguous) and any(isinstance(reading, AllOf) and not reading.rules for reading in rule.readings):
        return rule.readings[0]
    return rule


def adds_nothing(bullet: Bullet, side: Side) -> bool:
    """A lead-in without which each of its items would ask the same."""
    return mode_of(bullet, side) == default_mode(side) and _LEAD.match(_prefix(bullet.text)) is not None


def _headed(prefix: str, parts: list[Part], mode: Mode, side: Side, compile_text: Compile) -> Rule:
    """A lead-in that asks something itself: its words go before each sub-bullet, or its list is a definition or examples."""
    own = any(_OWN_LIST.fullmatch(part.text) for part in parts)
    if own or of_people(prefix):
        listed = _listed(parts, "", Mode("all") if own else mode, side, compile_text)
        people = compile_text(prefix, side)  # "Adults with gout:" over inclusions and exclusions of their own
        demand: Rule = AnyOf(rules=(Not(rule=people, span=people.span), listed), span=people.span.cover(listed.span))
        return demand if own or side == "inclusion" else AllOf(rules=(people, listed), span=demand.span)

    def alone() -> Rule:
        """The items without the words of the lead-in."""
        return _listed(parts, "", mode, side, compile_text)

    if a_title(prefix, [part.text for part in parts]):
        rule = alone()
        if side == "exclusion" or not any(isinstance(one, Had) for one in (rule.rules if isinstance(rule, AllOf) else (rule,))):
            return rule
    exemplifies, defines = _EXEMPLIFYING.search(prefix) is not None, _DEFINING.search(prefix) is not None
    head = compile_text(_OPENING.sub("", prefix), side)
    if exemplifies and not isinstance(head, Unparsed):
        return exemplified(head, alone())
    if isinstance(head, Had) and head.examples and _only_judged(head, prefix):
        listed = alone()
        return AnyOf(rules=(head, listed), span=head.span.cover(listed.span)) if side == "exclusion" else AllOf(rules=(head, listed))
    if _only_judged(head, prefix):
        return _timed(prefix, alone(), compile_text)
    if defines and not exemplifies:
        return listed_as(head, alone(), excluding=side == "exclusion")
    if side == "inclusion" and (told := unsupported(prefix, alone, lambda words: compile_text(words, side))) is not None:
        return told
    if isinstance(head, Statement) and not _GOES_ON.search(prefix):
        return _beside(prefix, head, alone(), side)
    given = hads(head)
    if given and all(had.section == "treatments" for had in given) and not _GOES_ON.search(prefix):
        each = [(part, _member(part, prefix, side, compile_text)) for part in parts]
        apart = [_stands_beside(rule, given) if side == "exclusion" else _OWN_DEMAND.match(part.text) is not None for part, rule in each]
        rules = [_alone(part, given[0], side, compile_text) if own else rule for (part, rule), own in zip(each, apart, strict=True)]
        return combined([of_its_group(rule, part.group, mode) for part, rule in zip(parts, rules, strict=True)], mode)
    return _listed(parts, prefix, mode, side, compile_text)


def _kind(head: Rule) -> Had | None:
    """ "Any of the following heart diseases within 6 months:": the kind of condition that is listed, with its time."""
    given = hads(head)
    plain = all(had.section == "conditions" and not (had.but_not or had.examples) for had in given)
    if not given or not plain or any(not isinstance(one, Judged) for had in given for one in had.qualifiers):
        return None
    return next((had for had in given if had.window), given[0])


def _of_a_kind(parts: list[Part], given: Had, mode: Mode, side: Side, compile_text: Compile) -> Rule:
    """The members of a list, not their kind itself, at the time of their lead-in where they tell none."""
    rules = [each_leaf(_member(part, "", side, compile_text), lambda leaf: _at_the_time_of(given, leaf)) for part in parts]
    return combined([of_its_group(rule, part.group, mode) for part, rule in zip(parts, rules, strict=True)], mode)


def _at_the_time_of(given: Had, leaf: Rule) -> Rule:
    bare = isinstance(leaf, Had) and leaf.section == given.section and leaf.when == "now"
    return leaf.model_copy(update={"when": given.when, "window": given.window}) if bare else leaf


def _stands_beside(rule: Rule, given: tuple[Had, ...]) -> bool:
    """Whether the treatment of a lead-in is an alternative to its item: "Prior anticancer therapy as follows: | any prior X"."""
    if isinstance(rule, Ambiguous):
        return any(_stands_beside(reading, given) for reading in rule.readings)
    members = rule.rules if isinstance(rule, AnyOf) and len(rule.rules) > 1 else ()
    return any(isinstance(one, Had) and one.concept == had.concept for one in members for had in given)


def _alone(part: Part, given: Had, side: Side, compile_text: Compile) -> Rule:
    """The rule of an item by itself, with the time of its lead-in where it tells none; as a whole unread where a part of it is."""
    rule = _member(part, "", side, compile_text)
    if unread(rule):
        return shifted(kept(part.text), lambda at: at + part.start)
    return each_leaf(rule, lambda leaf: _at_the_time_of(given, leaf))


def _listed(parts: list[Part], prefix: str, mode: Mode, side: Side, compile_text: Compile) -> Rule:
    """The items together, each asked of the people whom its own label names: "ECOG of: Cohort A: 0-1; Cohort B: 0-2"."""
    rules = [_member(part, prefix, side, compile_text) for part in parts]
    if prefix and mode.name in ("any", "count") and all(all_denied(rule) and denies(rule) for rule in rules):
        # "no history of any of the following", "of two of the following"
        mode = Mode("all") if mode.name == "any" else Mode("count", len(rules) - mode.least + 1)
    return combined([of_its_group(rule, part.group, mode) for part, rule in zip(parts, rules, strict=True)], mode)


def _timed(prefix: str, listed: Rule, compile_text: Compile) -> Rule:
    """ "Adequate liver function within 14 days before enrolment:": each value in that time, if it names none of its own."""
    time = _WITHIN.search(prefix)
    number = compile_text(f"{_PLACE} > 1 {time[0]}", "inclusion") if time else None
    return measured_in(listed, number.window) if isinstance(number, Measure) and number.window else listed


def _beside(prefix: str, head: Statement, listed: Rule, side: Side) -> Rule:
    """A demand of its own beside its list, or the people of whom the list is asked."""
    span = head.span.cover(listed.span)
    if side == "inclusion" and _OF_PEOPLE.match(prefix):
        return AnyOf(rules=(Not(rule=head, span=head.span), listed), span=span)
    return AllOf(rules=(head, listed), span=span)


def _only_judged(head: Rule, words: str) -> bool:
    """ "Adequate organ function": what follows says what it is."""
    if isinstance(head, (Had, Statement)) and _STATE.search(words):
        return True
    judged = isinstance(head, Had) and any(isinstance(qualifier, Judged) for qualifier in head.qualifiers)
    return judged and not _GOES_ON.search(_OPENING.sub("", words))


def _member(part: Part, prefix: str, side: Side, compile_text: Compile) -> Rule:
    def read(text: str) -> Rule:
        """The rule of the item, with what introduces items of its own."""
        return introduced(part.bullet._replace(text=text), side, compile_text) if part.bullet.children else compile_text(text, side)

    text = part.text if part.bullet.children else TIED.sub("", part.text)
    if not prefix:
        return shifted(read(text), lambda at: at + part.start)
    prefix = f"{prefix}:" if _AT_END.search(prefix) else prefix
    rule = read(f"{prefix} {text}")
    if isinstance(rule, (AnyOf, AllOf)) and any(isinstance(one, Unparsed) and one.span.end <= len(prefix) for one in rule.rules):
        rule = kept(f"{prefix} {text}")  # what is not understood of a lead-in narrows each of its items
    return shifted(rule, lambda at: at if at <= len(prefix) else at - len(prefix) - 1 + part.start)


def _prefix(text: str) -> str:
    """The lead-in without its counting words and colon."""
    text = re.sub(r"[\s:;,.–-]+$", "", _BECAUSE.sub(" ", _ASIDE.sub(" ", text)))
    for pattern in COUNTING:
        text = pattern.sub(" ", text)
    text = _MEETING.sub("", " ".join(_FILLER.sub(" ", text).split()).rstrip(" :;,.("))
    return text.rstrip(" :;,.(")


def _parts(bullet: Bullet) -> list[Part]:
    parts = []
    start = len(bullet.text) + 1 if bullet.text else 0
    for child in bullet.children:
        own = child.group if child.group != bullet.group and not MOMENT.match(child.group) else ""
        parts.append(Part(child.text, start, child, own))
        start += len(whole_text(child)) + 1
    return parts
