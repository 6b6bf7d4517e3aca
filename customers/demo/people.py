"""Who works at the demo company, where, and with which passwords: made up anew on each machine."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings

from crm.accounts.actions import create_region, create_user, root_region
from crm.accounts.models import Region, User
from customers.demo.places import REGIONS

# login, name, the provinces they are in charge of
MANAGERS = [
    ("mei", "美", ["ZHEJIANG"]),
    ("chenli", "陈立", ["SHANGHAI", "ANHUI"]),
    ("zhouyan", "周燕", ["JIANGSU"]),
    ("wugang", "吴刚", ["FUJIAN", "JIANGXI"]),
    ("sunhao", "孙皓", ["SHANDONG"]),
    ("liangyu", "梁玉", ["GUANGDONG", "HAINAN"]),
    ("weilan", "韦兰", ["GUANGXI", "HUNAN"]),
    ("zhangqi", "张琦", ["HENAN", "HUBEI"]),
    ("zhaomin", "赵敏", ["BEIJING", "TIANJIN", "HEBEI", "SHANXI", "NEIMENGGU"]),
    ("tangjie", "唐杰", ["CHONGQING", "SICHUAN", "GUIZHOU", "YUNNAN"]),
    ("mahui", "马慧", ["SHAANXI", "GANSU", "QINGHAI", "NINGXIA", "XINJIANG"]),
    ("songwei", "宋伟", ["LIAONING", "JILIN", "HEILONGJIANG"]),
]
# Whoever gave customers away, to whom, which share of them, how many days ago.
HANDOVERS = [("chenli", "mei", 0.6, 420), ("sunhao", "zhouyan", 0.15, 160), ("zhangqi", "weilan", 0.2, 45)]
# login, what the terminal calls them; the rest of the staff cannot sign in until somebody gives them a password
SIGN_INS = [
    ("mei", "market manager 美, in charge of Zhejiang"),
    ("head", "head of East China"),
    ("admin", "administrator, the whole brand"),
    ("analyst", "analyst, reads the whole brand"),
]
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another


def sign_in_file() -> Path:
    return settings.VAR_DIR / "demo-signins.txt"


def passwords() -> dict[str, str]:
    """{login: password} of this machine's demo sign-ins; made and kept (for its owner's eyes only) on first use."""
    path = sign_in_file()
    known = {}
    if path.exists():
        known = dict(line.split()[:2] for line in path.read_text().splitlines() if line.count(" ") >= 1)
    lacking = [login for login, _who in SIGN_INS if login not in known]
    if lacking:
        known |= {login: _password() for login in lacking}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text("".join(f"{login} {known[login]}\n" for login, _who in SIGN_INS))
    return known


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(4))


def announcement() -> str:
    """The sign-ins as the terminal shows them; empty where the demo company's people are not."""
    if not sign_in_file().exists() or User.objects.filter(username__in=[login for login, _who in SIGN_INS]).count() < 4:
        return ""
    known = passwords()
    lines = [f"  {login:<9}{known[login]:<22}{who}" for login, who in SIGN_INS]
    return "\n".join(["Sign-ins of the demo company (made up on this machine, kept in var/demo-signins.txt):", *lines])


def make_regions() -> dict[str, Region]:
    """Seven regions over their provinces, under the brand; returns them by code."""
    root = root_region()
    there = {region.code: region for region in Region.objects.all()}
    for code, name, provinces in REGIONS:
        if code not in there:
            there[code] = create_region(code=code, name=name, parent=root)
        for province, full in provinces:
            if province not in there:
                there[province] = create_region(code=province, name=full, parent=there[code])
    return there


def make_people(regions: dict[str, Region]) -> dict[str, User]:
    """Twelve managers, a head, an analyst and an administrator; returns them by login."""
    known = passwords()

    def person(login: str, name: str, role: str, region: Region | None = None) -> User:
        return create_user(
            username=login,
            name=name,
            role=role,
            region=region,
            email=f"{login}@henuan.example",
            password=known.get(login),
        )

    people = {login: person(login, name, "manager") for login, name, _provinces in MANAGERS}
    people["head"] = person("head", "韩东", "head", regions["EAST"])
    people["admin"] = person("admin", "管理员", "admin")
    people["analyst"] = person("analyst", "安然", "analyst")
    return people
