"""Every test: linter and types, the suite on SQLite, the suite on PostgreSQL + Redis, the browser.

Real servers are those of the machine if reachable, else ones brought by pip (tools/services.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import lint  # noqa: E402
import services  # noqa: E402

PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--durations=8"]
TWO = ["-n", "2"]


# What meets no database, or makes its own of either kind, is run once, in the first pass: readers of files, rules,
# texts, templates, the plan, the API's document, backups, commands over the real data. So is the demo company, which
# is for trying out with the embedded default (that its command works is asked of both).
ONCE = (
    "tables",
    "rules",
    "i18n",
    "test_architecture.py",
    "test_markup.py",
    "backup",
    "realdata",
    "demo/test_loading.py",
)
# Asked of the stricter database only: thousands of requests and files, and slices that are plain queries and pages
# without SQL of their own. On SQLite the browser goes through their pages. EVERYWHERE=1 runs them on both.
ON_POSTGRESQL = (
    "security/test_matrix.py",
    "security/test_outsiders.py",
    "security/test_what_people_write.py",
    "imports/test_corpus.py",
    *("admin", "api", "care", "channel", "contacts", "customers", "facts", "files", "home", "issues", "notifications"),
    *("peers", "people", "planning", "portal", "privacy", "promises", "shell", "support", "surveys", "today", "trust"),
    "visits",
)


def not_on_sqlite() -> tuple[str, ...]:
    return () if os.environ.get("EVERYWHERE") else ON_POSTGRESQL


def but(*names: str) -> list[str]:
    return [f"--ignore=tests/{name}" for name in names]


Pass = tuple[str, list[str], dict[str, str]]
"""What it is called, what pytest is told, the environment."""
WALKS = "tests/browser/test_every_page.py"


def passes(servers: services.Servers, browser: str | None) -> dict[str, Pass]:
    # Many tests start commands: what was compiled once is kept, also where the machine says otherwise.
    left_out = ("DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")
    base = {k: v for k, v in os.environ.items() if k not in left_out}
    base |= {"DEBUG": "1", "JOBS_EMBEDDED": "0", "PYTHONWARNINGS": "ignore::DeprecationWarning"}
    base |= {"TEST_DATABASE_URL": servers.postgres, "TEST_REDIS_URL": servers.redis}
    real = {**base, "DATABASE_URL": servers.postgres, "REDIS_URL": servers.redis}
    sqlite = {**base, "DATABASE_URL": f"sqlite:///{ROOT / 'var' / 'test.sqlite3'}", "REDIS_URL": ""}
    seen = {**sqlite, "CHROMIUM": browser or ""}
    return {
        "sqlite": ("SQLite", [*TWO, "-m", "not services and not browser", *but(*not_on_sqlite())], sqlite),
        "real": (
            "PostgreSQL and Redis",
            # Whoever is through takes of what the other still has: some tests take a minute. So none may come after one
            # that leaves empty tables behind.
            [*TWO, "--dist", "worksteal", "-m", "not (services or browser or slow or commits)", *but(*ONCE)],
            real,
        ),
        "faults": (
            "faults, with a real Celery worker, and what empties tables",
            ["-m", "(services or commits) and not browser and not slow"],
            real,
        ),
        "doing": ("browser, what people do", ["-m", "browser", f"--ignore={WALKS}"], seen),
        "desk": ("browser, every page on a desk", ["-m", "browser", "-k", "on_a_desk", WALKS], seen),
        "hand": ("browser, every page in a hand, and the admin", ["-m", "browser", "-k", "not on_a_desk", WALKS], seen),
    }


def in_turn(chain: tuple[Pass, ...]) -> list[str]:
    """Run passes one after the other; answers who failed. What each says is shown when it is through."""
    failed = []
    for name, arguments, env in chain:
        start = time.monotonic()
        with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
            print(f"\n== tests: {name}", flush=True)
            command = [*PYTEST, *arguments, *sys.argv[1:]]
            running = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT)
            while (code := _waited(running)) is None:
                print(f"   {name}: {(time.monotonic() - start) / 60:.0f} min", flush=True)
            out.seek(0)
            print(f"{out.read()}== {name}: {time.monotonic() - start:.0f} s, exit {code}", flush=True)
        if code != 0:
            failed.append(name)
    return failed


def _waited(running: subprocess.Popen) -> int | None:
    """Its exit code; None after two minutes without: whoever watches sees that it goes on."""
    try:
        return running.wait(120)
    except subprocess.TimeoutExpired:
        return None


def side_by_side(*chains: tuple[Pass, ...]) -> list[str]:
    """Several chains at once; answers who failed. At most one of them keeps the cores busy."""
    with ThreadPoolExecutor(len(chains)) as pool:
        return [name for failed in pool.map(in_turn, chains) for name in failed]


def main() -> int:
    began = time.monotonic()
    (ROOT / "var").mkdir(exist_ok=True)
    failed = []
    if lint.run():
        failed.append("lint")
    browser = services.chromium()
    with services.servers() as running:
        found = passes(running, browser)
        # Whatever is set beside another waits for a page or a worker most of the time.
        failed += side_by_side((found["sqlite"], found["real"]), (found["faults"],))
        if browser is None:
            print("\n== tests: browser: there is no Chromium to run them in", flush=True)
            failed.append("browser")
        else:
            failed += side_by_side((found["doing"],), (found["desk"],), (found["hand"],))
    print(
        f"\n== all: {time.monotonic() - began:.0f} s" + (f"; failed: {', '.join(failed)}" if failed else "; all passed")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
