"""The batch as one table: every file, the cases it belongs to and what the manifest says of it.

The stories: on 5 and 6 January a protest in Almaty is put down. A welder, Issayev (QAN-0001), and
a student, Zhumagulova (QAN-0002), are tried together; he was burned with an iron by the officer
Khamzin (QAN-0006). Kairbekov (QAN-0003) is shot in his car; Shchukin (QAN-0004), tried for theft,
saw it. Omirbayeva (QAN-0005) is wounded at a bus stop and fined. All of them are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from samples import recipes as make
from samples import trouble
from samples.media import Shot
from samples.recipes import Recipe, Refusal
from samples.scan import Scanner

ISAEV, BOTH, ONE = ("QAN-0001",), ("QAN-0001", "QAN-0002"), "QAN-0001"
VERDICT = "verdicts/приговор_Исаев_Жумагулова_14.07.2022.pdf"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the batch. `listed` says whether the manifest knows it."""

    path: str
    recipe: Recipe
    cases: tuple[str, ...] = ()
    document_type: str = ""
    date: str = ""
    source: str = ""
    language: str = ""
    restriction: str = "open"
    note: str = ""
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Promise:
    """A manifest line without a file; `refused` when its path must not be followed."""

    path: str
    cases: tuple[str, ...]
    document_type: str
    note: str
    refused: bool = False


_LAWYER, _FAMILY, _COURT = "адвокат", "семья", "суд"

_COURT_PAPERS = (
    Entry(VERDICT, make.born_digital("verdict_ru"), BOTH, "verdict", "2022-07-14", _COURT, "ru"),
    Entry(
        "verdicts/приговор_Исаев_скан_300dpi.pdf",
        make.scanned("verdict_ru", Scanner(dpi=300, skew=0.7)),
        BOTH,
        "verdict",
        "2022-07-14",
        _FAMILY,
        "ru",
        note="скан с бумажной копии",
    ),
    Entry(
        "verdicts/апелляция_қаулысы_20.09.2022.pdf",
        make.born_digital("appeal_kk"),
        BOTH,
        "appeal ruling",
        "2022-09-20",
        _COURT,
        "kk",
    ),
    Entry(
        "verdicts/апелляция_қаулысы_скан_200dpi.pdf",
        make.scanned(
            "appeal_kk", Scanner(dpi=200, skew=1.1, noise=7, quality=60), sealed_pages=(1,)
        ),
        BOTH,
        "appeal ruling",
        "2022-09-20",
        _LAWYER,
        "kk",
    ),
    Entry(
        "indictments/обвинительный_акт_Исаев.pdf",
        make.born_digital("indictment_isaev_ru"),
        BOTH,
        "indictment",
        "2022-05-18",
        _LAWYER,
        "ru",
        note="две колонки",
    ),
    Entry(
        "indictments/обвинительный_акт_Щукин.pdf",
        make.born_digital("indictment_shchukin_ru"),
        ("QAN-0004",),
        "indictment",
        "2022-03-02",
        _LAWYER,
        "ru",
        note="с таблицей ущерба",
    ),
    Entry(
        "resolutions/постановление_о_прекращении_Каирбеков.pdf",
        make.born_digital("termination_kairbekov_ru"),
        ("QAN-0003",),
        "resolution",
        "2022-12-01",
        _FAMILY,
        "ru",
    ),
    Entry(
        "resolutions/әкімшілік_қаулы_Өмірбаева.docx",
        make.word("fine_kk"),
        ("QAN-0005",),
        "resolution",
        "2022-02-03",
        _COURT,
        "kk",
    ),
    Entry(
        "medical/заключение_эксперта_0417.docx",
        make.word("medical_ru"),
        ("QAN-0001", "QAN-0006"),
        "expert opinion",
        "2022-02-04",
        _LAWYER,
        "ru",
        "restricted",
        "сведения о здоровье",
    ),
)

_HEARINGS = (
    Entry(
        "hearings/протокол_21.06.2022.docx",
        make.word("hearing_0621_ru"),
        BOTH,
        "hearing transcript",
        "2022-06-21",
        "наблюдатель",
        "ru",
    ),
    Entry(
        "hearings/сот_хаттамасы_28.06.2022.odt",
        make.opendocument("hearing_0628_kk"),
        BOTH,
        "hearing transcript",
        "2022-06-28",
        "бақылаушы",
        "kk",
    ),
    Entry(
        "hearings/прения_05.07.2022.rtf",
        make.rich_text("hearing_0705_ru"),
        BOTH,
        "hearing transcript",
        "2022-07-05",
        "наблюдатель",
        "ru",
    ),
    Entry(
        "hearings/апелляция_отырысы_20.09.2022.html",
        make.web_page("hearing_0920_kk", "Сот отырысы"),
        BOTH,
        "hearing transcript",
        "2022-09-20",
        "бақылаушы",
        "kk",
    ),
    Entry(
        "hearings/protokol_shchukin_cp1251.txt",
        make.text("hearing_shchukin_ru", encoding="cp1251", newline="\r\n"),
        ("QAN-0004", "QAN-0003"),
        "hearing transcript",
        "2022-04-08",
        "наблюдатель",
        "ru",
        note="старый компьютер наблюдателя",
    ),
    Entry(
        "hearings/Хамзин_ісі_14.02.2023.txt",
        make.text("hearing_khamzin_kk"),
        ("QAN-0006", ONE),
        "hearing transcript",
        "2023-02-14",
        "бақылаушы",
        "kk",
    ),
    Entry(
        "hearings/observer_notes_2022-07-14.txt",
        make.text("observer_en", encoding="utf-8-sig"),
        BOTH,
        "hearing transcript",
        "2022-07-14",
        "observer",
        "en",
    ),
    Entry(
        "interviews/беседа_источник_А.txt",
        make.text("interview_ru"),
        ("QAN-0003",),
        "interview",
        "2022-06-03",
        "источник А.",
        "ru",
        "sealed",
        "имя не раскрывать",
    ),
)

_LETTERS = (
    Entry(
        "letters/Letter_Issayev_2022-09-05.pdf",
        make.born_digital("letter_en"),
        (ONE, "QAN-0006"),
        "letter",
        "2022-09-05",
        "own archive",
        "en",
    ),
    Entry(
        "letters/Letter_Issayev_signed_scan.png",
        make.scanned_image("letter_en", Scanner(dpi=200, skew=0.5, noise=5)),
        (ONE, "QAN-0006"),
        "letter",
        "2022-09-05",
        "own archive",
        "en",
        note="signed copy",
    ),
    Entry(
        "letters/IMG_20220916_101512.jpg",
        make.page_photo("reply_ru", Shot(datetime(2022, 9, 16, 10, 15, 12), 43.2567, 76.9286)),
        ("QAN-0005", "QAN-0006", ONE),
        "letter",
        "2022-09-15",
        _LAWYER,
        "ru",
        note="ответ прокуратуры, снят на телефон",
    ),
    Entry(
        "mail/2022-08-19 жалоба.eml",
        make.message(
            "mail_ru",
            sender=("Динара Рахимжанова", "d.rakhimzhanova@lawyers.example"),
            subject="Жалоба по делу Исаева и Умирбаевой",
            sent=make.at(2022, 8, 19, 11, 42, 5),
            attached={"жалоба_19.08.2022.pdf": "complaint_ru"},
        ),
        (ONE, "QAN-0005"),
        "letter",
        "2022-08-19",
        _LAWYER,
        "ru",
    ),
    Entry(
        "mail/2022-10-02 хат.eml",
        make.message(
            "mail_kk",
            sender=("Гүлжазира Өмірбаева", "gulzhazira@mail.example"),
            subject="Көмек сұраймын",
            sent=make.at(2022, 10, 2, 5, 3, 41),
            attached={},
        ),
        ("QAN-0005",),
        "letter",
        "2022-10-02",
        "жәбірленуші",
        "kk",
        "restricted",
    ),
    Entry(
        "press/welder-gets-four-years.html",
        make.web_page(
            "press_en",
            "Welder gets four years | The Zhetisu Observer",
            ("News", "Courts", "Weather", "About us"),
        ),
        (*BOTH, "QAN-0003"),
        "press article",
        "2022-07-15",
        "The Zhetisu Observer",
        "en",
    ),
)

_CAPTIONS = ("06.01.2022  00:32  АЛМАТЫ", "КӨЛІК ТОҚТАДЫ! АТПАҢДАР!")

_RECORDINGS = (
    Entry(
        "photos/IMG_20220105_231502.jpg",
        make.photo(Shot(datetime(2022, 1, 5, 23, 15, 2), 43.2413, 76.9402)),
        ("QAN-0005",),
        "photo",
        "2022-01-05",
        "очевидец",
    ),
    Entry(
        "photos/IMG_20220106_003211.jpg",
        make.photo(Shot(datetime(2022, 1, 6, 0, 32, 11), 43.2389, 76.9127)),
        ("QAN-0003",),
        "photo",
        "2022-01-06",
        "очевидец",
    ),
    Entry(
        "video/VID_20220106_003200.mp4",
        make.film(_CAPTIONS, make.at(2022, 1, 5, 18, 32)),
        ("QAN-0003",),
        "video",
        "2022-01-06",
        "очевидец",
        "kk",
    ),
    Entry(
        "video/VID_20220106_003200.srt",
        make.subtitles("video_kk"),
        ("QAN-0003",),
        "subtitles",
        "2022-01-06",
        "own archive",
        "kk",
    ),
    Entry(
        "audio/AUDIO-2022-07-14-18-03-22.ogg",
        make.voice_message(),
        ("QAN-0002",),
        "audio",
        "2022-07-14",
        _FAMILY,
    ),
    Entry(
        "whatsapp/WhatsApp Image 2022-07-14 at 18.02.11.jpeg",
        make.photo(None),
        listed=False,
    ),
    Entry(
        "whatsapp/приговор (1) копия.pdf",
        make.copy_of(VERDICT, "verdict_ru"),
        ISAEV,
        "verdict",
        "2022-07-14",
        _FAMILY,
        "ru",
        note="прислано повторно",
    ),
)


def _usb(name: str, recipe: Recipe, note: str, cases: tuple[str, ...] = ISAEV) -> Entry:
    """A file of the memory stick on which all troublemakers came."""
    return Entry(f"usb/{name}", recipe, cases, "unknown", "2022-10-12", "флешка", note=note)


def _strange(name: str, note: str) -> Entry:
    """The archivist's note under a strange name; its last line makes each one different."""
    if name.endswith(".pdf"):
        return _usb(name, make.born_digital("note_ru"), note)
    return _usb(name, make.text("note_ru", last=f"Имя файла: {len(name)} знаков."), note)


_TROUBLE = (
    _usb("пустой.pdf", make.broken(bytes, Refusal("empty", "holds no bytes")), "0 байт"),
    _usb(
        "приговор_обрыв.pdf",
        make.cut(
            make.born_digital("verdict_ru"), 0.45, Refusal("pdf", "broken off", also=("partly",))
        ),
        "загрузка оборвалась",
    ),
    _usb("под_паролем.pdf", make.locked("complaint_ru", "qantar"), "пароль неизвестен"),
    _usb("снимок_экрана.jpg", make.born_digital("receipt_ru"), "на деле PDF"),
    _usb(
        "план_площади.pdf",
        make.broken(trouble.huge_page_pdf, Refusal("pdf", "a page too large", also=("partly",))),
        "страница 5 x 5 метров",
    ),
    _usb(
        "скан_пустой.png",
        make.broken(trouble.blank_png, Refusal("image", "400 million pixels")),
        "20000 x 20000",
    ),
    _usb(
        "отчёт.docx",
        make.broken(trouble.docx_bomb, Refusal("docx", "unpacks to 256 MB")),
        "бомба",
    ),
    _usb(
        "IMG_обрыв.jpg",
        make.cut(
            make.photo(Shot(datetime(2022, 1, 6, 0, 40, 0))),
            0.4,
            Refusal("image", "broken off", also=("partly",)),
        ),
        "загрузка оборвалась",
    ),
    _usb(
        "VID_обрыв.mp4",
        make.cut(
            make.film(_CAPTIONS[:1], make.at(2022, 1, 5)), 0.6, Refusal("video", "broken off")
        ),
        "загрузка оборвалась",
    ),
    _usb("страница.html", make.deep_page("Исаев был здесь."), "вложенность 60000"),
    *(_strange(name, note) for name, note in trouble.strange_names()),
)

ENTRIES: tuple[Entry, ...] = (*_COURT_PAPERS, *_HEARINGS, *_LETTERS, *_RECORDINGS, *_TROUBLE)

PROMISES = (
    Promise("verdicts/приговор_Хамзин.pdf", ("QAN-0006",), "verdict", "обещан, не пришёл"),
    Promise("../../outside.pdf", ISAEV, "unknown", "вне папки", refused=True),
)
