"""The command `clarify`: a person's signed rewording of one criterion."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eligimatch import console, resources

if TYPE_CHECKING:
    from eligimatch.model.trial import Clarification, CompiledTrial, Criterion, Trial


def clarify(
    trial: Annotated[str, typer.Argument(metavar="TRIAL", help="The trial's id.")],
    criterion: Annotated[str, typer.Argument(metavar="CRITERION", help="The criterion's id, as `eligimatch compile` shows it.")],
    says: Annotated[str | None, typer.Option(metavar="WORDS", help="What it is to be read as; without it, what it is read as now is shown.")] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who signs; default: the name you are logged in by.")] = None,
    trials: Annotated[
        list[Path] | None, typer.Option("--trials", metavar="DIR|FILE", help="Where the trial's file is; may be given again. Default: rules/ here.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the rewording away.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write words that are not understood: unknown for everyone.")] = False,
) -> None:
    """Say in plain words what a criterion means: written into the trial's file, signed, and read in place of the registry's words.

    \b
    eligimatch clarify NCT05255926 E3 --says "Fasting blood glucose > 11.0 mmol/L" --by "Study office"
    eligimatch clarify NCT05255926 E3
    eligimatch clarify NCT05255926 E3 --remove
    """
    from eligimatch import api

    if remove and says is not None:
        raise console.refusal("--says and --remove exclude each other", "", "give one of them")
    path, record = _record(trial, trials)
    if remove:
        clarified = _clarified(record, criterion)
        api.clarify(path, clarified, None)
        console.write(f"{path}: {clarified} is read in the registry's words again")
        return
    compiled = api.compile_trial(record)
    found = _criterion(compiled, criterion)
    if says is None:
        _show(record, compiled, found)
        return
    if not trials and path.is_relative_to(resources.rules()) and not Path("rules").is_dir():
        raise console.refusal("this record comes with the program", str(path), "copy it into a folder of your own, and name that: --trials DIR")
    said = _signed(found, says, by)
    others = tuple(one for one in record.clarifications if one.criterion != found.id)
    now = _criterion(api.compile_trial(record.model_copy(update={"clarifications": (*others, said)})), found.id)
    if not force:
        _understood(record, now)
    api.clarify(path, found.id, said)
    console.write(str(path))
    _show(api.load_trial(path), api.compile_trial(api.load_trial(path)), now)


def _record(name: str, places: list[Path] | None) -> tuple[Path, Trial]:
    """The file of a trial, and the trial; of records of other ids only the names are looked at."""
    from eligimatch import api

    paths = console.records(places)
    for path in sorted(paths, key=lambda path: path.stem.lower() != name.lower()):
        if path.stem.lower() == name.lower() or _names(path, name):
            record = api.load_trial(path)
            if record.id.lower() == name.lower():
                return path, record
    raise console.refusal(f"no trial `{name}` here", "", _near(name, [path.stem for path in paths], "trials here"))


def _names(path: Path, name: str) -> bool:
    """Whether a trial's id stands in a file; what cannot be read is told when the record is loaded."""
    try:
        return name.encode() in path.read_bytes()
    except OSError:
        return True


def _clarified(trial: Trial, name: str) -> str:
    """The id of a criterion that is clarified, whether it is there any more or not."""
    clarified = [one.criterion for one in trial.clarifications]
    for one in clarified:
        if one.lower() == name.lower():
            return one
    hint = f"clarified here: {', '.join(clarified)}" if clarified else "none of this trial's criteria is clarified"
    raise console.refusal(f"no clarification of `{name}` here", trial.id, hint)


def _criterion(trial: CompiledTrial, name: str) -> Criterion:
    listed = {criterion.id.lower(): criterion for criterion in trial.criteria}
    if found := listed.get(name.lower()):
        return found
    raise console.refusal(f"no criterion `{name}` here", trial.id, _near(name, [one.id for one in trial.criteria], "criteria here"))


def _near(name: str, known: list[str], title: str) -> str:
    from eligimatch.model.nearest import nearest

    near = [f"`{one}`" for one in nearest(name, known, 50, most=3)]
    return f"near: {', '.join(near)}" if near else f"{title}: {', '.join(known)}"


def _signed(criterion: Criterion, says: str, by: str | None) -> Clarification:
    """The rewording with who, when, and the hash of the words that it stands for."""
    from datetime import UTC, datetime

    from eligimatch.model.trial import Clarification, words_hash

    if criterion.kind == "registry":
        raise console.refusal(f"{criterion.id} is a field of the registry", "", "correct the field in the record: it holds no words to be clarified")
    if not says.strip():
        raise console.refusal("a clarification without words", "--says", "--remove takes a clarification away")
    today = datetime.now(tz=UTC).astimezone().date()
    return Clarification(criterion=criterion.id, says=says.strip(), by=(by or "").strip() or _login(), on=today, original=words_hash(criterion.text))


def _login() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError):
        raise console.refusal("nobody signs", "--by", "name who clarifies: --by NAME") from None


def _understood(trial: Trial, criterion: Criterion) -> None:
    """Refuses a rewording of which words were not understood."""
    from eligimatch.model.diagnostic import Diagnostic, InputError
    from eligimatch.model.trial import Form

    if criterion.form not in (Form.PARTIAL, Form.UNPARSED):
        return
    raise InputError(
        Diagnostic(
            title="the rewording is not understood",
            source=f"{trial.id} {criterion.id}",
            text=(criterion.clarified or "").replace("\n", " "),
            span=criterion.residue[0].span,
            label="not understood",
            kept="nothing was written",
            hint="`eligimatch explain` shows how words are read; --force writes them all the same",
        )
    )


def _show(trial: Trial, compiled: CompiledTrial, found: Criterion) -> None:
    """A criterion as it is read, and who clarified it when."""
    from eligimatch import api
    from eligimatch.report.tree import criterion_tree

    now = next(one for one in compiled.criteria if one.id == found.id)
    signed = next((one for one in reversed(trial.clarifications) if one.criterion == found.id), None)
    console.render(criterion_tree(now, console.width(), api.in_words(now.rule, "exclusion" if now.kind == "exclusion" else "inclusion")))
    if signed is None:
        console.write(f"no clarification of {found.id}")
    else:
        console.write(f"clarified by {signed.by} on {signed.on}" + ("" if now.clarified else f", out of date: {signed.says}"))
    console.warn([[one for one in compiled.diagnostics if one.source == f"{trial.id} {found.id}"]])
