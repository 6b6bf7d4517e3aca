"""The columns of a customers' file, and what a cell of each becomes.

An absent column leaves a field alone. An empty cell in a column that is there clears what may be empty; code, name,
kind, status, region and the manager in charge cannot be empty, so there an empty cell leaves them alone too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.tables import cells as read
from crm.tables.folding import key
from crm.tables.headers import Field
from crm.tables.messages import BadCell, register
from customers.profile.models import Customer, Datum, Kind, State
from customers.profile.texts import tidy

register(
    {
        "required_new": _("A new customer needs a value here."),
        "half_position": _("A position needs latitude and longitude."),
        "closed_before_opened": _("A customer cannot close before it opens."),
        "unknown_manager": _("There is no person with this sign-in or name who can be in charge."),
        "manager_twice": _("Several people have this name: give the sign-in."),
        "manager_later": _("Somebody is put in charge from a later day already."),
        "unknown_datum": _("The coordinate system is one of WGS-84, GCJ-02, BD-09."),
    }
)


def spelled(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split("|"))


FIELDS: Sequence[Field] = (
    Field(
        "code",
        _("Customer code"),
        spelled(
            "code|customer code|customer no|customer number|customer id|客户编码|客户编号|客户代码|客户号"
            "|编码|编号|代码|门店编码|门店编号|店铺编码|店铺编号|店号"
        ),
        required=True,
        help=_("Unique. A row whose code is there already changes that customer."),
    ),
    Field(
        "name",
        _("Customer name"),
        spelled("name|customer name|customer|客户名称|客户名|客户|名称|门店名称|店名|店铺名称|公司名称"),
        help=_("Needed for new customers."),
    ),
    Field(
        "kind",
        _("Kind"),
        spelled("kind|type|customer kind|customer type|类型|客户类型|种类"),
        help=_("Agent or franchisee; needed for new customers."),
    ),
    Field(
        "state",
        _("Status"),
        spelled("state|status|状态|客户状态|经营状态|营业状态"),
        help=_("Prospect, active, dormant or closed; a new customer without one is active."),
    ),
    Field(
        "opened_on",
        _("Opened on"),
        spelled("opened on|opened|open date|opening date|开业日期|开业时间|开店日期|开店时间|开业"),
    ),
    Field(
        "closed_on",
        _("Closed on"),
        spelled("closed on|closed|close date|closing date|关闭日期|关店日期|闭店日期|停业日期|结业日期|终止日期"),
    ),
    Field(
        "region",
        _("Region"),
        spelled("region|region code|territory|area|区域|区域编码|区域名称|大区|销售区域|所属区域"),
        help=_("Code or name of a region. Without one, a new customer stands in your own."),
    ),
    Field("province", _("Province"), spelled("province|省|省份")),
    Field("city", _("City"), spelled("city|town|市|城市|地市")),
    Field("district", _("District"), spelled("district|county|区县|县区|区|县")),
    Field("address", _("Address"), spelled("address|street|地址|详细地址|门店地址|店铺地址|客户地址")),
    Field("phone", _("Phone"), spelled("phone|tel|telephone|mobile|电话|联系电话|手机|手机号|手机号码")),
    Field("latitude", _("Latitude"), spelled("latitude|lat|纬度")),
    Field("longitude", _("Longitude"), spelled("longitude|lon|lng|long|经度")),
    Field(
        "datum",
        _("Coordinate system"),
        spelled("datum|coordinate system|crs|坐标系|坐标系统|坐标类型"),
        help=_("WGS-84, GCJ-02 (AMap, Tencent) or BD-09 (Baidu); WGS-84 if nothing is said."),
    ),
    Field("category", _("Category"), spelled("category|industry|类别|品类|业态|行业")),
    Field(
        "upstream",
        _("Supplied by"),
        spelled(
            "upstream|upstream code|supplied by|supplier|parent|上级客户|上级客户编码|上级编码|上级|上游客户|上游编码"
            "|供货商|供货客户|所属代理商"
        ),
        help=_("Code of the customer who supplies this one; it may stand in the same file."),
    ),
    Field(
        "manager",
        _("Manager in charge"),
        spelled("manager|manager in charge|manager login|owner|responsible|负责人|客户经理|市场经理|业务员|业务经理"),
        help=_("Sign-in or name. In charge from today on."),
    ),
)
DATES = ("opened_on", "closed_on")
TEXTS = ("name", "category", "province", "city", "district", "address", "phone")


def word_table(**words: str) -> dict[str, str]:
    return {key(word): value for value, spelled in words.items() for word in (value, *spelled.split())}


_KINDS = word_table(
    agent="代理商 代理 经销商 分销商 总代 总代理 dealer distributor agents",
    franchisee="加盟商 加盟 加盟店 加盟客户 特许加盟 franchise franchisees",
)
_STATES = word_table(
    prospect="潜在 潜在客户 意向 意向客户 拟开业 筹备 筹备中 potential lead",
    active="正常 正常营业 营业 营业中 在营 合作 合作中 启用 有效 活跃 open yes",
    dormant="休眠 沉睡 停滞 暂停 暂停营业 停用 inactive paused",
    closed="关闭 已关闭 关店 已关店 停业 歇业 已停业 终止 终止合作 已终止 注销 闭店 已闭店 shut",
)
_DATUMS = word_table(
    wgs84="wgs GPS 国际坐标 地球坐标",
    gcj02="gcj 火星坐标 火星 高德 腾讯 高德坐标 腾讯坐标 国测局 amap tencent",
    bd09="bd bd09ll 百度 百度坐标 baidu",
)
CHOICES: Mapping[str, tuple[Mapping[str, str], Any]] = {
    "kind": (_KINDS, Kind),
    "state": (_STATES, State),
    "datum": (_DATUMS, Datum),
}


def _length(name: str) -> int:
    return Customer._meta.get_field(name).max_length


def _text(name: str) -> Callable[[Any], str | None]:
    longest = _length(name)

    def parse(value: Any) -> str | None:
        return tidy(name, read.parse_text(value, longest)) or None

    return parse


def _choice(name: str) -> Callable[[Any], str | None]:
    words, choices = CHOICES[name]

    def parse(value: Any) -> str | None:
        text = read.parse_text(value, 60)
        if not text:
            return None
        found = words.get(key(text))
        if found is None:
            if name == "datum":
                raise BadCell("unknown_datum")
            raise BadCell("not_a_choice", {"choices": [str(label) for label in choices.labels]})
        return found

    return parse


def parsers(options: Mapping[str, Any]) -> dict[str, Callable[[Any], Any]]:
    """{field: what turns its cell into a value}; each raises BadCell."""
    order = options.get("date_order", "ymd")
    return {
        "code": lambda value: read.parse_code(value, _length("code")),
        **{name: _text(name) for name in TEXTS},
        **{name: _choice(name) for name in CHOICES},
        **{name: lambda value: read.parse_date(value, order) for name in DATES},
        "latitude": lambda value: read.parse_decimal(value, 7, least=-90, most=90),
        "longitude": lambda value: read.parse_decimal(value, 7, least=-180, most=180),
        "region": lambda value: read.parse_text(value, 80),
        "upstream": lambda value: read.parse_code(value, _length("code")),
        "manager": lambda value: read.parse_text(value, 150),
    }
