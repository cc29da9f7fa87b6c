"""The value of a person: the parts of the name, in the nominative where that is certain."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aigaq.pipeline.extractors.morphology import nominative, surname_gender
from aigaq.pipeline.extractors.names import is_female, male_nominative
from aigaq.pipeline.extractors.person_words import NameWord

_KINDS = {"given": "Name", "patronymic": "Patr", "surname": "Surn"}
_MALE_PATRONYMIC = re.compile(r"(?:ич(?:а|у|ем|ом|е)?|ұлы|улы|uly|vich|оглы)$", re.IGNORECASE)
_FEMALE_PATRONYMIC = re.compile(
    r"(?:вн(?:а|ы|е|у|ой)|чн(?:а|ы|е|у|ой)|қызы|кызы|kyzy|qyzy|vna)$", re.IGNORECASE
)
_KAZAKH_CASE = re.compile(
    r"(?:(?:т[ыі]ң|н[ыі]ң|д[ыі]ң)|(?:тан|тен|нан|нен|дан|ден)|(?:пен|мен|бен)|(?:қа|ке|ға|ге)|(?:т[ыі]|н[ыі]|д[ыі])|(?:та|те|да|де))$"
)
_SURNAME_CORE = re.compile(
    r"^(.*(?:ов|ев|ова|ева|ин|ина))((?:т|н|д|қ|к|ғ|г|п|м|б)[а-яёәғқңөұүһі]{1,3})$", re.IGNORECASE
)


def person_value(words: Sequence[NameWord], written: str) -> dict[str, object]:
    """Parts of a name; empty ones are left out. `name` is whole, surname as it stood."""
    parts = _parts(words)
    cleaned = {
        part: _without_kazakh_case(text) if part == "surname" else text
        for part, text in parts.items()
    }
    straight = _straightened(cleaned)
    value: dict[str, object] = {"name": _whole(words, parts, straight) or " ".join(written.split())}
    for part in ("given", "surname", "patronymic", "initials"):
        if straight.get(part):
            value[part] = straight[part]
    return value


def _parts(words: Sequence[NameWord]) -> dict[str, str]:
    """Which word is which: by class first, by place where the class does not tell."""
    parts: dict[str, str] = {}
    initials = "".join(word.text for word in words if word.kind == "I")
    if initials:
        parts["initials"] = initials if initials.endswith(".") else initials + "."
    full = [word for word in words if word.kind not in "I"]
    if full and full[-1].kind == "t" and len(full) > 1:
        parts["patronymic"] = f"{full[-2].text} {full[-1].text}"
        full = full[:-2]
    patronymics = [word for word in full if word.kind == "P"]
    if patronymics and "patronymic" not in parts:
        parts["patronymic"] = patronymics[0].text
    rest = [word for word in full if word.kind != "P"]
    if len(rest) == 1:
        alone_given = rest[0].kind in "GW" and not initials
        parts["given" if alone_given else "surname"] = rest[0].text
    elif len(rest) >= 2:
        given = _given_place(rest)
        parts["given"] = rest[given].text
        others = [word.text for place, word in enumerate(rest) if place != given]
        parts["surname"] = " ".join(others)
    return parts


def _given_place(rest: Sequence[NameWord]) -> int:
    for kinds in ("G", "W"):
        places = [place for place, word in enumerate(rest) if word.kind == kinds]
        if len(places) == 1:
            return places[0]
    surnames = [place for place, word in enumerate(rest) if word.kind in "Ss"]
    return 1 if surnames and surnames[0] == 0 else 0


def _without_kazakh_case(text: str) -> str:
    """Мәлімовтың -> Мәлімов; only where the surname's own ending shows where it stops."""
    core = _SURNAME_CORE.match(text)
    if core and _KAZAKH_CASE.fullmatch(core[2].lower()):
        return core[1]
    return text


def _straightened(parts: dict[str, str]) -> dict[str, str]:
    """The Russian parts in the nominative, if all of them agree on case and gender."""
    named = [(part, parts[part]) for part in ("surname", "given", "patronymic") if parts.get(part)]
    if not named or any(" " in text or not _russian(text) for _, text in named):
        return parts
    words = [(text, _KINDS[part]) for part, text in named]
    gender = _gender(parts)
    straight = nominative(words, gender)
    if straight is None and len(words) > 1:
        straight = _by_vote(words, gender, parts.get("given", ""))
    if straight is None:
        return parts
    return {**parts, **{part: text for (part, _), text in zip(named, straight, strict=True)}}


def _by_vote(words: Sequence[tuple[str, str]], gender: str, given: str) -> list[str] | None:
    """The nominative where the dictionary does not know the given name, as it knows few Kazakh."""
    base = male_nominative(given) if given else ""
    if base == given and given:
        return [text for text, _ in words]  # one word in the nominative: all are
    female = not base and is_female(given)
    if female and given[-1:] in "ая":
        return [text for text, _ in words]
    voting = [word for word in words if word[0] != given]
    straight = nominative(voting, "masc" if base else "femn" if female else gender)
    if straight is None:
        return None
    done = dict(zip([text for text, _ in voting], straight, strict=True))
    return [done.get(text, base or text) for text, _ in words]


def _russian(text: str) -> bool:
    return bool(re.fullmatch(r"[А-ЯЁа-яёӘәҒғҚқҢңӨөҰұҮүҺһІі-]+", text))


def _gender(parts: dict[str, str]) -> str:
    patronymic = parts.get("patronymic", "")
    if _MALE_PATRONYMIC.search(patronymic):
        return "masc"
    if _FEMALE_PATRONYMIC.search(patronymic):
        return "femn"
    surname = parts.get("surname", "")
    return "masc" if surname_gender(surname) == "masc" else ""


def _whole(words: Sequence[NameWord], parts: dict[str, str], straight: dict[str, str]) -> str:
    """The name in its written order with the straightened words."""
    new = {parts[part]: straight[part] for part in parts if part in straight}
    pieces: list[str] = []
    place = 0
    while place < len(words):
        pair = " ".join(word.text for word in words[place : place + 2])
        if place + 1 < len(words) and pair in new:
            pieces.append(new[pair])
            place += 2
            continue
        text = words[place].text
        glued = words[place].kind == "I" and place and words[place - 1].kind == "I"
        written = new.get(text, text)
        if glued and pieces:
            pieces[-1] += written
        else:
            pieces.append(written)
        place += 1
    return " ".join(pieces)
