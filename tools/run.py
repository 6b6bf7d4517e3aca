"""Set-up and the everyday commands, with nothing but a Python 3.11+ on the machine.

python3 tools/run.py install|serve|test|lint|bench
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = ROOT / "var"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def newer_python() -> str:
    """This interpreter, or a newer one on the path: 3.11 is the oldest that works."""
    if sys.version_info >= (3, 11):  # noqa: UP036 - this file is the one that an older Python may start
        return sys.executable
    for name in ("python3.13", "python3.12", "python3.11"):
        if found := shutil.which(name):
            return found
    sys.exit("Qiao needs Python 3.11 or newer.")


def make_venv() -> None:
    """With the standard library's venv; where the system has cut that out (Debian), with uv or the system's package."""
    command = [newer_python(), "-m", "venv", str(VENV)]
    if subprocess.run(command, check=False).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if uv := shutil.which("uv"):
        subprocess.run([uv, "venv", "--python", newer_python(), str(VENV)], check=True)
        return
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        say("This Python has no venv; installing the system's package …")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=env, check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "python3-venv"], env=env, check=False)
        if subprocess.run(command, check=False).returncode == 0:
            return
    sys.exit("This Python cannot make a virtual environment: install python3-venv (Debian, Ubuntu) or uv.")


def install(dev: bool = False) -> None:
    """Make .venv and install what is pinned; does nothing when that has not changed since."""
    files = ["requirements.txt", *(["requirements-dev.txt"] if dev else [])]
    stamp = VENV / ("installed-dev" if dev else "installed")
    wanted = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in files)).hexdigest()
    if not PYTHON.exists():
        say("Making .venv …")
        make_venv()
    if not stamp.exists() or stamp.read_text() != wanted:
        say("Installing the pinned libraries …")
        uv = shutil.which("uv")
        pip = [uv, "pip", "install", "--python", str(PYTHON)] if uv else [str(PYTHON), "-m", "pip", "install"]
        quiet = ["-q"] if uv else ["-q", "--disable-pip-version-check"]
        # Hashes for what runs; the development file has none, and pip wants hashes for all or for none of a call.
        subprocess.run([*pip, *quiet, "--require-hashes", "-r", "requirements.txt"], check=True, cwd=ROOT)
        if dev:
            subprocess.run([*pip, *quiet, "-r", "requirements-dev.txt"], check=True, cwd=ROOT)
            (VENV / "installed").write_text(hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest())
        stamp.write_text(wanted)
    env_file = ROOT / ".env"
    if not env_file.exists():
        env_file.touch(mode=0o600)
        env_file.write_text(
            "# This machine only; never committed. docs/operators.md lists every setting.\n"
            f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
            "ALLOWED_HOSTS=127.0.0.1,localhost\n"
            "TLS=0\n"
            "STATIC_HASHED=0\n"
        )


def warm(wait: bool) -> None:
    """Compile the search for visit routes, unless it lies on the disk already: else the first plan waits for that.

    wait: false to let it happen beside the server, at the lowest priority.
    """
    command = [str(PYTHON), "-c", "from visits.routing.searching import warm_up; warm_up()"]
    if wait:
        subprocess.run(command, cwd=ROOT, check=False)
    else:
        beside = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.Popen(command if os.name == "nt" else ["nice", "-n", "19", *command], cwd=ROOT, **beside)


def manage(*arguments: str, **kwargs) -> None:
    subprocess.run([str(PYTHON), "manage.py", *arguments], check=True, cwd=ROOT, **kwargs)


def serve() -> None:
    began = time.monotonic()
    install()
    manage("migrate", "-v", "0")
    manage("demo", "--if-empty")
    warm(wait=False)
    (VAR / "static").mkdir(parents=True, exist_ok=True)  # empty here, but looked for at the start
    port = os.environ.get("PORT", "8000")
    say(f"Ready in {time.monotonic() - began:.0f} s: http://127.0.0.1:{port}/   (Ctrl-C ends it)")
    server = [
        str(VENV / "bin" / "gunicorn"),
        "crm.wsgi:application",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "8",
        "--worker-class",
        "gthread",
        "--timeout",
        "120",
        "--graceful-timeout",
        "30",
        "--log-level",
        "warning",
    ]
    os.chdir(ROOT)
    os.execv(server[0], server)  # noqa: S606 - becomes the server, so that Ctrl-C ends all


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "serve":
        serve()
    elif command == "install":
        install()
        warm(wait=True)
    elif command in ("test", "lint", "bench"):
        install(dev=True)
        os.chdir(ROOT)
        os.execv(str(PYTHON), [str(PYTHON), f"tools/{command}.py", *sys.argv[2:]])  # noqa: S606
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
