"""The README's pictures, made from the demo company: python tools/pictures.py

A database and uploads in a temporary folder, the demo company, the real server, headless Chromium. Nothing else is
touched but docs/pictures/.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import services  # noqa: E402

OUT = ROOT / "docs" / "pictures"
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PASSWORD = "pictures-of-a-demo-1"
PICTURES = [
    # name, address, person, language, theme, size
    ("home", "/", "admin", "zh-hans", "light", DESKTOP),
    ("home-dark", "/", "admin", "en", "dark", DESKTOP),
    ("customers", "/customers/", "admin", "zh-hans", "light", DESKTOP),
    ("customer", "/customers/{franchisee}/", "admin", "zh-hans", "light", DESKTOP),
    ("customer-en", "/customers/{franchisee}/", "admin", "en", "light", DESKTOP),
    ("profile", "/customers/{franchisee}/profile/", "mei", "zh-hans", "light", DESKTOP),
    ("profile-phone", "/customers/{franchisee}/profile/", "mei", "zh-hans", "light", PHONE),
    ("network", "/customers/{franchisee}/network/", "mei", "zh-hans", "light", DESKTOP),
    ("map", "/customers/map/", "admin", "zh-hans", "light", DESKTOP),
    ("receivables", "/customers/receivables/", "admin", "zh-hans", "light", DESKTOP),
    ("tiers", "/customers/tiers/", "admin", "zh-hans", "light", DESKTOP),
    ("import", "/imports/{refused}/", "admin", "zh-hans", "light", DESKTOP),
    ("home-phone", "/", "mei", "zh-hans", "light", PHONE),
    ("customers-phone", "/customers/", "mei", "zh-hans", "light", PHONE),
    ("customer-phone", "/customers/{franchisee}/", "mei", "zh-hant", "dark", PHONE),
]
PREPARE = f"""
from crm.models import ImportRun, User
from customers.models import Customer
for name in ("admin", "mei"):
    user = User.objects.get(username=name); user.set_password({PASSWORD!r}); user.save()
mei = User.objects.get(username="mei")
one = Customer.objects.visible_to(mei).filter(kind="franchisee", standing__tier="C", standing__w1__gt=0)
print(one.order_by("-standing__w0").values_list("pk", flat=True)[0])
print(ImportRun.objects.filter(state="refused").values_list("pk", flat=True)[0])
"""


def main() -> None:
    browser_path = services.chromium()
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        port = services.free_port()
        env = {**os.environ, "DEBUG": "1", "REDIS_URL": "", "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3"}
        env |= {"MEDIA_ROOT": f"{folder}/media"}
        for command in (["migrate", "-v0"], ["demo"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
        found = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", PREPARE],
            cwd=ROOT,
            env=env,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        places = {"franchisee": found[0], "refused": found[1]}
        gunicorn = str(Path(sys.executable).with_name("gunicorn"))
        server = subprocess.Popen(
            [gunicorn, "crm.wsgi:application", "--bind", f"127.0.0.1:{port}", "--threads", "4"], cwd=ROOT, env=env
        )
        try:
            _wait(f"http://127.0.0.1:{port}/health/live")
            _take(f"http://127.0.0.1:{port}", browser_path, places)
        finally:
            server.terminate()
            server.wait(timeout=60)


def _wait(address: str) -> None:
    for _try in range(150):
        try:
            urllib.request.urlopen(address, timeout=2)  # noqa: S310 - our own server
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def _take(base: str, browser_path: str | None, places: dict[str, str]) -> None:
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=flags)
        for name, address, person, language, theme, size in PICTURES:
            context = browser.new_context(
                viewport=size, base_url=base, reduced_motion="reduce", has_touch=size is PHONE
            )
            page = context.new_page()
            page.goto("/accounts/login/")
            page.fill("input[name=login]", person)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(f"{base}/")
            token = next(c["value"] for c in context.cookies() if c["name"] == "csrftoken")
            context.request.post(
                "/preferences/",
                form={"language": language, "theme": theme, "csrfmiddlewaretoken": token},
                headers={"Referer": base},
            )
            page.goto(address.format(**places))
            page.evaluate("document.querySelectorAll('[data-toast]').forEach((toast) => toast.remove())")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(OUT / f"{name}.png"))
            context.close()
            print(f"docs/pictures/{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
