"""Mutations find their code by module and function, however its lines are broken."""

import pytest

from tests.rights.mutate import MutationError, mutate

SOURCE = """\
def first(x):
    if x > 1:
        return True
    return False


class Box:
    def second(self, x):
        if call(
            x,
            "a",
        ):
            return True
        return False
"""


@pytest.fixture
def src(tmp_path):
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/module.py").write_text(SOURCE)
    return tmp_path


def test_only_the_named_function_changes(src):
    mutate(src, "pkg.module:Box.second", "return False", "return None")

    assert (src / "pkg/module.py").read_text() == SOURCE[::-1].replace(
        "return False"[::-1], "return None"[::-1], 1
    )[::-1]


def test_line_breaks_and_trailing_commas_do_not_matter(src):
    mutate(src, "pkg.module:Box.second", '        if call(x, "a"):', "        if False:")

    assert "        if False:\n            return True\n" in (src / "pkg/module.py").read_text()


@pytest.mark.parametrize(
    ("target", "before"),
    [
        ("pkg.module:first", "return None"),
        ("pkg.module", "return False"),
        ("pkg.module:third", "return False"),
    ],
)
def test_missing_or_ambiguous_code_is_an_error(src, target, before):
    with pytest.raises(MutationError):
        mutate(src, target, before, "pass")

    assert (src / "pkg/module.py").read_text() == SOURCE
