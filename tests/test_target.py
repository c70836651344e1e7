"""What a text means: `-`, a link, a file, an ID, or nothing (and then why)."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.target import (
    TOKEN_REMOVED,
    FileTarget,
    JobTarget,
    NamedTarget,
    RunSelector,
    SeveralTarget,
    StdinTarget,
    TargetError,
    combine,
    parse,
)

API = "http://127.0.0.1:4321"
ID = "HG7ML7M8z78YcAPEB"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        (f"https://console.apify.com/actors/abc/runs/{ID}#log", "run"),
        (f"https://console.apify.com/actors/abc/runs/{ID}/?x=y", "run"),
        (f"https://console.apify.com/view/runs/{ID}", "run"),
        (f"https://my.apify.com/view/runs/{ID}", "run"),
        (f"https://console.apify.com/organization/o/actors/tasks/t/runs/{ID}#log", "run"),
        (f"https://console.apify.com/actors/abc/builds/{ID}", "build"),
        (f"https://console.apify.com/actors/abc#/builds/{ID}", "build"),
        (f"https://api.apify.com/v2/logs/{ID}", None),
        (f"https://api.apify.com/v2/logs/{ID}?stream=true", None),
        (f"https://api.apify.com/v2/actor-runs/{ID}/log", "run"),
        (f"https://api.apify.com/v2/acts/jane~x/runs/{ID}", "run"),
        (f"https://api.apify.com/v2/actor-builds/{ID}", "build"),
        (f"HTTPS://Console.Apify.COM/view/runs/{ID}", "run"),
        (f"console.apify.com/view/runs/{ID}", "run"),
        (f"api.apify.com/v2/logs/{ID}", None),
        (f"{API}/v2/logs/{ID}", None),
        (f"  https://console.apify.com/view/runs/{ID}\n", "run"),
        (f"https://console.apify.com:443//view//runs//{ID}", "run"),
    ],
)
def test_links(link: str, kind: str | None) -> None:
    assert parse(link, api_url=API) == JobTarget(ID, kind, None)  # type: ignore[arg-type]  # str


def test_a_link_wins_over_a_file_of_that_name() -> None:
    path = Path("console.apify.com/view/runs")
    path.mkdir(parents=True)
    (path / ID).write_text("x")
    assert parse(f"console.apify.com/view/runs/{ID}", api_url=API) == JobTarget(ID, "run")


@pytest.mark.parametrize("place", ["?token=SeCrEt", "?a=b&token=SeCrEt#log", "#token=SeCrEt"])
def test_a_token_in_a_link_is_removed_and_reported(place: str) -> None:
    link = f"https://api.apify.com/v2/logs/{ID}{place}"
    assert parse(link, api_url=API) == JobTarget(ID, None, TOKEN_REMOVED)
    assert "SeCrEt" not in parse(link, api_url=API).description
    assert "token" in parse(link, api_url=API).description


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "Nothing to open"),
        (" \n", "Nothing to open"),
        (f"https://evil.com/runs/{ID}", "Not a link to Apify"),
        (f"https://apify.com.evil.com/runs/{ID}", "Not a link to Apify"),
        (f"https://evilapify.com/runs/{ID}", "Not a link to Apify"),
        (f"https://console.apify.com@evil.com/runs/{ID}", "Not a link to Apify"),
        (f"http://localhost/runs/{ID}", "Not a link to Apify"),
        ("http://[", "Not a link"),
        ("http://", "Not a link to Apify"),
        ("ftp://api.apify.com/v2/logs/x", "Not a link to Apify"),
        ("https://console.apify.com/actors/abc", "This link names no run or build"),
        ("https://console.apify.com/actors/abc/runs", "This link names no run or build"),
        ("https://apify.com/jane/scraper", "This link names no run or build"),
        ("https://api.apify.com/v2/acts/x/runs/last/log", "This link names no run"),
        ("https://console.apify.com/actors/a#/builds/0.1.2", "This is a build number, not an ID"),
        ("https://console.apify.com/actors/a/builds/0.1.22", "This is a build number, not an ID"),
        ("0.1.2", "This is a build number, not an ID"),
        ("https://api.apify.com/v2/logs/a%20b", "Not an ID"),
        ("nothing.log", "There is no such file"),
        ("some/where.log", "There is no such file"),
        ("./some/where", "There is no such file"),
        ("../where", "There is no such file"),
        (".hidden/where", "There is no such file"),
        ("some/where/else", "There is no such file"),
        ("some/Where", "There is no such file"),
        ("jane/scraper@", "This names no run"),
        ("jane/scraper@0", "This names no run"),
        ("jane/scraper@latest", "This names no run"),
        ("jane/apify_api_SecretSecretSecret1234", "There is no such file"),
        ("some\\where", "There is no such file"),
        ("~nobody-has-this-name/x", "There is no such file"),
        ("two words", "Not an ID"),
        ("žluť", "Not an ID"),
        ("😀", "Not an ID"),
        ("a\x1b[31mb", "Not an ID"),
        ("\x00", "Not an ID"),
        ("x" * 101, "Not an ID"),
        ("x" * 10_000, "Not an ID"),
        ("apify_api_SecretSecretSecret1234", "This is a token"),
        ("apify_api_x", "This is a token"),
        ("abc?token=SecretSecret", "This is a token"),
        ("/dev/null", "This is a device"),
    ],
)
def test_what_means_nothing_gives_the_reason(text: str, title: str) -> None:
    with pytest.raises(TargetError) as caught:
        parse(text, api_url=API)
    assert caught.value.title == title
    assert caught.value.msg
    assert "Secret" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "text", [ID, "eXample16letters", "jane~my-actor", "a_b-c", "?&#", "x" * 100]
)
def test_ids(text: str) -> None:
    assert parse(text, api_url=API) == JobTarget(text)
    assert parse(text, api_url=API).description == "run or build ID"


def test_standard_input() -> None:
    assert parse("-", api_url=API) == StdinTarget()
    assert parse(" - ", api_url=API).description == "standard input"


class TestFiles:
    def test_one_that_exists(self, tmp_path: Path) -> None:
        Path("app.log").write_bytes(b"x" * 4_200_000)
        assert parse("app.log", api_url=API) == FileTarget(Path("app.log"), 4_200_000)
        assert parse("app.log", api_url=API).description == "file, 4.2 MB"
        assert parse("app.log", api_url=API, cwd=tmp_path) == FileTarget(
            tmp_path / "app.log", 4_200_000
        )
        assert parse("~/app.log", api_url=API) == FileTarget(tmp_path / "app.log", 4_200_000)

    def test_one_named_as_an_id_wins(self) -> None:
        Path(ID).touch()
        assert parse(ID, api_url=API) == FileTarget(Path(ID), 0)
        assert parse(ID, api_url=API).description == "file, empty"

    def test_a_folder(self) -> None:
        Path("logs").mkdir()
        with pytest.raises(TargetError, match="folder"):
            parse("logs", api_url=API)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
    def test_a_pipe(self) -> None:
        os.mkfifo("pipe")
        assert parse("pipe", api_url=API) == FileTarget(Path("pipe"), 0)
        assert parse("pipe", api_url=API).description == "pipe"

    @pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs sockets with names")
    def test_a_socket(self) -> None:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("s.sock")
            with pytest.raises(TargetError, match="socket"):
                parse("s.sock", api_url=API)

    def test_one_that_may_not_be_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        path = Path("secret.log")
        path.touch(mode=0o000)
        if os.access(path, os.R_OK):  # root may read anything
            monkeypatch.setattr("os.access", lambda *_: False)
        with pytest.raises(TargetError, match="permission denied"):
            parse("secret.log", api_url=API)

    def test_a_loop_of_links(self) -> None:
        Path("a.log").symlink_to("b.log")
        Path("b.log").symlink_to("a.log")
        with pytest.raises(TargetError):
            parse("a.log", api_url=API)

    @pytest.mark.skipif(os.name == "nt", reason="names are bytes on POSIX")
    def test_a_name_that_is_no_text(self) -> None:
        name = os.fsdecode(b"\xff\xfe.log")
        try:
            Path(name).touch()
        except OSError:
            pytest.skip("this file system takes text only")
        assert parse(name, api_url=API) == FileTarget(Path(name), 0)


PIECES = st.sampled_from(
    [
        "https://",
        "http://",
        "console.apify.com",
        "api.apify.com",
        "127.0.0.1:4321",
        "token=",
        "runs",
        "builds",
        "logs",
        "0.1.2",
        "%2F",
        "%ff",
        "..",
        *"/#?@:[]%&~-",
    ]
)


@given(st.text() | st.lists(PIECES | st.text(max_size=5)).map("".join))
def test_any_text_means_something_or_gives_the_reason(text: str) -> None:
    try:
        target = parse(text, api_url=API)
    except TargetError as error:
        f"{error}".encode()
        with pytest.raises(TargetError):
            parse(text, api_url=API)
    else:
        parse(text, api_url=API).description.encode()
        if isinstance(target, JobTarget):
            assert target.id.isascii()
            assert target.id.isprintable()
            assert 0 < len(target.id) <= 100


@given(st.binary())
def test_any_argument_of_bytes(argument: bytes) -> None:
    try:
        parse(os.fsdecode(argument), api_url=API)
    except TargetError as error:
        f"{error}".encode()


# -- Actors and tasks by name -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "selector", "words"),
    [
        ("jane/scraper", RunSelector(), "newest run of jane/scraper"),
        (
            "jane/scraper@last-succeeded",
            RunSelector("SUCCEEDED", suffix="@last-succeeded"),
            "newest run of jane/scraper that succeeded",
        ),
        (
            "jane/scraper@last-failed",
            RunSelector("FAILED", suffix="@last-failed"),
            "newest run of jane/scraper that failed",
        ),
        (
            "jane/scraper@running",
            RunSelector("RUNNING", suffix="@running"),
            "newest run of jane/scraper that is running",
        ),
        (
            "jane/scraper@2",
            RunSelector(number=2, suffix="@2"),
            "2nd newest run of jane/scraper",
        ),
        (
            "jane/scraper@113",
            RunSelector(number=113, suffix="@113"),
            "113th newest run of jane/scraper",
        ),
    ],
)
def test_a_name_means_a_run_of_an_actor_or_task(
    text: str, selector: RunSelector, words: str
) -> None:
    target = parse(text, api_url=API)
    assert target == NamedTarget("jane", "scraper", selector)
    assert target.description == words
    assert isinstance(target, NamedTarget)
    assert parse(target.argument, api_url=API) == target


@pytest.mark.parametrize("name", ["jane/scraper", "jane/scraper@2"])
def test_a_file_of_that_name_wins(name: str) -> None:
    Path("jane").mkdir()
    Path(name).write_text("x")
    assert parse(name, api_url=API) == FileTarget(Path(name), 1)


def test_a_folder_without_an_actor_may_have_the_name_of_one() -> None:
    Path("jane/scraper").mkdir(parents=True)
    assert parse("jane/scraper", api_url=API) == NamedTarget("jane", "scraper")
    with pytest.raises(TargetError, match="folder"):
        parse("jane", api_url=API)


def test_a_link_to_an_actor_leads_to_its_name() -> None:
    with pytest.raises(TargetError, match="jane/scraper names the newest run"):
        parse("https://api.apify.com/v2/acts/jane~scraper/runs/last?status=FAILED", api_url=API)
    with pytest.raises(TargetError, match="jane/scraper names the newest run"):
        parse("https://api.apify.com/v2/acts/jane~scraper", api_url=API)


@pytest.mark.parametrize("text", [".", "it", "it/", "it@last-failed", ".@2"])
def test_the_folder_of_an_actor_means_its_newest_run(text: str) -> None:
    for folder in (Path(), Path("it")):
        (folder / ".actor").mkdir(parents=True)
        (folder / ".actor/actor.json").write_text('{"actorSpecification": 1, "name": "scraper"}')
    target = parse(text, api_url=API)
    assert isinstance(target, NamedTarget)
    assert (target.owner, target.name) == ("", "scraper")
    assert target.full_name("jane") == "jane/scraper"
    again = parse(target.argument, api_url=API)
    assert isinstance(again, NamedTarget)
    assert (again.name, again.selector) == (target.name, target.selector)


@pytest.mark.parametrize(
    "written", ["", "{", "[]", "{}", '{"name": 5}', '{"name": "a/b"}', '{"name": "../x"}']
)
def test_a_folder_whose_actor_has_no_name_gives_the_reason(written: str) -> None:
    Path(".actor").mkdir()
    Path(".actor/actor.json").write_text(written)
    with pytest.raises(TargetError, match=r"actor\.json"):
        parse(".", api_url=API)


def test_a_folder_that_is_no_actors_gives_the_reason() -> None:
    with pytest.raises(TargetError, match=r"no Actor's.*\.actor/actor\.json"):
        parse(".", api_url=API)


def test_what_is_named_twice_is_one_log() -> None:
    Path("app.log").touch()
    texts = [ID, f"https://console.apify.com/actors/runs/{ID}?token=apify_api_x", "app.log"]
    parts = [parse(text, api_url=API) for text in (*texts, "./app.log", "jane/x", "jane/x@2")]
    several = combine(parts)
    assert isinstance(several, SeveralTarget)
    assert [part.description for part in several.targets] == [
        "run or build ID", "file, empty", "newest run of jane/x", "2nd newest run of jane/x",
    ]  # fmt: skip
    assert combine(parts[:2]) == parts[0]
