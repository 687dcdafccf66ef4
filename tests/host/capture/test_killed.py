"""kill -9 of the whole program: every block it acknowledged is in its file, value by value."""

import pytest

from fakes.killed import kill_all

pytest.importorskip("bumble")
pytest.importorskip("micropython_unix")


def test_a_program_killed_at_any_instant_keeps_what_it_acknowledged(tmp_path):
    left = kill_all(tmp_path, 3, 1, 5.0)
    assert len(left) == 3
    assert sum(one.acknowledged for one in left) > 100
    assert [(one.lost, one.wrong) for one in left] == [(0, 0)] * 3
