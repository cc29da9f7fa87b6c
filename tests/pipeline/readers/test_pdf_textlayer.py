"""The rule "does this page need OCR" by table: one row a reason, and what must not trigger it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigaq.pipeline.readers.textlayer import OcrReason, PageLook, normalised, ocr_reason

RUSSIAN = (
    "Суд установил, что подсудимый Исаев О.К. не признал вину и показал, что в тот день он был у "
    "сестры и на площадь не выходил. Это подтвердили свидетели, которых суд допросил в заседании. "
)
KAZAKH = (
    "Сот отырысында айыпталушы өз кінәсін мойындамады және сол күні үйде болғанын айтты. Бұл "
    "туралы куәлар да айтқан, бірақ сот оны ескермеді деп қорғаушы мәлімдеді және шағым берді. "
)
ENGLISH = (
    "The court found that the defendant was at the square and that he had thrown a stone, which "
    "the witness of the defence had denied on the first day of the hearing in this case. "
)
NAMES = "Исаев Олжабай, Жумагулова Айсулу, Сабитов Канат, Щукин Родион, Хамзин Ергазы, " * 8
FONT_GARBAGE = "Ffxqz Wvtrk hJkLq pRtsS bvCxz mQwrT zzKtp LrtNn vBcds qWrtp xCvbN kLmnr " * 4
HIDDEN_BAD = "Суд устанoвил чтo noдсудимый Исаeв вину нe nризнал и noказал " * 6
MOJIBAKE = RUSSIAN.encode().decode("latin-1")
WRONG_CODEPAGE = RUSSIAN.encode("cp1251", "ignore").decode("latin-1")
LATIN_I = KAZAKH.replace("і", "i")


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (PageLook(RUSSIAN * 3), None),
        (PageLook(KAZAKH * 3), None),
        (PageLook(ENGLISH * 3), None),
        (PageLook(NAMES), None),
        (PageLook(LATIN_I * 3), None),
        (PageLook(RUSSIAN * 3, picture_cover=1.0), None),
        (PageLook(RUSSIAN * 3, picture_cover=1.0, invisible=1.0), None),
        (PageLook(""), None),
        (PageLook("2"), None),
        (PageLook("12", paths=12), None),
        (PageLook("", picture_cover=0.2), None),
        (PageLook("1 234 567 890 " * 40), None),
        (PageLook("\ue001 " + RUSSIAN * 3), None),
        (PageLook("Résumé français à café déjà été né " * 5 + ENGLISH * 3), None),
        (PageLook("本文書は法廷の記録であり、証人の供述を含む。" * 40), None),
        (PageLook("სასამართლომ დაადგინა, რომ მოწმე იყო სახლში. " * 20), None),
        (PageLook("Το δικαστήριο έκρινε ότι ο μάρτυρας ήταν στο σπίτι. " * 20), None),
        (PageLook("قررت المحكمة أن الشاهد كان في البيت. " * 20), None),
        (PageLook("Świadek zeznał, że w tym dniu był u siostry w domu. " * 20), None),
        (PageLook("", picture_cover=1.0), OcrReason.PICTURE),
        (PageLook("стр. 12", picture_cover=0.3), OcrReason.PICTURE),
        (PageLook("", paths=900), OcrReason.DRAWN_LETTERS),
        (PageLook(RUSSIAN, picture_cover=0.9), OcrReason.FULL_PAGE_PICTURE),
        (PageLook(RUSSIAN * 2 + "\ufffd" * 40), OcrReason.UNREADABLE_CODES),
        (PageLook("\ue001\ue002\ue003 " * 60 + RUSSIAN), OcrReason.UNREADABLE_CODES),
        (PageLook(MOJIBAKE * 3), OcrReason.MOJIBAKE),
        (PageLook(WRONG_CODEPAGE * 3), OcrReason.MOJIBAKE),
        (PageLook(HIDDEN_BAD), OcrReason.MIXED_SCRIPTS),
        (PageLook(FONT_GARBAGE), OcrReason.NO_LANGUAGE),
        (
            PageLook(RUSSIAN * 8 + HIDDEN_BAD[:70], picture_cover=1.0, invisible=1.0),
            OcrReason.POOR_HIDDEN_LAYER,
        ),
    ],
)
def test_the_rule(look: PageLook, reason: OcrReason | None) -> None:
    assert ocr_reason(look) is reason


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("a\r\nb\r\n", "a\nb"),
        ("обви\ufffe\r\nнение", "обви-\nнение"),
        ("обви\x02\r\nнение", "обви-\nнение"),
        ("обви\u00ad\nнение по\u00adметка", "обви-\nнение пометка"),
        ("ﬁle \x00 oﬃce", "file  office"),
        ("и\u0306", "й"),
        ("a \t \nb   ", "a\nb"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("ст.\u00a0272", "ст. 272"),
        ("\ud83d\ude00 \ud800", "😀 \ufffd"),
    ],
)
def test_text_is_stored_clean(raw: str, stored: str) -> None:
    assert normalised(raw) == stored


@given(st.text())
def test_stored_text_is_nfc_without_nul_and_stays_as_it_is(text: str) -> None:
    stored = normalised(text)
    assert unicodedata.is_normalized("NFC", stored)
    assert not set(stored) & {"\0", "\r"}
    assert normalised(stored) == stored
