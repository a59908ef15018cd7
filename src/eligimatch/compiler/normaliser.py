"""A record's text as pages and exports left it, to the characters that were meant: line ends, escapes, entities, mojibake."""

from __future__ import annotations

import html
import re

_ESCAPE = re.compile(r"\\+(?=[!-/:-@\[-`{-~])")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[A-Za-z]{2,8}\d{0,2});")
_TAG = re.compile(r"<(/?)(br|p|li|ul|ol|b|i|em|strong|sup|sub|u|span|div)\s*/?>", re.IGNORECASE)
_BREAKS = frozenset({"br", "p", "li", "ul", "ol", "div"})
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_SUSPICIOUS = re.compile(r"[ÂÃâ][\x80-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[ÎÏ][\x80-¿ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|ï»¿")
_SIGNS = {
    "（": "(", "）": ")", "：": ":", "；": ";", "，": ",", "％": "%", "＜": "<", "＞": ">", "＝": "=", "～": "~", "＋": "+",
    "﹥": ">", "﹤": "<", "˂": "<", "˃": ">", "≧": "≥", "≦": "≤", "⩾": "≥", "⩽": "≤", "−": "-",
    "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2007": " ", "\u2009": " ", "\u200a": " ", "\u202f": " ", "\u3000": " ",
    "\u2028": "\n", "\u2029": "\n", "\u0085": "\n", "\x0b": "\n", "\x0c": "\n", "\u00ad": "", "\u200b": "", "\u200c": "",
    "\u200d": "", "\u200e": "", "\u200f": "", "\u2060": "", "\ufeff": "", "ﬁ": "fi", "ﬂ": "fl",
    "Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "Ⅴ": "V",
}  # fmt: skip
_SIGN = re.compile("[" + "".join(_SIGNS) + "]")
_LOST_DASH = re.compile(r"\b(?:[IVX]+[ABC]?|\d+)\?(?=(?:[IVX]+[ABC]?|\d+)\b)")
"""A range whose dash an export could not write: "III?IV"."""
_LOST_APOSTROPHE = re.compile(r"(?<=[a-z])(?:\?|\x22)(?=s [a-z])|(?<=[a-z]) (?=s (?:disease|syndrome|formula)\b)")
"""A possessive whose apostrophe an export could not write, or left out: "patient?s", "Gilbert s syndrome"."""


def clean(text: str) -> str:
    """The text with line feeds for line ends, unescaped, entities and mojibake resolved; a break tag becomes a line end."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\\" in text:
        text = _ESCAPE.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(_resolved, _ENTITY.sub(_resolved, text))
    if "<" in text:
        text = _TAG.sub(_untagged, text)
    if not text.isascii():
        if _SUSPICIOUS.search(text):
            text = _FOREIGN.sub(_repaired, text)
        text = _SIGN.sub(_meant, text)
    if "?" in text:
        text = _LOST_DASH.sub(lambda found: found[0][:-1] + "-", text)
    if "?s " in text or " s " in text or '"s ' in text:
        text = _LOST_APOSTROPHE.sub("'", text)
    return text.expandtabs(4) if "\t" in text else text


def _resolved(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


def _meant(sign: re.Match[str]) -> str:
    return _SIGNS[sign[0]]


def _untagged(tag: re.Match[str]) -> str:
    """A break for block tags, a power sign for a superscript (10<sup>9</sup>), nothing for the others."""
    name = tag[2].lower()
    if name in _BREAKS:
        return "\n"
    return "^" if name == "sup" and not tag[1] else ""


def _repaired(run: re.Match[str]) -> str:
    """UTF-8 that was once read as Latin-1 or Windows-1252, read as UTF-8."""
    if not _SUSPICIOUS.search(run[0]):
        return run[0]
    from ftfy import fix_encoding  # noqa: PLC0415 - few records are broken

    return fix_encoding(run[0])
