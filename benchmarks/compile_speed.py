"""How fast criteria are compiled: on one core, nothing kept from before, beside the least that a parser of them must do.

    python benchmarks/compile_speed.py [FOLDER] [--seconds S]

Compiles the trials of rules/, or the records of a folder, again and again, and prints criteria a second of processor time. In turn with it
runs the bare pass over the same texts: their words through the Aho-Corasick automaton, their tokens, made before, through Lark's own LALR parser;
no rule comes of that.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lark import Lark, Token, UnexpectedInput

from eligimatch import kept, resources
from eligimatch.compiler.lexer import lex
from eligimatch.compiler.parser import GivenTokens
from eligimatch.compiler.tagger import tag
from eligimatch.model.trial import Trial
from eligimatch.model.words import atoms
from eligimatch.sources.trials import load_trial

TOP = Path(__file__).resolve().parent.parent


def bare(texts: list[str]) -> Callable[[], None]:
    """The bare pass over some texts, all that can be made before it made."""
    lexicon = kept.compiler().lexicon
    lark = Lark((resources.grammar() / "criterion.lark").read_text(encoding="utf-8"), parser="lalr", lexer=GivenTokens)
    rows = [[Token(token.type, token.text) for token in sentence.tokens] for text in texts for sentence in tag(lex(text, lexicon))]

    def run() -> None:
        for text in texts:
            lexicon.matches(lexicon.codes(atoms(text)))
        for row in rows:
            try:
                lark.parse(row)
            except UnexpectedInput:
                continue

    return run


def seconds(run: Callable[[], object]) -> float:
    """The processor time that a call takes."""
    start = time.process_time()
    run()
    return time.process_time() - start


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=TOP / "rules")
    parser.add_argument("--seconds", type=float, default=10)
    chosen = parser.parse_args()
    trials: list[Trial] = [load_trial(path) for path in sorted(chosen.folder.iterdir()) if path.suffix in (".json", ".yaml")]
    compiler = kept.compiler()
    texts = [criterion.text for trial in trials for criterion in compiler.compile_trial(trial).criteria if criterion.kind != "registry"]
    least = bare(texts)
    times: list[tuple[float, float]] = []
    while sum(map(sum, times)) < chosen.seconds:
        times.append((seconds(lambda: [compiler.compile_trial(trial) for trial in trials]), seconds(least)))
    compiled, passed = (min(column) for column in zip(*times, strict=True))
    print(f"{len(texts)} criteria of {len(trials)} trials, {len(times)} times; the quickest of them")
    print(f"compiled                           {len(texts) / compiled:8,.0f} criteria a second")
    print(f"bare Aho-Corasick and Lark         {len(texts) / passed:8,.0f} criteria a second")
    print(f"ratio                              {compiled / passed:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
