"""The rules of the house, kept by the tests: who imports whom, sizes, names, pins, settings, words."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from streamlit import config

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ["pages", "dashboard", "pipelines", "equity", "register", "benchmarks"]
MODULES = [PROJECT / "app.py", *(path for package in PACKAGES for path in sorted((PROJECT / package).rglob("*.py")))]
PAGES = sorted((PROJECT / "pages").glob("*.py"))
PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(\[[a-z,-]+\])?==([0-9][0-9A-Za-z.]*)(; sys_platform .*)?")


def named(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, by its full name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def pins(file: str) -> dict[str, str]:
    """Distribution -> version of a requirements file; whatever is not pinned exactly fails."""
    lines = (PROJECT / file).read_text(encoding="utf-8").splitlines()
    wanted = [line.split(" #")[0].strip() for line in lines if line.strip() and not line.startswith(("#", "-r "))]
    matches = {line: PIN.fullmatch(line) for line in wanted}
    loose = [line for line, match in matches.items() if not match]
    assert not loose, f"{file}: not pinned to one version: {loose}"
    return {match[1].lower(): match[3] for match in matches.values() if match}


def test_the_import_contracts_hold() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_package_is_under_the_contracts() -> None:
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert set(contracts["root_packages"]) == {name for name in PACKAGES if (PROJECT / name).is_dir()} - {"benchmarks"}


@pytest.mark.parametrize("path", sorted((PROJECT / "equity").rglob("*.py")), ids=named)
def test_the_field_knowledge_needs_arithmetic_only(path: Path) -> None:
    assert {name.split(".")[0] for name in imports(path)} <= {"equity", "numpy", "scipy", "polars"} | sys.stdlib_module_names


def test_the_front_door_imports_streamlit_and_the_dashboard_only() -> None:
    assert {name.split(".")[0] for name in imports(PROJECT / "app.py")} <= {"__future__", "streamlit", "dashboard"}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nothing_imports_a_page_or_the_front_door(path: Path) -> None:
    assert {name.split(".")[0] for name in imports(path)}.isdisjoint({"pages", "app"})


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_page_is_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 60, f"{named(path)} has {lines} lines: move what it does into dashboard/"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_of_a_size_to_read(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 350, f"{named(path)} has {lines} lines: it holds more than one thing"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_named_for_what_it_holds(path: Path) -> None:
    words = {word for part in path.relative_to(PROJECT).with_suffix("").parts for word in part.split("_")}
    assert words.isdisjoint({"util", "utils", "helper", "helpers", "misc", "manager", "common_utils"})


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_cached_function_takes_plain_values_only(path: Path) -> None:
    """Streamlit hashes large frames by a sample: a cached function of a frame gives the answer of another one."""
    plain = {"str", "int", "float", "bool", "date", "tuple", "None"}
    for function in (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)):
        if not any("cache_data" in ast.unparse(one) or "cache_resource" in ast.unparse(one) for one in function.decorator_list):
            continue
        taken = function.args
        assert taken.vararg is None, f"{named(path)}: {function.name}"
        assert taken.kwarg is None, f"{named(path)}: {function.name}"
        for argument in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs):
            assert argument.annotation is not None, f"{named(path)}: {function.name}({argument.arg})"
            names = {node.id for node in ast.walk(argument.annotation) if isinstance(node, ast.Name)}
            assert names <= plain, f"{named(path)}: {function.name}({argument.arg}: {ast.unparse(argument.annotation)})"
            assert not argument.arg.startswith("_"), f"{named(path)}: {function.name}({argument.arg}) is left out of the cache's key"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_duckdb_is_used_as_versions_1_and_2_both_know_it(path: Path) -> None:
    gone = {"pl", "arrow", "df", "fetch_arrow_table", "fetch_df", "fetchone"}
    called = {node.func.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    assert called.isdisjoint(gone), "docs/decisions/0002-duckdb-version.md"


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_the_tests_run_on_the_pinned_versions(file: str) -> None:
    wanted = pins(file)
    assert wanted == {name: version(name) for name in wanted}


def test_whatever_the_code_imports_is_pinned() -> None:
    to_run, owners = pins("requirements.txt"), packages_distributions()
    to_test = to_run | pins("requirements-dev.txt")
    unpinned: set[str] = set()
    for path in [*MODULES, *sorted((PROJECT / "tests").rglob("*.py"))]:
        pinned = to_test if path.relative_to(PROJECT).parts[0] in {"tests", "benchmarks"} else to_run
        third_party = {name.split(".")[0] for name in imports(path)} - {*PACKAGES, "app", "tests"} - sys.stdlib_module_names
        unpinned |= {f"{named(path)}: {name}" for name in third_party if not {o.lower() for o in owners.get(name, [])} & pinned.keys()}
    assert unpinned == set()


def test_every_streamlit_option_is_one_that_streamlit_knows() -> None:
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    settings |= {f"theme.{mode}": settings["theme"].pop(mode) for mode in ("light", "dark")}
    known = {section: set(config.get_options_for_section(section)) for section in settings}
    assert {section: set(values) - known[section] for section, values in settings.items()} == {section: set() for section in settings}


def test_the_dashboard_tells_nobody_and_shows_no_traceback() -> None:
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["enableXsrfProtection"] is True


def test_people_are_called_by_the_name_of_their_group() -> None:
    folders = [PROJECT / name for name in ("pages", "dashboard", "equity", "register", "data/catalogue", "data/starter")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".yaml", ".md", ".css", ".csv", ".json"}]
    assert files
    lumped = re.compile(r"\b(BAME|BME)\b|\bnon-white\b", re.IGNORECASE)
    assert [named(path) for path in files if lumped.search(path.read_text(encoding="utf-8"))] == []


def test_the_readme_gives_the_two_commands_and_the_way_without_make() -> None:
    words = (PROJECT / "README.md").read_text(encoding="utf-8")
    commands = {"make app", "make test", "pip install -r requirements.txt", "streamlit run app.py"}
    assert {command for command in commands if command not in words} == set()


def test_every_command_of_the_makefile_says_what_it_is_for() -> None:
    text = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE)) - {"help"}
    told = set(re.findall(r'^\t@echo "make ([a-z-]+)', text, re.MULTILINE))
    assert told == targets - {"lint"}
