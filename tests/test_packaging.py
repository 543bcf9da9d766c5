"""The map in pyproject.toml, the links in src/boxwork and the folders are one thing."""

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "setuptools"
]
ROOMS = {
    package.removeprefix("boxwork."): folder
    for package, folder in SETUPTOOLS["package-dir"].items()
    if not folder.startswith("src/") and "/" not in folder  # folders in a room come with it
}
INNER = sorted(path.parent.name for path in (ROOT / "src/boxwork").glob("*/__init__.py")
               if not path.parent.is_symlink())  # fmt: skip
NOT_SHIPPED = {"tests", "benchmarks", "docs", "examples"}


def shipped(folder: Path) -> set[str]:
    """The files of a package folder that belong into the wheel."""
    return {
        path.relative_to(folder).as_posix()
        for pattern in ("*.py", "*.yaml", "*.json", "data/*", "assets/*", "py.typed")
        for path in folder.rglob(pattern)
        if "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("room", ROOMS)
def test_room_has_folder_and_link(room: str) -> None:
    folder = ROOT / ROOMS[room]
    link = ROOT / "src/boxwork" / room
    assert (folder / "__init__.py").is_file()
    assert link.is_symlink()
    assert link.readlink() == Path("../..") / ROOMS[room]
    assert link.resolve() == folder


def test_every_package_folder_is_mapped() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - NOT_SHIPPED
    assert folders == set(ROOMS.values())


def test_every_link_is_mapped() -> None:
    links = {path.name for path in (ROOT / "src/boxwork").iterdir() if path.is_symlink()}
    assert links == set(ROOMS)


def test_every_mapped_package_is_listed() -> None:
    assert sorted(SETUPTOOLS["packages"]) == sorted(SETUPTOOLS["package-dir"])
    assert SETUPTOOLS["package-dir"]["boxwork"] == "src/boxwork"


def test_wheel_holds_every_file_once(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    for name in ("src", *ROOMS.values()):
        shutil.copytree(
            ROOT / name,
            checkout / name,
            symlinks=True,
            ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"),
        )
    built = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--wheel-dir", str(tmp_path), "."),
        ],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr

    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
    own = ROOT / "src/boxwork"
    expected = {f"boxwork/{path.name}" for path in own.glob("*.py")} | {"boxwork/py.typed"}
    for inner in INNER:
        expected |= {f"boxwork/{inner}/{name}" for name in shipped(own / inner)}
    for room, folder in ROOMS.items():
        expected |= {f"boxwork/{room}/{name}" for name in shipped(ROOT / folder)}
    assert sorted(names) == sorted(expected)
