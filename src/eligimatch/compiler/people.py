"""People: whom a demand on fertility is asked of where its words name no one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligimatch.compiler.members import state_denied
from eligimatch.compiler.qualities import OR
from eligimatch.compiler.rules import all_denied, each_demanded, each_leaf, hads
from eligimatch.compiler.tokens import Token
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Is, Measure, Not, Rule, Statement, Unparsed, children, leaves
from eligimatch.model.span import Span

_GROUPS = frozenset({"sex", "childbearing_potential", "postmenopausal"})
_OF_WOMEN = frozenset({"pregnant", "breastfeeding"})
ADULT = 18
"""Years from which who is asked for is an adult."""


def since_menopause(tokens: list[Token]) -> list[Token]:
    """ "women < 12 months post-menopause", "postmenopausal for less than a year": of those women, what only they can tell."""
    out = list(tokens)
    for at in range(len(tokens) - 1, 0, -1):
        if "postmenopausal" not in tokens[at].names:
            continue
        start = at
        while start and tokens[start - 1].type in _SINCE:
            start -= 1
        end = at + 1
        while end < len(tokens) and tokens[end].type in _SINCE:
            end += 1
        first, last = (start, at + 1) if tokens[at - 1].type != "THAT" else (at, end)
        long = [token.type for token in tokens[first:last] if token.type != "FILLER"]
        before = tokens[first - 1] if first else None
        if not {"NUMBER", "UNIT"}.issubset(long) or before is None:
            continue
        if before.type == "THAT" or "female" in before.names:
            said = Token("STATEMENT", "can", tokens[first].start, tokens[last - 1].end)
            out[first:last] = [said]
    return out


_SINCE = frozenset({"COMPARE", "COMPARE_AFTER", "NUMBER", "UNIT", "AFTER", "OF", "SINCE", "FILLER", "START", "FOR", "WITHIN", "LASTING", "THROUGH"})


def asked_of_some(rule: Rule) -> Rule:
    """ "Use of contraception", "a negative pregnancy test": asked of those who could become pregnant, unless the words name a group."""
    facts = _facts(rule)
    said = {leaf.fact for leaf in facts}
    if not any(map(_of_fertility, facts)) or said & _GROUPS:
        return rule
    return each_leaf(rule, lambda leaf: _scoped(leaf, women=bool(said & _OF_WOMEN)) if isinstance(leaf, Is) else leaf)


_BOTH = frozenset({"female", "male"})


def of_one_sex(rule: Rule, text: str) -> Rule:
    """The rule, unread where it asks someone to be a woman and a man: "women who X, and men" are people side by side."""
    return _of_one_sex(rule, text) if any(leaf.fact in ("sex", "contraception") for leaf in _facts(rule)) else rule


def _of_one_sex(rule: Rule, text: str) -> Rule:
    match rule:
        case Ambiguous():
            able = tuple(reading for reading in rule.readings if _sexes(reading) and not _prevents(reading)) or rule.readings
            if len(able) == 1:
                return _of_one_sex(able[0], text)
            return rule.model_copy(update={"readings": tuple(_of_one_sex(reading, text) for reading in able)})
        case AllOf() if not _sexes(rule):
            return Unparsed(text=text[rule.span.start : rule.span.end], span=rule.span)
        case AllOf() | AnyOf():
            return rule.model_copy(update={"rules": tuple(_of_one_sex(member, text) for member in rule.rules)})
        case _:
            return rule


def _prevents(rule: Rule) -> bool:
    """ "pregnant and not using contraception": no one asks that of who is pregnant."""
    if isinstance(rule, AllOf) and any(isinstance(one, Is) and one.fact == "pregnant" and one.values == ("true",) for one in rule.rules):
        return any(leaf.fact == "contraception" for leaf in _facts(rule))
    return any(map(_prevents, children(rule)))


def _sexes(rule: Rule) -> frozenset[str]:
    """The sexes of whom a rule can be true."""
    match rule:
        case Is() if rule.fact == "sex":
            return _BOTH.intersection(rule.values)
        case Is() if rule.fact in _GROUPS | _OF_WOMEN and rule.values == ("true",):
            return frozenset({"female"})
        case AllOf():
            return _BOTH.intersection(*map(_sexes, rule.rules))
        case AnyOf() if rule.rules:
            return frozenset().union(*map(_sexes, rule.rules))
        case Ambiguous():
            return frozenset().union(*map(_sexes, rule.readings))
        case _:
            return _BOTH


def fertile(rule: Rule) -> Rule:
    """ "subjects of reproductive potential": women of childbearing potential, and men, who may be so or not."""
    men = Is(fact="sex", values=("male",), span=rule.span)
    return Ambiguous(readings=(AnyOf(rules=(rule, men), span=rule.span), rule), span=rule.span)


def women_not(facts: Sequence[str], span: Span) -> Rule:
    """ "non-pregnant women": women of whom none of the facts is true."""
    women = Is(fact="sex", values=("female",), span=span)
    return AllOf(rules=(women, *(Is(fact=fact, values=("false",), span=span) for fact in facts)), span=span)


def only_people(rule: Rule) -> bool:
    """Whether a rule names people and asks nothing else: a sex, a reproductive state."""
    if isinstance(rule, AllOf):
        return bool(rule.rules) and all(only_people(member) for member in rule.rules)
    return isinstance(rule, Is) and rule.concept is None and not uses_contraception(rule)


def uses_contraception(rule: Rule) -> bool:
    """What is asked of people, and by itself says nothing of who they are."""
    return isinstance(rule, Is) and rule.fact == "contraception"


def people_told(rules: Sequence[Rule], span: Span) -> Rule | None:
    """ "women of childbearing potential and sexually active men": any of them; of women alone, perhaps those of whom all is true."""
    if not all(map(_told, rules)) or all(map(only_people, rules)):
        return None
    men = [any(isinstance(leaf, Is) and leaf.values == ("male",) for leaf in leaves(rule)) for rule in rules]
    either, both = AnyOf(rules=tuple(rules), span=span), AllOf(rules=tuple(rules), span=span)
    return either if any(men) and not all(men) else Ambiguous(readings=(either, both), span=span)


def _told(rule: Rule) -> bool:
    """Whether a rule names people, perhaps with what only they can tell."""
    if isinstance(rule, (AnyOf, Ambiguous)):
        return all(isinstance(leaf, Is) and leaf.fact in _GROUPS for leaf in leaves(rule))
    if not isinstance(rule, AllOf) or not rule.rules or not isinstance(rule.rules[-1], Statement):
        return only_people(rule)
    first, *told = rule.rules
    return only_people(first) and all(isinstance(one, Statement) for one in told)


def people_together(rules: list[Rule], links: list[str]) -> tuple[list[Rule], list[str]]:
    """ "non-pregnant, non-lactating female" as one group; "age ≥ 18, male or non-pregnant female" as an age and a choice of people."""
    rules, links = _states_of_women(rules, links)
    if "and" in links and not OR.intersection(links) and (aged := each_aged(either := AnyOf(rules=tuple(rules), span=rules[0].span))) is not either:
        return [aged], []  # "men and non-pregnant women ≥ 18 years"
    ages = [rule for rule in rules if _is_age(rule)]
    people = [rule for rule in rules if only_people(rule)]
    if len(ages) != 1 or len(people) < 2 or len(ages) + len(people) < len(rules) or any(map(state_denied, people)):
        return rules, links
    return [AnyOf(rules=tuple(people), span=people[0].span.cover(people[-1].span)), *ages], ["and"]


def of_whom(people: Rule, told: Rule, span: Span) -> Rule:
    """What is told of people; "female patients who are pregnant or male patients who …": the men are none of the women."""
    if not (isinstance(people, Is) and people.values == ("female",) and any(map(_is_male, leaves(told)))):
        return AllOf(rules=(people, told), span=span)
    if isinstance(told, Ambiguous):
        return Ambiguous(readings=tuple(of_whom(people, reading, span) for reading in told.readings), span=span)
    if isinstance(told, AnyOf):
        rules = tuple(rule if any(map(_is_male, leaves(rule))) else AllOf(rules=(people, rule), span=rule.span) for rule in told.rules)
        return AnyOf(rules=rules, span=span)
    return AllOf(rules=(people, told), span=span)


def denied_whom(people: Rule, told: Rule, text: str, span: Span) -> Rule:
    """ "No tumor | that is unlikely to be cured": none of which that is told; no denial, as it stands."""
    if not (hads(people) and all_denied(people) and isinstance(told, Statement)) or not _RELATIVE.match(text, people.span.end):
        return of_whom(people, told, span)
    return each_demanded(people, lambda one: Not(rule=of_whom(one.rule, told, span), span=span) if isinstance(one, Not) else one)


_RELATIVE = re.compile(r"\W*(?:(?:patients?|subjects?|participants?|individuals?|people|persons?)\s+)?(?:that|which|who)\b", re.IGNORECASE)


def expecting(states: list[Rule], people: Rule) -> bool:
    """Whether "pregnant or breastfeeding" stands by itself before people of whom something is told: "or men who …"."""
    return all(map(_of_a_mother, states)) and not _of_a_mother(people)


def _of_a_mother(rule: Rule) -> bool:
    return isinstance(rule, Is) and rule.fact in _OF_WOMEN and rule.values == ("true",)


def _is_male(rule: Rule) -> bool:
    return isinstance(rule, Is) and rule.fact == "sex" and rule.values == ("male",)


def _states_of_women(rules: list[Rule], links: list[str]) -> tuple[list[Rule], list[str]]:
    out: list[Rule] = [rules[-1]]
    kept: list[str] = []
    for rule, link in zip(reversed(rules[:-1]), reversed(links), strict=True):
        if state_denied(rule) and _of_women(out[0]):
            women = out[0].rules if isinstance(out[0], AllOf) else (out[0],)
            out[0] = AllOf(rules=(*women, rule), span=rule.span.cover(out[0].span))
        else:
            out.insert(0, rule)
            kept.insert(0, link)
    return out, kept


def _of_women(rule: Rule) -> bool:
    """ "female", "non-lactating female"."""
    rest = [one for one in (rule.rules if isinstance(rule, AllOf) else (rule,)) if not state_denied(one)]
    return len(rest) == 1 and isinstance(rest[0], Is) and rest[0].fact == "sex" and rest[0].values == ("female",)


def _is_age(rule: Rule) -> bool:
    return isinstance(rule, Measure) and rule.analyte.name == "age"


def each_aged(rule: Rule) -> Rule:
    """ "males or non-pregnant females ≥ 18 years": the age may be of all of them, or of the last; a range of ages, or that of adults, is of all."""
    *first, last = rule.rules if isinstance(rule, AnyOf) and rule.rules else (rule,)
    people, age = last.rules if isinstance(last, AllOf) and len(last.rules) == 2 else (None, None)
    if people is None or not isinstance(age, Measure) or not _is_age(age) or not first or not all(map(_describes_people, (*first, people))):
        return rule
    whole = AllOf(rules=(AnyOf(rules=(*first, people), span=rule.span), age), span=rule.span)
    low, high = age.interval.low, age.interval.high
    if (
        (low is not None and high is not None)
        or (low == ADULT and high is None)
        or all(isinstance(one, Is) and one.fact == "sex" for one in (*first, people))
    ):
        return whole  # "men, and women ≥ 18 years"
    return Ambiguous(readings=(whole, rule), span=rule.span)


def _describes_people(rule: Rule) -> bool:
    """ "women", "healthy men"."""
    return only_people(rule) or (isinstance(rule, AllOf) and any(map(only_people, rule.rules)) and not any(map(_is_age, leaves(rule))))


def of_their_arm(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """ "X (cohort 1) or Y (cohort 2)": of several any of which will do, each lets only its own arm pass."""
    return tuple(map(_of_arm, rules))


def _of_arm(rule: Rule) -> Rule:
    """A rule that is asked of one arm, as what only that arm has."""
    denied = rule.rules[0] if isinstance(rule, AnyOf) and len(rule.rules) > 1 else None
    if not (isinstance(rule, AnyOf) and isinstance(denied, Not) and isinstance(denied.rule, Is) and denied.rule.fact == "group"):
        return rule
    return AllOf(rules=(denied.rule, *rule.rules[1:]), span=rule.span)


def _facts(rule: Rule) -> list[Is]:
    return [rule] if isinstance(rule, Is) else [leaf for child in children(rule) for leaf in _facts(child)]


def _of_fertility(leaf: Is) -> bool:
    return leaf.fact == "contraception" or (leaf.fact.endswith("pregnancy test") and leaf.values == ("negative",))


def _scoped(leaf: Is, *, women: bool) -> Rule:
    """The fact, of women of childbearing potential; beside a pregnancy of them only, else of men too or not."""
    if not _of_fertility(leaf):
        return leaf
    able = Is(fact="childbearing_potential", values=("true",), span=leaf.span)
    man = Is(fact="sex", values=("male",), span=leaf.span)
    if leaf.values == ("false",):
        scoped: Rule = AllOf(rules=(able, leaf), span=leaf.span)
        of_men: Rule = AllOf(rules=(AnyOf(rules=(able, man), span=leaf.span), leaf), span=leaf.span)
    else:
        scoped = AnyOf(rules=(Not(rule=able, span=leaf.span), leaf), span=leaf.span)
        of_men = AnyOf(rules=(Not(rule=AnyOf(rules=(able, man), span=leaf.span), span=leaf.span), leaf), span=leaf.span)
    return scoped if women or leaf.concept else Ambiguous(readings=(scoped, of_men), span=leaf.span)
