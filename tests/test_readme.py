"""README's two commands, run as written on a copy of this checkout that has nothing but Python; and its picture."""

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
INSIDE = "ELIGIMATCH_README"
"""Set while README's test command runs, which would otherwise run itself."""
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "build", "dist", "*.egg-info", ".hypothesis")
pytestmark = pytest.mark.skipif(INSIDE in os.environ, reason="README's test command is running already")


def command(mark: str) -> str:
    """The shell command of the code block after a mark."""
    found = re.search(rf"<!-- {mark} -->\s*```sh\n(.*?)```", README, re.DOTALL)
    assert found, f"README.md has no command marked {mark}"
    return found.group(1)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TOP, tmp_path / "eligimatch", ignore=LEFT_OUT))


def run(script: str, checkout: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "VIRTUAL_ENV", "ELIGIMATCH"))}
    environment = kept | {
        INSIDE: "1",
        "ELIGIMATCH_CACHE": str(checkout.parent / "cache"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.mark.slow
def test_the_first_command_judges_the_sample_patient(checkout: Path) -> None:
    said = run(command("check"), checkout)
    for trial in ("NCT05255926", "NCT04504526", "NCT07316309", "NCT07026669", "K8454"):
        assert re.search(rf"^{trial}: (?:eligible|ineligible|undetermined)", said, re.MULTILINE)


@pytest.mark.slow
def test_the_second_command_passes_the_tests(checkout: Path) -> None:
    assert re.search(r"\d+ passed", run(command("tests"), checkout))


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
