"""What a name can be searched by. Pure: text in, words out.

CJK text is stored as single characters and pairs, because a trigram index answers nothing below three characters;
beside them stand pinyin (`hengyuan`) and its initials (`hyjx`). So are kana and Hangul. Accents are folded away on both
sides (Müller, muller), and words with letters beyond ASCII are stored with all their parts of two and three letters:
the trigram index on the name itself only knows them as they are written.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
SYLLABLES = "\u3005\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\uac00-\ud7a3"  # kana, bopomofo, Hangul
CJK_RUN = re.compile(f"[{CJK}]+")
SYLLABLE_RUN = re.compile(f"[{SYLLABLES}]+")
PIECES = re.compile(rf"[{CJK}]+|[{SYLLABLES}]+|[^\W_{CJK}{SYLLABLES}]+")
# Accents and Arabic vowel signs; other scripts' combining signs are letters of their own.
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u0652\u0640]")
_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_BLANK_BESIDE_CJK = re.compile(rf"(?<=[{CJK}])\s+|\s+(?=[{CJK}])")
LONGEST = 60
INITIALS_SIZES = (2, 3)
PARTS = (2, 3)


def normalized(text: str) -> str:
    """One width and case for what people type in several: ＡＢＣ and abc, half- and full-width digits."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def name_key(name: str) -> str:
    """Equal for all spellings of one name: case, width, composed or not, blanks, invisible signs."""
    visible = "".join(sign for sign in normalized(name) if unicodedata.category(sign) != "Cf")
    return _BLANK_BESIDE_CJK.sub("", " ".join(visible.split()))


def folded(text: str) -> str:
    """Without accents: müller -> muller, łódź -> lodz, ñ -> n, ё -> е. Kana and Hangul stay as they are."""
    if text.isascii():
        return text
    apart = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", apart).translate(_LETTERS)


def pieces(text: str) -> list[str]:
    """Runs of one script and Latin words or numbers, folded: "恒远ABC 3号" -> 恒远, abc, 3, 号."""
    return PIECES.findall(folded(normalized(text)))


def is_cjk(piece: str) -> bool:
    """Whether a piece is a run of Chinese characters."""
    return bool(CJK_RUN.match(piece))


def is_syllables(piece: str) -> bool:
    """Whether a piece is a run of kana or Hangul."""
    return bool(SYLLABLE_RUN.match(piece))


def grams(text: str, size: int) -> list[str]:
    """All parts of `size` neighbours."""
    return [text[i : i + size] for i in range(len(text) - size + 1)]


def name_words(name: str) -> set[str]:
    """Everything by which a name is found."""
    found: set[str] = set()
    bare = normalized(name)
    if not bare.isascii():
        # Signs above and below letters that don't stand in one character with them are left out.
        bare = _ACCENTS.sub("", unicodedata.normalize("NFC", bare))
    for piece in PIECES.findall(bare):
        found.update(_words_of(piece))
    return {word[:LONGEST] for word in found}


def _words_of(piece: str) -> Iterator[str]:
    if is_cjk(piece):
        yield from _cjk_words(piece)
        return
    word = folded(piece)
    yield word
    if is_syllables(piece):
        yield from word
        yield from grams(word, 2)
    elif not piece.isascii():
        for size in PARTS:
            yield from grams(word, size)


def _cjk_words(run: str) -> Iterator[str]:
    yield from run
    yield from grams(run, 2)
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 55 MB, which an idle worker needn't hold

    syllables = lazy_pinyin(run)
    yield syllables[0]
    yield "".join(syllables)
    yield from (first + second for first, second in pairwise(syllables))
    initials = "".join(syllable[0] for syllable in syllables)
    yield initials
    for size in INITIALS_SIZES:
        yield from grams(initials, size)


def query_words(term: str) -> list[list[str]]:
    """The ways to look for one typed word: any of the lists, all words of the list must be there."""
    found = pieces(term)
    exact: list[str] = []
    for piece in found:
        parts = grams(piece, 2) if _in_pairs(piece) and len(piece) > 1 else [piece]
        exact += [part[:LONGEST] for part in parts]
    if not exact:
        return []
    size = PARTS[-1]
    if len(found) == 1 and found[0].isalpha() and len(found[0]) > size and not _in_pairs(found[0]):
        # Initials of a long name, and words beyond ASCII, are stored in parts.
        return [exact, grams(found[0], size)]
    return [exact]


@lru_cache(maxsize=4096)
def _known_words(name: str) -> frozenset[str]:
    return frozenset(name_words(name))


def meets(name: str, term: str) -> bool:
    """Whether a name is found by this typed word, for names that have no stored tokens of their own."""
    if folded(normalized(term)) in folded(normalized(name)):
        return True
    return any(_known_words(name).issuperset(way) for way in query_words(term))


def _in_pairs(piece: str) -> bool:
    return is_cjk(piece) or is_syllables(piece)


def sort_key(name: str) -> str:
    """Chinese names between the Latin ones, by pinyin; for name_sort (200 characters, C collation)."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - as above

    return "".join(lazy_pinyin(name_key(name), style=Style.NORMAL))[:200]
