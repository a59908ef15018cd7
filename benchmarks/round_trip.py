"""How many criteria the printer says in words that compile back to the same rule, and how plainly.

    python benchmarks/round_trip.py [FILE] [--trials N] [--seed S] [--forms typed,statement]

Takes each criterion of rules/ and, of a file of records (JSON lines, `.gz` or not, default: ../shared/corpus/trials-dev.jsonl.gz where it is there),
those of a seeded draw of trials that were read in one of the forms. Prints how many come back the same, how many as a plain sentence, with
brackets, or with a part written field by field; and why plain sentences would not do, by the outermost node and what is beneath it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from eligimatch import api, kept
from eligimatch.model.rule import Had, Rule, children
from eligimatch.model.trial import CompiledTrial, Criterion
from eligimatch.report.exact import same
from eligimatch.report.words import sentence

TOP = Path(__file__).resolve().parent.parent
RECORDS = TOP.parent / "shared" / "corpus" / "trials-dev.jsonl.gz"
_FIELD_BY_FIELD = re.compile(r"\b(?:measure|is|had|statement|unparsed) \[")
_LIKENESS = ("as a plain sentence", "with brackets", "with a part field by field", "not the same")


def drawn(path: Path, count: int, seed: int) -> Iterator[CompiledTrial]:
    """Some trials of a file of records, compiled."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        listed = list(lines)
    for line in random.Random(seed).sample(listed, min(count, len(listed))):
        yield kept.compiler().compile_trial(api.load_trial(_record(json.loads(line))))


def _record(row: dict[str, Any]) -> dict[str, Any]:
    conditions = row.get("conditions") or []
    return {"id": row["nct_id"], "title": row.get("title") or row["nct_id"], "conditions": conditions, "eligibility": row["eligibility_text"]}


def likeness(criterion: Criterion) -> str:
    """How a criterion's rule comes back."""
    side: Literal["inclusion", "exclusion"] = "exclusion" if criterion.kind == "exclusion" else "inclusion"
    said = api.in_words(criterion.rule, side)
    if not same(kept.compiler().rule(said, side), criterion.rule):
        return _LIKENESS[3]
    if said == sentence(criterion.rule):
        return _LIKENESS[0]
    return _LIKENESS[2 if _FIELD_BY_FIELD.search(said) else 1]


def reason(rule: Rule) -> str:
    """The kind of a rule that no plain sentence says: its node, and what is beneath or about it."""
    if isinstance(rule, Had):
        about = {qualifier.ask for qualifier in rule.qualifiers} | {
            name for name in ("but_not", "examples", "window", "study") if getattr(rule, name)
        }
        return f"had ({', '.join(sorted(about)) or rule.concept.kind})"
    beneath = Counter(child.node for child in children(rule))
    return f"{rule.node} of {', '.join(sorted(beneath))}" if beneath else rule.node


def measured(title: str, criteria: Iterable[Criterion]) -> bool:
    """Prints the figures of some criteria; gives whether all came back."""
    start = time.perf_counter()
    counted, reasons, broken = Counter[str](), Counter[str](), Counter[str]()
    for criterion in criteria:
        found = likeness(criterion)
        counted[found] += 1
        if found != _LIKENESS[0]:
            (broken if found == _LIKENESS[3] else reasons)[reason(criterion.rule)] += 1
    total = counted.total()
    print(f"{title}: {total} criteria, {1 - counted[_LIKENESS[3]] / max(total, 1):.1%} come back the same ({time.perf_counter() - start:.0f} s)")
    for name in _LIKENESS:
        print(f"  {counted[name]:6} {counted[name] / max(total, 1):6.1%}  {name}")
    for name, some in (("not the same", broken), ("not as a plain sentence", reasons)):
        for kind, count in some.most_common(12):
            print(f"  {name}: {count:4}  {kind}")
    return not broken


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=RECORDS)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--forms", default="typed")
    given = parser.parse_args()
    forms = set(given.forms.split(","))
    rules = [criterion for path in sorted((TOP / "rules").glob("*.yaml")) for criterion in api.read_trial(path).criteria]
    whole = measured("rules/, every form", rules)
    if given.file.exists():
        some = (
            one for trial in drawn(given.file, given.trials, given.seed) for one in trial.criteria if one.kind != "registry" and one.form in forms
        )
        whole &= measured(f"{given.trials} trials drawn by seed {given.seed}, {given.forms}", some)
    return 0 if whole else 1


if __name__ == "__main__":
    raise SystemExit(main())
