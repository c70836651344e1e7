"""Demo: the scripts of the builds."""

from __future__ import annotations

import hashlib
from functools import cache

from logview.demo.lines import Script, Writer

_PACKAGES = (
    "apify==3.0.0", "crawlee==1.1.0", "parsel==1.10.0", "httpx==0.28.1", "pydantic==2.11.3",
    "lxml==5.3.2", "cssselect==1.3.0", "typing-extensions==4.13.1", "yarl==1.19.0",
    "more-itertools==10.6.0",
)  # fmt: skip


def _digest(name: str) -> str:
    return "sha256:" + hashlib.sha256(name.encode()).hexdigest()


def _begin(out: Writer) -> None:
    out.line("ACTOR: Selected directory: .")
    out.wait(0.4)
    out.line("ACTOR: Building the image with BuildKit.")
    out.wait(0.8)


@cache
def shop_crawler() -> Script:
    """Return a build that succeeds: BuildKit's steps, a slow one among them, and the push."""
    out = Writer(seed=53)
    _begin(out)
    out.line(
        "#1 [internal] load build definition from Dockerfile",
        "#1 transferring dockerfile: 1.02kB done",
        "#1 DONE 0.0s",
        "",
        "#2 [internal] load metadata for docker.io/apify/actor-node:22",
    )
    out.wait(0.6)
    out.line(
        "#2 DONE 0.6s",
        "",
        "#3 [internal] load .dockerignore",
        "#3 transferring context: 171B done",
        "#3 DONE 0.0s",
        "",
        "#4 [1/6] FROM docker.io/apify/actor-node:22",
    )
    for layer in range(1, 7):
        size = f"{layer * 7.3:.2f}MB / {layer * 7.3:.2f}MB"
        out.line(f"#4 {_digest(f'layer {layer}')} {size} 0.{layer}s done")
        out.wait(0.2)
    out.line("#4 DONE 2.9s", "", "#5 [2/6] COPY package*.json ./", "#5 DONE 0.1s", "")
    out.line("#6 [3/6] RUN npm --quiet set progress=false && npm install --omit=dev")
    for second in range(1, 9):
        out.wait(1.1)
        out.line(f"#6 {second * 1.1:.3f} npm: {second * 34} packages fetched")
    out.line(
        "#6 9.412 npm warn deprecated inflight@1.0.6: This module is not supported",
        "#6 9.871 added 271 packages, and audited 272 packages in 9s",
        "#6 9.880 found 0 vulnerabilities",
        "#6 DONE 10.1s",
        "",
        "#7 [4/6] COPY . ./",
        "#7 DONE 0.1s",
        "",
        "#8 [5/6] RUN npm run build",
    )
    out.wait(2.6)
    out.line(
        "#8 0.611 > shop-price-crawler@1.4.2 build",
        "#8 0.611 > tsc -p tsconfig.json",
        "#8 2.583 ✓ 24 files compiled",
        "#8 DONE 2.7s",
        "",
        "#9 exporting to image",
    )
    for layer in range(1, 5):
        out.line(f"#9 exporting layers {_digest(f'export {layer}')} 0.{layer}s done")
    out.line("#9 pushing layers")
    out.wait(1.8)
    out.line(
        "#9 ...", "", "#10 exporting cache to Amazon S3", "#10 preparing build cache for export"
    )
    for layer in range(1, 5):
        out.wait(0.1)
        out.line(f"#10 writing layer {_digest(f'cache {layer}')} 0.1s done")
    out.line("#10 DONE 0.6s", "", "#9 exporting to image", "#9 pushing layers 2.4s done")
    out.line("#9 pushing manifest for registry.example/builds:BuildShopCraw0003 0.3s done")
    out.line("#9 DONE 3.1s")
    out.wait(0.2)
    out.line("ACTOR: Build finished.")
    return out.script()


def _begin_python(out: Writer, *, copied: str) -> None:
    """Write the steps before pip's; `copied` is how long the requirements took to copy."""
    _begin(out)
    out.line(
        "#1 [internal] load build definition from Dockerfile",
        "#1 transferring dockerfile: 984B done",
        "#1 DONE 0.0s",
        "",
        "#2 [1/5] FROM docker.io/apify/actor-python:3.13",
        "#2 CACHED",
        "",
        "#3 [2/5] COPY requirements.txt ./",
        f"#3 DONE {copied}",
        "",
        "#4 [3/5] RUN pip install -r requirements.txt",
    )


@cache
def mended() -> Script:
    """Return a build of 70 seconds that succeeds, of the Actor whose build before failed."""
    out = Writer(seed=61)
    _begin_python(out, copied="0.1s")
    for number, package in enumerate(_PACKAGES):
        out.wait(3.4)
        second = 4.9 * number
        out.line(f"#4 {second + 0.412:.3f} Collecting {package}")
        out.wait(1.5)
        size = f"{37.5 + 61.3 * number:.1f} kB"
        out.line(f"#4 {second + 1.507:.3f}   Downloading {package.replace('==', '-')}.whl ({size})")
    out.wait(1.5)
    out.line(
        "#4 50.218 WARNING: Running pip as the 'root' user can result in broken permissions",
        "#4 DONE 50.4s",
        "",
        "#5 [4/5] COPY . ./",
        "#5 DONE 0.2s",
        "",
        "#6 [5/5] RUN python -m compileall -q src/",
    )
    out.wait(2.4)
    out.line("#6 DONE 2.3s", "", "#7 exporting to image")
    for layer in range(1, 7):
        out.wait(1.4)
        out.line(f"#7 exporting layers {_digest(f'mended {layer}')} 1.{layer}s done")
    out.line("#7 pushing layers")
    out.wait(4.0)
    out.line("#7 pushing layers 4.1s done", "#7 DONE 12.9s", "ACTOR: Build finished.")
    return out.script()


@cache
def broken() -> Script:
    """Return a build that fails: a package that does not exist, then the platform's last word."""
    out = Writer(seed=59)
    _begin_python(out, copied="0.2s")
    for number, package in enumerate(_PACKAGES[:2]):
        out.wait(1.3)
        out.line(f"#4 {0.412 + 1.3 * number:.3f} Collecting {package.replace('1.1.0', '1.11.0')}")
    out.wait(0.4)
    wrong = "crawlee==1.11.0"
    versions = "from versions: 0.1.0, 0.2.0, 0.3.9, 0.4.5, 0.5.4, 0.6.12, 1.0.4, 1.1.0"
    errors = (
        f"ERROR: Could not find a version that satisfies the requirement {wrong} ({versions})",
        f"ERROR: No matching distribution found for {wrong}",
    )
    command = "pip install -r requirements.txt"
    out.line(
        *(f"#4 2.118 {error}" for error in errors),
        f'#4 ERROR: process "/bin/sh -c {command}" did not complete successfully: exit code: 1',
        "------",
        f" > [3/5] RUN {command}:",
        *(f"2.118 {error}" for error in errors),
        "------",
        "Dockerfile:8",
        "--------------------",
        "   6 |     COPY requirements.txt ./",
        "   7 |     ",
        f"   8 | >>> RUN {command}",
        "   9 |     ",
        "--------------------",
    )
    out.wait(0.2)
    out.line(f'ACTOR: ERROR: Build failed: the command "{command}" returned exit code 1.')
    return out.script()
