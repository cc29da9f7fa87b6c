from __future__ import annotations

import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings

from aigaq.archive.errors import RefusedError
from aigaq.pipeline.readers import mail
from aigaq.pipeline.readers.reading import Reading

from .hostile import mutations, reading_of, survives, whole_text


def _message(
    subject: str = "Айғақ туралы 😀", body: str = "Сәлем, Дәурен!\nҮкім қоса тіркелді.\n"
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Асель Нұрланова <asel@example.org>"
    message["To"] = "d.ermekov@example.org, Омаров <omarov@example.org>"
    message["Date"] = "Wed, 05 Jan 2022 16:30:00 +0600"
    message["Subject"] = subject
    message["Message-ID"] = "<1@example.org>"
    message.set_content(body)
    return message


def _read(data: bytes, folder: Path) -> Reading:
    source = folder / "a.eml"
    source.write_bytes(data)
    return reading_of(mail.read, source)


def test_a_message(tmp_path: Path) -> None:
    reading = _read(bytes(_message()), tmp_path)
    assert whole_text(reading).splitlines() == [
        "From: Асель Нұрланова <asel@example.org>",
        "To: d.ermekov@example.org, Омаров <omarov@example.org>",
        "Date: Wed, 05 Jan 2022 16:30:00 +0600",
        "Subject: Айғақ туралы 😀",
        "Message-ID: <1@example.org>",
        "",
        "Сәлем, Дәурен!",
        "Үкім қоса тіркелді.",
    ]
    assert reading.facts["sent_at"] == "2022-01-05T10:30:00+00:00"
    assert reading.facts["subject"] == "Айғақ туралы 😀"
    assert reading.facts["message_id"] == "<1@example.org>"
    assert (reading.attachments, reading.problems) == ((), ())


def test_attachments_keep_their_bytes_and_their_untrusted_names(tmp_path: Path) -> None:
    message = _message()
    names = ["../../etc/passwd", "үкім 😀.pdf", "a" * 300 + ".pdf", "б\u202e.exe"]
    for number, name in enumerate(names):
        message.add_attachment(
            bytes([number]) * 100, maintype="application", subtype="pdf", filename=name
        )
    reading = _read(bytes(message), tmp_path)
    assert [attachment.name for attachment in reading.attachments] == names
    for number, attachment in enumerate(reading.attachments):
        assert attachment.path.read_bytes() == bytes([number]) * 100
        assert attachment.path.parent.parent == tmp_path
    assert reading.facts["attachments"] == 4


def test_plain_text_is_preferred_to_html(tmp_path: Path) -> None:
    message = _message(body="жай мәтін")
    message.add_alternative("<p>безендірілген", subtype="html")
    text = whole_text(_read(bytes(message), tmp_path))
    assert text.endswith("жай мәтін")
    assert "безендірілген" not in text


def test_html_is_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    message = _message()
    message.set_content("<p>Бір<p>екі<script>жоқ</script>", subtype="html")
    assert whole_text(_read(bytes(message), tmp_path)).endswith("\n\nБір\nекі")


def test_a_forwarded_message_keeps_every_byte(tmp_path: Path) -> None:
    """Defect: parsing and writing a forwarded message again changes it."""
    inner = b"Subject:  two  spaces\nX-odd :1\n\n\tbody \xef\xf0\xe8\xe2\xe5\xf2\n"
    outer = (
        b"Subject: fwd\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\n"
        b"Content-Type: message/rfc822\n\n" + inner + b"\n--b--\n"
    )
    (forwarded,) = _read(outer, tmp_path).attachments
    assert forwarded.path.read_bytes() == inner
    assert forwarded.name.endswith(".eml")


def test_inline_pictures_and_winmail_become_items(tmp_path: Path) -> None:
    message = _message()
    message.add_related(
        b"\x89PNG", "image", "png", cid="<x>", filename="қол.png", disposition="inline"
    )
    message.make_mixed()
    message.add_attachment(
        b"\x78\x9f", maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )
    names = [attachment.name for attachment in _read(bytes(message), tmp_path).attachments]
    assert names == ["қол.png", "winmail.dat"]


HEADERS = {
    "raw cp1251": (
        "Subject: Приговор по делу Ермекова\n".encode("cp1251"),
        "Приговор по делу Ермекова",
    ),
    "raw utf-8": ("Subject: Үкім туралы\n".encode(), "Үкім туралы"),
    "encoded koi8-r": (b"Subject: =?koi8-r?B?8NLJx8/Xz9I=?=\n", "Приговор"),
    "a lying charset": (b"Subject: =?utf-8?B?z/Do4+7i7vA=?=\n", "Приговор"),
    "an unknown charset": (b"Subject: =?x-none?B?0KHRg9C0?=\n", "Суд"),
    "broken base64": (b"Subject: =?utf-8?B?0KHRg9C?=\n", None),
    "folded": ("Subject: бір\n екі\n".encode(), "бір екі"),
    "folded after an encoded word": (
        b"Subject: =?utf-8?B?0KHRg9C0?=\n <a@example.org>\n",
        "Суд <a@example.org>",
    ),
    "twice": (b"Subject: a\nSubject: b\n", "a; b"),
}


@pytest.mark.parametrize(("header", "subject"), HEADERS.values(), ids=HEADERS.keys())
def test_headers_of_all_sorts(header: bytes, subject: str | None, tmp_path: Path) -> None:
    reading = _read(header + b"\nbody\n", tmp_path)
    if subject is not None:
        assert reading.facts["subject"] == subject
    assert whole_text(reading).endswith("body")


@pytest.mark.parametrize(
    "charset", ["windows-1251", "utf-8", "no-such-charset", "base64", "a\x00b", ""]
)
def test_a_wrong_charset_does_not_spoil_the_text(charset: str, tmp_path: Path) -> None:
    body = "Свидетель Ахметова показала, что на площади никого не видела.".encode("cp1251")
    head = f'Subject: a\nContent-Type: text/plain; charset="{charset}"\n\n'.encode()
    assert "Ахметова показала" in whole_text(_read(head + body, tmp_path))


@pytest.mark.parametrize(
    ("date", "sent_at"),
    [
        ("5 Jan 2022 10:00:00 GMT", "2022-01-05T10:00:00+00:00"),
        ("Wed, 05 Jan 2022 10:00:00 -0000", None),
        ("кеше", None),
        ("Wed, 99 Jan 99999 10:00:00 +9999", None),
    ],
)
def test_a_date_is_not_made_better_than_it_is(
    date: str, sent_at: str | None, tmp_path: Path
) -> None:
    facts = _read(f"Subject: a\nDate: {date}\n\nb".encode(), tmp_path).facts
    assert facts.get("sent_at") == sent_at
    assert facts["date"] == date


def test_a_binary_body_is_kept_as_an_attachment(tmp_path: Path) -> None:
    reading = _read(b"Subject: a\nContent-Type: text/plain\n\n" + bytes(range(32)) * 50, tmp_path)
    assert len(reading.attachments) == 1
    assert any("kept as an attachment" in problem for problem in reading.problems)


def test_a_mailbox_is_split(tmp_path: Path) -> None:
    box = b"".join(
        b"From a@example.org Wed Jan  5 10:00:00 2022\n" + bytes(_message(str(number))) + b"\n"
        for number in range(3)
    )
    reading = _read(box, tmp_path)
    assert reading.facts == {"messages": 3}
    subjects = [
        _read(one.path.read_bytes(), tmp_path).facts["subject"] for one in reading.attachments
    ]
    assert subjects == ["0", "1", "2"]


def test_splitting_a_large_mailbox_takes_no_square_of_its_size(tmp_path: Path) -> None:
    message = (
        b"From a@example.org Wed Jan  5 10:00:00 2022\nSubject: a\n\n" + b"b" * 4_000 + b"\n\n"
    )
    began = time.process_time()
    reading = _read(message * 4_000, tmp_path)
    assert reading.facts == {"messages": 4_000}
    assert time.process_time() - began < 5


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_raw_file_name_keeps_its_letters(encoding: str, tmp_path: Path) -> None:
    name = "протокол судебного заседания.zip".encode(encoding)
    part = b'Content-Type: application/zip; name="%b"\nContent-Disposition:attachment; ' % name
    reading = _read(b"Subject: a\n" + part + b'filename="%b"\n\nPK' % name, tmp_path)
    assert [one.name for one in reading.attachments] == ["протокол судебного заседания.zip"]


def test_parts_whose_boundary_never_comes_are_shown_as_they_are(tmp_path: Path) -> None:
    reading = _read(
        b"Subject: a\nContent-Type: multipart/mixed; boundary=x\n\n--y\n\nSudya kelisti\n--y--\n",
        tmp_path,
    )
    assert "Sudya kelisti" in whole_text(reading)
    assert not reading.attachments
    assert any("StartBoundaryNotFound" in problem for problem in reading.problems)


def test_an_outlook_message_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="Outlook") as refused:
        _read(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), tmp_path)
    assert "EML" in refused.value.advice


def _nested(depth: int) -> bytes:
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
        for level in range(depth)
    )
    return b"Subject: a\n" + head + b"\nbody\n"


@pytest.mark.parametrize("depth", [60, 3_000])
def test_nesting_is_refused(depth: int, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="nested"):
        _read(_nested(depth), tmp_path)


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    head = b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n"
    with pytest.raises(RefusedError, match="1,000 parts"):
        _read(head + b"--b\n\nx\n" * 1_100, tmp_path)


@pytest.mark.parametrize(
    "junk",
    [b"Subject: " + b"=?" * 100_000, b"From: " + b"(" * 100_000 + b"\n\n", b"a:\n" * 100_000],
)
def test_junk_takes_no_time(junk: bytes, tmp_path: Path) -> None:
    began = time.process_time()
    _read(junk, tmp_path)
    assert time.process_time() - began < 10


def _seed() -> bytes:
    message = _message()
    message.add_alternative("<p>безендірілген", subtype="html")
    message.add_attachment(b"PDF", maintype="application", subtype="pdf", filename="үкім.pdf")
    message.add_attachment(_message("ішкі"))
    return bytes(message)


@settings(max_examples=200, deadline=None)
@given(mutations(_seed()))
def test_changed_bytes_are_read_or_refused(data: bytes) -> None:
    survives(mail.read, data)
