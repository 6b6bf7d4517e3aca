"""Which column is which: header words in English and Chinese, in whatever case, width, script and punctuation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from crm.tables.folding import INVISIBLE, key, narrow
from crm.tables.messages import Unusable

LANGUAGES = ("en", "zh-hans", "zh-hant")


@dataclass(frozen=True)
class Field:
    """A column an importer understands. aliases: header words in any language; simplified ones cover traditional.

    loose: words that may well mean something else ("store"), believed only where no other column is the field.
    """

    name: str
    label: Any
    aliases: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    required: bool = False
    help: Any = ""


# Words that make a row a header row whatever is imported; fields given to the reader add their own.
_WORDS = """
code name kind type date day amount units orders promo open state status region province city district address
lat lon lng latitude longitude geo datum category phone mobile manager upstream opened_on closed_on
customer_code customer_name customer_id customer customer_no store store_id store_code shop shop_id outlet
dealer sales revenue turnover gross net returns return refund refunds quantity qty count order_count currency
note remark remarks invoice due paid invoice_no due_on paid_on starts_on ends_on sold_on sale_date order_date
编码 编号 代码 代号 名称 客户 客户编码 客户编号 客户代码 客户代号 客户号 客户名 客户名称 客户简称 客户类型
客户类别 客户分类 客户状态 客户电话 门店 门店编号 门店编码 门店代码 门店名称 店铺 店铺编号 店铺名称 店号 店名
店铺编码 网点 网点编码 网点名称 经销商 经销商编码 经销商编号 经销商代码 经销商名称 代理商 代理商编码
代理商名称 加盟商 加盟商编码 加盟商编号 加盟商名称 类型 类别 性质 日期 销售日期 业务日期 营业日期 交易日期
订单日期 单据日期 发生日期 时间 年月日 金额 销售额 销售金额 营业额 销售收入 收入 实收金额 含税金额 总金额 流水
业绩 销量 数量 件数 销售数量 销售件数 订单数 订单数量 单数 笔数 交易笔数 客单数 退货 退货额 退货金额 退款
退款金额 促销 是否促销 活动 促销标志 促销标记 营业 是否营业 开店 状态 区域 大区 地区 省 省份 市 城市 区 区县
县 地址 详细地址 纬度 经度 坐标系 坐标系统 坐标 品类 行业 电话 手机 联系电话 手机号 负责人 客户经理 市场经理
业务员 上级 上级客户 上级编码 上级客户编码 上游客户 开业日期 开店日期 关店日期 闭店日期 开户日期 币种 货币
备注 说明 发票 发票号 到期日 付款日 开始日期 结束日期
"""
VOCABULARY = frozenset(key(word) for word in _WORDS.split())

_NUMBERED = re.compile(r"^\s*(?:[0-9]{1,2}\s*[.、)]|[①-⑳])")
_FOOTNOTE = re.compile(r"[¹²³⁰-⁹*†‡①-⑳]+\s*$")
_TWO_LANGUAGES = re.compile(r"[/|\n]|(?<=[\u4e00-\u9fff])\s*(?=[a-z])|(?<=[a-z])\s*(?=[\u4e00-\u9fff])", re.IGNORECASE)
_BRACKETED = re.compile(r"[(\[{【〔「（].*?[)\]}】〕」）]")
_UNIT_AT_END = re.compile(r"(?:百万元|千万元|亿元|万元|千元|万|元|rmb|cny|¥)$")
_UNITS = (
    ("千万", 10_000_000),
    ("百万", 1_000_000),
    ("十万", 100_000),
    ("亿", 100_000_000),
    ("万", 10_000),
    ("千", 1_000),
)
_UNIT_WORDS = re.compile(r"^(?:单位|单位:)?(千万|百万|十万|亿|万|千)?(?:元|件|个|箱|单|笔|人民币|rmb|cny|¥)*$")
_CURRENCIES = {
    "usd": "USD",
    "us$": "USD",
    "$": "USD",
    "美元": "USD",
    "美金": "USD",
    "eur": "EUR",
    "€": "EUR",
    "欧元": "EUR",
    "hkd": "HKD",
    "hk$": "HKD",
    "港元": "HKD",
    "港币": "HKD",
    "twd": "TWD",
    "nt$": "TWD",
    "新台币": "TWD",
    "台币": "TWD",
    "jpy": "JPY",
    "日元": "JPY",
    "gbp": "GBP",
    "£": "GBP",
    "英镑": "GBP",
    "mop": "MOP",
    "澳门元": "MOP",
    "krw": "KRW",
    "sgd": "SGD",
    "cny": "CNY",
    "rmb": "CNY",
    "人民币": "CNY",
}
_CURRENCY = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isalpha() and word.isascii() else re.escape(word)
        for word in sorted(_CURRENCIES, key=len, reverse=True)
    )
)


def words(field: Field) -> set[str]:
    """All that a column of this field may be called, made comparable."""
    known = {key(field.name), *(key(alias) for alias in field.aliases)}
    for language in LANGUAGES:
        with override(language):
            known.add(key(str(field.label)))
    return known - {""}


def plainer(header: str) -> str:
    """A header's word without unit, remark, number or footnote mark: 3. 销售额（万元）¹ is 销售额; 【日期】 is 日期."""
    text = _FOOTNOTE.sub("", _NUMBERED.sub("", narrow(str(header))))
    bare = key(_BRACKETED.sub("", text)) or key(text.strip("()[]{}【】〔〕「」 "))
    return _UNIT_AT_END.sub("", bare) or bare


def _one_word(readings: set[str]) -> str:
    return readings.pop() if len(readings) == 1 else ""


def recognise(header: Sequence[str], fields: Sequence[Field], *, loosely: bool = True) -> dict[str, int]:
    """{field name: column index} of what the header names. Raises Unusable if two columns mean the same field.

    A column that says exactly a field's word wins over one that says it with a unit or a remark, that one over a column
    named in two languages, and any of them over one with a loose word.
    """
    owners: dict[str, str] = {}
    loose: dict[str, str] = {}
    for field in fields:
        for word in words(field):
            owners.setdefault(word, field.name)
        loose |= {key(word): field.name for word in field.loose if key(word) not in owners}

    def two_languages(text: str) -> str | None:
        return _one_word({owners.get(plainer(part), "") for part in _TWO_LANGUAGES.split(narrow(text)) if key(part)})

    readings: list[Callable[[str], str | None]] = [
        lambda text: owners.get(key(text)),
        lambda text: owners.get(plainer(text)),
        two_languages,
    ]
    if loosely:
        readings.append(lambda text: loose.get(plainer(text)))
    mapping: dict[str, int] = {}
    for read in readings:
        taken = set(mapping)
        for index, text in enumerate(header):
            name = read(str(text))
            if not name or name in taken or index in mapping.values():
                continue
            if name in mapping:
                raise Unusable(
                    "column_twice",
                    {"field": name, "first": str(header[mapping[name]]), "second": str(text)},
                )
            mapping[name] = index
    return mapping


def is_known(header: str, known: frozenset[str]) -> bool:
    """Whether a header row's cell is made of known words."""
    if key(header) in known or plainer(header) in known:
        return True
    parts = [part for part in _TWO_LANGUAGES.split(narrow(header)) if key(part)]
    return len(parts) > 1 and all(plainer(part) in known for part in parts)


def missing(mapping: dict[str, int], fields: Sequence[Field]) -> list[Field]:
    return [field for field in fields if field.required and field.name not in mapping]


def header_hash(header: Sequence[str]) -> str:
    """The same for headers that differ only in case, width, spaces and punctuation: a mapping is found again."""
    return hashlib.sha256("\x1f".join(key(str(text)) for text in header).encode()).hexdigest()


def header_unit(text: str, currency: str = "CNY") -> int:
    """What a figure below this header is to be multiplied by: 销售额(万元) gives 10000, plain ones 1.

    Raises Unusable where the header names another currency.
    """
    folded = narrow(str(text)).strip(INVISIBLE)
    remarks = [part[1:-1] for part in _BRACKETED.findall(folded)]
    ending = _UNIT_AT_END.search(key(_BRACKETED.sub("", folded)))
    found = _CURRENCY.search(key_with_signs(folded))
    if found and _CURRENCIES[found.group()] != currency:
        raise Unusable(
            "column_currency", {"column": str(text), "found": _CURRENCIES[found.group()], "currency": currency}
        )
    for remark in [*remarks, *([ending.group()] if ending else [])]:
        match = _UNIT_WORDS.match(key(remark))
        if match and match.group(1):
            return dict(_UNITS)[match.group(1)]
    return 1


def is_currency(text: str, currency: str) -> bool:
    """Whether a cell names the company's currency: CNY, RMB, 人民币, ¥, 元."""
    word = key(_BRACKETED.sub("", text))
    if currency == "CNY" and word in ("¥", "cn¥", "元", "圆", "人民币元"):
        return True
    return _CURRENCIES.get(word, word.upper()) == currency


def key_with_signs(text: str) -> str:
    """Lower case and simplified, spaces kept apart, so that words and currency signs can be told."""
    return " ".join(key(part) for part in re.split(r"[\s_\-/(),:\[\]]+", text) if part)


def known_words(fields: Sequence[Field] = ()) -> frozenset[str]:
    """What counts as a header word: the common ones and those of the fields given."""
    return VOCABULARY.union(*(words(field) for field in fields)) if fields else VOCABULARY


def same_header(cells: Sequence, header: Sequence[str]) -> bool:
    """Whether a row repeats the header."""
    return [key(str(cell)) for cell in cells if cell] == [key(text) for text in header if text]
