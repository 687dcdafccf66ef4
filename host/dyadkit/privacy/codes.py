"""Codes of participants that are no codes: what looks like a name, an address, a date of birth.

A guess from the word alone, which may be wrong both ways: it warns and never refuses.
"""

import re

MAX_NUMBER_DIGITS = 6
"""Longer numbers are those of phones, insurances and registers, as a rule."""
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_GAP = r"[-._/ ]?"
_DATES = tuple(
    re.compile(rf"(?<!\d){_GAP.join(parts)}(?!\d)")
    for parts in (
        (_YEAR, r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"),
        (r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])", _YEAR),
        (r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])", _YEAR),
    )
) + tuple(
    re.compile(rf"(?<!\d){_DAY}[-._/ ]{_MONTH}[-._/ ](?:{_YEAR}|\d\d)(?!\d)") for _ in range(1)
)
_WORD = re.compile(r"[^\W\d_]+")
_NO_NAMES = (
    "adult baby boy child client control dad dyad family father girl group infant kid lab mom "
    "mother mum pair parent participant partner patient person pilot placebo session sibling "
    "sim simulated site son daughter student study subject teacher test therapist twin visit "
    "wave husband wife spouse caregiver toddler teen teenager friend stranger sham treatment "
    "arm case ctrl demo dummy left right first second red green blue black white fam mutter "
    "vater kind eltern paar "
)
NO_NAMES = frozenset(_NO_NAMES.split())
"""Words that codes are made of in this field, and that name nobody."""
MIN_NAME_LETTERS = 3


def warnings_about(code: str) -> list[str]:
    """Sentences on a code that may say who somebody is; none where it looks like a code.

    Examples
    --------
    >>> warnings_about("C07-parent"), warnings_about("FAM12B")
    ([], [])
    >>> warnings_about("Anna")
    ["'Anna' looks like a name: use a code that tells nobody who it is, as C07"]
    >>> [one.split(":")[0] for one in warnings_about("a.meyer@uni.example")]
    ["'a.meyer@uni.example' looks like an e-mail address"]
    >>> [one.split(":")[0] for one in warnings_about("C-1987-04-23")]
    ["'C-1987-04-23' looks like a date of birth"]
    """
    looks = next((kind for kind, is_such in _KINDS if is_such(code)), "")
    if not looks:
        return []
    return [f"{code!r} looks like {looks}: use a code that tells nobody who it is, as C07"]


def _is_mail(code: str) -> bool:
    return bool(_MAIL.search(code)) or "@" in code


def _is_date(code: str) -> bool:
    return any(form.search(code) for form in _DATES)


def _is_number(code: str) -> bool:
    return any(len(digits) > MAX_NUMBER_DIGITS for digits in re.findall(r"\d+", code))


def _is_name(code: str) -> bool:
    """Whether a word of it begins as names do, or is long enough for one, and is no word of codes.

    A word in capitals is an abbreviation up to four letters; one with a digit stuck to it, as in
    fam12, is part of a code.
    """
    return any(_is_name_like(code, one) for one in _WORD.finditer(code))


def _is_name_like(code: str, found: "re.Match[str]") -> bool:
    word = found.group()
    beside = code[found.start() - 1 : found.start()] + code[found.end() : found.end() + 1]
    if word.lower() in NO_NAMES or len(word) < MIN_NAME_LETTERS:
        return False
    if word.isupper():
        return len(word) > 4 and not any(map(str.isdigit, beside))
    return word[0].isupper() or not any(map(str.isdigit, beside))


_KINDS = (
    ("an e-mail address", _is_mail),
    ("a date of birth", _is_date),
    ("a number of a register or a telephone", _is_number),
    ("a name", _is_name),
)
