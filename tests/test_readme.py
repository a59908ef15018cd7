"""README's two commands, run as written on a copy of this checkout that has nothing but Python; its examples, links and picture."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text(encoding="utf-8")
CI = TOP / ".ci" / "run"
INSIDE = "ELIGIMATCH_README"
"""Set by `.ci/run`: these tests are README's test command, which need not be tried once more."""
SHORTEST = "tests/test_kleene.py"
"""Enough to see that the environment which the test command makes can run tests."""
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "build", "dist", "*.egg-info", ".hypothesis")


def command(mark: str) -> str:
    """The shell command of the code block after a mark."""
    found = re.search(rf"<!-- {mark} -->\s*```sh\n(.*?)```", README, re.DOTALL)
    assert found, f"README.md has no command marked {mark}"
    return found.group(1)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOP, tmp_path / "eligimatch", ignore=LEFT_OUT))


def run(script: str, checkout: Path, **variables: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV", "ELIGIMATCH"))}
    own = {"ELIGIMATCH_CACHE": str(checkout.parent / "cache"), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=checkout, env=kept | own | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.mark.slow
def test_the_first_command_judges_the_sample_patient(checkout: Path) -> None:
    said = run(command("check"), checkout)
    for trial in ("NCT05255926", "NCT04504526", "NCT07316309", "NCT07026669", "K8454"):
        assert re.search(rf"^{trial}: (?:eligible|ineligible|undetermined)", said, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.skipif(INSIDE in os.environ, reason="README's test command is running already")
def test_the_second_command_runs_the_tests(checkout: Path) -> None:
    assert re.search(r"\d+ passed", run(command("tests"), checkout, PYTEST_ADDOPTS=SHORTEST))


@pytest.mark.skipif(not CI.is_file() or not shutil.which("git"), reason="no checkout")
def test_what_ci_runs_is_the_second_command(tmp_path: Path) -> None:
    """On a folder of README alone, where `python3` refuses: the command is shown as README has it, and its exit code is that of CI."""
    project, refusing = tmp_path / "project", tmp_path / "bin" / "python3"
    for folder in (project / ".ci", refusing.parent):
        folder.mkdir(parents=True)
    shutil.copy(CI, project / ".ci")
    shutil.copy(TOP / "README.md", project)
    refusing.write_text("#!/bin/sh\nexit 7\n", encoding="utf-8")
    refusing.chmod(0o755)
    subprocess.run(["git", "init", "--quiet", project], check=True)
    environment = os.environ | {"PATH": f"{refusing.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([project / ".ci" / "run"], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == f"+ {command('tests')}", done.stderr
    assert done.returncode == 7


def test_the_python_example_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert found
    monkeypatch.chdir(TOP)
    exec(found.group(1), {})  # noqa: S102 - our own words
    assert re.search(r"^E3 failed fasting blood glucose 11.1 mmol/L", capsys.readouterr().out, re.MULTILINE)


def test_every_link_leads_somewhere() -> None:
    for page in [TOP / "README.md", TOP / "CONTRIBUTING.md", *(TOP / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_picture_shows_what_the_program_prints(request: pytest.FixtureRequest) -> None:
    sys.path.insert(0, str(TOP / "docs"))
    try:
        from picture import PICTURE, drawn
    finally:
        sys.path.pop(0)
    if request.config.getoption("--update"):
        PICTURE.write_text(drawn(), encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == drawn(), "docs/report.svg differs: if that is meant, pytest --update"
