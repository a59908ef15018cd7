"""A registry's record (ClinicalTrials.gov API v2 JSON, or a saved page) to a Trial, and diagnostics of what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.trial import Source, Trial
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.sources.conditions import taken_apart
from eligimatch.sources.documents import Document, read_document, read_text
from eligimatch.sources.mistakes import first_mistake
from eligimatch.sources.pages import Page, read_page

REGISTRY = "ClinicalTrials.gov"
Study = Mapping[str, Any]


def read_record(source: Path | str | Study, vocabulary: Vocabulary | None = None) -> tuple[Trial, list[Diagnostic]]:
    """The trial of a saved page, of an API v2 study (a file or mapping), or of a mapping of a trial file's keys.

    What the record lacks is told, never filled in. The vocabulary takes conditions apart that a page ran together on
    one line. Raises InputError for what cannot be such a record.
    """
    if isinstance(source, Mapping):
        return _of_mapping(source, "")
    path = Path(source)
    if path.suffix.lower() in (".yaml", ".yml"):
        hint = "it is read as it is: --trials FILE, or copy it into rules/"
        raise InputError(Diagnostic(title="a trial in YAML is not imported", source=str(path), hint=hint))
    text = read_text(path)
    if not text.strip():
        raise InputError(Diagnostic(title="empty file", source=str(path)))
    if text.lstrip()[:1] in ("{", "["):
        return _of_mapping(read_document(path).data, str(path))
    page = read_page(text)
    if page is None:
        hint = "pages of ClinicalTrials.Veeva, ClinConnect and of headings explained are known, and API v2 JSON; or write the record as YAML"
        raise InputError(Diagnostic(title="a page of no known design", source=str(path), hint=hint))
    if vocabulary is not None:
        page = page._replace(conditions=tuple(name for line in page.conditions for name in taken_apart(line, vocabulary)))
    return _of_page(page, str(path))


# --- API v2 ------------------------------------------------------------------------------------------------------------------


def _of_mapping(given: Any, source: str) -> tuple[Trial, list[Diagnostic]]:
    if isinstance(given, Mapping) and isinstance(given.get("studies"), list):
        given = given["studies"][0] if len(given["studies"]) == 1 else None
    if not isinstance(given, Mapping):
        raise InputError(Diagnostic(title="not one trial record", source=source, hint="a file holds one study; split a list of studies"))
    if "protocolSection" not in given:
        return _checked(_of_flat(given, source), source)
    return _checked(_of_study(given), source)


def _of_study(study: Study) -> Trial:
    """The fields of a study as the API gives them."""
    protocol = _part(study, "protocolSection")
    identification, eligibility = _part(protocol, "identificationModule"), _part(protocol, "eligibilityModule")
    volunteers = eligibility.get("healthyVolunteers")
    return Trial(
        id=_words(identification.get("nctId")) or _words(_part(identification, "orgStudyIdInfo").get("id")),
        title=_words(identification.get("briefTitle")) or _words(identification.get("officialTitle")),
        conditions=tuple(_words(name) for name in _list(_part(protocol, "conditionsModule").get("conditions"))),
        sex=_sex(_words(eligibility.get("sex"))),
        minimum_age=_age(_words(eligibility.get("minimumAge"))),
        maximum_age=_age(_words(eligibility.get("maximumAge"))),
        healthy_volunteers=volunteers if isinstance(volunteers, bool) else None,
        source=Source(registry=REGISTRY, retrieved=_day(_part(_part(study, "derivedSection"), "miscInfoModule").get("versionHolder"))),
        eligibility=_tidy(_words(eligibility.get("eligibilityCriteria"))),
    )


def _of_flat(given: Study, source: str) -> Trial:
    try:
        return flat_trial(given)
    except ValidationError as error:
        raise InputError(first_mistake(error, Document(given, {}, source), Trial)) from None


def flat_trial(given: Study) -> Trial:
    """The trial of a mapping of contract/trial's keys; sexes in any case. Raises ValidationError."""
    values = {key: value for key, value in given.items() if value is not None}
    if isinstance(sex := values.get("sex"), str):
        values["sex"] = sex.lower()
    return Trial.model_validate(values)


def _part(values: Study, key: str) -> Study:
    part = values.get(key)
    return part if isinstance(part, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _words(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    with suppress(ValueError, TypeError):
        return date.fromisoformat(value)
    return None


def _sex(word: str | None) -> Literal["all", "female", "male"] | None:
    match (word or "").lower():
        case "all" | "female" | "male" as sex:
            return sex
        case _:
            return None


def _age(text: str | None) -> str | None:
    """`18 Years` as `18 years`; nothing for `N/A`."""
    return None if not text or text.strip().upper() == "N/A" else " ".join(text.lower().split())


def _tidy(text: str) -> str:
    """The words as they stand, without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip("\n")


# --- saved pages -------------------------------------------------------------------------------------------------------------


def _of_page(page: Page, source: str) -> tuple[Trial, list[Diagnostic]]:
    trial = Trial(
        id=page.id,
        title=page.title,
        conditions=page.conditions,
        sex=_sex(page.sex),
        minimum_age=_age(page.minimum_age),
        maximum_age=_age(page.maximum_age),
        healthy_volunteers=page.volunteers,
        source=Source(registry=REGISTRY if page.number else "", retrieved=page.retrieved, note=f"saved page: {page.site}"),
        eligibility=page.eligibility,
    )
    checked, found = _checked(trial, source)
    if not page.number:
        note = Diagnostic(
            title="the page gives no registry number", severity="warning", source=source, kept=f"the id `{page.id}` is the sponsor's own"
        )
        found.insert(0, note)
    if page.guessed:
        found.append(_guessed(page, source))
    return checked, found


def _guessed(page: Page, source: str) -> Diagnostic:
    return Diagnostic(
        title="the page gives one age without its label",
        severity="warning",
        source=source,
        text=page.minimum_age or "",
        kept=f"read as the {page.guessed}, which stands first on such pages",
        hint="compare it with the registry",
    )


# --- what a record lacks -------------------------------------------------------------------------------------------------------


def _checked(trial: Trial, source: str) -> tuple[Trial, list[Diagnostic]]:
    """The trial with what is to be said of it. Raises InputError for one without an id or eligibility text."""
    name = trial.id or source
    if not trial.id:
        raise InputError(Diagnostic(title="the record has no number", source=source, hint="give it an `id`"))
    if not trial.eligibility.strip():
        raise InputError(Diagnostic(title="the record has no eligibility text", source=name, hint="without criteria there is nothing to check"))
    lacks = [name for name, value in (("title", trial.title), ("conditions", trial.conditions), ("sex", trial.sex)) if not value]
    return trial, [_lacking(what, trial.id) for what in lacks]


_LACKING = {
    "title": "the trial is shown by its id",
    "conditions": "words such as `other malignancy` and `the study disease` stay unknown where they decide",
    "sex": "nothing is asked of the person's sex by the record",
}


def _lacking(what: str, source: str) -> Diagnostic:
    return Diagnostic(
        title=f"the record gives no {what}",
        severity="warning",
        source=source,
        kept=_LACKING[what],
        hint="add it to the file in rules/ where it is known",
    )
