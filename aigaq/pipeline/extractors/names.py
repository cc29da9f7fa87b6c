"""Whether a word can be part of a person's name: given names, surnames, patronymics, initials."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from aigaq.pipeline.extractors.lexicon import data

_CYRILLIC = {
    **dict(zip("абвгдеёзийклмнопрстуфхэ", "abvgdeeziiklmnoprstufhe", strict=True)),
    "ж": "j", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "ю": "iu",
    "я": "ia", "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h",
    "і": "i", "ї": "i", "є": "e", "ґ": "g",
}  # fmt: skip
_LATIN = str.maketrans("äáâãåçéèêëğíìîïıñóòôõöşŝúùûüýÿžšč", "aaaaaceeeegiiiiinooooossuuuuiizsc")
_DIGRAPHS = (("dzh", "j"), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("yu", "iu"), ("ya", "ia"),
             ("yo", "e"), ("ye", "e"), ("ph", "f"), ("ck", "k"))  # fmt: skip


@lru_cache(maxsize=65536)
def sound_key(word: str) -> str:
    """One rough Latin spelling for a name in any script: Қайрат, Kairat, Qayrat -> kairat."""
    text = word.lower().translate(_LATIN)
    if any("\u0400" <= letter <= "\u04ff" for letter in text):
        text = "".join(_CYRILLIC.get(letter, letter) for letter in text)
    else:
        for written, sound in _DIGRAPHS:
            text = text.replace(written, sound)
        text = text.replace("y", "i").replace("q", "k").replace("w", "u")
    text = re.sub(r"[^a-z]", "", text)
    text = re.sub(r"(.)\1+", r"\1", text)
    return re.sub(r"^ie", "e", text.replace("ii", "i").replace("iia", "ia"))


@cache
def _given() -> dict[str, frozenset[str]]:
    lists = data("names")
    known = {
        script: frozenset(
            sound_key(name)
            for language in languages
            for gender in ("male", "female")
            for name in lists[language][gender].split()
        )
        for script, languages in (("cyrillic", ("ru", "kk")), ("latin", ("ru", "kk", "en")))
    }
    known["male"] = frozenset(
        sound_key(name) for language in ("ru", "kk") for name in lists[language]["male"].split()
    )
    known["female"] = frozenset(
        sound_key(name)
        for language in ("ru", "kk", "en")
        for name in lists[language]["female"].split()
    )
    known["weak"] = frozenset(sound_key(name) for name in lists["weak"].split())
    return known


_RUSSIAN_ENDING = re.compile(
    r"(?:ами|ями|ого|его|ому|ему|ою|ею|ой|ей|ом|ем|ём|ым|им|ах|ях|а|у|е|ы|и|ю|я|ь|й)$"
)
_KAZAKH_ENDING = re.compile(
    r"(?:(?:лар|лер|дар|дер|тар|тер)?(?:ның|нің|дың|дің|тың|тің|нан|нен|дан|ден|тан|тен|мен|бен|пен"
    r"|ға|ге|қа|ке|на|не|ны|ні|ды|ді|ты|ті|да|де|та|те|а|е|н)|лар|лер|дар|дер|тар|тер)$"
)


@lru_cache(maxsize=65536)
def is_given(word: str) -> bool:
    """A common given name, in any script, case ending or the like."""
    if not any("\u0400" <= letter <= "\u04ff" for letter in word):
        known = _given()["latin"]
        return sound_key(word.removesuffix("'s").removesuffix("'")) in known
    known = _given()["cyrillic"]
    if sound_key(word) in known:
        return True
    lower = word.lower()
    stems = {_RUSSIAN_ENDING.sub("", lower), _KAZAKH_ENDING.sub("", lower)} - {lower}
    return any(
        len(stem) >= 3 and (sound_key(stem) in known or (stem[-1:] not in "аеёиоуыэюя"
        and any(sound_key(stem + end) in known for end in ("а", "я", "ия", "й"))))
        for stem in stems
    )  # fmt: skip


def male_nominative(word: str) -> str:
    """A man's given name without its Russian case ending (Нурлана -> Нурлан); "" if it is none."""
    for end in ("", "ом", "ем", "а", "у", "е", "я", "ю"):
        base = word.removesuffix(end) if end else word
        if end and base == word:
            continue
        for stem in (base, base + "й") if end in ("я", "ю", "ем") else (base,):
            if len(stem) > 2 and sound_key(stem) in _given()["male"]:
                return stem
    return ""


def is_female(word: str) -> bool:
    """A given name, in the nominative, that women have."""
    return sound_key(word) in _given()["female"]


def is_weak(word: str) -> bool:
    """A given name that is also an everyday word."""
    return sound_key(word) in _given()["weak"]


_CASES = r"(?:а|у|ым|ом|е|ы|ой|ою|ых|ыми)?"
_KAZAKH_CASES = (
    r"(?:(?:[тд]ар|[тд]ер|лар|лер)?(?:т[ыі]ң|т[ыі]|қа|ке|та|те|тан|тен|пен|н[ыі]ң|н[ыі]|ға|ге|на|не|да|де|дан|ден"
    r"|нан|нен|мен|бен|д[ыі]ң|д[ыі]|[тд]ай|[тд]ей)?)"
)
_SURNAME_CYRILLIC = re.compile(
    rf"^[а-яёәғқңөұүһі'-]{{2,24}}(?:"
    rf"(?:ов|ев|ёв){_CASES}|(?:ов|ев|ова|ева|ин|ина){_KAZAKH_CASES}|(?:ин|ын)(?:а|у|ым|е|ой|ых)?"
    rf"|[сц]к(?:ий|ого|ому|им|ом|ая|ой|ую)|енко|дзе|швили|чук(?:а|у|ом|е)?|[аяуюі]нц(?:ев)?"
    rf"|(?:бай|бек|ғали|гали|хан|жан|құл|мұрат|болат|ғазы|берген|мырза)(?:ов|ев)(?:а|у|ым|е|ой|ы|ых)?"
    rf")$"
)
_STRONG_CYRILLIC = re.compile(
    rf"^[а-яёәғқңөұүһі'-]{{2,24}}(?:(?:[а-яёәғқңөұүһі](?:ов|ев))(?:{_CASES}|{_KAZAKH_CASES})"
    rf"|(?:ова|ева){_KAZAKH_CASES}|енко|дзе|швили|[сц]к(?:ий|ого|ому|им|ая|ую))$"
)
_SURNAME_LATIN = re.compile(
    r"^[a-z'-]{2,24}(?:ov|ova|ev|eva|yev|yeva|iev|ieva|off|sky|skiy|skii|ski|skaya|skaia|enko|dze|shvili|chuk)$"
)
_WEAK_LATIN = re.compile(
    r"^[a-z'-]{2,24}(?:in|ina|yan|ian|son|sen|ez|berg|stein|man|bai|bay|bek|khan|zhan|qali|gali)$"
)
_PATRONYMIC = re.compile(
    r"^[а-яёәғқңөұүһі-]{2,20}(?:(?:ов|ев|ёв)ич(?:а|у|ем|ем|е)?|(?:ов|ев)н(?:а|ы|е|у|ой)|ьич(?:а|у|ом|ем|е)?|инич(?:на|ны|не|ну|ной|а|у|ем)?"
    r"|(?:ұлы|улы|қызы|кызы|оглы|оғлы)(?:ның|нің|на|не|ға|ге|н|нан|нен|мен|менен|да|де|нда|нде)?)$"
    r"|^[a-z-]{2,20}(?:ovich|evich|yevich|ovna|evna|yevna|uly|ouly|uli|kyzy|qyzy|kizi|gyzy|ogly|oglu)(?:'s)?$"
)


@cache
def _no_surnames() -> frozenset[str]:
    """Words with the ending of a surname that are none: places, peoples, everyday words."""
    return frozenset(data("names")["no_surnames"].split())


@lru_cache(maxsize=65536)
def is_surname(word: str) -> bool:
    """The shape of a surname (any script, any case)."""
    lower = word.lower().removesuffix("'s")
    if lower in _no_surnames() or len(lower) < 4:
        return False
    return bool(_SURNAME_CYRILLIC.match(lower) or _SURNAME_LATIN.match(lower))


@lru_cache(maxsize=65536)
def is_strong_surname(word: str) -> bool:
    """A shape that hardly any other word has: -ов, -ев, -ова, -ский, -ov, -yeva."""
    lower = word.lower().removesuffix("'s")
    if lower in _no_surnames() or len(lower) < 5:
        return False
    return bool(_STRONG_CYRILLIC.match(lower) or _SURNAME_LATIN.match(lower))


@lru_cache(maxsize=65536)
def is_weak_surname(word: str) -> bool:
    """A Latin shape that is often a surname beside a given name: -son, -in, -bek."""
    return bool(_WEAK_LATIN.match(word.lower().removesuffix("'s")))


@lru_cache(maxsize=65536)
def is_patronymic(word: str) -> bool:
    """-ович, -овна, -ұлы, -қызы, -uly, -kyzy, -oglu."""
    return bool(_PATRONYMIC.match(word.lower()))
