"""Tidied: a sentence's tokens without what says nothing to the grammar, by passes over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter

from eligimatch.compiler.adjective_runs import JOINED, QUALITIES, commas_of_alternatives, explained_stages, joined_adjectives
from eligimatch.compiler.alternatives import other_limits, second_scores
from eligimatch.compiler.assays import expressed, further_results, in_blood, losses, of_clotting, one_assay
from eligimatch.compiler.bounds import bounds
from eligimatch.compiler.comparators import comparators, without_dose
from eligimatch.compiler.durations import durations, no_remission, said_once
from eligimatch.compiler.fitness import indicated, is_planned, unfit
from eligimatch.compiler.half_lives import half_lives
from eligimatch.compiler.idle_nouns import apart_from_denial, understood_disease
from eligimatch.compiler.labels import unlabelled
from eligimatch.compiler.late_exceptions import included_too
from eligimatch.compiler.late_parentheses import late_parentheses
from eligimatch.compiler.lesser import lesser_or_greater
from eligimatch.compiler.multiples import multiples, numbers_defined, numbers_described
from eligimatch.compiler.numerals import ages, choices, equivalents, flip, ranges, reorder, units_after_last, without_idle_equals
from eligimatch.compiler.proofs import shown
from eligimatch.compiler.respective import of_each_sex, respective
from eligimatch.compiler.restatements import it_named, on_either, restated, when_after
from eligimatch.compiler.scoring import on_scale
from eligimatch.compiler.sentence_times import (
    NAMING,
)
from eligimatch.compiler.serologies import serologies
from eligimatch.compiler.signs import other_people, without_any_grade
from eligimatch.compiler.speech import (
    accompanied,
    not_included,
    regardless,
    relatives,
    shown_in_condition,
    split_modals,
    standards_between,
    tumor_features,
    without_asides,
    without_reason,
    without_why,
)
from eligimatch.compiler.statements import merge_speech
from eligimatch.compiler.study_diseases import progressed, spread_told
from eligimatch.compiler.terminals import LINKS, MODALS, TAILS, become
from eligimatch.compiler.tokens import Token
from eligimatch.compiler.told_after_name import told_after_name
from eligimatch.compiler.under_treatment import under_treatment
from eligimatch.compiler.verbs import done_or_to_do, for_what, must_include, shared_object
from eligimatch.compiler.washouts import completions, elapsed_since, unfinished, washouts
from eligimatch.compiler.whom import of_an_age, of_people

_FOR_INSTANCE = ("e.g", "eg", "such as", "for example", "for instance", "i.e", "ie", "like")
_JOINING = LINKS | TAILS | MODALS | {"LPAR", "RPAR", "EXPLAINS"}
_TYPE = attrgetter("type")
Pass = tuple[frozenset[str], Callable[[list[Token]], list[Token]]]


def passed(tokens: list[Token], passes: Iterable[Pass]) -> list[Token]:
    """The tokens after each pass of which they hold a terminal."""
    may_be = {meaning.terminal for token in tokens if token.also for meaning in token.also}
    types = may_be.union(map(_TYPE, tokens))
    known = True  # what a pass leaves is looked at when the next of them might have nothing to do
    for terminals, made in passes:
        idle = types.isdisjoint(terminals)
        if idle and not known:
            types, known = may_be.union(map(_TYPE, tokens)), True
            idle = types.isdisjoint(terminals)
        if not idle:
            tokens, known = made(tokens), False
    return tokens


def finish(tokens: list[Token], *, first: bool) -> list[Token]:
    """The sentence as the grammar takes it."""
    tokens = without_reason(passed(tokens, _LIMITS), first=first)
    tokens = passed(tokens, _CLAUSES)
    _conditional(tokens)
    _after_treatment(tokens)
    return _tidy(tokens)


def _after_treatment(tokens: list[Token]) -> None:
    """ "Patients after kidney transplant", and no more of them: who had it."""
    after, *names = tokens or [Token("", "", 0, 0)]
    given = any(token.kind in ("treatment", "procedure", "operation") for token in names) and not any(token.kind == "condition" for token in names)
    if after.type == "AFTER" and given and all(token.type in NAMING | LINKS for token in names):
        become(after, "HISTORY", "ever")


def _without_filler(tokens: list[Token]) -> list[Token]:
    """Without words that add nothing, and without the "either" of "either 0 or 1"."""
    kept = [token for token in other_people(tokens) if token.type != "FILLER"]
    idle = {at for at, token in enumerate(kept[1:]) if token.type == "NUMBER" and kept[at].type == "EITHER"}
    return [token for at, token in enumerate(kept) if at not in idle] if idle else kept


def _conditional(tokens: list[Token]) -> None:
    """At the head of a sentence, "for women, …" and "if …, …" condition what follows the comma or colon."""
    while tokens and (tokens[0].type in LINKS or (tokens[0].type == "TO" and len(tokens) > 1 and tokens[1].type == "WITH")):
        del tokens[0]
    if tokens and tokens[0].type == "NOT" and tokens[0].text.lower().endswith("absence of") and any(t.type == "COMPARE" for t in tokens):
        tokens.insert(0, Token("IF", "if", tokens[0].start, tokens[0].start))  # "in the absence of X, Y ≤ 3"
    if at := _limit_of_people(tokens):
        become(tokens[at], "THEN", "then")
        tokens[:1] = [Token("IF", "if", tokens[0].start, tokens[0].start), *([tokens[0]] if tokens[0].type == "NOT" else [])]
    if not tokens or (tokens[0].type not in ("IF", "FOR", "IN") and tokens[0].value != "present") or any(token.type == "THEN" for token in tokens):
        return
    depth = 0
    for token in tokens:
        depth += (token.type == "LPAR") - (token.type == "RPAR")
        if token.type in ("COMMA", "COLON") and not depth:
            become(tokens[0], "IF", "if")
            become(token, "THEN", "then")
            return


def _opened(opened: list[str], token: Token) -> list[str]:
    """The last tail word at each depth of parentheses."""
    if token.type == "LPAR":
        return [*opened, ""]
    if token.type == "RPAR":
        return opened[:-1] or [""]
    return [*opened[:-1], token.type] if token.type in TAILS or token.type in MODALS else opened


def _joined(link: Token, token: Token) -> None:
    """A modal remembers how it was joined: ", which is allowed", "and must", "or must"."""
    if link.type == "THAT" and token.type == "ELIGIBLE":
        become(token, "ELIGIBLE", "which")
    elif token.value == "who" and link.type in ("OR", "ANDOR"):
        become(token, token.type, "or who")
    elif token.value != "who" and link.type in ("AND", "THAT", "OR") and token.type in ("MUST", "MUST_NOT"):
        become(token, token.type, "or" if link.type == "OR" else "and")


_LACKING = frozenset({"without", "no", "with no", "any", "without any"})


def _limit_of_people(tokens: list[Token]) -> int:
    """ "Patients with Gilbert syndrome: bilirubin ≤ 3", "without it: …": the colon, where what follows is a limit for them; else 0."""
    at = next((index for index, token in enumerate(tokens) if token.type == "COLON"), 0)
    people = at > 1 and (tokens[0].type == "WITH" or tokens[0].text.lower() in _LACKING)
    named = people and all(token.type in NAMING | {"KNOWN"} or token.text.lower() in _LACKING for token in tokens[1:at])
    diseases = sum(token.kind == "condition" for token in tokens[1:at])  # "patients with A, B and C: measurable disease"
    asked = named and bool(diseases) and (diseases > 1 or any(t.kind in ("analyte", "score") for t in tokens[at + 1 : at + 3]))
    return at if asked else 0


def _idle(token: Token, out: list[Token]) -> bool:
    """Whether a tail or a modal only says again what stands before it; drops the connectives that it leaves with nothing to join."""
    while out and (out[-1].type in LINKS or (token.type == "RPAR" and out[-1].type in TAILS)):
        _joined(out.pop(), token)
    before = out[-1].type if out else ""
    if (token.type, before) in (("INCLUDING", "EXCEPT"), ("ELIGIBLE", "ELIGIBLE")):
        return True  # "exceptions include, but are not limited to"; "are an exception and may qualify"
    if token.type in ("MUST", "MUST_NOT") and before == "THEN":
        out.pop()  # "if X, they must …" demands
    if token.type in TAILS and before in TAILS:
        out.pop()
        if (before, token.type) == ("EXCEPT", "IF"):
            become(token, "UNLESS", "unless")
    return False


def _tidy(tokens: list[Token]) -> list[Token]:
    """Drops connectives that join nothing: at the ends, before tails and modals, after openings."""
    out: list[Token] = []
    opened = [""]
    for token in tokens:
        if token.type not in _JOINING:
            out.append(token)
            continue
        if token.type == "EXPLAINS":
            become(token, "WORDS", "")
        if token.type == "INCLUDING" and opened[-1] == "EXCEPT" and token.text.lower().startswith(_FOR_INSTANCE):
            become(token, "COMMA", ",")  # "except minor procedures, such as biopsy": of the exception
        opened = _opened(opened, token)
        if token.type in LINKS and (not out or out[-1].type in TAILS or out[-1].type == "EITHER" or out[-1].type in MODALS or out[-1].type == "LPAR"):
            continue
        if (token.type in TAILS or token.type in MODALS or token.type == "RPAR") and _idle(token, out):
            continue
        out.append(token)
    while out and (out[-1].type in LINKS or out[-1].type in TAILS):
        out.pop()
    return out


_LIMITS: tuple[Pass, ...] = (
    (frozenset({"WHICHEVER"}), lesser_or_greater),
    (frozenset({"LIMIT", "TIMES"}), multiples),
    (frozenset({"DEFINED"}), numbers_defined),
    (frozenset({"COMPARE"}), numbers_described),
    (frozenset({"IF", "PROVIDED"}), second_scores),
    (frozenset({"COMPARE", "COMPARE_AFTER", "LIMIT", "WHERE"}), other_limits),
    (frozenset({"WASHOUT"}), washouts),
    (frozenset({"IF"}), it_named),
    (frozenset({"EITHER"}), on_either),
    (frozenset({"NOT"}), unfinished),
    (frozenset({"MUST"}), completions),
    (frozenset({"MUST"}), must_include),
    (frozenset({"COLON"}), elapsed_since),
    (frozenset({"SAYS"}), done_or_to_do),
    (frozenset({"SAYS", "MUST", "MUST_NOT"}), split_modals),
)
_CLAUSES: tuple[Pass, ...] = (
    (frozenset({"EXCLUDED", "ELIGIBLE"}), without_why),
    (frozenset({"ASIDE"}), without_asides),
    (frozenset({"INCLUDING"}), not_included),
    (frozenset({"EXCEPT"}), included_too),
    (frozenset({"EXCLUDED", "ELIGIBLE", "FILLER"}), unfit),
    (frozenset({"WORDS", "SAYS"}), indicated),
    (frozenset({"PLANNED"}), when_after),
    (frozenset({"PLANNED"}), is_planned),
    (frozenset({"THAT", "COLON"}), shown),
    (frozenset({"PROGRESSED"}), progressed),
    (frozenset({"RECEIVED", "PROGRESSED", "INTOLERANT"}), shared_object),
    (frozenset({"FOR"}), for_what),
    (frozenset({"AFTER"}), understood_disease),
    (frozenset({"NOT"}), apart_from_denial),
    (frozenset({"SAYS", "JUDGES"}), merge_speech),
    (frozenset({"FILLER", "EITHER"}), _without_filler),
    (frozenset({"NUMBER"}), under_treatment),
    (frozenset({"RESULT"}), serologies),
    (frozenset({"METHOD", "BY", "EVENT"}), one_assay),
    (frozenset({"IN", "WITHIN"}), in_blood),
    (frozenset({"WORDS"}), expressed),
    (frozenset({"UNIT", "NORMAL", "LIMIT", "NUMBER"}), of_clotting),
    (frozenset({"CHANGE", "WORDS"}), losses),
    (frozenset({"RESULT", "WORDS"}), further_results),
    (frozenset({"GRADE"}), without_any_grade),
    (frozenset({"COMPARE", "COMPARE_AFTER"}), comparators),
    (frozenset({"LIMIT"}), respective),
    (frozenset({"COMPARE"}), of_each_sex),
    (frozenset({"METHOD", "BY"}), standards_between),
    (frozenset({"DOSE"}), without_dose),
    (frozenset({"EQUIVALENT"}), equivalents),
    (frozenset({"REGARDLESS", "UNLESS"}), regardless),
    (frozenset({"WITH", "MUST", "THAT", "ELIGIBLE", "BY"}), relatives),
    (frozenset({"WITH"}), accompanied),
    (frozenset({"WITH"}), tumor_features),
    (frozenset({"SHOWS"}), shown_in_condition),
    (frozenset({"INCLUDING", "BY", "LPAR"}), restated),
    (frozenset({"COLON", "REQUIRING"}), told_after_name),
    (frozenset({"COURSE", "NEW", "STAGE"}), spread_told),
    (QUALITIES, commas_of_alternatives),
    (frozenset({"STAGE"}), explained_stages),
    (JOINED, joined_adjectives),
    (frozenset({"UNIT"}), units_after_last),
    (frozenset({"LPAR"}), said_once),
    (frozenset({"UNIT"}), no_remission),
    (frozenset({"UNIT"}), durations),
    (frozenset({"UNIT", "WHICHEVER", "RPAR"}), half_lives),
    (frozenset({"COMPARE", "COMPARE_AFTER", "NUMBER", "KNOWN"}), ages),
    (frozenset({"COMPARE", "COMPARE_AFTER"}), bounds),
    (frozenset({"COMPARE", "DUE_TO"}), ranges),
    (frozenset({"LPAR"}), late_parentheses),
    (frozenset({"NUMBER"}), choices),
    (frozenset({"NUMBER", "CHOICE"}), on_scale),
    (frozenset({"COMPARE"}), without_idle_equals),
    (frozenset({"COMPARE"}), flip),
    (frozenset({"COMPARE", "BETWEEN"}), reorder),
    (frozenset({"COLON", "EVENT", "UNIT", "LIMIT", "NUMBER"}), unlabelled),
    (frozenset({"COLON"}), of_an_age),
    (frozenset({"CONCEPT", "WORDS"}), of_people),
)
"""The passes in their order, each with the terminals without which it changes nothing."""
