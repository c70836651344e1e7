"""Demo: the scripts of the builds."""

from __future__ import annotations

import hashlib
from functools import cache

from logview.demo.lines import Script, Writer


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


@cache
def broken() -> Script:
    """Return a build that fails: a step with a compiler's errors, then the platform's last word."""
    out = Writer(seed=59)
    _begin(out)
    out.line(
        "#1 [internal] load build definition from Dockerfile",
        "#1 transferring dockerfile: 984B done",
        "#1 DONE 0.0s",
        "",
        "#2 [1/4] FROM docker.io/apify/actor-node:22",
        "#2 CACHED",
        "",
        "#3 [2/4] COPY . ./",
        "#3 DONE 0.2s",
        "",
        "#4 [3/4] RUN npm run build",
    )
    out.wait(3.1)
    out.line(
        "#4 0.540 > review-reader@0.3.0 build",
        "#4 0.540 > tsc -p tsconfig.json",
        "#4 2.918 src/main.ts(27,13): error TS2339: Property 'stars' is missing in type 'Page'.",
        "#4 2.918 src/stars.ts(8,5): error TS2322: Type 'string' does not fit 'number'.",
        '#4 ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2',
        "------",
        " > [3/4] RUN npm run build:",
        "2.918 src/main.ts(27,13): error TS2339: Property 'stars' is missing in type 'Page'.",
        "2.918 src/stars.ts(8,5): error TS2322: Type 'string' does not fit 'number'.",
        "------",
        "Dockerfile:14",
        "--------------------",
        "  12 |     COPY . ./",
        "  13 |     ",
        "  14 | >>> RUN npm run build",
        "  15 |     ",
        "--------------------",
    )
    out.wait(0.2)
    out.line('ACTOR: ERROR: Build failed: the command "npm run build" returned exit code 2.')
    return out.script()
