"""A small slice of the vocabulary: words that random rules and random people share, and which of them are near each other."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from eligimatch.model.concept import Kind
from eligimatch.model.quantity import Duration

TODAY = date(2026, 3, 2)
"""The day on which random people are judged."""


class Number(NamedTuple):
    """An analyte: its name, the names that profiles give it, its canonical unit, limits, and units with the factor from the canonical one."""

    name: str
    kind: Kind
    said: tuple[str, ...]
    unit: str | None
    limits: tuple[float, ...]
    units: tuple[tuple[str | None, float], ...] = ()
    reference: tuple[float, float] | None = None


CONDITIONS = tuple(
    "autoimmune disease;rheumatoid arthritis;vitiligo;type 1 diabetes;diabetes mellitus;heart disease;heart failure;coronary artery disease;"
    "myocardial infarction;unstable angina;cancer;solid tumor;lung cancer;non-small cell lung cancer;small cell lung cancer;breast cancer;melanoma;"
    "brain metastasis;metastasis;lymphoma;infection;hepatitis B;HIV infection;tuberculosis;pneumonia;anemia;neutropenia;hypertension;stroke;"
    "ischemic stroke;hemorrhagic stroke;bleeding;seizure;epilepsy;tobacco smoking;study disease;disease;penicillin allergy".split(";")
)
TREATMENTS = tuple(
    "anticancer therapy;chemotherapy;cisplatin;carboplatin;platinum-based chemotherapy;immunotherapy;immune checkpoint inhibitor;"
    "pembrolizumab;nivolumab;methotrexate;rituximab;systemic anticancer therapy;corticosteroid;systemic corticosteroid;prednisone;"
    "dexamethasone;antibiotic;ceftriaxone;radiotherapy;investigational drug;vaccine;live vaccine;yellow fever vaccine;anticoagulant;"
    "warfarin;treatment".split(";")
)
OPERATIONS = ("major surgery", "surgery", "mastectomy", "right hemicolectomy", "pacemaker", "medical device")
PROCEDURES = ("PET/CT", "imaging", "magnetic resonance imaging", "colonoscopy", "biopsy")
SUBSTANCES = ("penicillin", "amoxicillin", "iodinated contrast", "antibiotic", "hypersensitivity")
OPEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "mucinous lymphoma": ("condition", ("lymphoma",)),
    "quorx malady": ("condition", ()),
    "moonbeam therapy": ("treatment", ()),
    "QX-4711": ("treatment", ()),
}
"""Words that no vocabulary knows, with the concepts of which they must be a kind."""
SAID = (
    *CONDITIONS, "metastatic breast cancer", "stage IV melanoma", "severe pneumonia", "suspected tuberculosis", "history of stroke", "NSCLC",
    "adenocarcinoma of the lung", "chronic hepatitis B", "diffuse mucinous lymphoma", "mucinous lymphoma", "quorx malady", "angina",
    "anaemia, unspecified", "family history of melanoma", "pneumonia (ruled out)", "heart failure, NYHA III", "NSCLC stage IIIB",
    "arthritis, rheumatoid", "no infection", "r/o pneumonia", "melanoma in mother",
)  # fmt: skip
GIVEN = (
    *TREATMENTS, *OPERATIONS, "cisplatin and pembrolizumab", "oral prednisone", "moonbeam therapy", "QX-4711", "adjuvant chemotherapy", "steroids",
    "dexamethasone eye drops", "prednisone 10 mg PO daily", "ceftriaxone 1 g IV", "dexamethasone 0.1% ophthalmic solution",
)  # fmt: skip
DENIED = (
    *CONDITIONS, *TREATMENTS[:-1], *OPERATIONS, *PROCEDURES, "allergy to penicillin", "drug allergy", "severe heart disease", "active infection",
    "other malignancy", "active hepatitis B", "mucinous lymphoma", "quorx malady", "brain metastases", "pregnancy", "clinically significant bleeding",
)  # fmt: skip
NUMBERS = (
    Number("hemoglobin", "analyte", ("hemoglobin", "Hb", "hemoglobin (blood)"), "g/dL", (8, 9, 10, 12),
           (("g/dL", 1), ("g/L", 10), (None, 1)), (12, 16)),
    Number("blood glucose", "analyte", ("glucose", "blood glucose", "fasting glucose"), "mg/dL", (70, 126, 198.176, 200),
           (("mg/dL", 1), ("mmol/L", 0.0555), (None, 1)), (70, 100)),
    Number("fasting blood glucose", "analyte", ("fasting blood glucose", "blood glucose"), "mg/dL", (110, 126, 140), (("mg/dL", 1),), (70, 100)),
    Number("alanine aminotransferase", "analyte", ("ALT", "alanine aminotransferase"), "U/L", (40, 100, 120), (("U/L", 1), ("IU/L", 1)), (7, 40)),
    Number("serum creatinine", "analyte", ("creatinine", "serum creatinine"), "mg/dL", (1, 1.5, 2), (("mg/dL", 1), ("umol/L", 88.42)), (0.6, 1.2)),
    Number("platelet count", "analyte", ("platelets", "platelet count"), "10^9/L", (50, 75, 100), (("10^9/L", 1), ("/uL", 1000)), (150, 400)),
    Number("total bilirubin", "analyte", ("bilirubin", "total bilirubin", "bilirubin, total"), "mg/dL", (1.2, 1.5, 3), (("mg/dL", 1),), (0.1, 1.2)),
    Number("absolute neutrophil count", "analyte", ("ANC", "absolute neutrophil count"), "10^9/L", (0.5, 1, 1.5), (("10^9/L", 1), ("/uL", 1000))),
    Number("HbA1c", "analyte", ("HbA1c",), "%", (6.5, 7, 9), (("%", 1), ("mmol/mol", 9))),
    Number("INR", "analyte", ("INR",), None, (1.2, 1.5, 3), ((None, 1),)),
    Number("QTc", "analyte", ("QTcF", "QTc"), "ms", (450, 470, 480), (("ms", 1),)),
    Number("left ventricular ejection fraction", "analyte", ("LVEF",), "%", (40, 50, 55), (("%", 1),)),
    Number("ECOG performance status", "score", ("ECOG",), None, (0, 1, 2), ((None, 1),)),
    Number("NYHA class", "stage", ("NYHA class", "NYHA"), None, (1, 2, 3), ((None, 1),)),
    Number("best corrected visual acuity", "analyte", ("best corrected visual acuity",), "letters", (50, 70, 80), (("letters", 1),)),
    Number("life expectancy", "analyte", ("life expectancy",), "month", (3, 6, 12), (("month", 1), ("wk", 4.35), ("year", 1 / 12))),
    Number("age", "analyte", (), "year", (18, 65, 75)),
    Number("PD-L1 tumor proportion score", "analyte", ("PD-L1 TPS",), "%", (1, 50), (("%", 1),)),
    Number("transaminases", "analyte", ("ALT", "AST"), "U/L", (40, 100), (("U/L", 1),), (7, 40)),
)  # fmt: skip
RESULTS: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "HBsAg": ("analyte", ("positive", "negative")),
    "EGFR": ("marker", ("mutated", "wild-type", "altered", "amplified")),
    "EGFR L858R": ("marker", ("mutated", "negative")),
    "KRAS": ("marker", ("mutated", "wild-type")),
    "RAS": ("marker", ("mutated", "wild-type")),
    "HER2": ("marker", ("positive", "negative", "amplified", "low")),
    "hormone receptor": ("marker", ("positive", "negative")),
    "estrogen receptor": ("marker", ("positive", "negative")),
    "smoking status": ("analyte", ("current", "former", "never", "smokes daily")),
}
PERSON = ("pregnant", "breastfeeding", "childbearing_potential", "contraception", "postmenopausal", "volunteer")
TOPICS = (
    "informed consent", "willing and able to keep a diary", "able to swallow tablets", "unwilling to use contraception",
    "in the investigator's opinion unfit", "clinically significant bleeding", "clinically significant heart disease", "healthy volunteer",
)  # fmt: skip
EVENTS = ("as_of", "as_of", "first dose", "enrolment", "surgery")
LENGTHS = (
    Duration(count=12, unit="hour"), Duration(count=7, unit="day"), Duration(count=14, unit="day"), Duration(count=28, unit="day"),
    Duration(count=4, unit="week"), Duration(count=3, unit="month"), Duration(count=6, unit="month"), Duration(count=1, unit="year"),
)  # fmt: skip
AGO = (0, 0, 1, 6, 7, 8, 13, 14, 15, 27, 28, 29, 60, 90, 91, 92, 180, 181, 182, 364, 365, 366, 800, -1, -3, -10)
STUDIES: tuple[tuple[str, ...], ...] = (
    (),
    ("small cell lung cancer",),
    ("breast cancer", "melanoma"),
    ("rheumatoid arthritis",),
    ("healthy volunteers",),
)
"""What trials' records name as their conditions."""
COURSES = ("metastatic", "locally advanced", "unresectable", "newly diagnosed", "relapsed", "refractory", "recurrent", "progressive", "stable",
           "symptomatic", "asymptomatic")  # fmt: skip
STAGES = ("I", "II", "IIA", "IIB", "III", "IIIA", "IV")
PURPOSES = ("small cell lung cancer", "breast cancer", "melanoma", "pneumonia", "rheumatoid arthritis", "metastatic breast cancer", "quorx malady")
ROUTES = ("oral", "intravenous", "topical", "inhaled", "systemic")
FAMILIES = (
    ("vitiligo", "autoimmune disease", "disease"), ("rheumatoid arthritis", "autoimmune disease"),
    ("type 1 diabetes", "diabetes mellitus", "autoimmune disease"), ("myocardial infarction", "coronary artery disease", "heart disease"),
    ("unstable angina", "coronary artery disease"), ("heart failure", "heart disease"), ("non-small cell lung cancer", "lung cancer", "cancer"),
    ("small cell lung cancer", "lung cancer", "study disease"), ("breast cancer", "solid tumor", "cancer"), ("melanoma", "solid tumor"),
    ("brain metastasis", "metastasis", "cancer"), ("mucinous lymphoma", "lymphoma", "cancer"), ("hepatitis B", "infection"),
    ("HIV infection", "infection"), ("tuberculosis", "infection"), ("pneumonia", "infection"), ("hemorrhagic stroke", "stroke", "bleeding"),
    ("ischemic stroke", "stroke"), ("epilepsy", "seizure"), ("anemia", "neutropenia"), ("cisplatin", "platinum-based chemotherapy", "chemotherapy"),
    ("carboplatin", "platinum-based chemotherapy"), ("chemotherapy", "anticancer therapy", "treatment"),
    ("pembrolizumab", "immune checkpoint inhibitor", "immunotherapy", "anticancer therapy"), ("nivolumab", "immune checkpoint inhibitor"),
    ("prednisone", "systemic corticosteroid", "corticosteroid"), ("dexamethasone", "corticosteroid"), ("ceftriaxone", "antibiotic"),
    ("yellow fever vaccine", "live vaccine", "vaccine"), ("warfarin", "anticoagulant"), ("QX-4711", "investigational drug"),
    ("mastectomy", "major surgery", "surgery"), ("right hemicolectomy", "major surgery"), ("pacemaker", "medical device"),
    ("PET/CT", "imaging"), ("magnetic resonance imaging", "imaging"), ("colonoscopy", "biopsy"), ("amoxicillin", "penicillin", "antibiotic"),
    ("fasting blood glucose", "blood glucose"), ("alanine aminotransferase", "transaminases"), ("EGFR L858R", "EGFR"), ("KRAS", "RAS"),
    ("estrogen receptor", "hormone receptor"),
)  # fmt: skip
"""Names that are near each other, most of them kinds of the next."""


def relatives(name: str) -> tuple[str, ...]:
    """The names near a name."""
    return tuple(dict.fromkeys(other for family in FAMILIES if name in family for other in family if other != name))
