from __future__ import annotations

import pytest

from logview.log.facts.build_steps import MAX_STEPS, BuildSteps, build_steps, cause_of, step_number

AT = "2026-11-20T06:00:00.000Z "


def built(*lines: str) -> BuildSteps:
    return build_steps([AT + line for line in lines])


def test_steps_have_titles_lines_durations_and_outcomes() -> None:
    steps = built(
        "ACTOR: Building the image.",
        "#1 [internal] load build definition from Dockerfile",
        "#1 DONE 0.0s",
        "",
        "#2 [1/4] FROM docker.io/apify/actor-node:22",
        "#2 CACHED",
        "#3 exporting to image",
        "#3 pushing layers",
        "#3 ...",
        "#4 exporting cache to Amazon S3",
        "#4 DONE 0.6s",
        "#3 exporting to image",
        "#3 DONE 3.1s",
        "#5 [2/4] RUN npm ci",
        "#5 0.540 > shop@1.0.0 build",
        "#6 [3/4] RUN sleep 9",
        "#6 CANCELED",
    ).steps
    assert [(step.number, step.title, step.outcome, step.seconds) for step in steps] == [
        (1, "[internal] load build definition from Dockerfile", "done", 0.0),
        (2, "[1/4] FROM docker.io/apify/actor-node:22", "cached", None),
        (3, "exporting to image", "done", 3.1),
        (4, "exporting cache to Amazon S3", "done", 0.6),
        (5, "[2/4] RUN npm ci", "open", 0.54),
        (6, "[3/4] RUN sleep 9", "canceled", None),
    ]
    assert steps[2].runs == [range(7, 10), range(12, 14)]
    assert steps[2].lines == 5


FAILED = '#4 ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2'


@pytest.mark.parametrize(
    ("output", "line", "why"),
    [
        (
            ["> tsc -p .", "src/main.ts(27,13): error TS2339: Property 'x' is missing.", "b"],
            3,
            "compiler",
        ),
        (
            ["added 3 packages", "main.c:3:5: error: 'x' undeclared", "make: *** [a] Error 1"],
            3,
            "compiler",
        ),
        (["./cmd/a.go:5:2: undefined: x"], 2, "compiler"),
        (
            [
                "warning: unused",
                "error[E0425]: cannot find value `x`",
                "error: could not compile `a`",
            ],
            3,
            "compiler",
        ),
        (
            ["npm warn deprecated x", "npm error code ERESOLVE", "npm error ERESOLVE could not"],
            3,
            "npm",
        ),
        (["npm ERR! code E404", "npm ERR! 404 Not Found"], 2, "npm"),
        (["gyp ERR! find Python Python is not set", "npm error code 1"], 2, "npm"),
        (
            ["Collecting x", "ERROR: Could not find a version that satisfies the requirement x"],
            3,
            "pip",
        ),
        (["ModuleNotFoundError: No module named 'gi'"], 2, "pip"),
        (
            ["Get:1 http://deb", "E: Unable to locate package libfoo", "E: Sub-process"],
            3,
            "command",
        ),
        (["sh: 1: tsc: not found"], 2, "command"),
        (["curl: (22) The requested URL returned error: 410"], 2, "command"),
        (["what nobody knows", "the last words"], 3, "last output"),
    ],
)
def test_the_cause_is_what_the_command_printed(output: list[str], line: int, why: str) -> None:
    printed = [f"#4 {number}.5 {text}" for number, text in enumerate(output)]
    steps = built(
        "#4 [3/4] RUN npm run build",
        *printed,
        FAILED,
        "------",
        " > [3/4] RUN npm run build:",
        *output,
        "------",
        'ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete successfully',
    )
    cause = steps.cause()
    assert cause is not None
    assert (cause.line, cause.text, cause.why) == (line, output[line - 2], why)


def test_without_output_the_cause_is_what_buildkit_says() -> None:
    cause = built(
        "#4 [3/4] COPY missing ./",
        '#4 ERROR: failed to calculate checksum of ref x: "/missing": not found',
    ).cause()
    assert cause is not None
    assert (cause.line, cause.why) == (2, "BuildKit")


def test_a_build_that_went_well_has_no_cause() -> None:
    assert built("#4 [3/4] RUN make", "#4 0.1 error: none", "#4 DONE 1.0s").cause() is None


def test_the_steps_of_older_docker() -> None:
    steps = built(
        "Step 1/3 : FROM apify/actor-node:16",
        " ---> 2b1c",
        "Step 2/3 : COPY . ./",
        " ---> Using cache",
        "Step 3/3 : RUN npm ci",
        " ---> Running in 9f",
        "npm ERR! code ELOCKVERIFY",
        "The command '/bin/sh -c npm ci' returned a non-zero code: 1",
        "ACTOR: ERROR: Build failed.",
        "after it",
    )
    assert [(step.title, step.outcome, step.lines) for step in steps.steps] == [
        ("Step 1/3 : FROM apify/actor-node:16", "done", 2),
        ("Step 2/3 : COPY . ./", "cached", 2),
        ("Step 3/3 : RUN npm ci", "failed", 4),
    ]
    cause = steps.cause()
    assert cause is not None
    assert (cause.line, cause.why) == (7, "npm")


def test_frames_of_stacks_are_no_steps() -> None:
    steps = built(
        "#0 0x5594cb3d01ca <unknown>",
        "#1 0x5594cae6f180 <unknown>",
        "#0 /var/www/a.php(12): run()",
        "#1 {main}",
        "# a title",
        "#hashtag of a print",
    )
    assert steps.steps == []
    assert step_number(f"{AT}#1 0x5594cae6f180") is None
    assert step_number(f"{AT}#12 [auth] sharing credentials") == 12
    assert step_number(f"{AT}INFO  x #12 y") is None


def test_steps_are_capped() -> None:
    lines = [f"#{number} DONE 0.1s" for number in range(MAX_STEPS + 9)]
    assert len(build_steps(lines).steps) == MAX_STEPS


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("  3:5  error  'x' is not defined  no-undef", "compiler"),
        ("  error: subprocess-exited-with-error", None),
        ("      ModuleNotFoundError: No module named 'setuptools'", "pip"),
        ("  × No solution found when resolving dependencies:", "pip"),
        ("npm error code 1", None),
        ("npm error gyp info it worked if it ends with ok", None),
        ("npm error gyp ERR! find Python", "npm"),
        ("npm ERR! code ELIFECYCLE", None),
        (" ERR_PNPM_OUTDATED_LOCKFILE  Cannot install", "npm"),
        ("error Command failed with exit code 1.", None),
        ("go: github.com/x/y@v1: not found", "compiler"),
        ("go: downloading github.com/x/y v1", None),
        ("error: could not compile `x`", None),
        ("make: *** [Makefile:5: all] Error 2", None),
        ("[vite]: Rollup failed to resolve import", "compiler"),
        ("FATAL ERROR: Reached heap limit", "command"),
    ],
)
def test_what_names_a_reason(text: str, why: str | None) -> None:
    assert cause_of(text) == why


def test_a_word_is_no_reason() -> None:
    assert cause_of("npm warn deprecated error@1.0.0: x") is None
    assert cause_of("found 0 errors in 3 files") is None
    assert cause_of("npm error A complete log of this run can be found in: /root/x.log") is None
