"""A person's rewordings in the place of criteria's own words, as long as these are the words that were reworded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.trial import Clarification, Criterion, Trial


def clarified(trial: Trial, criteria: Iterable[Criterion], read: Callable[[Criterion, str], Criterion]) -> Iterator[Criterion]:
    """The criteria, each that was reworded as `read` makes it of the words; of several rewordings of one the last counts."""
    signed = {clarification.criterion: clarification for clarification in trial.clarifications}
    for criterion in criteria:
        said = signed.get(criterion.id)
        yield read(criterion, said.says) if said is not None and said.stands_for(criterion.text) else criterion


def idle(trial: Trial, criteria: Iterable[Criterion]) -> Iterator[Diagnostic]:
    """What there is to say of rewordings that are not read, or cannot be told to be meant for the words that stand there."""
    texts = {criterion.id: criterion.text for criterion in criteria}
    for said in trial.clarifications:
        words = texts.get(said.criterion)
        if words is None:
            yield _warning(trial, said, "clarification of a criterion that is not there", said.says, "the words are not read",
                           f"criteria here: {', '.join(texts)}")  # fmt: skip
        elif not said.stands_for(words):
            yield _warning(trial, said, "clarification out of date: the criterion's words have changed", words, "the registry's words are read",
                           _renew(trial, said))  # fmt: skip
        elif said.original is None:
            yield Diagnostic(
                title="clarification without the hash of the words it stands for", severity="note", source=f"{trial.id} {said.criterion}",
                kept="it is read whatever words stand there", hint=_renew(trial, said),
            )  # fmt: skip


def _warning(trial: Trial, said: Clarification, title: str, text: str, kept: str, hint: str) -> Diagnostic:
    return Diagnostic(title=title, severity="warning", source=f"{trial.id} {said.criterion}", text=text, kept=kept, hint=hint)


def _renew(trial: Trial, said: Clarification) -> str:
    return f"`eligimatch clarify {trial.id} {said.criterion} --says …` signs it anew, `--remove` takes it away"
