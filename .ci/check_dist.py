"""Check what was built: both archives are complete, and the wheel works in an empty environment.

Run it with ``python .ci/check_dist.py FOLDER``.
"""

import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

USE = """
import sla_rules
from pathlib import Path

assert (Path(sla_rules.__file__).parent / "rulesets").is_dir()
assert sla_rules.rulesets(), "no packaged ruleset"
for name in sla_rules.rulesets():
    for rules in sla_rules.versions(name):
        print("loaded", rules, "from the wheel")
"""


def main(folder: Path) -> None:
    """Check the one wheel and the one source archive in *folder*."""
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    check_wheel(wheel)
    check_sdist(sdist)
    use(wheel.resolve())


def files(*folders: str) -> set[str]:
    """The files below these folders of the project that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    return {name for name in found.stdout.splitlines() if (ROOT / name).is_file()}


def check_wheel(wheel: Path) -> None:
    """The package, its type marker and the rulesets, and nothing beside them."""
    archive = zipfile.ZipFile(wheel)
    names = {name for name in archive.namelist() if ".dist-info/" not in name}
    (points,) = (name for name in archive.namelist() if name.endswith("/entry_points.txt"))
    assert "[pytest11]\nsla_rules = _sla_rules_pytest\n" in archive.read(points).decode()
    expected = {name.removeprefix("src/") for name in files("src")}
    expected |= {f"sla_rules/{name}" for name in files("rulesets")}
    assert "sla_rules/py.typed" in names
    assert any(name.endswith("/ruleset.yaml") for name in names), "no packaged ruleset"
    assert expected == names, sorted(expected ^ names)
    print(f"{wheel.name}: {len(names)} files, complete")


def check_sdist(sdist: Path) -> None:
    """Everything that is needed to build, test and document the project."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    expected = files("src", "rulesets", "docs", "tests", "examples", "bench", ".ci")
    expected |= files("Makefile", "*.md", "LICENSE", "conftest.py", "mkdocs.yml", "pyproject.toml")
    expected = {name for name in expected if not name.endswith(".gitattributes")}
    assert expected <= names, sorted(expected - names)
    print(f"{sdist.name}: {len(names)} files, complete")


def use(wheel: Path) -> None:
    """Install the wheel into an empty environment, load a packaged ruleset, run the command."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        programs = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        steps: list[list[str | Path]] = [
            [programs / "python", "-m", "pip", "install", "--quiet", wheel],
            [programs / "python", "-c", USE],
            [programs / "sla-rules", "--help"],
        ]
        for step in steps:
            subprocess.run(step, cwd=folder, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
