"""Silent: the stretches of a text that say nothing more: acronyms, units and numbers said again, marks of lists, how a thing was found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligimatch.compiler.number_words import NUMERALS
from eligimatch.compiler.tokens import Atom

_ACRONYM = re.compile(r"[(\[]\s*([\"“”']?)([A-Za-z][A-Za-z0-9/&+-]{0,10})\1\s*[)\]]")
_METHOD = re.compile(
    r"[(\[]\s*(?:using|calculated|estimated|as (?:measured|assessed|determined|calculated|estimated) (?:by|using)"
    r"|measured (?:by|using)|assessed by|determined by"
    r"|according to|per|see|refer to|note that|please note|note:|appendix|section|as per|to permit|in order to"
    r"|(?:either )?(?:measured|calculated|estimated) (?:or|and/or) (?:measured|calculated|estimated)"
    r"|(?:(?:by|evaluated by|based on|using the|with the) (?:the )?)?"
    r"(?:cockcroft|cockroft|modified|mdrd|ckd|local|central|echo(?:cardiogra\w+)?|muga|multi-?gated)"
    r"|(?:(?:e\.?g|i\.?e)\.?,? ?)?(?:expected |estimated )?(?:5|five)[- ]year (?:OS|overall survival|survival)"
    r"|(?:≥|>=|=>|>|at least)? ?\d\d (?:\w+ )?months? of [\w -]{0,40}amenorrh\w*"
    r"|turnstile|step \d|pre-?cycle|(?:pre-?)?registration|(?:enrollment|screening|international) criteria"
    r"|(?:average|mean|median) of|(?:un)?(?:adjusted|corrected) (?:for|by|to) (?:the )?(?:ha?emoglobin|H[gb]b?|altitude)"
    r"|e?GFR (?:can|may)(?: also)? be used|glomerular filtration rate (?:\W?GFR\W? )?(?:can|may)(?: also)? be used"
    r"|or (?:an? )?equivalent (?:on |in |of )?(?:the )?(?:karnofsky|KPS|ECOG|lansky|WHO)"
    r"|or [\w/\[\]() -]{0,90}(?:karnofsky|ECOG|lansky|WHO)[\]) ]*equivalent"
    r"|(?:clinical |local )?laboratory values?(?: at \w+)?(?=\s*[)\]])|on a scale|scale (?:of|from)|scale range|possible range|score range|oken"
    r"|machine or|manual or|independent of transfusion"
    r"|(?:as |to be |exclusion |status )*(?:confirmed|verified|documented|determined|established|excluded) (?:by|with|via|using|through|on)"
    r"(?=[^()]*(?:pregnancy test|hCG|chorionic gonadotrop))"
    r"|(?:by |on |using )?(?:urine |a )?(?:dipstick|urinalysis)"
    r"|(?:(?:the )?sum of |includ(?:es|ing) |defined as |= ?)?"
    r"(?:(?:mature|segmented|segs?|polys|neutrophils?|PMNs?|granulocytes?)(?: neutrophils?)?(?: and | plus | ?[+&/,] ?))*"
    r"(?:immature )?bands?(?: forms?)?"
    r"|(?:version |revised |revision |in )?(?:19|20)\d\d(?: (?:revision|version|update|criteria|edition))?(?=\s*[)\]])"
    r"|(?:as )?(?:defined|described|specified|listed|outlined) (?:above|below"
    r"|(?:in|per|by) (?:the )?(?:\w+ ){0,2}(?:criteri(?:a|on)|protocol|section))"
    r"|(?:study )?(?:visits?|days?|weeks?) [-–−]?\d+(?=\s*[)\]])"
    r"|indicat(?:ing|ive)|suggest(?:ing|ive)|correspond(?:s|ing) to|cut-?off|because|this is|(?:as|since) (?:it|they|this|these|those|there) "
    r"|to (?:minimi[sz]e|avoid|ensure|exclude|identify|allow|confirm|reduce|facilitate|capture)|based on|documented by|diagnosed by|performed as"
    r"|(?:physician|doctor|clinician|self)[ -](?:diagnosed|reported)|(?:systolic|SBP)\s*/\s*(?:diastolic|DBP))\b",
    re.IGNORECASE,
)
_ASSAY = (
    r"(?:i\.?e\.?|defined|as|by|a|an|the|scored?|of|or|and|with|without|not|non|is|if|either|result|status|no|on|testing|test|assay|positive|negative"
    r"|amplified|amplification|immunohistochemistry|IHC|[FCSD]?ISH|(?:fluorescen(?:ce|t)|chromogenic|silver)? ?in situ hybridi[sz]ation"
    r"|[0-3]\+?|[-+,;/:])"
)
_SCORED = re.compile(
    r"(?:HER-?2|ERBB2|HER-?2/neu)[\w\s/+-]{0,40}?"
    rf"(\((?=[^()]*(?:IHC|immunohistochem))(?=[^()]*(?:ISH\b|in situ hyb))(?:\s*{_ASSAY})+\s*\))",
    re.IGNORECASE,
)
"""HER2 by the scores that define it: "HER2 negative (IHC 0, 1+, or 2+ and ISH negative)"."""
_IN_PARENS = (
    r"[(\[] ?(?:[munpkcdµμ]?(?:gm?|[lL]|m|M|mol|mole|s|sec|Eq|Hg|IU|U)|mcg|mcL|mmHg|mm Hg|hr?s?|min|bpm|x|10)"
    r"(?:[/ .·*^-]*(?:[munpkcdµμ]?(?:gm?|[lL]|m|M|mol|s|sec|Eq|Hg|IU|U)|mcg|mcL|hr?s?|min|[0-9²³]{1,4}))*\.? ?[)\]]"
)
_UNIT_IN_PARENS = re.compile(_IN_PARENS)
_UNIT_AGAIN = re.compile(  # "grams per deciliter (g/dL)", "milliseconds (msec)"
    r"\b(?:(?:milli|micro|nano|pico|deci|centi|kilo)?(?:grams?|lit(?:er|re)s?|met(?:er|re)s?|moles?|seconds?|equivalents?)|international units|units"
    rf"|hours?|minutes?|of mercury)( ?{_IN_PARENS})"
)
_VERSION = re.compile(r"(?<=version)\s*[(\[]v\.?[)\]]|(?<=edition)\s*[(\[]ed\.?[)\]]", re.IGNORECASE)
_LIMIT = re.compile(r"[<>≤≥]|\b(?:unless|except|without|not|no|if|only|within|prior)\b", re.IGNORECASE)
_REFERENCE = re.compile(
    r",?\s*\b(?:please\s+)?(?:see|refer to|as per|per|(?:as )?(?:defined|described|outlined|specified|listed|detailed) in)\s+(?:the\s+)?"
    r"(?:protocol\s+)?appendix(?:\s+(?:\d[\w.]*|[IVX]+|[A-Z]\d*)\b)?",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"\b(?:formula|equation)\b[^<>≤≥]*=|year (?:OS|overall survival|survival)\b|months? of [\w -]*amenorrh", re.IGNORECASE)
_MARKS = {  # marks of a list that runs on in one sentence, by the two that show that there is one
    ("(1)", "(2)"): re.compile(r"(?<!\w)\(\d\)(?= ?[^\W\d])"), ("(a)", "(b)"): re.compile(r"(?<!\w)\([a-h]\)(?= ?[^\W\d])"),
    ("(i)", "(ii)"): re.compile(r"(?<!\w)\((?:i{1,3}|iv|vi{0,3})\)(?= ?[^\W\d])"),
    ("1)", "2)"): re.compile(r"(?:^|(?<=[;,:.] )|(?<=\band )|(?<=\bor ))\d\)(?= ?[^\W\d])"),
    ("a)", "b)"): re.compile(r"(?:^|(?<=[;,:.] )|(?<=\band )|(?<=\bor ))[a-h]\)(?= ?[^\W\d])"),
}  # fmt: skip
_TESTED = re.compile(
    r"\bpregnan(?:t|cy)\b(?:,? (?:or|and|and/or|lactating|breast-?feeding|nursing|females?|women|woman|subjects|patients|participants)\b){0,5}"
    r"(?P<test> ?\((?:i\.?e\.?,? |e\.?g\.?,? )?(?:as |defined |shown |by |with )*(?:an? )?"
    r"positive (?:[\w-]+ ){0,4}(?:pregnancy test|hCG)[\w -]{0,40}\))",
    re.IGNORECASE,
)
"""How it was found that someone is pregnant."""
_LEFTOVER = re.compile(r"[a-h]\)(?= [^\W\d])")
_ISOTOPE = re.compile(r"\[\s?\^?(?:\d{1,3}m?[A-Z][a-z]?|[A-Z][a-z]?-?\d{1,3}m?)\s?\]")
_HANGING = re.compile(
    r"(?<=\w{3})-(?=(?:,? (?:and/or|and|or) |, |/)(?:[\w/]{2,}-(?:,? (?:and/or|and|or) |, |/))*\w{2,}-(?!posi|nega|low|high|mut|wild|ampl)[a-z]{4})"
)
"""A hyphen that waits for the end of a later word: "CD19- or CD20-directed"; not a sign of a result."""
_SAID_AGAIN = re.compile(rf"\((?:[<>≤≥=/]{{1,3}}|\d{{1,3}}|{'|'.join(NUMERALS)})\)", re.IGNORECASE)
_AGAIN = re.compile(  # "less than or equal to (≤)", "four (4)", "4 (four)": a sign or number said again
    rf"\b(?:than|to|least|most)(?P<sign> ?\((?:>/=|</=|[<>≤≥=]{{1,2}})\))|\b(?:{'|'.join(NUMERALS)})(?P<digits> ?\(\d{{1,3}}\))"
    rf"|(?<![\d.])\d{{1,2}}(?P<word> ?\((?:{'|'.join(NUMERALS)})\))",
    re.IGNORECASE,
)


def without_silent(atoms: list[Atom], text: str) -> list[Atom]:
    """The atoms but those of such stretches: of "(ECOG)" after the words that it abbreviates."""
    references = [match.span() for match in _REFERENCE.finditer(text)] if "ppendix" in text or "PPENDIX" in text else []
    hanging = [match.span() for match in _HANGING.finditer(text)] if "- " in text or "-," in text or "-/" in text else []
    if ")" not in text and "[" not in text and not references and not hanging:
        return atoms
    lower = text.lower()
    drop = references + hanging + list(_method_parentheses(text))
    drop += list(_list_marks(text))
    drop += [match.span(1) for match in _UNIT_AGAIN.finditer(text)] if _UNIT_IN_PARENS.search(text) else []
    drop += [match.span() for match in _ACRONYM.finditer(text) if _abbreviates(match.group(2), text[: match.start()])]
    if "ihc" in lower or "immunohistochem" in lower:
        drop += [match.span(1) for match in _SCORED.finditer(text)]
    if "pregnan" in lower:
        drop += [match.span("test") for match in _TESTED.finditer(text)]
    if "version" in lower or "edition" in lower:
        drop += [match.span() for match in _VERSION.finditer(text)]
    if _SAID_AGAIN.search(text):
        drop += [match.span(match.lastgroup or 0) for match in _AGAIN.finditer(text)]
    if "[" in text:
        drop += [(at, at + 1) for match in _ISOTOPE.finditer(text) for at in (match.start(), match.end() - 1)]
    if not drop:
        return atoms
    return [atom for atom in atoms if not any(start <= atom.start < end for start, end in drop)]


def _list_marks(text: str) -> Iterator[tuple[int, int]]:
    """Where the marks of a list stand: "(1) hemoglobin …; (2) …", or what is left of one, "f) bilirubin"."""
    if leftover := _LEFTOVER.match(text):
        yield leftover.span()
    for (first, second), mark in _MARKS.items():
        if first in text and second in text:
            yield from (match.span() for match in mark.finditer(text))


def _method_parentheses(text: str) -> Iterator[tuple[int, int]]:
    """Where parentheses only say how a thing was found ("(using the Cockcroft-Gault formula: …)")."""
    for match in _METHOD.finditer(text):
        depth, end = 0, match.start()
        while end < len(text):
            depth += (text[end] in "([") - (text[end] in ")]")
            end += 1
            if not depth:
                break
        if not depth and (_LIMIT.search(text, match.start() + 1, end - 1) is None or _FORMULA.search(text, match.start(), end)):
            yield match.start(), end


def _abbreviates(short: str, before: str) -> bool:
    """Whether the letters of `short` stand in order in the words before it, the first at a word's start."""
    letters = [c.lower() for c in short if c.isalnum()]
    if len(letters) > 1 and letters[-1] == "s" and short[-1] == "s":
        letters.pop()
    if sum(c.isupper() for c in short) < 2:
        return False
    words = re.findall(r"\w+", before.lower())[-(len(letters) + 4) :]
    for first in range(len(words)):
        if words[first][0] == letters[0]:
            rest = iter("".join(words[first:]))
            if all(letter in rest for letter in letters):
                return True
    return False
