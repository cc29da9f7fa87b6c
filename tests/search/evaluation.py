"""Recall and precision of name search over tables: `python -m tests.search.evaluation locked`.

Every spelling is asked for in turn against all spellings of all people, two and a half thousand
names of nobody, and names of nobody that are one consonant away from a person's. A name counts as
found when it shares a key with the one asked, as in the index, and stands the comparison at similar
breadth.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from aigaq.search import names
from aigaq.search.names import Breadth
from aigaq.search.phonetics import plain
from tests.search.distractors import distractors, neighbours

DISTRACTORS = 2_500
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Score:
    """Sums over all questions; `missed` and `wrong` are (asked, other) pairs."""

    right: int
    missed: tuple[tuple[str, str], ...]
    wrong: tuple[tuple[str, str], ...]

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed))

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong))


def groups(table: str) -> list[list[str]]:
    """The people of `names_<table>.txt`, each a list of spellings."""
    text = (_DATA / f"names_{table}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [[spelling.strip() for spelling in line.split(";")] for line in lines]


def evaluate(table: str, breadth: Breadth = Breadth.SIMILAR) -> Score:
    """Ask for every spelling of a table."""
    people = groups(table)
    index = _index(people)
    right, missed, wrong = 0, [], []
    for number, spellings in enumerate(people):
        for asked in spellings:
            found = _found(asked, index, breadth)
            same = {other for other in spellings if other != asked}
            right += len(same & found.keys())
            missed += [(asked, other) for other in sorted(same - found.keys())]
            wrong += [(asked, other) for other, owner in found.items() if owner != number]
    return Score(right, tuple(missed), tuple(wrong))


def _index(people: list[list[str]]) -> dict[str, dict[str, int]]:
    """Key -> written name -> number of its person, -1 for nobody."""
    index: dict[str, dict[str, int]] = {}
    taken = frozenset(
        names.romanised(plain(word))[0][:6]
        for spellings in people
        for word in spellings[0].split()[:2]
    )
    everyone = dict.fromkeys(distractors(DISTRACTORS, taken), -1)
    everyone |= {near: -1 for group in people for near in neighbours(group[0])}
    everyone |= {name: number for number, group in enumerate(people) for name in group}
    for name, owner in everyone.items():
        for key in names.form_keys(name):
            index.setdefault(key, {})[name] = owner
    return index


def _found(asked: str, index: dict[str, dict[str, int]], breadth: Breadth) -> dict[str, int]:
    found: dict[str, int] = {}
    for key in names.lookup_keys(asked, breadth):
        for name, owner in index.get(key, {}).items():
            match = names.compare(asked, name)
            if name != asked and match is not None and match.within(breadth):
                found[name] = owner
    return found


def main() -> None:
    table = sys.argv[1] if len(sys.argv) > 1 else "development"
    score = evaluate(table)
    print(
        f"{table}: {len(groups(table))} people, {sum(map(len, groups(table)))} spellings, "
        f"{DISTRACTORS} others: recall {score.recall:.3f} precision {score.precision:.3f}"
    )
    if table == "development":
        for asked, other in score.missed:
            print(f"  missed  {asked!r} did not find {other!r}")
        for asked, other in score.wrong:
            print(f"  wrong   {asked!r} found {other!r}")


if __name__ == "__main__":
    main()
