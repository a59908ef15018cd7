"""Slashes: two names of one thing, "ILD/pneumonitis that required steroids"; and units that no table knows."""

from __future__ import annotations

from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.qualities import kind_of
from eligimatch.compiler.spreading import with_qualities
from eligimatch.compiler.syntax import Paren
from eligimatch.compiler.tokens import Token


def unknown_units(tokens: list[Token]) -> list[Token]:
    """ "< 9 / frob": unknown words after a number and a slash are of its unit, no alternative."""
    out: list[Token] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        before = out[-1] if out and token.type == "SLASH" and out[-1].type in ("NUMBER", "UNIT") else None
        if before and following and following.type == "WORDS" and (before.type == "NUMBER" or following.start == before.end + 1):
            following.start = token.start
        else:
            out.append(token)
    return out


_FULL_SCORES = (10, 30, 100)


def full_scores(tokens: list[Token]) -> list[Token]:
    """ "MMSE > 22/30": of at most 30 points."""
    out: list[Token] = []
    for token in tokens:
        score = next((before for before in reversed(out[:-2]) if before.kind in ("score", "analyte")), None)
        if (
            token.type == "NUMBER"
            and [before.type for before in out[-2:]] == ["NUMBER", "SLASH"]
            and score is not None
            and score.kind == "score"
            and "acuity" not in "".join(score.names)
            and token.value in _FULL_SCORES
            and isinstance(out[-2].value, float)
            and out[-2].value <= float(str(token.value))
        ):
            out.pop()
        else:
            out.append(token)
    return out


def slashed(phrases: list[Phrase], links: list[str]) -> None:
    """ "ILD/pneumonitis that required steroids": two names of one thing, what is said after the second is said of both."""
    for index in range(len(phrases) - 2, -1, -1):
        phrase, following = phrases[index], phrases[index + 1]
        if links[index] == "slash" and kind_of(phrase) == kind_of(following) == "condition":
            phrases[index] = with_qualities(phrase, following)
            phrases[index].parens = phrase.parens or [paren for paren in following.parens if _excepts(paren)]
            phrases[index].window = phrase.window or following.window
            phrases[index].time = phrase.time or ("ever" if following.since_event != "as_of" else "")


def _excepts(paren: Paren) -> bool:
    """ "autoimmune/inflammatory disorders (except X)": from both."""
    clause = paren.sentence.clauses[0] if paren.sentence and not paren.sentence.modals else None
    return clause is not None and clause.series is None and [tail.word.type for tail in clause.tails] == ["EXCEPT"]
