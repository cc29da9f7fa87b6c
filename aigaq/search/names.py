"""Name keys, the pairwise check of two names, and the reason why they are one.

Names never go through a stemmer. Each word of a name gets a wide phonetic key
(`phonetics.group_key`) that an engine looks up as exact tokens; what comes back is compared here,
word by word, and every match says why: same spelling, inflected form, other script, other
transliteration, initials, short form, only the surname, likely typo.

Inflection is undone on the sounds, so one table serves both scripts: Russian cases and gender of
-ов/-ев/-ин and -ский surnames and of given names, Kazakh cases and plural. A word keeps all
readings that are possible, each tagged with its paradigm; two words are forms of one name only when
they meet in the same paradigm ("Марту" is Марта, not Март).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from aigaq.search import phonetics, wordlists
from aigaq.search.spelling import letter_distance, sound_distance

VERSION = "1"
"""Changes whenever the same name would give other keys: an index of another version is stale."""


class Breadth(StrEnum):
    """How far a name may be from the one asked for. Each includes the ones before."""

    EXACT = "exact"
    SIMILAR = "similar"
    BROAD = "broad"


class Reason(StrEnum):
    """Why two names match, closest first."""

    SAME = "same spelling"
    INFLECTED = "inflected form"
    SCRIPT = "other script"
    TRANSLITERATION = "other transliteration"
    INITIALS = "initials"
    SHORT = "short form"
    SURNAME = "only the surname"
    TYPO = "likely typo"


_RANK = {reason: rank for rank, reason in enumerate(Reason)}
_EXACT = frozenset({Reason.SAME, Reason.INFLECTED})


@dataclass(frozen=True, slots=True)
class Match:
    """Two names are one, because of `reason`; `distance` is the cost of the worst word, 0 best.

    `in_order` when the words that match stand in the same order in both.
    """

    reason: Reason
    distance: float
    in_order: bool = True

    @property
    def whole(self) -> bool:
        """Whether every word asked for was found, spelled out and in order."""
        return self.in_order and _RANK[self.reason] <= _RANK[Reason.TRANSLITERATION]

    def within(self, breadth: Breadth) -> bool:
        """Whether a search of that breadth should show it."""
        if breadth is Breadth.EXACT:
            return self.reason in _EXACT
        return breadth is Breadth.BROAD or self.reason is not Reason.TYPO


@dataclass(frozen=True, slots=True)
class NameKeys:
    """The keys of a name: sets over its full words, in growing width, and the rest as read."""

    k1: frozenset[str]
    k2: frozenset[str]
    k3: frozenset[str]
    initials: tuple[str, ...]
    patronymic: str


@dataclass(frozen=True, slots=True)
class Base:
    """One possible nominative of a word, by sound, and the paradigm it stands in.

    `whole` when nothing was taken off the word.
    """

    sound: str
    paradigm: str
    whole: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A full word of a name. `plain` is for the letters, `bases` for the sounds.

    Compared by identity: `word_of` gives one object for one spelling, and the caches below are
    asked thousands of times a search.
    """

    raw: str
    plain: str
    cyrillic: bool
    bases: tuple[Base, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A name as parsed: full words in order, initials, the stem of the patronymic ("" if none).

    Compared by identity, as words are.
    """

    raw: str
    words: tuple[Word, ...]
    initials: tuple[str, ...]
    patronymic: str


# --- the words of the data files


@lru_cache(maxsize=1)
def _given_groups() -> dict[str, frozenset[int]]:
    """Sound of a given name -> the lines of the table it stands in."""
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(wordlists.lines("given_names")):
        for form in line:
            for base in word_of(form).bases:
                if base.paradigm in "0FM":
                    groups.setdefault(base.sound + base.paradigm, set()).add(number)
    return {sound: frozenset(numbers) for sound, numbers in groups.items()}


@lru_cache(maxsize=1)
def titles() -> frozenset[str]:
    """Casefolded words that stand before a name with a capital letter and are no part of it."""
    return frozenset(wordlists.words("titles"))


@lru_cache(maxsize=50_000)
def given_lines(word: Word) -> frozenset[int]:
    """The lines of the table of given names this word may be a form of."""
    table = _given_groups()
    found = (table.get(base.sound + base.paradigm, frozenset()) for base in word.bases)
    return frozenset().union(*found)


# --- one word

_SURNAME = re.compile(r"(.*[^aeiou].*(?:[oe]v|in))(?:a|u|im|oi|ou|e|i|ih|imi|om)?")
_SKY = re.compile(r"(.+[sC]k)(?:i|oi|ogo|omu|im|om|a|u|ou|ie|e|ih|imi|aia|uiu|iei)")
_MASCULINE = re.compile(r"(.+[^aeiou])(?:a|u|om|em|e|i)")
_MASCULINE_SOFT = re.compile(r"(.+[aeou])(?:a|u|em|e|i)")
_FEMININE = re.compile(r"(.{2,}?)(?:a|i|u|e|oi|ou|ei|eu)")
_KAZAKH_CASE = re.compile(
    r"(.{3,}?)((?:[tdl][ae]r)?(?:n[ie]n|[dt]in|[gk][ae]|n[ae]|[ndt]i|[dt][ae]n?|n[ae]n|[mbp]en)"
    r"|[tdl][ae]r)"
)
_POSSESSIVE = re.compile(r"['’ʼ`]s$|(?<=s)['’ʼ`]$")


@lru_cache(maxsize=100_000)
def word_of(raw: str) -> Word:
    """Read one word of a name."""
    plain = phonetics.plain(_POSSESSIVE.sub("", raw))
    cyrillic = phonetics.is_cyrillic(plain)
    bases: dict[Base, None] = {}
    for sound in phonetics.readings(plain):
        bases[Base(sound, "0", whole=True)] = None
        bases.update(dict.fromkeys(_russian_bases(sound, cyrillic)))
        if cyrillic:
            bases.update(dict.fromkeys(_kazakh_bases(sound)))
        if plain.endswith("ии"):
            bases[Base(sound, "F")] = None  # Марии of Мария: the doubled vowel sounds once
    return Word(raw, plain, cyrillic, tuple(bases))


def _russian_bases(sound: str, cyrillic: bool) -> Iterator[Base]:
    """Endings undone by paradigm; Latin script knows gender but no cases."""
    surname = _SURNAME.fullmatch(sound)
    if surname and (cyrillic or sound[len(surname[1]) :] in ("", "a")):
        yield Base(surname[1], "S")
    adjective = _SKY.fullmatch(sound)
    if adjective and (cyrillic or sound[len(adjective[1]) :] in ("i", "a", "aia")):
        yield Base(adjective[1], "A")
    if sound[-1] not in "aeou":
        yield Base(sound, "M")
    if sound[-1] == "a" and len(sound) > 2:
        yield Base(sound[:-1], "F")
    if cyrillic:
        yield from _oblique_bases(sound)


def _oblique_bases(sound: str) -> Iterator[Base]:
    for pattern, paradigm, ending in (
        (_MASCULINE, "M", ""),
        (_MASCULINE_SOFT, "M", "i"),
        (_FEMININE, "F", ""),
    ):
        found = pattern.fullmatch(sound)
        if found and len(found[1]) > 2:
            yield Base(found[1] + ending, paradigm)


def _kazakh_bases(sound: str) -> Iterator[Base]:
    found = _KAZAKH_CASE.fullmatch(sound)
    if found is None or len(found[1]) < 3:
        return
    yield Base(found[1], "0")
    for base in _russian_bases(found[1], cyrillic=False):
        if base.paradigm in "SA":
            yield base


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two words are one; `given` tells that only the table of given names joins them."""

    reason: Reason
    distance: float


def _limit(length: int) -> float:
    """Sound distance up to which two words are spellings of one name."""
    return 0.11 if length <= 3 else 0.3 if length <= 5 else 0.55


def _typo_limit(length: int) -> float:
    """Sound distance up to which one may be a slip for the other."""
    return 0.45 if length <= 3 else 1.1 if length <= 7 else 1.6


@lru_cache(maxsize=200_000)
def compare_words(asked: Word, found: Word) -> Likeness | None:
    """Whether two words are spellings or forms of one name, and how they differ."""
    if asked.plain == found.plain:
        return Likeness(Reason.SAME, 0.0)
    distance, length, straight = _nearest(asked, found)
    if distance <= _limit(length):
        return Likeness(_difference(asked, found, straight), distance)
    if given_lines(asked) & given_lines(found):
        return Likeness(Reason.SHORT, 0.5)
    if distance <= _typo_limit(length) or _slip(asked, found):
        return Likeness(Reason.TYPO, min(distance, 1.5))
    return None


def _nearest(asked: Word, found: Word) -> tuple[float, int, bool]:
    """The least distance over bases of one paradigm, the length of the shorter of the two, and
    whether nothing had to be undone."""
    best, length, straight = 9.0, 0, False
    for mine in asked.bases:
        for theirs in found.bases:
            if mine.paradigm == theirs.paradigm and abs(len(mine.sound) - len(theirs.sound)) <= 3:
                distance = sound_distance(mine.sound, theirs.sound)
                if distance < best:
                    best, straight = distance, mine.whole and theirs.whole
                    length = min(len(mine.sound), len(theirs.sound))
    return best, length, straight


def _slip(asked: Word, found: Word) -> bool:
    """One wrong letter in the same script, in a word long enough to bear it."""
    if asked.cyrillic is not found.cyrillic or min(len(asked.plain), len(found.plain)) < 5:
        return False
    return letter_distance(asked.plain, found.plain) <= 1


def _difference(asked: Word, found: Word, straight: bool) -> Reason:
    if asked.cyrillic is not found.cyrillic:
        latin, cyrillic = (found, asked) if asked.cyrillic else (asked, found)
        usual = romanised(cyrillic.plain)
        if latin.plain in usual:
            return Reason.SCRIPT
        inflected = not straight and any(_starts_alike(latin.plain, each) for each in usual)
        return Reason.SCRIPT if inflected else Reason.TRANSLITERATION
    if not straight and _starts_alike(asked.plain, found.plain):
        return Reason.INFLECTED
    return Reason.TRANSLITERATION


def _starts_alike(one: str, other: str) -> bool:
    """The same letters up to the endings: the shorter word's last two may differ."""
    shared = max(min(len(one), len(other)) - 2, 2)
    return one[:shared] == other[:shared]


_ROMAN = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ж": "zh",
    "з": "z", "и": "i", "й": "y", "і": "i", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n",
    "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u",
    "ү": "u", "ф": "f", "х": "kh", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip


@lru_cache(maxsize=50_000)
def romanised(plain: str) -> tuple[str, str]:
    """The everyday romanisation of a Cyrillic word, and the same with BGN's ye."""
    simple = "".join(_ROMAN.get(letter, letter) for letter in plain)
    with_ye = re.sub(r"(^|[аеёиоуыэюяьъ])е", r"\1ye", plain)
    return simple, "".join(_ROMAN.get(letter, letter) for letter in with_ye)


# --- a whole name

_PIECE = re.compile(r"[^\W_]+(?:['’ʼ`ʹ\"]?[^\W_]+)*['’ʼ`]?\.?")
_DIGRAPH = re.compile(r"(?:yu|ya|ye|yo|zh|kh|sh|ch|ts|dzh|ju|ja|iu|ia|gh|дж|shch)", re.IGNORECASE)
_PATRONYMIC_WORD = re.compile(r"(?:[uұуū]l[yiı]|[qkкқ][ыyi]z[yiı]|[ұу]л[ыи]|[қк][ыи]з[ыи])")
_PATRONYMIC = re.compile(
    r"(.{2,}?)(?:[ое]вич|[ое]вн|ьич|инична?|ична?|(?:[ұу]л|[қк]ыз)[ыи]|[oe]vich|[oe]vitch|[oe]vna"
    r"|ichna|[uū]l[yiı]|[qk][yiı]z[yiı])(?:а|у|ем|ом|е|ы|ой|ою|ым)?"
    r"(?:н[ыі]ң|[дт][ыі]ң|[нд][ыі]|[гқ][ае]|на|не|нан|мен)?"
)


@lru_cache(maxsize=50_000)
def parse(name: str) -> Name:
    """Take a written name apart. Order does not matter; hyphens part words."""
    words: list[Word] = []
    initials: list[str] = []
    patronymic = ""
    for piece in _PIECE.findall(name.replace("-", " ")):
        bare = piece.rstrip(".")
        if not phonetics.readings(phonetics.plain(bare)) or bare.isdigit():
            continue
        if len(bare) == 1 or (piece.endswith(".") and _DIGRAPH.fullmatch(bare)):
            initials.append(bare)
        elif words and _PATRONYMIC_WORD.fullmatch(bare.casefold()):
            patronymic = words.pop().bases[0].sound
        elif (words or initials) and (stem := patronymic_stem(bare)):
            patronymic = stem
        elif (word := word_of(bare)).bases:
            words.append(word)
    return Name(name, tuple(words), tuple(initials), patronymic)


def patronymic_stem(word: str) -> str:
    """The sound of the father's name in a patronymic, "" when the word is none."""
    found = _PATRONYMIC.fullmatch(phonetics.plain(word))
    sounds = phonetics.readings(found[1]) if found else ()
    return sounds[0] if sounds else ""


def keys(name: str) -> NameKeys:
    """All keys of a name, as `aigaq names` shows them."""
    parsed = parse(name)
    sounds = {base.sound for word in parsed.words for base in word.bases}
    return NameKeys(
        k1=frozenset(map(phonetics.vowels_merged, sounds)),
        k2=frozenset(map(phonetics.skeleton, sounds)),
        k3=frozenset(map(phonetics.group_key, sounds)) - {""},
        initials=parsed.initials,
        patronymic=parsed.patronymic,
    )


@lru_cache(maxsize=100_000)
def word_keys(word: Word) -> frozenset[str]:
    """The k3 keys a word is indexed and looked up under (one to three)."""
    return frozenset(phonetics.group_key(base.sound) for base in word.bases) - {""}


@lru_cache(maxsize=5_000)
def form_keys(form: str) -> frozenset[str]:
    """The k3 keys under which a written name is indexed."""
    return frozenset().union(*map(word_keys, parse(form).words))


def lookup_keys(name: str, breadth: Breadth = Breadth.SIMILAR) -> frozenset[str]:
    """The keys under which every match of this name must be indexed.

    A match shares the surname, so words known as given names are looked up only when there is
    nothing else. Broad adds the keys one slip away, and short forms need no more: they come with
    their surname.
    """
    words = parse(name).words
    surnames = [word for word in words if not given_lines(word)] or list(words)
    exact = frozenset().union(*map(word_keys, surnames))
    if len(words) == 1:
        exact |= _alias_keys(words[0])
    return (
        exact | frozenset().union(*map(_keys_a_slip_away, exact))
        if (breadth is Breadth.BROAD)
        else exact
    )


def _alias_keys(word: Word) -> frozenset[str]:
    """Keys of the other forms of a given name standing alone."""
    wanted = given_lines(word)
    if not wanted:
        return frozenset()
    lines = wordlists.lines("given_names")
    forms = (form for number in wanted for form in lines[number])
    return frozenset().union(*(word_keys(word_of(form)) for form in forms))


_VOWEL_CLASSES = "aio"
_CONSONANT_GROUPS = "pftskJCQWlmnr"


def _keys_a_slip_away(key: str) -> Iterable[str]:
    first = key[:1] if key[:1] in _VOWEL_CLASSES else ""
    rest = key[len(first) :]
    yield from (vowel + rest for vowel in _VOWEL_CLASSES)
    for at in range(len(rest) + 1):
        for letter in _CONSONANT_GROUPS:
            yield first + rest[:at] + letter + rest[at:]
            yield first + rest[:at] + letter + rest[at + 1 :]
        if len(rest) > 2:
            yield first + rest[:at] + rest[at + 1 :]
        yield first + rest[:at] + rest[at + 1 : at + 2] + rest[at : at + 1] + rest[at + 2 :]


@lru_cache(maxsize=200_000)
def compare(asked: str, found: str, *, loose: bool = False) -> Match | None:
    """Whether `found` may name the person asked for, and why; None when it may not.

    `loose` is for capitalised words that no extractor confirmed: a word of theirs that is no known
    given name does not contradict ("Суд Исаев" may still be Иван Исаев).
    """
    return _compare(parse(asked), parse(found), loose)


def _compare(asked: Name, found: Name, loose: bool) -> Match | None:
    if not asked.words or not found.words:
        return None
    pairs, lone_asked, lone_found = _paired(asked.words, found.words)
    if not pairs or not _surname_among(pairs, lone_asked, asked, found):
        return None
    reasons = [likeness for _, _, likeness in pairs]
    if lone_asked and lone_found and not (loose and not any(map(given_lines, lone_found))):
        return None
    rest = _compare_initials(asked, found, lone_asked, lone_found)
    if rest is None or not _fathers_agree(asked, found):
        return None
    worst = max([each.reason for each in reasons] + [rest], key=_RANK.__getitem__)
    places = [found.words.index(theirs) for _, theirs, _ in pairs]
    return Match(worst, max(each.distance for each in reasons), places == sorted(places))


_Pair = tuple[Word, Word, Likeness]


def _paired(
    asked: tuple[Word, ...], found: tuple[Word, ...]
) -> tuple[list[_Pair], list[Word], list[Word]]:
    """Each asked word with its best counterpart, and the words left over on both sides."""
    pairs: list[_Pair] = []
    left, lone = list(found), []
    for word in asked:
        likenesses = [(each, compare_words(word, each)) for each in left]
        matches = [(each, likeness) for each, likeness in likenesses if likeness is not None]
        if not matches:
            lone.append(word)
            continue
        best, likeness = min(matches, key=lambda pair: (_RANK[pair[1].reason], pair[1].distance))
        left.remove(best)
        pairs.append((word, best, likeness))
    return pairs, lone, left


def _surname_among(pairs: list[_Pair], lone: list[Word], asked: Name, found: Name) -> bool:
    """A given name alone does not make a match when a surname was asked for too.

    Where any word may be the given name, an initial must stand for the other ("Марат Н.").
    """
    if not lone:
        return True
    if all(map(given_lines, asked.words)):
        return bool(found.initials)
    return any(not given_lines(word) for word, _, _ in pairs) and not any(
        map(_looks_like_surname, lone)
    )


def _looks_like_surname(word: Word) -> bool:
    """By its ending, and no given name (Лев)."""
    return not given_lines(word) and any(base.paradigm in "SA" for base in word.bases)


def _compare_initials(
    asked: Name, found: Name, lone_asked: list[Word], lone_found: list[Word]
) -> Reason | None:
    """SAME when initials add nothing, None when they contradict."""
    if asked.initials and found.initials:
        agree = all(
            _same_initial(mine, theirs)
            for mine, theirs in zip(asked.initials, found.initials, strict=False)
        )
        return Reason.SAME if agree else None
    for initials, lone, father in (
        (asked.initials, lone_found, found.patronymic),
        (found.initials, lone_asked, asked.patronymic),
    ):
        if initials and lone:
            if not any(_stands_for(initials[0], word) for word in lone):
                return None
            second = initials[1:2]
            if second and father and not _sounds_begin(second[0], father):
                return None
            return Reason.INITIALS
    return Reason.SURNAME if (lone_asked or asked.initials) else Reason.SAME


# What the first sound of a name may be when all we have is a Latin initial.
_INITIAL_SOUNDS = {
    "y": "eaui", "j": "Jaue", "k": "kh", "s": "sWC", "c": "CQks", "z": "zJC", "t": "tC", "d": "dJ",
    "g": "g", "i": "iaeu", "e": "e", "x": "hk", "w": "v", "q": "k", "h": "hg",
}  # fmt: skip


@lru_cache(maxsize=2_000)
def _first_sounds(initial: str) -> str:
    plain = phonetics.plain(initial)
    sounds = phonetics.readings(plain)
    first = "".join(sound[0] for sound in sounds)
    if phonetics.is_cyrillic(plain) or len(plain) > 1:
        return first
    return first + _INITIAL_SOUNDS.get(plain, "")


def _same_initial(one: str, other: str) -> bool:
    return not set(_first_sounds(one)).isdisjoint(_first_sounds(other))


def _stands_for(initial: str, word: Word) -> bool:
    return any(_sounds_begin(initial, base.sound) for base in word.bases if base.whole)


def _sounds_begin(initial: str, sound: str) -> bool:
    return sound[0] in _first_sounds(initial)


def _fathers_agree(asked: Name, found: Name) -> bool:
    """Two patronymics must be of one father, a patronymic must fit a second initial."""
    if asked.patronymic and found.patronymic:
        return sound_distance(asked.patronymic, found.patronymic) <= 0.6
    for name, father in ((asked, found.patronymic), (found, asked.patronymic)):
        if father and len(name.initials) == 2 and not _sounds_begin(name.initials[1], father):
            return False
    return True
