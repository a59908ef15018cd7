"""What a treatment was given for, and where: drugs against cancer and else, and what is given locally. Today is 2026-03-02."""

from __future__ import annotations

from typing import Any

import pytest
from asking import ever, truth

from eligimatch.model.rule import Coded


def given(name: str, *conditions: str, **more: Any) -> dict[str, Any]:
    """A person with these diseases, who was given a drug; all is listed."""
    treatments: list[dict[str, Any]] = [{"name": name, "start": "2020-01-01", "status": "ongoing", **more}]
    return {"conditions": [{"name": one} for one in conditions], "treatments": treatments, "complete": ["conditions", "treatments"]}


AGAINST_CANCER = ("chemotherapy", "anticancer therapy")


@pytest.mark.parametrize("asked", AGAINST_CANCER)
def test_a_drug_for_more_than_cancer_is_one_against_it_where_a_cancer_alone_is_listed(asked: str) -> None:
    assert truth(ever(asked), given("methotrexate", "breast cancer", "hypertension")) is True


@pytest.mark.parametrize("asked", AGAINST_CANCER)
@pytest.mark.parametrize("conditions", [("rheumatoid arthritis",), ("rheumatoid arthritis", "breast cancer"), ("hypertension",), ()])
def test_where_another_disease_may_be_what_it_is_for_that_stays_open(asked: str, conditions: tuple[str, ...]) -> None:
    assert truth(ever(asked), given("methotrexate", *conditions)) is None


def test_what_it_was_for_decides_where_it_is_said() -> None:
    assert truth(ever("chemotherapy"), given("methotrexate", "rheumatoid arthritis", "breast cancer", **{"for": "breast cancer"})) is True
    assert truth(ever("chemotherapy"), given("methotrexate", "rheumatoid arthritis", "breast cancer", **{"for": "rheumatoid arthritis"})) is None


def test_a_drug_that_treats_cancer_alone_needs_no_purpose() -> None:
    assert truth(ever("chemotherapy"), given("carboplatin", "rheumatoid arthritis")) is True


@pytest.mark.parametrize(
    ("drug", "disease", "asked"),
    [
        ("hydroxyurea", "sickle cell disease", "chemotherapy"), ("rituximab", "rheumatoid arthritis", "anticancer therapy"),
        ("cladribine", "multiple sclerosis", "chemotherapy"), ("leuprolide", "endometriosis", "hormone therapy"),
        ("bevacizumab", "macular degeneration", "anticancer therapy"), ("radioactive iodine therapy", "hyperthyroidism", "anticancer therapy"),
    ],
)  # fmt: skip
def test_other_uses_leave_it_open_beside_a_cancer(drug: str, disease: str, asked: str) -> None:
    assert truth(ever(asked), given(drug, disease, "breast cancer")) is None


def test_it_remains_the_drug_and_its_other_classes() -> None:
    assert truth(ever("methotrexate"), given("methotrexate", "rheumatoid arthritis")) is True
    assert truth(ever("immunosuppressant"), given("methotrexate", "rheumatoid arthritis")) is True


# --- where it was given ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "name", "route"),
    [
        ("corticosteroid", "fluticasone nasal spray", None), ("corticosteroid", "hydrocortisone 1 % cream", None),
        ("immunosuppressant", "cyclosporine", "ophthalmic"), ("strong CYP3A4 inhibitor", "ketoconazole cream", None),
        ("NSAID", "diclofenac gel", None), ("estrogen", "estradiol", "vaginal"), ("beta blocker", "timolol", "ophthalmic"),
    ],
)  # fmt: skip
def test_of_what_is_given_locally_it_is_open_whether_a_class_means_it(asked: str, name: str, route: str | None) -> None:
    local = given(name, **({"route": route} if route else {}))
    assert truth(ever(asked), local) is None


@pytest.mark.parametrize(("asked", "name"), [("corticosteroid", "prednisone"), ("estrogen", "estradiol"), ("beta blocker", "metoprolol")])
def test_what_is_given_by_mouth_or_not_said_is_of_the_class(asked: str, name: str) -> None:
    assert truth(ever(asked), given(name, route="oral")) is True
    assert truth(ever(asked), given(name)) is True


def test_a_drug_or_a_route_that_is_asked_is_asked_as_such() -> None:
    nasal = given("fluticasone nasal spray")
    assert truth(ever("fluticasone"), nasal) is True
    assert truth(ever("corticosteroid", Coded(aspect="route", values=("intranasal",))), nasal) is True
    assert truth(ever("systemic corticosteroid"), nasal) is False
