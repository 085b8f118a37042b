"""What a name can be searched by. Pure: text in, words out.

CJK text is stored as single characters and pairs, because a trigram index answers nothing below three characters;
beside them stand pinyin (`hengyuan`) and its initials (`hyjx`).
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from pypinyin import Style, lazy_pinyin

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
CJK_RUN = re.compile(f"[{CJK}]+")
PIECES = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_BLANK_BESIDE_CJK = re.compile(rf"(?<=[{CJK}])\s+|\s+(?=[{CJK}])")
LONGEST = 60
INITIALS_SIZES = (2, 3)


def plain(text: str) -> str:
    """One width and case for what people type in several: ＡＢＣ and abc, half- and full-width digits."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def name_key(name: str) -> str:
    """Equal for all spellings of one name: case, width, composed or not, blanks, invisible signs."""
    visible = "".join(sign for sign in plain(name) if unicodedata.category(sign) != "Cf")
    return _BLANK_BESIDE_CJK.sub("", " ".join(visible.split()))


def pieces(text: str) -> list[str]:
    """Runs of Chinese characters and Latin words or numbers: "恒远ABC 3号" -> 恒远, abc, 3, 号."""
    return PIECES.findall(plain(text))


def is_cjk(piece: str) -> bool:
    """Whether a piece is a run of Chinese characters."""
    return bool(CJK_RUN.match(piece))


def grams(text: str, size: int) -> list[str]:
    """All parts of `size` neighbours."""
    return [text[i : i + size] for i in range(len(text) - size + 1)]


def name_words(name: str) -> set[str]:
    """Everything by which a name is found."""
    found: set[str] = set()
    for piece in pieces(name):
        found.update(_cjk_words(piece) if is_cjk(piece) else [piece])
    return {word[:LONGEST] for word in found}


def _cjk_words(run: str) -> Iterator[str]:
    yield from run
    yield from grams(run, 2)
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
    exact = [word[:LONGEST] for piece in found for word in _query_cjk(piece)]
    if not exact:
        return []
    size = INITIALS_SIZES[-1]
    if len(found) == 1 and found[0].isascii() and found[0].isalpha() and len(found[0]) > size:
        return [exact, grams(found[0], size)]  # initials of a long name are stored in parts only
    return [exact]


def _query_cjk(piece: str) -> list[str]:
    return grams(piece, 2) if is_cjk(piece) and len(piece) > 1 else [piece]


def sort_key(name: str) -> str:
    """Chinese names between the Latin ones, by pinyin; for name_sort (200 characters, C collation)."""
    return "".join(lazy_pinyin(name_key(name), style=Style.NORMAL))[:200]
