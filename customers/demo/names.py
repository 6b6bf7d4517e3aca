"""What the demo company's customers, people and streets are called. The brand and all of them are made up."""

from __future__ import annotations

from random import Random

BRAND = "禾暖家纺"

STREETS = [
    "人民路", "解放路", "中山路", "建设路", "新华路", "和平路", "胜利路", "文化路", "朝阳路", "滨河路", "东风路",
    "长江路", "黄河路", "公园路", "学府路", "迎宾大道", "环城东路", "环城西路", "南门大街", "北门大街", "春晖路",
    "银杏路", "梧桐街", "桂花巷", "望江路", "青年路", "振兴路", "友谊路",
]  # fmt: skip
MALLS = ["天虹广场", "万象汇", "银座", "新世界", "步行街", "家居城", "百货大楼", "生活广场", "购物公园", "建材市场"]
_FIRST = "馨暖雅怡美佳锦绣瑞和安宁悦舒恒福祥盛云清"
_SECOND = "居园阁轩坊舍屋庭苑堂"
_GOODS = ["家纺", "床品", "布艺", "生活馆"]
_TRADE = ["商贸", "纺织品", "家居用品", "家纺", "实业"]
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "建国志强海燕丽华秀英文斌晓东桂兰玉梅俊杰雪梅立新春生小军红霞永康静怡子涵佳宁明辉国庆艳萍"
CATEGORIES = ["专卖店", "专卖店", "专卖店", "商场专柜", "商场专柜", "家居城店", "社区店"]


def short(city: str) -> str:
    return city.removesuffix("市")


def shop(random: Random, city: str, street: str) -> str:
    """A franchisee's name: the brand's sign with its place, or a trade name of its own."""
    draw = random.random()
    if draw < 0.45:
        return f"{BRAND}（{short(city)}{street}店）"
    if draw < 0.65:
        return f"{BRAND}（{short(city)}{random.choice(MALLS)}店）"
    return f"{short(city)}{random.choice(_FIRST)}{random.choice(_SECOND)}{random.choice(_GOODS)}"


def agent(random: Random, city: str) -> str:
    first, second = random.sample(_FIRST, 2)
    return f"{short(city)}{first}{second}{random.choice(_TRADE)}有限公司"


def person(random: Random) -> str:
    at = 2 * random.randrange(len(_GIVEN) // 2)
    return random.choice(FAMILY) + _GIVEN[at : at + 2]


def phone(number: int) -> str:
    """A number nobody has: mobile numbers in China begin with 13 to 19, never with 100."""
    return f"100{number % 100_000_000:08d}"
