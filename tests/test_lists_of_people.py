"""Lists of a record that stand beneath people or beneath sets of signs, without a colon."""

from __future__ import annotations

from typing import Any

import pytest

from eligimatch.api import check, compile_trial, load_profile, load_trial

HEPATIC = "* For patients with hepatic metastases\n\n  * ALT <= 5 x ULN\n* Age >= 18"
SETS = "* Asthma\n\nMajor criteria:\n\n1. Wheezing\n\nMinor criteria:\n\n1. Cough"


def statuses(eligibility: str, **profile: Any) -> list[str]:
    """The status of each criterion among the inclusions."""
    trial = compile_trial(load_trial({"id": "T", "title": "T", "conditions": [], "eligibility": f"Inclusion Criteria:\n\n{eligibility}\n"}))
    report = check(load_profile({"id": "P", "as_of": "2026-03-02", **profile}), [trial])
    return [criterion.status.value for criterion in report.trials[0].criteria if criterion.kind != "registry"]


@pytest.mark.parametrize(("conditions", "status"), [([], "matched"), ([{"name": "liver metastasis"}], "failed")])
def test_a_list_beneath_people_is_asked_of_them(conditions: list[dict[str, str]], status: str) -> None:
    high = [{"name": "ALT", "value": 400, "unit": "U/L", "uln": 40, "date": "2026-03-01"}]
    assert statuses(HEPATIC, conditions=conditions, complete=["conditions"], observations=high, age=40) == [status, "matched"]


def test_people_alone_are_not_demanded() -> None:
    assert statuses("* For patients with hepatic metastases\n* Age >= 18", complete=["conditions"], age=40) == ["unknown", "matched"]


def test_signs_of_which_some_sets_make_a_diagnosis_are_not_each_demanded() -> None:
    asthma = [{"name": "asthma"}]
    assert statuses(SETS, conditions=asthma, complete=["conditions"]) == ["matched", "unknown", "unknown"]
