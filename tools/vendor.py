"""Bring the third-party front-end files in again: only needed to change a version, since they are committed.

    python tools/vendor.py                     # with the npm client, in a temporary folder
    python tools/vendor.py --from FOLDER       # from a node_modules folder that is already there

Everything is copied as it is, but for `sourceMappingURL` comments (hashed file names would refuse them) and, in style
sheets, pictures that we do not use.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crm.shell.icons import NAMES  # noqa: E402

STATIC = ROOT / "crm" / "static"
PACKAGES = {
    "htmx.org": "2.0.11",
    "@tabler/icons": "3.51.0",
    "@fontsource-variable/inter": "5.3.0",
    "axe-core": "4.14.1",
    "leaflet": "1.9.4",
}
COPIES = {
    "htmx.org/dist/htmx.min.js": STATIC / "vendor" / "htmx.min.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": STATIC / "vendor" / "inter.woff2",
    "leaflet/dist/leaflet.js": STATIC / "vendor" / "leaflet.js",
    "leaflet/dist/leaflet.css": STATIC / "vendor" / "leaflet.css",
    "axe-core/axe.min.js": ROOT / "tests" / "vendor" / "axe.min.js",
}
LICENSES = {
    "htmx 2.0.11 (0BSD)": "htmx.org/LICENSE",
    "Tabler Icons 3.51.0 (MIT)": "@tabler/icons/LICENSE",
    "Leaflet 1.9.4 (BSD-2-Clause)": "leaflet/LICENSE",
    "Inter, as packed by Fontsource 5.3.0 (OFL-1.1)": "@fontsource-variable/inter/LICENSE",
}
# A bridge under its deck: the mark of 桥. The square takes the colour of the text around it.
BRAND = (
    '<symbol id="brand" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="currentColor"/>'
    '<g fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round">'
    '<path d="M6 12.5h20"/><path d="M7.5 23.5c0-11 17-11 17 0"/>'
    '<path d="M16 12.5v3M10.6 12.5v4M21.4 12.5v4"/></g></symbol>'
)


def symbol(name: str, svg: str) -> str:
    body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.S)
    if not body:
        raise SystemExit(f"not an icon: {name}")
    inner = re.sub(r'<path stroke="none"[^>]*/>', "", " ".join(body[1].split())).replace(" />", "/>")
    inner = re.sub(r">\s+<", "><", inner).strip()
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round">{inner}</symbol>'
    )


def sprite(icons: Path) -> str:
    symbols = [symbol(name, (icons / f"{name}.svg").read_text()) for name in sorted(NAMES)]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join([BRAND, *symbols]) + "\n</svg>\n"


def refresh(modules: Path) -> None:
    for source, target in COPIES.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        data = (modules / source).read_bytes()
        if target.suffix == ".js":
            data = re.sub(rb"\n?//[#@] sourceMappingURL=.*", b"", data)
        elif target.suffix == ".css":
            # Pictures that we do not use (markers, the layers button): hashed names would not find them.
            data = re.sub(rb"[^\S\n]*(background-image|behavior): url\([^)]*\);[^\n]*\n", b"", data)
        target.write_bytes(data)
    (STATIC / "crm" / "icons.svg").write_text(sprite(modules / "@tabler" / "icons" / "icons" / "outline"))
    texts = [f"{name}\n\n{(modules / path).read_text().strip()}\n" for name, path in LICENSES.items()]
    (STATIC / "vendor" / "LICENSES.txt").write_text(("\n" + "-" * 78 + "\n\n").join(texts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="modules", type=Path, help="a node_modules folder with these packages")
    modules = parser.parse_args().modules
    if modules:
        refresh(modules)
        return
    with tempfile.TemporaryDirectory() as folder:
        wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
        subprocess.run(
            ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder, *wanted],
            check=True,
        )
        refresh(Path(folder) / "node_modules")


if __name__ == "__main__":
    main()
