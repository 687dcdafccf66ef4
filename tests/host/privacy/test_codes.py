"""Codes that say who somebody is are warned about; codes are not."""

import pytest

from dyadkit.privacy.codes import warnings_about

NAMES = ("Anna", "anna", "mueller", "Anna_M", "C07-Anna", "JOHNSON", "O'Neill", "María", "li-wei")
MAILS = ("anna@uni.example", "a.b-c@mail.example", "someone@home")
DATES = (
    "1987-04-23",
    "23.04.1987",
    "19870423",
    "C-23041987",
    "04/23/1987",
    "1.4.87",
)
NUMBERS = ("01701234567", "C-123456789")
CODES = (
    "C07", "C07-parent", "FAM12B", "fam12", "S01", "P-003-child", "A", "b", "dyad-7", "XK42", "042",
    "study2-mother-11", "T1_S12", "SIM-A", "q7", "2026-017", "AB12CD", "control_03", "",
)  # fmt: skip


@pytest.mark.parametrize("code", [*NAMES, *MAILS, *DATES, *NUMBERS])
def test_what_says_who_somebody_is_is_warned_about(code):
    assert len(warnings_about(code)) == 1
    assert repr(code) in warnings_about(code)[0]


@pytest.mark.parametrize("code", CODES)
def test_codes_are_not_warned_about(code):
    assert warnings_about(code) == []


@pytest.mark.parametrize(
    ("code", "word"),
    [("anna", "name"), (MAILS[0], "e-mail"), (DATES[0], "birth"), (NUMBERS[0], "telephone")],
)
def test_each_is_called_what_it_is(code, word):
    assert word in warnings_about(code)[0]
