"""Bad runs against good ones: the cause is found, and good runs have nothing new."""

from __future__ import annotations

import random
from functools import lru_cache

import pytest

from logview.log.digest.digest import Digest, JobFacts, make_digest
from logview.log.entries.level import Level
from logview.log.patterns.model import Baseline, Model
from logview.log.patterns.tally import make_model
from tests.log.patterns.reading import tally_of
from tests.support.pairs import ACTORS, Run

SUCCEEDED = JobFacts("good", "run", "SUCCEEDED")
FAILED = JobFacts("bad", "run", "FAILED")
ORDINARY = [name for name in ACTORS if name != "long_run"]


@lru_cache
def runs(name: str) -> tuple[tuple[Run, ...], Run]:
    make = ACTORS[name]
    return tuple(make(seed, False) for seed in range(4)), make(7, True)


@lru_cache
def models(name: str) -> tuple[Model, ...]:
    good, _ = runs(name)
    return tuple(
        Model.from_json(make_model(tally_of(run.data), f"good-{at}").to_json())
        for at, run in enumerate(good[:3])
    )


def names_cause(digest: Digest, run: Run) -> bool:
    lines = [one.entry.line for one in digest.new[:3]]
    return run.cause in lines or (digest.cause is not None and digest.cause.entry.line == run.cause)


@pytest.mark.parametrize("name", ORDINARY)
@pytest.mark.parametrize("size", [1, 3])
def test_the_cause_and_what_is_missing_are_found(name: str, size: int) -> None:
    bad = runs(name)[1]
    digest = make_digest(tally_of(bad.data), Baseline(models(name)[:size]), FAILED)
    assert names_cause(digest, bad), (bad.cause, digest.cause, digest.new[:3])
    for start in bad.missing:
        assert any(one.example.startswith(start) for one in digest.missing), start


@pytest.mark.parametrize("name", ORDINARY)
@pytest.mark.parametrize("size", [1, 3])
def test_a_good_run_has_nothing_new(name: str, size: int) -> None:
    good = runs(name)[0][3]
    digest = make_digest(tally_of(good.data), Baseline(models(name)[:size]), SUCCEEDED)
    assert len(digest.new) <= 5, [one.template_text for one in digest.new]
    assert not [one for one in digest.new if (one.entry.level or 0) >= Level.ERROR]
    assert digest.cause is None


@pytest.mark.parametrize("name", ORDINARY)
def test_every_line_of_a_digest_holds_what_is_claimed(name: str) -> None:
    bad = runs(name)[1]
    digest = make_digest(tally_of(bad.data), Baseline(models(name)), FAILED).to_dict()
    entries = [*digest["new"], *[digest["cause"]]]  # type: ignore[misc]
    assert entries
    for entry in entries:
        logged = bad.lines[entry["line"] - 1 : entry["line"] - 1 + entry["lines"]]  # type: ignore[index]
        assert len(logged) == entry["lines"]  # type: ignore[index]
        texts = entry["text"].split("\n")  # type: ignore[index]
        assert all(line.endswith(text) for line, text in zip(logged, texts, strict=True)), (
            logged,
            texts,
        )
    for group in digest["groups"]:  # type: ignore[attr-defined]
        assert bad.lines[group["first_line"] - 1].endswith(group["example"])
        assert group["first_line"] <= group["last_line"] <= len(bad.lines)


def test_models_are_small_and_read_back() -> None:
    model = models("java")[0]
    assert Model.from_json(model.to_json()) == model
    assert len(model.to_json()) < 2_000
    with pytest.raises(ValueError, match="masks"):
        Model.from_json(model.to_json().replace('"masks":', '"masks":9'))


@pytest.mark.slow
def test_a_long_run_of_free_text() -> None:
    make = ACTORS["long_run"]
    model = make_model(tally_of(make(1, False).data), "good")
    assert len(model.to_json()) < 3_000
    bad = make(2, True)
    digest = make_digest(tally_of(bad.data), Baseline([model]), FAILED)
    assert names_cause(digest, bad)
    assert len(digest.new) <= 3
    assert any("Finished!" in one.example for one in digest.missing)


def digest_of(bad: list[str], *good: list[str]) -> Digest:
    known = [make_model(tally_of("\n".join(lines).encode()), "good") for lines in good]
    return make_digest(tally_of("\n".join(bad).encode()), Baseline(known), FAILED)


def new_texts(bad: list[str], *good: list[str]) -> list[str]:
    return [one.entry.text for one in digest_of(bad, *good).new]


def test_what_is_printed_of_the_input_is_no_news() -> None:
    good = ["Language: de", "Country: AT", "query=kettle limit=3", "Searching in Berlin", "Done"]
    bad = ["Language: cs", "Country: CZ", "query=chair limit=9", "Searching in Prague"]
    assert new_texts([*bad, "Quota used up"], good) == ["Quota used up"]


def test_a_near_miss_is_none_where_the_word_is_one_of_failure_or_a_code() -> None:
    good = ["INFO  Login of the account succeeded at last", "WARN  Blocked with status 429 for now"]
    bad = ["INFO  Login of the account failed at last", "WARN  Blocked with status 403 for now"]
    assert sorted(new_texts(bad, good)) == sorted(bad)


def test_free_text_hides_no_line_that_speaks_of_a_failure() -> None:
    chosen = random.Random(3)

    def titles(number: int) -> list[str]:
        letters = "abcdefghijklmnopqrstuvwxyz"
        return [
            " ".join("".join(chosen.choices(letters, k=6)).title() for _ in range(4))
            for _ in range(number)
        ]

    good = [*titles(300), "Uploaded all of it"]
    bad = [*titles(200), "Session expired, the login page is shown", *titles(50)]
    digest = digest_of(bad, good)
    assert [one.entry.line for one in digest.new] == [201]
    assert digest.cause is not None
    assert digest.cause.entry.line == 201
    assert "Uploaded all of it" in [one.text for one in digest.missing[-2:]]
    assert not new_texts([*titles(250), "Uploaded all of it"], good)


@pytest.mark.parametrize(
    "end",
    [
        "ERROR Too many failed requests: 27 of 60",
        "ERROR Giving up after 3 errors",
        "CRITICAL: no results, aborting",
        "ERROR The run has failed.",
        "ACTOR: ERROR: Docker build failed",
    ],
)
def test_what_only_says_that_it_ends_is_no_cause(end: str) -> None:
    cause = digest_of(["INFO  Start", "ERROR No proxy is left", "INFO  Closing", end]).cause
    assert cause is not None
    assert cause.entry.line == 2


def test_none_failed_is_no_failure() -> None:
    lines = ["INFO  Finished! Total 3 requests: 3 succeeded, 0 failed.", "INFO  bye"]
    digest = make_digest(tally_of("\n".join(lines).encode()), None, FAILED)
    assert digest.cause is None


def shop_run(seed: int, *, ends: bool) -> bytes:
    """A run that prints titles of few words, all behind the same first words."""
    random_ = random.Random(seed)
    words = ["gare", "mer", "vue", "près", "double", "piscine", "avec", "chambre", "sur", "inclus"]
    lines = ["[apify] INFO  Initializing Actor..."]
    for number in range(45):
        title = " ".join(random_.choices(words, k=random_.randint(2, 7)))
        price, stock = random_.randrange(10, 300), random_.choice(["yes", "no"])
        lines.append(f"[crawler] INFO  Processing https://shop.example.com/{number}")
        lines.append(f"[__main__] INFO  {title} | {price}.5 | in stock: {stock}")
    if ends:
        lines.append(f"[__main__] INFO  Summary: {random_.randrange(900)} products")
        lines.append("[apify] INFO  Exiting Actor")
    stamp = "2026-11-20T06:00:00.000Z"
    return "".join(f"{stamp} {line}\n" for line in lines).encode()


def test_titles_of_a_single_good_run_are_not_missing() -> None:
    for seed in range(4):
        baseline = Baseline([make_model(tally_of(shop_run(seed, ends=True)), "good")])
        bad = make_digest(tally_of(shop_run(seed + 50, ends=False)), baseline, FAILED)
        examples = [one.example for one in bad.missing]
        assert [one for one in examples if "in stock" not in one] == examples, seed
        assert any("Summary" in one for one in examples)


def test_exceptions_behind_the_same_words_are_told_apart() -> None:
    def run(*thrown: str) -> bytes:
        lines = ["INFO  start"]
        for text in thrown:
            lines += [
                "Traceback (most recent call last):",
                '  File "a.py", line 9, in f',
                "    f()",
            ]
            lines += [text, "INFO  next"]
        return "".join(f"2026-11-20T06:00:00.000Z {line}\n" for line in lines).encode()

    handled = "ValueError: no price on page"
    good = make_model(tally_of(run(handled)), "good")
    bad = make_digest(tally_of(run(handled, "MemoryError: no page of memory")), Baseline([good]))
    assert [one.entry.line for one in bad.new] == [7]
    assert len(bad.groups) == 2
