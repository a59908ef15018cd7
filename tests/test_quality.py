"""What the project asks of its own code: style, types, layers, sizes, and no word too many."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles

import pytest

TOP = Path(__file__).parent.parent
MODULES = sorted((TOP / "src").rglob("*.py"))


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    run("ruff", "check", "--no-cache", ".")
    run("ruff", "format", "--check", "--no-cache", ".")


def test_types_are_strict() -> None:
    run("mypy", "--no-incremental")


def test_imports_go_downwards() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(TOP / "src")))
def test_a_module_is_short_and_says_what_it_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert not text or ast.get_docstring(ast.parse(text))


def test_functions_are_short() -> None:
    lengths = [
        node.end_lineno - node.body[0].lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.end_lineno
    ]
    assert median(lengths) <= 8
    assert quantiles(lengths, n=10)[-1] <= 25


def test_dependencies_are_all_explained() -> None:
    import tomllib

    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    explained = (TOP / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    names = [requirement.split(">")[0].split("[")[0].strip() for requirement in project["dependencies"]]
    assert [name for name in names if f"[{name.lower()}]" not in explained] == []


def test_importing_the_package_is_cheap() -> None:
    heavy = "import sys; import eligimatch; print(*(name for name in ('pydantic', 'lark', 'rich', 'yaml') if name in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", heavy],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == ""
