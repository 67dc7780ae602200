"""The house rules that a machine can check: sizes, names, what an import costs, what is shipped."""

import ast
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from importlib.metadata import entry_points, packages_distributions, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("journal", "analysis")
SOURCES = sorted(
    path
    for folder in (*PACKAGES, "examples", "tests", "benchmarks", "docs")
    for path in (ROOT / folder).rglob("*.py")
    if ".cache" not in path.parts  # other tools' environments, which the benchmarks make
)
OWN = [path for path in SOURCES if path.relative_to(ROOT).parts[0] in PACKAGES]
TOP_LEVEL = {
    *PACKAGES, "tests", "data", "pyproject.toml", "docs", "benchmarks", "examples", "README.md",
    "Makefile", ".ci", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "knobwise.py", ".gitignore",
    ".gitattributes",
}  # fmt: skip
HEAVY = {
    "IPython", "jinja2", "joblib", "matplotlib", "numpy", "pandas", "psycopg", "pyarrow", "scipy",
    "seaborn", "sklearn", "statsmodels",
}  # fmt: skip


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def loaded_by(statement: str) -> set[str]:
    """The top-level modules in memory after a statement, in a Python of its own."""
    code = f"{statement}\nimport sys\nprint(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_file_is_longer_than_300_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", OWN, ids=name)
def test_no_function_is_longer_than_40_lines(path):
    """Counted without the docstring, which says as much as it needs to."""
    long = {}
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1
            if length > 40:
                long[node.name] = length
    assert long == {}


def positionals(tree: ast.AST) -> dict[str, int]:
    """Public functions and how many arguments each takes by position, commands aside."""
    found: dict[str, int] = {}
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found |= {f"{node.name}.{k}": n for k, n in positionals(node).items()}
        if isinstance(node, ast.FunctionDef) and not is_private(node.name):
            taken = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
            is_command = "typer.Argument" in ast.unparse(node.args)
            if not is_command:
                found[node.name] = len(taken) - (taken[:1] in (["self"], ["cls"]))
    return found


def is_private(called: str) -> bool:
    return called.startswith("_") and called not in ("__init__", "__call__")


@pytest.mark.parametrize("path", OWN, ids=name)
def test_arguments_beyond_two_are_named(path):
    taken = positionals(parsed(path))
    assert {called: n for called, n in taken.items() if n > 2} == {}


def test_the_check_of_arguments_can_fail():
    crowded = "class A:\n def __call__(self, a, b, c): ...\ndef f(a, b, *, c): ..."
    assert positionals(ast.parse(crowded)) == {"A.__call__": 3, "f": 2}


def test_no_module_is_a_drawer():
    drawers = {"utils", "util", "helpers", "common", "misc"}
    assert [name(path) for path in SOURCES if path.stem in drawers] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_flat_and_typed(package):
    folder = ROOT / package
    assert (folder / "py.typed").is_file()
    assert (folder / "__init__.py").is_file()
    assert not [path for path in folder.rglob("__init__.py") if path.parent != folder]


@pytest.mark.parametrize("module", ["journal", "analysis", "journal.cli", "analysis.cli"])
def test_importing_is_free(module):
    assert loaded_by(f"import {module}") & HEAVY == set()


def test_the_check_of_imports_can_fail():
    assert "numpy" in loaded_by("import numpy") & HEAVY


def test_the_command_is_installed():
    (command,) = entry_points(group="console_scripts", name="knobwise")
    assert command.value == "knobwise:main"


@pytest.mark.parametrize("way", [("knobwise",), ("python", "-m", "knobwise")])
def test_packages_of_a_project_that_are_called_as_ours_hide_nothing(tmp_path, way):
    for package in PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("raise SystemExit('not ours')\n")
    program = [str(Path(sys.executable).parent / way[0]), *way[1:]]
    where = {"cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": str(tmp_path)}}
    for words in (
        "log lr=1 -m acc=1 --journal book",
        "importance -m acc --maximize --journal book",
    ):
        command = [*program, *words.split()]
        done = subprocess.run(command, **where, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "answer withheld" in done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_what_the_wheel_installs_logs_runs_and_makes_the_report(wheel, tmp_path, digits):
    """Unpacked where it stands before the working copy on the path, as pip would install it."""
    installed, work = tmp_path / "installed", tmp_path / "work"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    work.mkdir()
    where = {"cwd": work, "env": {**os.environ, "PYTHONPATH": str(installed)}}
    asked = f"report --journal {digits} -m val_error --lang ko -o report.html"
    for words in ("log lr=1 -m acc=1 --journal book", asked):
        command = [sys.executable, "-m", "knobwise", *words.split()]
        done = subprocess.run(command, **where, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    assert "lr" in (work / "report.html").read_text(encoding="utf-8")
    code = "import journal, analysis; print(journal.__file__, analysis.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", code], **where, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == [str(installed / one / "__init__.py") for one in PACKAGES]


def test_the_wheel_holds_the_packages_whole_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        shipped = {Path(entry) for entry in archive.namelist()}
    sources = {
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    sources.add(Path("knobwise.py"))
    assert sources <= shipped
    assert {path.parts[0] for path in shipped - sources} == {
        f"knobwise-{version('knobwise')}.dist-info"
    }
    assert any(path.name == "LICENSE" for path in shipped)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_architecture_page_has_the_layers_that_are_checked(package):
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one.get("containers") == [package])
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    section = page.split(f"## `{package}`")[1].split("\n## ")[0]
    rows = [line.split("|")[3] for line in section.splitlines() if line.startswith("| ")][1:]
    told = [re.findall(r"`(\w+)`", row) for row in rows]
    assert told == [[name.strip() for name in layer.split(":")] for layer in layers]


def test_the_way_of_a_run_leads_along_names_that_exist():
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    way = page.split("## The way of a run")[1].split("\n## ")[0]
    named = re.findall(r"`((?:journal|analysis)\.[\w.]+)`", way)
    assert len(named) > 15
    for dotted in named:
        pkgutil.resolve_name(dotted)


def test_the_top_level_holds_what_is_known_and_nothing_that_was_left():
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no checkout: files that are not kept cannot be told")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {name.partition("/")[0] for name in listed.stdout.split()} == TOP_LEVEL


def test_every_dependency_has_a_lower_bound_and_a_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = tomllib.loads(text)["project"]["dependencies"]
    assert all(">=" in dependency for dependency in dependencies)
    lines = [line for line in text.splitlines() if any(f'"{d}",' in line for d in dependencies)]
    assert len(lines) == len(dependencies)
    assert all(line.partition("#")[2].strip() for line in lines)


def test_what_the_packages_import_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    asked = [*project["dependencies"], *optional["postgres"], *optional["parquet"]]
    declared = {re.split(r"[\[>]", bound)[0].lower() for bound in asked}
    nodes = [node for path in OWN for node in ast.walk(parsed(path))]
    named = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    named |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    modules = {name.split(".")[0] for name in named} - {*sys.stdlib_module_names, *PACKAGES}
    homes = packages_distributions()  # a private module is Python's own, of another version
    found = {homes[name][0].lower() for name in modules if not name.startswith("_")}
    assert found == declared


def test_the_version_has_one_home():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert version("knobwise") == project["version"], "install again: pip install -e ."
    assert [name(path) for path in OWN if "__version__ =" in path.read_text("utf-8")] == []


@pytest.mark.parametrize(
    "page",
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("data/**/*.md")],
    ids=name,
)
def test_links_between_pages_lead_somewhere(page):
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


def links(page: Path) -> list[str]:
    return re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))


def reached(root: Path) -> set[Path]:
    """The pages that links lead to from README; a folder is its README, else the pages in it."""
    found: set[Path] = set()
    ahead = [root / "README.md"]
    while ahead:
        page = ahead.pop()
        if page.is_dir():
            readme = page / "README.md"
            ahead += [readme] if readme.exists() else page.glob("*.md")
        elif page.suffix == ".md" and page not in found:
            found.add(page)
            ahead += [(page.parent / link).resolve() for link in links(page)]
    return found


def test_every_page_of_the_documentation_can_be_reached():
    assert {*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")} <= reached(ROOT)


def test_the_check_of_pages_can_fail(tmp_path):
    root = tmp_path.resolve()
    (root / "README.md").write_text("[a](docs/) [b](more/)")
    for name in ("docs/README.md", "docs/left.md", "more/b.md"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("no link")
    assert {str(page.relative_to(root)) for page in reached(root)} == {
        "README.md", "docs/README.md", "more/b.md",
    }  # fmt: skip
