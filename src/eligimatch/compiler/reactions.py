"""Reactions: "allergy, hypersensitivity (grade ≥ 3) or intolerance to X or any of its components" as one allergy to X and to what X is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from typing import TYPE_CHECKING

from eligimatch.compiler.terminals import LINKS, become, may_be, value_as
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AnyOf, Coded, Had, Judged, Qualifier, Rule

if TYPE_CHECKING:
    from eligimatch.compiler.phrase import Phrase

_CONTRAINDICATION = Concept(name="contraindication")
_SPOKEN = frozenset({"ALLERGY", "REACTION", "INGREDIENT"})
_BETWEEN = frozenset({"FILLER", "OTHER", "SEVERITY", "KNOWN", "SUSPECTED", "HISTORY", "CURRENT", "JUDGED", "COURSE", "NEW"})
"""What may stand before a further reaction of a list; a quality of one that stands beside the reaction itself narrows nothing."""
_NARROWS = frozenset({"SEVERITY", "JUDGED", "COURSE", "NEW", "CURRENT"})
_GRADED = frozenset({"GRADE", "COMPARE", "COMPARE_AFTER", "NUMBER", "METHOD", "FILLER", "OR_COMPARE", "COMMA"})
_CAUSES = frozenset({"TO", "DUE_TO", "WITH"})
_LEAVES = frozenset(
    "STOP SEMICOLON EXCEPT UNLESS IF RECEIVED RECEIVING TREATMENT_WITH PLANNED HISTORY MUST MUST_NOT ELIGIBLE EXCLUDED PROVIDED".split()
)
"""Where the things that someone is allergic to end."""
_THING = frozenset({"CONCEPT", "WORDS", "AGENT", "STUDY"})
_GIVEN = frozenset({"RECEIVED", "TREATMENT_WITH"})
_BEFORE = re.compile(r"\b(?:prior|previous|past|earlier)\b.* (?:to|with|of)$|\bexposure to$", re.IGNORECASE)
_ALONE = frozenset({"study treatment", "medication"})
"""What these words name where nothing beside them says which: "allergy to drugs"."""
_ALL_LISTED = frozenset("medications drugs substances agents products treatments therapies compounds medicines items ingredients allergens".split())
_PRODUCTS = frozenset({"product", "products"})
_DEFINITE = frozenset({"the", "this", "these"})
_BESIDE = frozenset({"FILLER", "ANY_OF", "OF", "IN", "TO", "FOR", "OTHER"})


def reactions(tokens: list[Token]) -> list[Token]:
    """The tokens with each list of reactions to one thing as one ALLERGY, and names for what its object is made of."""
    if _SPOKEN.isdisjoint([token.type for token in tokens]) and not any(may_be(token, "REACTION") for token in tokens if token.also):
        return tokens
    return _settled(_objects(_merged(_of_what_was_given(tokens))))


def _settled(tokens: list[Token]) -> list[Token]:
    """What is no reaction to anything is what else its words may be."""
    for token in tokens:
        if token.type in ("REACTION", "INGREDIENT"):
            become(token, *next(((m.terminal, m.value) for m in token.also), ("WORDS", "")))
    return tokens


def _of_what_was_given(tokens: list[Token]) -> list[Token]:
    """ "hypersensitivity or previous exposure to X" as "hypersensitivity to X or previous exposure to X"."""
    out = list(tokens)
    for at in range(len(tokens) - 3, -1, -1):
        led = at + 1 + (tokens[at + 1].type == "TO")
        given = led + 1 + (tokens[led].type == "COMMA")
        if not _reacts(tokens[at]) or not tokens[given - 1 : given] or tokens[given - 1].type not in ("OR", "ANDOR"):
            continue
        given += tokens[given].type == "HISTORY" if given < len(tokens) else 0
        if given >= len(tokens) or tokens[given].type not in _GIVEN or not _BEFORE.search(tokens[given].text):
            continue
        end = next((index for index in range(given + 1, len(tokens)) if tokens[index].type not in _THING), len(tokens))
        if any(token.type == "CONCEPT" for token in tokens[given + 1 : end]) and (end == len(tokens) or tokens[end].type in _LEAVES):
            to = Token("TO", "to", tokens[at].end, tokens[at].end)
            to.text = "to"
            bare = led == at + 1 and not tokens[at].text.lower().endswith(_ENDINGS)
            out[led:led] = [*([to] if bare else []), *map(copy, tokens[given + 1 : end])]
    return out


# --- the reactions -----------------------------------------------------------------------------------------------------


def _merged(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    index = 0
    while index < len(tokens):
        end, found, grade = _run(tokens, index) if _reacts(tokens[index]) else (index, [], [])
        if end == index:
            out.append(tokens[index])
            index += 1
            continue
        merged = Token("ALLERGY", _value(found), tokens[index].start, tokens[end - 1].end)
        merged.text = tokens[index].text
        out += [*grade, merged]
        index = end
    return out


def _reacts(token: Token) -> bool:
    return token.type == "ALLERGY" or may_be(token, "REACTION")


def _kind(token: Token) -> str:
    return str(token.value) if token.type == "ALLERGY" else value_as(token, "REACTION")


def _value(found: list[str]) -> str:
    """Anaphylaxis where it is all that is named; an intolerance or a contraindication beside an allergy is asked too."""
    kinds = set(found)
    narrowed = [kind for kind in ("severe intolerance", "judged intolerance") if kind in kinds]
    beside = ["intolerance"] if kinds & {"intolerance", "reaction"} else narrowed
    beside += ["contraindication"] * ("contraindication" in kinds)
    return "anaphylaxis" if kinds == {"anaphylaxis"} else "|".join(beside)


def _run(tokens: list[Token], index: int) -> tuple[int, list[str], list[Token]]:
    """Where the reactions that begin here and what leads to their object end, their kinds, and the tokens of their grade; `index` where none do."""
    none: tuple[int, list[str], list[Token]] = (index, [], [])
    found, grade, at, apart = [_kind(tokens[index])], [], index, False
    while True:
        after = at + 1
        while after < len(tokens) and tokens[after].type == "FILLER":
            after += 1
        after, graded = _graded(tokens, after)
        grade += graded
        following = _further(tokens, after)
        if not following:
            break
        found.append(_narrowed(tokens, after, following))
        apart = apart or any(token.type == "JUDGED" for token in tokens[after:following])
        at = following
    led = tokens[at].text.lower().endswith(_ENDINGS)
    if led and not grade:
        end = at + 1
    elif not led and after < len(tokens) and tokens[after].type in _CAUSES and tokens[after].text.lower() in _LEADS:
        end = after + 1
    else:
        return none
    alone = len(found) == 1
    if (
        (alone and found[0] == "reaction" and not _severe(tokens, index))
        or (apart and _severe(tokens, index) and tokens[index].text.lower().endswith(_ENDINGS))  # "severe allergy to, or marked reaction to, X"
        or (alone and not grade and led)
        or {kind.rpartition(" ")[2] for kind in found} <= {"intolerance", "contraindication"}
    ):
        return none
    return end, found, grade


def _narrowed(tokens: list[Token], index: int, at: int) -> str:
    """The kind of a further reaction: "or severe intolerance of" asks less than an intolerance."""
    kind = _kind(tokens[at])
    said = [str(token.value) if token.type == "SEVERITY" else "" for token in tokens[index:at] if token.type in _NARROWS]
    if not said or kind not in ("intolerance", "reaction"):
        return kind
    return "severe intolerance" if said == ["severe"] else "judged intolerance"


_ENDINGS = (" to", " with", " from", " against", " for", " in", " of")
_LEADS = frozenset("to;to the;due to;with;attributed to;attributable to;related to;associated with;caused by;from;secondary to".split(";"))


def _severe(tokens: list[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].type == "SEVERITY"


def _further(tokens: list[Token], index: int) -> int:
    """The next reaction of the list, 0 where there is none; one that is narrowed beside one that is not adds nothing to it."""
    at = index
    while at < len(tokens) and tokens[at].type in LINKS:
        at += 1
    if at == index:
        return 0
    while at < len(tokens) and tokens[at].type in _BETWEEN and not _reacts(tokens[at]):
        at += 1
    return at if at < len(tokens) and _reacts(tokens[at]) else 0


def _graded(tokens: list[Token], index: int) -> tuple[int, list[Token]]:
    """The tokens of "(grade ≥ 3)", "grade 3 or higher", with what comes after them; "(e.g. …)" names examples and is passed over."""
    if index >= len(tokens):
        return index, []
    opened = tokens[index].type == "LPAR"
    end = index + opened
    while end < len(tokens) and tokens[end].type in _GRADED and (opened or tokens[end].type != "COMMA"):
        end += 1
    inside = tokens[index + opened : end]
    closed = not opened or (end < len(tokens) and tokens[end].type == "RPAR")
    if closed and any(token.type == "GRADE" for token in inside) and any(token.type == "NUMBER" for token in inside):
        return end + opened, [token for token in inside if token.type not in ("METHOD", "FILLER", "COMMA")]
    return (_examples_end(tokens, index) if opened else index), []


def _examples_end(tokens: list[Token], index: int) -> int:
    first = tokens[index + 1] if index + 1 < len(tokens) else None
    if first is None or first.type != "INCLUDING":
        return index
    end = next((at for at in range(index, len(tokens)) if tokens[at].type == "RPAR"), index - 1)
    return end + 1


# --- what the object is made of ----------------------------------------------------------------------------------------


def _objects(tokens: list[Token]) -> list[Token]:
    """ "any of its components" and "components of X" beside X, "or to Y" as Y, in what someone is allergic to."""
    out: list[Token] = []
    said: set[str] = set()
    inside, index = False, 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        inside = token.type == "ALLERGY" or (inside and token.type not in _LEAVES)
        said = said if inside and token.type != "ALLERGY" else set()
        if inside and token.type == "TO" and out[-1].type in LINKS and token.text.lower() in ("to", "to the"):
            continue
        if inside and token.type == "COLON" and _leads_to_things(out):
            continue
        if inside:
            _short_for_a_drug(tokens, index - 1)
        made_of = value_as(token, "INGREDIENT") if inside and may_be(token, "INGREDIENT") else ""
        end = next((at for at in range(index, len(tokens)) if tokens[at].type not in _BESIDE), index)
        leads = end < len(tokens) and tokens[end].type in _THING
        if made_of in _ALONE and not leads and _of_what(out) in ("excipient", "similar compound"):
            while out[-1].type in _BESIDE:
                out.pop()  # "excipients of the product"
            continue
        if made_of == "excipient" and out[-1].kind == "substance" and not leads:
            continue  # "food ingredients": what someone allergic to the food is allergic to
        if made_of == "study treatment" and token.text.lower() in _PRODUCTS and out[-1].type in LINKS:
            made_of = ""  # "food ingredients and products"
        if not made_of or (made_of in _ALONE and (leads or _of_what(out) is not None)):
            out.append(token)
            continue
        if made_of == "medication" and out[-1].type == "FILLER" and out[-1].text.lower() in _DEFINITE:
            made_of = "study treatment"  # "allergic to the drug"
        if made_of not in said:
            out += _ingredient(token, made_of, out, tokens, leads=leads)
            said.add(made_of)
        index = end if leads else index
    return out


def _short_for_a_drug(tokens: list[Token], at: int) -> None:
    """ "allergic to valsartan, AML or HCTZ": letters that elsewhere are short for a disease, between drugs."""
    token = tokens[at]
    if token.type != "CONCEPT" or token.kind != "condition" or not token.text.isupper() or " " in token.text:
        return
    beside = [one for one in (*tokens[max(0, at - 2) : at], *tokens[at + 1 : at + 3]) if one.type in _THING]
    if any(one.kind == "treatment" for one in beside):
        become(token, "WORDS", "")
        token.kind, token.names = "", ()


def _leads_to_things(out: list[Token]) -> bool:
    """ "allergy to any of the following: X"; without the name of all that is listed, "any of the following drugs: X"."""
    if _of_what(out) is None:
        return True
    begun = max(at for at, token in enumerate(out) if token.type == "ALLERGY") + 1
    since = [token.text.lower() for token in out[begun:]]
    led = any("following" in words for words in since[:-1]) and since[-1] in _ALL_LISTED
    if led:
        del out[begun:]
    return led


def _ingredient(token: Token, made_of: str, out: list[Token], tokens: list[Token], *, leads: bool) -> Iterator[Token]:
    """The ingredient as a thing beside those that it is of."""
    if _of_what(out) is not None:
        yield _link(token.start, tokens)
    thing = Token("CONCEPT", "treatment" if made_of in _ALONE else "substance", token.start, token.end, (made_of,))
    thing.text = token.text
    yield thing
    if leads:
        yield _link(token.end, tokens)


def _of_what(out: list[Token]) -> str | None:
    """The name of the thing right before, empty where it is only words; None where there is none."""
    before = next((kept for kept in reversed(out) if kept.type not in _BESIDE), None)
    return None if before is None or before.type not in _THING else (before.names or ("",))[0]


def _link(at: int, tokens: list[Token]) -> Token:
    """A comma where the list goes on with `and`."""
    token = Token("COMMA", ",", at, at) if any(token.type == "AND" for token in tokens) else Token("OR", "or", at, at)
    token.text = str(token.value)
    return token


# --- what is asked of them ---------------------------------------------------------------------------------------------


def or_intolerant(phrase: Phrase, allergy: Had, words: str) -> Rule:
    """ "allergy, intolerance or contraindication to X": of a drug, also that it was not tolerated; what stands against it, a person judges."""
    rules = [allergy]
    if "intolerance" in phrase.reaction and allergy.concept.kind == "treatment":
        narrowing: list[Qualifier] = [Coded(aspect="severity", values=("severe",))] if "severe intolerance" in phrase.reaction else []
        narrowing += [Judged(words=words)] if "judged intolerance" in phrase.reaction else []
        own = [qualifier for qualifier in narrowing if qualifier not in allergy.qualifiers]
        outcome = Coded(aspect="outcome", values=("toxicity", "intolerance"))
        rules.append(allergy.model_copy(update={"section": "treatments", "qualifiers": (*allergy.qualifiers, *own, outcome)}))
    if "contraindication" in phrase.reaction:
        rules.append(Had(concept=_CONTRAINDICATION, qualifiers=(Judged(words=words),), span=allergy.span))
    return AnyOf(rules=tuple(rules), span=allergy.span) if len(rules) > 1 else allergy
