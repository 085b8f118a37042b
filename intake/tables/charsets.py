"""In which encoding a text file is written: certain by its mark or as UTF-8, else by how likely its words are.

Nearly every file can be decoded as GB18030, also where that makes nonsense of it. So each possible reading is scored
by the share of characters that are usual in its language; a person is asked unless GB18030 wins clearly.

A byte that got lost on the way makes no other encoding of a file: where all but a few signs can be read, the file is
taken as `damaged`, and the rows that hold the broken signs are refused.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CHUNK = 1 << 20
BROKEN = "\ufffd"  # what stands for a byte that can't be read
SAMPLE = 64 * 1024
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CLEAR_LEAD, LIKELY, POSSIBLE = 0.08, 0.45, 0.25
OFFERED = 3
GOOD_TO_BROKEN = 20  # signs beyond ASCII that must be right for each that is broken

# The most used characters of modern Chinese, and those of names, places, firms and tables.
SIMPLIFIED = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度"
    "家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心"
    "反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求"
    "老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压"
    "志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马"
    "节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般"
    "史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红"
    "细引听该铁价严龙飞李刘陈杨黄赵吴徐孙朱胡郭罗宋郑谢韩唐冯董萧曹袁邓傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田姜范任姚谭廖邹熊陆郝孔崔"
    "康邱秦顾侯邵孟段钱汤尹黎武贺赖龚伟芳娜秀敏静丽磊洋勇艳杰娟涛超霞刚桂英琳浩宇轩涵欣怡梓博雨晨佳嘉诗琪雪玲婷鹏辉峰斌波宁俊凯健志荣兰梅凤玉"
    "沪津渝深圳杭苏州武汉成厦岛无锡限司机客户订购买卖付款钱额税折扣退货运费邮箱址姓编码备注状态支品颜码尺寸件箱盒袋瓶套台双条张斤克仓库存赠券积"
    "分会员微宝淘拼抖快递顺丰圆通申韵达街镇乡村栋楼室层座单元园厦道弄巷投诉咨询售服饰鞋帽家居厨房灯杯壶茶咖啡酒食零件械设备材料贸易实集团股份恒远"
    "源德润泰兴盛昌隆鑫森诚创智慧云星河湖滨港澳台湾欧阳诸葛司徒官慕容尉迟萱瑾瑜婧颖莹璐倩蕾薇妮媛洁芬芝萍燕艺菲岚昊睿泽铭皓辰逸煜炎坤旭宏庆振乐欢喜"
    "鱼肉丝香饭煲锅碗筷勺米糖盐醋酱鸡鸭牛羊猪蛋奶果蔬瓜葡萄苹橙桃梨莓椅桌床柜沙垫毯帘灶烤箱冰洗衣充插座线缆屏幕键盘鼠耳音响镜膜壳笔纸册"
)
TRADITIONAL = frozenset(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同"
    "現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很"
    "最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走"
    "義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬"
    "科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運"
    "台灣臺北高雄新竹陳林黃張李吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊呂江何蕭羅簡朱鍾彭游詹胡施沈余盧梁趙顏柯翁魏孫戴客戶訂單號姓名電話手機地址郵箱"
    "數量價金額備註狀態付款商品顏色縣市鄉鎮村街巷弄樓室貿易股份限公司企業行銷售"
)
HANGUL = frozenset(
    "이다는가고의에하을지사한기를은로도리아자들서어시인대그일니나있해수부정게라제전만상거주보조장구오스요과여무공원신과면안성경비용물세동유회화계"
    "산우생문선소방모저위분소영마연관명적국미트개중말내진러통민실재연년호치학입김박최강윤임조송황홍양권류노심허남배백곽차변함손엄정안현준지민서윤"
    "호석철희숙자순옥미혜은경주영수연번전화이름고객주소메일상품가격금액수량날짜회사주식서울부산구역시도동길층"
)
WESTERN = frozenset("àâäçéèêëîïôöùûüÿßñáíóúåæøœãõìòÀÂÄÇÉÈÊËÎÏÔÖÙÛÜÑÁÍÓÚÅÆØŒÃÕ")
CENTRAL = frozenset("ąćęłńóśźżáčďěéíňřšťúůýžäöüőűôľĺŕăîâșţđĄĆĘŁŃÓŚŹŻÁČĎĚÉÍŇŘŠŤÚŮÝŽÄÖÜŐŰÔ")
TYPOGRAPHIC = frozenset("’‘“”–—…€£°·«»\u00a0²³½™®©")


def _chinese(usual: frozenset[str], plain: str, rare: int) -> Callable[[str], float]:
    """Usual characters count whole, others of the plain set half, rare ones (first byte from `rare`) less."""

    def worth(char: str) -> float:
        if char in usual:
            return 1.0
        try:
            code = char.encode(plain)
        except UnicodeEncodeError:
            return 0.0
        return 0.0 if len(code) < 2 else 0.5 if code[0] < rare else 0.3

    return lambda text: sum(worth(char) for char in text if char > "\x7f")


def _japanese(text: str) -> float:
    return sum(1.0 if "\u3041" <= char <= "\u30ff" else 0.6 if "\u4e00" <= char <= "\u9fff" else 0.0 for char in text)


def _korean(text: str) -> float:
    return sum(1.0 if char in HANGUL else 0.4 if "\uac00" <= char <= "\ud7a3" else 0.0 for char in text)


def _latin(letters: frozenset[str]) -> Callable[[str], float]:
    """Accented letters stand alone among plain ones."""

    def worth(word: str) -> float:
        odd = [char for char in word if char > "\x7f"]
        if not all(char in letters or char in TYPOGRAPHIC for char in odd):
            return 0.0
        inner_capital = any(char.isupper() for char in word[1:]) and not word.isupper()
        return len(odd) * (0.4 if len(odd) * 2 > len(word) or inner_capital else 1.0)

    return lambda text: sum(worth(word) for word in _WORDS.findall(text))


def _cyrillic(text: str) -> float:
    """Capitals begin words, or all of the word is in capitals; every longer word has a vowel."""

    def worth(word: str) -> float:
        if not all("\u0400" <= char <= "\u04ff" for char in word if char > "\x7f"):
            return 0.0
        if len(word) > 3 and not set(word.lower()) & set("аеёиоуыэюя"):
            return 0.0
        odd = sum(char > "\x7f" for char in word)
        if len(word) == 1:
            return 1.0 if word.islower() else 0.3
        return odd * (1.0 if word[1:].islower() else 0.8 if word.isupper() else 0.1)

    return sum(worth(word) for word in _WORDS.findall(text))


_WORDS = re.compile(r"[^\W\d_]+")
# For each encoding: what the signs beyond ASCII of a text are worth, at most one each.
READINGS: dict[str, Callable[[str], float]] = {
    "gb18030": _chinese(SIMPLIFIED, "gb2312", 0xD8),
    "big5": _chinese(TRADITIONAL, "big5", 0xC9),
    "shift_jis": _japanese,
    "euc-kr": _korean,
    "windows-1252": _latin(WESTERN),
    "windows-1250": _latin(CENTRAL),
    "windows-1251": _cyrillic,
    "koi8-r": _cyrillic,
}
# Names for people; Python's codecs, which read what the programs of these countries really write.
CODECS = {"big5": "cp950", "shift_jis": "cp932", "euc-kr": "cp949", "windows-1252": "cp1252"}


def codec(name: str) -> str:
    """The codec that reads the encoding of this name."""
    return CODECS.get(name, name)


@dataclass
class Survey:
    """What reading all bytes has told. Without `encoding` one of the `candidates` must be chosen, best first."""

    encoding: str = ""
    candidates: list[str] = field(default_factory=list)
    lines: int = 0
    sample: bytes = b""  # lines with signs beyond ASCII
    damaged: bool = False  # a few signs can't be read in `encoding`, or in the first of the candidates


def by_mark(first: bytes) -> str:
    """UTF-8 or UTF-16 by its mark; UTF-16 also by the NUL in every other byte of Latin text, digits and commas."""
    for bom, encoding in BOMS:
        if first.startswith(bom):
            return encoding
    head = first[:2000]
    if head.count(b"\0") > len(head) // 5:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return ""


def survey(chunks: Callable[[], Iterator[bytes]], told: str = "") -> Survey | None:
    """Read the file through, as the encoding `told` if one is; None when it can't be read in any known way."""
    found = Survey()
    for encoding in [told] if told else ["utf-8"]:
        if _decodes(chunks, codec(encoding), found):
            found.encoding = encoding
            return found
        if _nearly_decodes(chunks, codec(encoding)):
            found.encoding, found.damaged = encoding, True
            return found
    if told:
        return None
    scores = {name: score(found.sample, name) or 0.0 for name in READINGS}
    # What is hardly possible is offered for comparison only, in the order of READINGS.
    ranked = sorted(scores, key=lambda name: -scores[name] if scores[name] > POSSIBLE else 0)
    if scores[ranked[0]] <= POSSIBLE:
        return None
    seen: set[str] = set()
    for name in ranked:
        text = found.sample.decode(codec(name), "replace")
        # Two encodings that say the same words are no choice.
        if len(found.candidates) == OFFERED or text in seen:
            continue
        whole = _decodes(chunks, codec(name))
        if whole or (scores[name] > POSSIBLE and _nearly_decodes(chunks, codec(name))):
            found.damaged |= not (whole or found.candidates)
            found.candidates.append(name)
            seen.add(text)
    if not found.candidates:
        return None
    best, *others = [(scores[name], name) for name in found.candidates]
    if best[1] == "gb18030" and best[0] >= LIKELY and all(best[0] - other >= CLEAR_LEAD for other, _name in others):
        found.encoding = "gb18030"
    return found


def _decodes(chunks: Callable[[], Iterator[bytes]], encoding: str, into: Survey | None = None) -> bool:
    """Whether all of the file is written in this encoding; counts its lines and keeps its first odd ones in `into`."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    plain = not encoding.startswith("utf-16")  # ASCII needs no decoding there
    good, pending, lines, last, sample = True, False, 0, b"", bytearray()
    for chunk in chunks():
        lines, last = lines + chunk.count(b"\n"), chunk
        if plain and not pending and chunk.isascii():
            continue
        if into is not None and len(sample) < SAMPLE:
            _gather(chunk, sample)
        if not good:
            continue
        try:
            decoder.decode(chunk)
            pending = bool(decoder.getstate()[0])
        except UnicodeDecodeError:
            if into is None:
                return False
            good, pending = False, True
    try:
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        good = False
    if into is not None:
        into.lines, into.sample = lines + (not last.endswith(b"\n")), bytes(sample)
    return good


def _nearly_decodes(chunks: Callable[[], Iterator[bytes]], encoding: str) -> bool:
    """Whether all but a few signs of the file are written in this encoding."""
    if encoding.startswith("utf-16"):
        return False  # behind one lost byte everything is shifted
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    odd = broken = 0
    for chunk in chunks():
        text = decoder.decode(chunk)
        odd += len(text) - len(text.encode("ascii", "ignore"))
        broken += text.count(BROKEN)
    broken += decoder.decode(b"", True).count(BROKEN)
    return broken * GOOD_TO_BROKEN <= odd - broken


def _gather(chunk: bytes, sample: bytearray) -> None:
    for line in chunk.split(b"\n"):
        if len(sample) < SAMPLE and not line.isascii():
            sample += line[:2000] + b"\n"


def score(sample: bytes, encoding: str) -> float | None:
    """How likely the sample is in this encoding, from 0 to 1; None when it can't be."""
    text = sample.decode(codec(encoding), "replace")
    if text.count("\ufffd") * 100 > len(text):
        return None
    # Behind a lost byte a line makes no sense, and says nothing of the others.
    text = "\n".join(line for line in text.split("\n") if BROKEN not in line).strip("\n") or text
    odd = [char for char in text if char > "\x7f"]
    if any(unicodedata.category(char) in ("Cc", "Co", "Cn") for char in odd):
        return 0.01
    # Punctuation says little about the language, but belongs to it.
    neutral = {char for char in set(odd) if char in TYPOGRAPHIC or (char >= "\u3000" and not char.isalpha())}
    told = "".join(char if char not in neutral else " " for char in text)
    return (READINGS[encoding](told) + 0.8 * sum(char in neutral for char in odd)) / max(len(odd), 1)
