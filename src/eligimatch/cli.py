"""The command line: arguments in, reports on stdout, messages on stderr. Exit codes: 0 finished, 2 unusable input, 3 some rows set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Annotated, Literal

import typer

from eligimatch import __version__, console
from eligimatch.commands import ask, clarify, diff, lint, mapping, report, screen, synth, tables, what_if
from eligimatch.commands.options import AsOf, Patients, Trials, Workers

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Reads eligibility criteria of clinical trials and judges patient profiles by them: matched, failed or unknown, and why.\n\n"
    "Decision support only: whatever a profile does not say is unknown, and a clinician decides.",
)
vocabulary = typer.Typer(no_args_is_help=True, help="What the words of medicine mean here: concepts, parents, synonyms, codes.")
app.add_typer(vocabulary, name="vocabulary")


@app.command()
def check(
    patients: Patients,
    trials: Trials = None,
    as_of: AsOf = None,
    shown: Annotated[
        Literal["table", "json", "html", "xlsx"],
        typer.Option("--format", help="json: one object a patient, each on a line of its own; html: one page to read and print; xlsx: a worklist."),
    ] = "table",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to a file, wholly or not at all; only its owner may read it.")] = None,
    only: Annotated[
        str | None, typer.Option(metavar="STATUSES", help="Which to show: failed,unknown,matched. A page and a worklist can show the rest again.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Underline the words that each answer rests on.")] = False,
    near: Annotated[bool, typer.Option("--near", help="Only what failed or barely holds: by how much, whether it may change, and when.")] = False,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Show a calendar from this day on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The calendar's last day; default: eight weeks on.")] = None,
    workers: Workers = None,
) -> None:
    """Judge patients by trials.

    \b
    eligimatch check patients/near-limits.yaml
    eligimatch check patients/ --trials rules/ --only failed,unknown
    eligimatch check patient.yaml --as-of 2026-03-02 --explain
    eligimatch check patient.yaml --format json | python -m json.tool
    eligimatch check patients/near-limits.yaml --near
    eligimatch check patient.yaml --from 2026-03-01 --until 2026-04-30
    eligimatch check patients/ --format html --out report.html
    eligimatch check patients/ --format xlsx --out worklist.xlsx
    """
    from eligimatch import api
    from eligimatch.commands import views
    from eligimatch.report.facts import Judged
    from eligimatch.report.terminal import ORDER, report_lines

    statuses = console.statuses(only) if only else ORDER
    day = console.day(as_of) if as_of else None
    view = views.chosen(shown, near=near, first=from_, last=until)
    if shown == "xlsx":
        console.refuse_terminal("a worklist", out)
    batch = console.Batch()
    profiles = list(batch.each(console.profiles(patients), api.load_profile))
    compiled = [api.read_trial(path) for path in console.prepared(trials, workers)]
    watched = console.tracked(profiles, len(profiles), "patients") if out else profiles
    persons = (Judged(profile, api.check(profile, compiled, day)) for profile in watched)
    with console.saved(out):
        match shown:
            case "table" | "json" if view:
                for index, profile in enumerate(watched):
                    view(profile, compiled, day, shown, apart=index > 0)
            case "table":
                for index, person in enumerate(persons):
                    console.show(report_lines(person.report, statuses, explain=console.width() if explain else 0), apart=index > 0)
            case "json":
                for person in persons:
                    console.write(person.report.model_dump_json())
            case "html":
                from eligimatch.report.html import page

                console.write_pieces(page(persons, statuses, f"eligimatch {__version__}"))
            case "xlsx":
                from eligimatch.report.excel import workbook

                console.write_bytes(workbook(persons, statuses, f"eligimatch {__version__}"))
    console.warn_in_short(trial.diagnostics for trial in compiled)
    batch.close()


@app.command("compile")
def compile_(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH", help="Trial records, or folders of them; default: as for check.")] = None,
    shown: Annotated[Literal["tree", "json"], typer.Option("--format", help="json: one object a trial, each on a line of its own.")] = "tree",
    stats: Annotated[
        bool, typer.Option("--stats", help="Only tables: how many criteria were read, and how well, by form and by what they ask.")
    ] = False,
    workers: Workers = None,
) -> None:
    """Show what trials' criteria were read as, and what was not understood.

    \b
    eligimatch compile rules/NCT05255926.yaml
    eligimatch compile rules/ --stats
    eligimatch compile rules/ --format json | jq -c '.criteria[] | [.id, .form]'
    """
    from eligimatch import api, kept
    from eligimatch.report.tree import coverage, trial_tree

    batch = console.Batch()
    heads = []
    for trial in batch.each(console.prepared(paths, workers), lambda path: kept.bytes_of_file(path, api.load_trial)):
        heads.append(trial.head())
        if stats:
            continue
        if shown == "json":
            console.write(trial.compiled.decode())
        else:
            console.render(trial_tree(trial.trial(), console.width()))
    if stats:
        console.render(coverage(sum((head.reads for head in heads), Counter())))
    console.warn((head.diagnostics for head in heads), limit=console.SHOWN if stats else None)
    batch.close()


@app.command()
def explain(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="One criterion, in quotes.")],
    kind: Annotated[Literal["inclusion", "exclusion"], typer.Option(help="The section in which it would stand.")] = "inclusion",
    shown: Annotated[Literal["tree", "json"], typer.Option("--format", help="json: the compiled criterion.")] = "tree",
) -> None:
    """Show how one criterion is understood.

    \b
    eligimatch explain "ECOG performance status 0-1 and life expectancy of at least 3 months"
    eligimatch explain "Active tuberculosis within 1 year, unless treated" --kind exclusion
    """
    from eligimatch import api
    from eligimatch.report.tree import criterion_tree

    if not text.strip():
        raise console.refusal("a criterion without words", "", 'give it in quotes: eligimatch explain "ECOG 0-1"')
    criterion = api.explain(text, kind)
    if shown == "json":
        console.write(criterion.model_dump_json())
    else:
        console.render(criterion_tree(criterion, console.width(), api.in_words(criterion.rule, kind)))


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="ClinicalTrials.gov API v2 JSON, or a saved record page.")],
    into: Annotated[Path, typer.Option(metavar="DIR", help="The folder that takes one file a trial.")] = Path("rules"),
) -> None:
    """Turn registry records into files of rules/.

    \b
    eligimatch import NCT05255926.json
    eligimatch import downloads/*.txt --into rules/
    """
    from eligimatch import api

    batch = console.Batch()
    for path, notes in batch.each(files, lambda file: api.import_trial(file, into)):
        console.write(str(path))
        console.warn([notes], limit=None)
    batch.close()


@vocabulary.command("find")
def find(words: Annotated[list[str], typer.Argument(metavar="WORD", help="A word or phrase, as a criterion writes it.")]) -> None:
    """Say what a word means: its concept, parents, codes, members, source.

    \b
    eligimatch vocabulary find NSCLC
    eligimatch vocabulary find live vaccine
    """
    from eligimatch import kept
    from eligimatch.report.concepts import found

    console.show(found(kept.language().vocabulary, " ".join(words)))


@vocabulary.command("show")
def show(names: Annotated[list[str], typer.Argument(metavar="NAME", help="A concept's name, or another word for it.")]) -> None:
    """Show everything that is a kind of a concept.

    \b
    eligimatch vocabulary show lung cancer
    """
    from eligimatch import kept
    from eligimatch.report.concepts import members

    console.show(members(kept.language().vocabulary, " ".join(names)))


app.command()(ask.ask)
app.command("what-if")(what_if.what_if)
app.command()(clarify.clarify)
app.command()(diff.diff)
app.command()(lint.lint)
app.command("map")(mapping.map_)
app.command()(tables.tables)
app.command()(screen.screen)
app.command()(report.report)
app.command()(synth.synth)


@app.callback(invoke_without_command=True)
def options(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Hold the options of the program as a whole."""
    if version:
        console.write(f"eligimatch {__version__}")
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; gives its exit code."""
    return console.run(lambda: _asked(arguments or [])(arguments, prog_name="eligimatch", standalone_mode=False) or 0)


def _asked(arguments: Sequence[str]) -> typer.Typer:
    """The program with the command alone that is asked for: Typer makes the options of all its commands before it runs one."""
    found = [one for one in app.registered_commands if arguments[:1] == [one.name or (one.callback and one.callback.__name__)]]
    if not found:
        return app
    program = copy(app)
    program.registered_commands, program.registered_groups = found, []
    return program
