from __future__ import annotations

import json

from logview.log.digest.digest import Digest, JobFacts, make_digest
from logview.log.digest.text import digest_text
from logview.log.patterns.tally import LogTally, make_model
from logview.secrets.masker import Masker

FAILED = JobFacts("HG7ML7M8z78YcAPEB", "run", "FAILED")


def digest_of(lines: list[str], job: JobFacts | None = FAILED, cut: int = 3) -> Digest:
    tally = LogTally()
    stamped = [
        f"2026-11-20T06:00:{number // 100:02}.{number % 100:02}0Z {line}"
        for number, line in enumerate(lines)
    ]
    for at in range(0, len(stamped), cut):
        tally.feed(stamped[at : at + cut])
    tally.finish()
    return make_digest(tally, None, job)


CRAWL = [
    "ACTOR: Creating container.",
    "INFO  CheerioCrawler: Starting the crawler.",
    "WARN  CheerioCrawler: Reclaiming failed request back to the list or queue. blocked",
    ' {"id":"Aa1","url":"https://a.example/?token=secret","retryCount":1}',
    "INFO  CheerioCrawler:Statistics: CheerioCrawler request statistics: "
    '{"requestsFinished":3,"requestsFailed":0}',
    'ERROR CheerioCrawler: Request failed and reached maximum retries. boom {"id":"Aa1",'
    '"url":"https://a.example/?token=secret","method":"GET","uniqueKey":"u"}',
    "INFO  CheerioCrawler:Statistics: CheerioCrawler request statistics: "
    '{"requestsFinished":9,"requestsFailed":1}',
    "INFO  [Status message]: Crawled 9/10 pages, 1 failed requests, desired concurrency 4.",
]


def test_the_digest_has_the_requests_and_numbers_of_a_crawl() -> None:
    digest = digest_of(CRAWL)
    text = digest_text(digest, lambda text: text.replace("secret", "•"))
    assert "Failed requests: 1 failed for good" in text
    assert "failed for good, 2 failed tries, lines 3 6: https://a.example/?token=•" in text
    assert "requests finished   ▃█" in text
    assert "Last status message, line 8: Crawled 9/10 pages" in text
    assert "secret" not in text
    data = digest.to_dict(lambda text: text.replace("secret", "•"))
    assert "secret" not in json.dumps(data)
    assert data["requests"] == [
        {
            "url": "https://a.example/?token=•",
            "id": "Aa1",
            "method": "GET",
            "outcome": "failed",
            "tries": 2,
            "reason": "boom",
            "reasons": ["blocked", "boom"],
            "lines": [3, 6],
        }
    ]


def test_only_the_last_attempt_counts() -> None:
    again = ["ACTOR: Creating container.", *CRAWL[1:2], *CRAWL[6:]]
    digest = digest_of([*CRAWL, *again])
    assert digest.to_dict()["requests"] == []


BUILD = [
    "ACTOR: Building the image.",
    "#4 [3/4] RUN npm run build",
    "#4 0.540 > tsc -p tsconfig.json",
    "#4 2.918 src/main.ts(27,13): error TS2339: Property 'stars' is missing.",
    *(f"#5 {number}.0 fetched package {number}" for number in range(500)),
    '#4 ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 2',
    "------",
    'ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete successfully',
    "ACTOR: ERROR: Build failed.",
]


def test_the_cause_of_a_build_is_what_its_step_printed() -> None:
    digest = digest_of(BUILD, JobFacts("b", "build", "FAILED"), cut=100)
    assert digest.cause is not None
    assert digest.cause.entry.line == 4
    assert "error TS2339" in digest.cause.entry.text
    assert "compiler" in digest.cause.why
    text = digest_text(digest)
    assert "FAILED       2.9 s  #4 [3/4] RUN npm run build (line 2, 4 lines)" in text
    assert digest.to_dict()["steps"] == [
        {
            "number": 4,
            "title": "[3/4] RUN npm run build",
            "outcome": "failed",
            "seconds": 2.918,
            "line": 2,
            "lines": 4,
        },
        {
            "number": 5,
            "title": "",
            "outcome": "open",
            "seconds": 499.0,
            "line": 5,
            "lines": 500,
        },
    ]


def test_a_cause_that_no_line_names_is_the_last_output() -> None:
    lines = ["#4 [3/4] RUN ./x", "#4 0.1 nothing to see", *BUILD[-4:]]
    digest = digest_of(lines, JobFacts("b", "build", "FAILED"))
    assert digest.cause is not None
    assert digest.cause.entry.line == 2


def test_examples_have_no_half_of_a_secret_and_are_short() -> None:
    secret = "apify_api_" + "aBcD" * 9
    lines = ["INFO  " + "x" * at + f" {secret} and more " + "word " * 200 for at in range(20, 180)]
    tally = LogTally()
    tally.feed([*lines, "ERROR " + "y" * 10_000, "end"])
    tally.finish()
    masker = Masker()
    kept = make_model(tally, "good").to_json(masker.mask_text)
    assert "aBcDaBcD" not in kept
    assert len(kept) < 200 * 1000
    digest = make_digest(tally, None, FAILED)
    (group,) = json.loads(json.dumps(digest.to_dict(masker.mask_text)))["groups"]
    assert len(group["example"]) < 3_000
    assert len(digest_text(digest)) < 6_000
    assert "162 lines, 162 entries: 1 ERROR, 160 INFO, 1 without a level" in digest_text(digest)
