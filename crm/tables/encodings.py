"""How a text file is encoded: its byte order mark, else strict UTF-8, else whichever of GB18030 and Big5 reads as
Chinese. The whole file is looked at, as a stream: a name on the last row counts as much as the header.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from crm.tables.folding import simpler
from crm.tables.headers import VOCABULARY
from crm.tables.messages import Unusable
from crm.tables.safety import CHUNK, Guarded

_SAMPLE = 40_000  # characters outside ASCII that are judged
_COMMON = frozenset(
    "的一是不了在人有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如"
    "然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从力现新业务理长部北东南西安州市省县区镇乡村街"
    "路号楼层室店铺超商场广号门便利连锁专卖烟酒茶饮食品百货服装鞋帽家具电器美容医药店水果生鲜火锅餐厅饭馆面包蛋糕咖啡烘焙销售额"
    "金客户名称编码日期量单数订促开营退款加盟代理经类型状态华联兴旺福德隆源祥和顺达鑫盛泰丰瑞永恒佳美好乐康宁光明星辰阳春江河湖海山"
    "林城园湾桥港口京沪津渝苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新台澳深杭宁成武汉重庆天津上海北京广州合肥福建厦门济南青岛郑"
    "长沙昆明沈阳大连哈尔滨石家庄太原张王李赵刘陈杨黄周吴徐孙马朱胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕"
    "丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤元角分合计总共备注"
)
_UTF8_RUNS = re.compile(rb"(?:[\xe3-\xef][\x80-\xbf]{2}){2,}")


def detect(path: Path, gzipped: bool) -> str:
    """A Python codec name that decodes the whole file. Raises Unusable."""
    with Guarded(path, gzipped) as source:
        head = source.chunk()
        if not head:
            raise Unusable("empty_file")
        marked = _marked(head)
        if marked is not None:
            return _whole(source, head, marked)
        if head.count(0):
            guess = _two_bytes(head)
            if guess is not None:
                return _whole(source, head, guess)
        if _is_binary(head):
            raise Unusable("binary_file")
        broken_at = _first_error(source, head)
    if broken_at is None:
        return "utf-8"
    return _chinese(path, gzipped, broken_at)


def _marked(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Unusable("encoding_unknown")
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ):
        if head.startswith(mark):
            return name
    return None


def _two_bytes(head: bytes) -> str | None:
    """UTF-16 without a mark: separators, digits and line ends have a zero on the same side (销 and 一 on the other)."""
    even, odd, least = head[0::2].count(0), head[1::2].count(0), max(4, len(head) / 20)
    if odd >= least and even * 4 <= odd:
        return "utf-16-le"
    if even >= least and odd * 4 <= even:
        return "utf-16-be"
    return None


def _is_binary(head: bytes) -> bool:
    odd = sum(head.count(code) for code in (*range(9), *range(14, 27), 28, 29, 30, 31))
    return odd > max(8, len(head) * 0.1)


def _whole(source: Guarded, head: bytes, name: str) -> str:
    broken_at = _first_error(source, head, name)
    if broken_at is not None:
        raise Unusable("encoding_broken", {"position": broken_at, "encoding": name.removesuffix("-sig").upper()})
    return name


def _first_error(source: Guarded, head: bytes, name: str = "utf-8") -> int | None:
    decoder = codecs.getincrementaldecoder(name)()
    position, data = 0, head
    while True:
        if not (data.isascii() and name == "utf-8" and decoder.getstate()[0] == b""):
            try:
                decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                return position + error.start
        if not data:
            return None
        position += len(data)
        data = source.chunk()


# --- GB18030 or Big5 ------------------------------------------------------------------------------------------


def _chinese(path: Path, gzipped: bool, broken_at: int) -> str:
    best: tuple[float, str] | None = None
    sample, utf8_good, utf8_bad = _foreign_sample(path, gzipped)
    if utf8_good > utf8_bad:
        raise Unusable("encoding_broken", {"position": broken_at, "encoding": "UTF-8"})
    for name in ("gb18030", "cp950", "big5hkscs"):
        if not _decodes(path, gzipped, name):
            continue
        score = plausibility(sample.decode(name, errors="replace"), name)
        if best is None or score > best[0] + 0.02:
            best = (score, name)
        if name == "cp950":
            break
    if best is None and utf8_good > 1:
        raise Unusable("encoding_mixed", {"line": _first_line_not_utf8(path, gzipped)})
    if best is None or best[0] < 0.1:
        raise Unusable("encoding_unknown")
    _refuse_mixture(path, gzipped, best[1])
    return best[1]


def _decodes(path: Path, gzipped: bool, name: str) -> bool:
    with Guarded(path, gzipped) as source:
        return _first_error(source, source.chunk(), name) is None


def _first_line_not_utf8(path: Path, gzipped: bool) -> int:
    number, rest = 1, b""
    with Guarded(path, gzipped) as source:
        while data := source.chunk():
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            for offset, line in enumerate(lines):
                if not line.isascii() and "\ufffd" in line.decode("utf-8", errors="replace"):
                    return number + offset
            number += len(lines)
    return number


def _foreign_sample(path: Path, gzipped: bool) -> tuple[bytes, int, int]:
    """Lines with bytes outside ASCII, and how many of their characters are good and bad UTF-8."""
    kept: list[bytes] = []
    size = 0
    with Guarded(path, gzipped) as source:
        rest = b""
        while size < _SAMPLE * 2:
            data = source.chunk()
            if not data:
                kept.append(rest)
                break
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            for line in lines:
                if not line.isascii():
                    kept.append(line)
                    size += len(line)
    sample = b"\n".join(kept)
    text = sample.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(1 for letter in text if letter > "\u07ff" and letter != "\ufffd")
    return sample, good, bad


def plausibility(text: str, name: str) -> float:
    """How much a decoding reads as Chinese, from about -1 to 1; recognised header words tell most."""
    score, count = 0.0, 0
    for letter in text:
        if letter < "\x80":
            continue
        count += 1
        score += _weight(letter, name)
        if count >= _SAMPLE:
            break
    if not count:
        return 0.0
    words = {word for line in text.split("\n", 60)[:60] for word in re.split(r"[,;\t|\"]", simpler(line)) if word}
    known = sum(1 for word in words if word.strip() in VOCABULARY and not word.isascii())
    return score / count + min(known, 4) * 0.5


_weights: dict[tuple[str, str], float] = {}


def _weight(letter: str, name: str) -> float:
    found = _weights.get((letter, name))
    if found is None:
        if len(_weights) > 50_000:
            _weights.clear()
        found = _weights[letter, name] = _weigh(letter, name)
    return found


def _weigh(letter: str, name: str) -> float:
    if simpler(letter) in _COMMON:
        return 1.0
    point = ord(letter)
    if "\u3000" <= letter <= "\u303f" or 0xFF00 <= point <= 0xFF60 or letter in "￥¥·“”‘’—…×":
        return 0.5
    if name == "gb18030":
        if point > 0xFFFF or len(letter.encode("gb18030")) == 4:
            return 0.3
        lead = _lead(letter, "gb2312")
        if 0xB0 <= lead <= 0xD7:
            return 0.5
        if 0xD8 <= lead <= 0xF7:
            return 0.0
        if 0xA4 <= _lead(letter, "big5") <= 0xC6 and _is_han(letter):
            return 0.3
        # A rare character; or, where its second byte is an ASCII letter, more likely a word in a Western encoding.
        return 0.15 if _is_han(letter) and letter.encode("gb18030")[1] >= 0x80 else -0.7
    lead = _lead(letter, "big5")
    if 0xA4 <= lead <= 0xC6 and _is_han(letter):
        return 0.5
    return -0.2 if _is_han(letter) else -0.7


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _lead(letter: str, name: str) -> int:
    try:
        return letter.encode(name)[0]
    except UnicodeEncodeError:
        return 0


def _refuse_mixture(path: Path, gzipped: bool, name: str) -> None:
    """A line that is sound UTF-8 but reads as nothing in the file's own encoding was pasted in from elsewhere."""
    number = 1
    with Guarded(path, gzipped) as source:
        rest = b""
        while data := source.chunk(CHUNK):
            lines = (rest + data).split(b"\n")
            rest = lines.pop()
            if _UTF8_RUNS.search(data) or _UTF8_RUNS.search(b"\n".join(lines[:1])):
                for offset, line in enumerate(lines):
                    _refuse_foreign(line, name, number + offset)
            number += len(lines)
        _refuse_foreign(rest, name, number)


def _refuse_foreign(line: bytes, name: str, number: int) -> None:
    if line.isascii() or not _UTF8_RUNS.search(line):
        return
    try:
        text = line.decode("utf-8")
        own = line.decode(name)
    except UnicodeDecodeError:
        return
    if plausibility(text, "gb18030") > plausibility(own, name) + 0.3:
        raise Unusable("encoding_mixed", {"line": number})
