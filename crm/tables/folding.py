"""Text made comparable: full-width forms to ASCII, traditional to simplified, without losing a meaning.

Not NFKC: that turns ² into 2 and ½ into 1/2, and with them a wrong number into a plausible one.
"""

from __future__ import annotations

import re

# Full-width ASCII (U+FF01…U+FF5E), the ideographic space, the full-width yen sign and the true minus signs.
_WIDE: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDE |= {0x3000: " ", 0xFFE5: "¥", 0x2212: "-", 0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0xFE63: "-"}
# Spaces that software puts into numbers and headers.
_WIDE |= dict.fromkeys((0x00A0, 0x2002, 0x2003, 0x2007, 0x2009, 0x200A, 0x202F), " ")

# What may stand around a value without being part of it: any white space, zero-width marks, a byte order mark.
INVISIBLE = " \t\r\n\v\f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
INVISIBLE += "\u202f\u205f\u3000\u200b\u2060\ufeff"

# The characters that occur in headers and choices; not a general converter.
_TRADITIONAL = (
    "銷售額戶編號單數營業訂貨區縣電話經緯開關狀態類別級負責聯繫絡時間總計筆實際淨價務員門鋪舖碼機錢幣萬億備註說連鎖"
    "應參簡稱倉庫鄉鎮專證標採購進銀傳郵國廣臺產終結東會記錄動鏈鋼優發給這億層詳細圖顯當無傭處運輸現歷齊導廳隊絕離閉閏"
    "劃補貼積獎勵費資訊張種點線達異體廠網維貿屬損壞檔聲請盤讓對並組織條帳賬項質產舊權滿後據裡圓規範設題場寫買賣歸檢驗歲"
)
_SIMPLIFIED = (
    "销售额户编号单数营业订货区县电话经纬开关状态类别级负责联系络时间总计笔实际净价务员门铺铺码机钱币万亿备注说连锁"
    "应参简称仓库乡镇专证标采购进银传邮国广台产终结东会记录动链钢优发给这亿层详细图显当无佣处运输现历齐导厅队绝离闭闰"
    "划补贴积奖励费资讯张种点线达异体厂网维贸属损坏档声请盘让对并组织条账账项质产旧权满后据里圆规范设题场写买卖归检验岁"
)
_SIMPLER = {ord(a): b for a, b in zip(_TRADITIONAL, _SIMPLIFIED, strict=True)}


def narrow(text: str) -> str:
    """Full-width forms as ASCII; everything else as it stands."""
    return text.translate(_WIDE)


_NOTHING = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_NOISE = re.compile(r"[\s_\-*/\\.,:;·、，。：；'\"“”‘’`#?!~]+")


def key(text: str) -> str:
    """The word a header or choice is looked up by: width, case, script, spaces and punctuation do not matter."""
    word = narrow(text).translate(_SIMPLER).casefold()
    return _NOISE.sub("", word.translate(_NOTHING))


def simpler(text: str) -> str:
    """Traditional header characters as simplified ones, nothing else changed."""
    return text.translate(_SIMPLER)


# What databases cannot keep in JSON, or screens would obey, as the pictures Unicode has for it.
_PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"} | {0x7F: 0x2421}


def visible(text: str) -> str:
    """Text for reports and screens: control characters shown instead of kept."""
    return text if text.isprintable() else text.translate(_PICTURES)
