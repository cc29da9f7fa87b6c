"""The table that every engine must answer alike: a small corpus, and what is found in it, where.

The questions and answers stand in data/conformance.txt, were read by people and are held literally:
engines are compared with the table, not with each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aigaq.archive.access import Viewer
from aigaq.archive.model import Restriction
from aigaq.search.finder import Results
from aigaq.search.names import Breadth
from tests.search.corpus import Written, accession

TABLE = Path(__file__).parent / "data" / "conformance.txt"

VIEWERS = {
    "owner": Viewer.owner(),
    "stranger": Viewer("stranger", "lawyer"),
    "of case 4": Viewer("counsel", "lawyer", cases=frozenset({"QAN-0004"})),
    "of sealed 6": Viewer("judge", "observer", cases=None, sealed=frozenset({accession(6)})),
    "of sealed case": Viewer("judge", "observer", sealed=frozenset({"QAN-0009"})),
}

CORPUS = (
    Written(  # 1
        "Подсудимый Исаев И.П. признан виновным по ст. 272 ч. 2 УК РК. Суд признал вину.",
        ("QAN-0001",),
        date="2022-11-30",
        persons=[("Исаев И.П.", "defendant")],
        articles=[("272", "CC", "272", "2")],
    ),
    Written(  # 2
        "The court heard Issayev. His lawyer denied guilt before the judges.",
        ("QAN-0002",),
        "docx",
        "protocol",
        date="2022-03-01",
    ),
    Written(  # 3
        "Сот Исаевқа сөз берді. Айғақтар зерттелді, кітаптарды қарады.",
        ("QAN-0002",),
        type="protocol",
        date="2022-03",
    ),
    Written(  # 4
        "5 января 2022 года Исаевой звонили. Потерпевший Пётр Садыков молчал.",
        ("QAN-0003",),
        type="statement",
        persons=[("Пётр Садыков", "victim")],
        dates=[("5 января 2022 года", "2022-01-05", "2022-01-05")],
    ),
    Written(  # 5
        "В феврале 2022 года дело 1-123/2022 передано. ИСАЕВ отсутствовал.",
        ("QAN-0003",),
        "image",
        "letter",
        date="2022-02-20",
        numbers=["1-123/2022"],
        dates=[("феврале 2022 года", "2022-02-01", "2022-02-28")],
    ),
    Written(  # 6
        "Тайный свидетель Исаев говорил о вине перед судом.",
        ("QAN-0009",),
        "audio",
        "statement",
        restriction=Restriction.SEALED,
        persons=[("Исаев", "witness")],
    ),
    Written(  # 7
        "Закрытое заседание: Исаев Т. и прокурор.",
        ("QAN-0004",),
        type="protocol",
        date="2022-12-01",
        restriction=Restriction.RESTRICTED,
    ),
    Written(  # 8
        "Суд, суд и ещё раз суд: приговор прежнего суда отменён, приговор нового ждут.",
        ("QAN-0001", "QAN-0003"),
        "docx",
        date="2023",
    ),
    Written("Приговор суда.", ("QAN-0003",), "text", "", date="1999-12-31"),  # 9
    Written(  # 10
        "Куәгер Айгүл Серікқызы Қожабекова 2022 жылғы 7 қаңтарда алаңда болған.",
        ("QAN-0001", "QAN-0003"),
        "audio",
        "statement",
        date="2022-11-30",
        persons=[("Айгүл Серікқызы Қожабекова", "witness")],
        dates=[("2022 жылғы 7 қаңтарда", "2022-01-07", "2022-01-07")],
    ),
    Written(  # 11
        "Witness A. Kozhabekova saw two trucks near the square; O'Neil translated. Trucks left.",
        ("QAN-0003",),
        "text",
        "statement",
        date="2022-01-10",
        persons=[("A. Kozhabekova", "witness")],
    ),
    Written(  # 12
        "Пётр Садыков и Иван Исаев спорили: площадь, грузовик, площадь и грузовик у площади.",
        ("QAN-0004",),
        "video",
        "",
        persons=[("Пётр Садыков", "victim"), ("Иван Исаев", "defendant")],
        articles=[],
    ),
    Written("Площадь была пуста.", ("QAN-0005",), "image", "photo", date="2022-01-05"),  # 13
    Written("Площадь была пуста.", ("QAN-0005",), "image", "photo", date="2021-05-05"),  # 14
    Written(  # 15
        "Адвокат Смагулова просит суд применить ст. 35 ч. 3 УПК, а не ст. 272 УК.",
        ("QAN-0001",),
        type="motion",
        restriction=Restriction.RESTRICTED,
        persons=[("Смагулова", "lawyer")],
        articles=[("35", "CPC", "35", "3"), ("ст. 272", "CC", "272", "")],
    ),
    Written("*** — … !!!", (), "text", "", date="2022-01-05"),  # 16
)


@dataclass(slots=True)
class Question:
    """One question of the table and its answer, as they are written there."""

    query: str
    how: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    hits: str = ""
    total: int | None = None
    facets: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.query + "".join(f" {name}={value}" for name, value in self.how.items())

    @property
    def viewer(self) -> Viewer:
        return VIEWERS[self.how.get("viewer", "owner")]

    @property
    def sort(self) -> str:
        return self.how.get("sort", "score")

    @property
    def limit(self) -> int:
        return int(self.how.get("limit", "20"))

    @property
    def breadth(self) -> Breadth:
        return Breadth(self.how.get("breadth", Breadth.SIMILAR))


def questions() -> Iterator[Question]:
    """The table, read."""
    for block in TABLE.read_text("utf-8").split("\n? ")[1:]:
        query, *lines = (line for line in block.splitlines() if line and line[0] not in "#")
        question = Question(query)
        for line in lines:
            name, colon, value = line.strip().partition(": ")
            if not colon or name[0].isdigit():
                question.hits = line.strip()
            elif name == "as":
                question.how = dict(each.split("=") for each in value.split(", "))
            elif name == "notice":
                question.notice = value
            elif name == "total":
                question.total = int(value)
            else:
                question.facets[name] = value
        yield question


def hits_of(results: Results) -> str:
    """The hits of a page as the table has them."""
    written = [
        f"{int(hit.item[9:])} {' · '.join(hit.text[at:end] for at, end in hit.highlights)}".strip()
        for hit in results.hits
    ]
    between = " " if all(map(str.isdigit, written)) else " | "
    return between.join(written) or "nothing"


def facets_of(results: Results) -> dict[str, str]:
    """The facets of a page as the table has them; those without a value are left out."""
    return {
        name: ", ".join(f"{each.value} {each.count}" for each in counts)
        for name, counts in results.facets.items()
        if counts
    }
