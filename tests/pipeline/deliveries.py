"""Small real deliveries, written on the spot, that exercise every road of an ingest."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from samples import fonts

HEARING = (
    "Стенограмма судебного заседания от 5 января 2022 года\n\n"
    "Судья: Слушается дело по обвинению Исаева Даурена Нурлановича по ст. 272 ч. 2 УК РК.\n"
    "Подсудимый Исаев: Вину не признаю.\n"
)
LETTER = "Dear colleagues,\nplease find enclosed the statement of Dauren Issayev.\n"


def write_delivery(folder: Path) -> Path:
    """Nine files: text, message with attachment, duplicate, three troublemakers, manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hearing.txt").write_text(HEARING, encoding="utf-8")
    (folder / "hearing-copy.txt").write_text(HEARING, encoding="utf-8")
    (folder / "letter.html").write_text(f"<html><body><p>{LETTER}</p></body></html>")
    write_message(folder / "letter.eml")
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
    (folder / "bomb.docx").write_bytes(_bomb(folder))
    (folder / "manifest.csv").write_text(
        "path,case_ids,document_type,restriction\n"
        "hearing.txt,QAN-0001,transcript,\n"
        "letter.eml,QAN-0002,letter,\n"
        "promised.pdf,QAN-0001,verdict,\n",
        encoding="utf-8",
    )
    return folder


REFUSED = {"empty.pdf", "cut.pdf", "bomb.docx"}


def write_message(file: Path) -> None:
    """A letter with one attachment, показания.txt."""
    message = EmailMessage()
    message["From"] = "office@example.org"
    message["To"] = "archive@example.org"
    message["Subject"] = "Statement"
    message["Date"] = "Wed, 05 Jan 2022 10:00:00 +0600"
    message.set_content(LETTER)
    message.add_attachment(
        "Показания Исаева Д.Н. от 6 января 2022 г.".encode(),
        maintype="text",
        subtype="plain",
        filename="показания.txt",
    )
    file.write_bytes(message.as_bytes())


def _bomb(folder: Path) -> bytes:
    """A DOCX of a few hundred kB that would unpack to 300 MB."""
    file = folder / ".bomb"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open("word/document.xml", "w") as part:
            for _ in range(300):
                part.write(b"\0" * 2**20)
    content = file.read_bytes()
    file.unlink()
    return content


def write_scan(file: Path, pages: int, words: str = "Показания свидетеля") -> None:
    """A PDF of drawn pages without a text layer, each of which costs OCR a second or more."""
    face = ImageFont.truetype(str(fonts.path(fonts.DEJAVU)), 36)
    drawn = []
    for number in range(1, pages + 1):
        page = Image.new("L", (1654, 2339), 255)
        pen = ImageDraw.Draw(page)
        for line in range(40):
            told = f"{words} {file.stem}, {number}.{line}"
            pen.text((120, 100 + 54 * line), told, font=face, fill=0)
        drawn.append(page)
    drawn[0].save(file, save_all=True, append_images=drawn[1:], resolution=200)
