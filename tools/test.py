"""Every test: linter and types, the suite on SQLite, the suite on PostgreSQL + Redis, the browser.

Real servers are those of the machine if reachable, else ones brought by pip (tools/services.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import lint  # noqa: E402
import services  # noqa: E402

PYTEST = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--durations=8"]


# What meets no database is run once, in the first pass: readers of files, rules, texts, templates, the plan.
WITHOUT_DATABASE = ("tables", "rules", "i18n", "shell/test_assets.py", "test_architecture.py")
ONCE = [f"--ignore=tests/{name}" for name in WITHOUT_DATABASE]


def passes(servers: services.Servers, browser: str | None) -> list[tuple[str, list[str], dict[str, str]]]:
    base = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    base |= {"DEBUG": "1", "JOBS_EMBEDDED": "0", "PYTHONWARNINGS": "ignore::DeprecationWarning"}
    base |= {"TEST_DATABASE_URL": servers.postgres, "TEST_REDIS_URL": servers.redis}
    real = {**base, "DATABASE_URL": servers.postgres, "REDIS_URL": servers.redis}
    sqlite = {**base, "DATABASE_URL": f"sqlite:///{ROOT / 'var' / 'test.sqlite3'}", "REDIS_URL": ""}
    return [
        ("SQLite", ["-n", "2", "-m", "not services and not browser"], sqlite),
        ("PostgreSQL and Redis", ["-n", "2", "-m", "not services and not browser and not slow", *ONCE], real),
        ("faults, with a real Celery worker", ["-m", "services and not browser"], real),
        ("browser", ["-m", "browser"], {**sqlite, "CHROMIUM": browser or ""}),
    ]


def together(some: list[tuple[str, list[str], dict[str, str]]]) -> list[str]:
    """Run passes side by side, show the first as it goes and the others after it; answers who failed.

    Faults and browser each keep one core half busy, waiting for a worker or a page.
    """
    with ExitStack() as stack:
        running = []
        for name, arguments, env in some:
            out = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) if running else None
            print(f"\n== tests: {name}" + (", at the same time" if out else ""), flush=True)
            command = [*PYTEST, *arguments, *sys.argv[1:]]
            work = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT if out else None)
            running.append((name, work, out))
        start, failed = time.monotonic(), []
        for name, work, out in running:
            code = work.wait()
            if out:
                out.seek(0)
                print(f"\n== tests: {name}\n{out.read()}", flush=True)
            print(f"== {name}: {time.monotonic() - start:.0f} s, exit {code}", flush=True)
            if code != 0:
                failed.append(name)
    return failed


def main() -> int:
    began = time.monotonic()
    (ROOT / "var").mkdir(exist_ok=True)
    failed = []
    if lint.run():
        failed.append("lint")
    browser = services.chromium()
    with services.servers() as running:
        sqlite, real, faults, pages = passes(running, browser)
        failed += together([sqlite]) + together([real])
        if browser is None:
            print("\n== tests: browser: there is no Chromium to run them in", flush=True)
            failed += ["browser", *together([faults])]
        else:
            failed += together([faults, pages])
    print(
        f"\n== all: {time.monotonic() - began:.0f} s" + (f"; failed: {', '.join(failed)}" if failed else "; all passed")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
