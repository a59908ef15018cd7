"""What all tests share: a cache beside pytest's own, and expected outputs that `--update` rewrites."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Ran, Run
from hypothesis import HealthCheck, settings

TOP = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[str, str], None]

os.environ.setdefault("ELIGIMATCH_CACHE", str(TOP / ".pytest_cache" / "eligimatch"))
os.environ.pop("ELIGIMATCH_TRACEBACK", None)
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
"""A test passes on a busy machine as on an idle one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected outputs in tests/golden/")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Tests that share something dear (`xdist_group`) share a worker too."""
    if getattr(config.option, "dist", None) == "load":
        config.option.dist = "loadgroup"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with the file of that name in tests/golden/."""
    update = request.config.getoption("--update")

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path.name} is missing: pytest --update writes it"
        assert text == path.read_text(encoding="utf-8"), f"{path.name} differs: if that is meant, pytest --update"

    return compare


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in this process, as from the project's folder."""
    from eligimatch.cli import main

    monkeypatch.chdir(TOP)

    def call(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture
def profile(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a patient's profile."""

    def write(text: str) -> Path:
        path = tmp_path / "patient.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Where a list of persons may be written."""
    return tmp_path / "list.csv"
