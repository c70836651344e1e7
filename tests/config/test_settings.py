"""Where token, address, theme and keys come from, and which wins."""

from __future__ import annotations

import json
import re
import sys
import threading
import types
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.apify.address import DEFAULT_API_URL, is_loopback, origin_of, parse_api_url
from logview.config import keyring as keyring_token
from logview.config import settings
from logview.config.settings import Settings, SettingsError
from logview.process import files
from logview.secrets.token import Token

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "apify_api_SecretSecretSecret1234"


class Home:
    """A home folder with what a test puts there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environ = {"XDG_CONFIG_HOME": str(path / "config")}

    def config(self, text: str | bytes) -> None:
        path = self.path / "config" / "logview" / "config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def login(self, content: object) -> None:
        path = self.path / ".apify" / "auth.json"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())

    def load(self, *, environ: dict[str, str] | None = None, **arguments: Any) -> Settings:
        given = {"token_file": None, "api_url": None, **arguments}
        return settings.load(**given, environ={**self.environ, **(environ or {})}, home=self.path)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_nothing_at_all(home: Home) -> None:
    assert home.load() == Settings(DEFAULT_API_URL, "default")


class TestToken:
    def test_order(self, home: Home) -> None:
        home.login({"token": "of-the-cli", "username": "jane"})
        assert home.load().token == Token("of-the-cli")
        assert home.load().token_source == "~/.apify/auth.json"

        environ = {"APIFY_TOKEN": " of-the-environment\n"}
        assert home.load(environ=environ).token == Token("of-the-environment")
        assert home.load(environ=environ).token_source == "APIFY_TOKEN"

        file = home.path / "token"
        file.write_text("of-the-file\n")
        loaded = home.load(environ=environ, token_file=str(file))
        assert loaded.token == Token("of-the-file")
        assert loaded.token_source == f"--token-file {file}"

    def test_an_empty_variable_is_none(self, home: Home) -> None:
        home.login({"token": "of-the-cli"})
        assert home.load(environ={"APIFY_TOKEN": ""}).token == Token("of-the-cli")

    def test_the_demo_reads_none(self, home: Home) -> None:
        home.login({"token": "of-the-cli"})
        loaded = home.load(environ={"APIFY_TOKEN": "bad\ntoken"}, demo_url="http://127.0.0.1:1/")
        assert (loaded.token, loaded.token_source) == (None, None)
        assert (loaded.api_url, loaded.api_url_source) == ("http://127.0.0.1:1", "--demo")

    @pytest.mark.parametrize("value", ["one\ntwo", "žluť", "one two"])
    def test_a_variable_that_is_no_token(self, home: Home, value: str) -> None:
        with pytest.raises(SettingsError) as caught:
            home.load(environ={"APIFY_TOKEN": value})
        assert "APIFY_TOKEN" in caught.value.title
        assert value not in str(caught.value)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (None, "there is no file"),
            (b"", "empty"),
            (b"one\ntwo\n", "line break"),
            (b"\xff\xfe\x00", "not a text file"),
            (b"x" * 20_000, "too long"),
        ],
    )
    def test_a_file_that_holds_none(self, home: Home, content: bytes | None, words: str) -> None:
        file = home.path / "token"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(SettingsError, match=words):
            home.load(token_file=str(file))

    def test_odd_names_of_files(self, home: Home) -> None:
        for name in ("", str(home.path), "a\0b", "~nobody-has-this-name/x"):
            with pytest.raises(SettingsError):
                home.load(token_file=name)

    def test_a_byte_order_mark_is_no_part_of_it(self, home: Home) -> None:
        file = home.path / "token"
        file.write_bytes(b"\xef\xbb\xbfabc\r\n")
        assert home.load(token_file=str(file)).token == Token("abc")

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 99_999])
    def test_a_broken_login_is_reported_and_ignored(self, home: Home, content: bytes) -> None:
        home.login(content)
        loaded = home.load()
        assert loaded.token is None
        assert "~/.apify/auth.json is broken" in loaded.notices[0]

    def test_a_broken_token_in_the_login(self, home: Home) -> None:
        home.login({"token": f"{SECRET}\nmore"})
        loaded = home.load()
        assert loaded.token is None
        assert "~/.apify/auth.json" in loaded.notices[0]
        assert SECRET not in loaded.notices[0]

    def test_the_login_is_never_written(self, home: Home) -> None:
        home.login({"token": "x"})
        path = home.path / ".apify" / "auth.json"

        def looks() -> tuple[int, bytes, list[Path]]:
            return path.stat().st_mtime_ns, path.read_bytes(), sorted(path.parent.iterdir())

        before = looks()
        home.load()
        assert looks() == before

    def test_no_repr_shows_it(self, home: Home) -> None:
        home.login({"token": SECRET})
        assert SECRET not in repr(home.load())

    def test_over_plain_http_it_is_reported_to_be_withheld(self, home: Home) -> None:
        environ = {"APIFY_TOKEN": SECRET}
        loaded = home.load(environ=environ, api_url="http://proxy.example.com")
        assert "APIFY_TOKEN is not sent" in loaded.notices[0]
        assert home.load(environ=environ, api_url="http://localhost:1").notices == ()
        assert home.load(environ=environ, api_url="https://proxy.example.com").notices == ()


class TestKeyring:
    @pytest.fixture
    def answers(self, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], object]:
        """Stand in for the optional package; what it answers, by service and account."""
        held: dict[tuple[str, str], object] = {}
        module = types.ModuleType("keyring")

        def get_password(service: str, account: str) -> object:
            value = held.get((service, account))
            if isinstance(value, Exception):
                raise value
            return value

        module.get_password = get_password  # type: ignore[attr-defined]  # a stand-in
        monkeypatch.setitem(sys.modules, "keyring", module)
        return held

    def test_is_asked_where_the_cli_keeps_its_token(
        self, home: Home, answers: dict[tuple[str, str], object]
    ) -> None:
        answers["com.apify.cli", "token"] = SECRET
        home.login({"username": "jane", "secretsBackend": "file"})
        assert home.load().token is None
        home.login({"username": "jane", "secretsBackend": "keyring"})
        loaded = home.load()
        assert loaded.token == Token(SECRET)
        assert loaded.token_source == "the system keyring (apify login)"

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (None, "has none"),
            (5, "has none"),
            ("", "has none"),
            ("one\ntwo", "not usable"),
            (RuntimeError("no D-Bus"), "RuntimeError: no D-Bus"),
            (OSError(), "OSError"),
        ],
    )
    def test_each_failure_is_reported_and_survived(
        self, home: Home, answers: dict[tuple[str, str], object], answer: object, words: str
    ) -> None:
        answers["com.apify.cli", "token"] = answer
        home.login({"secretsBackend": "keyring"})
        loaded = home.load()
        assert loaded.token is None
        assert words in loaded.notices[0]
        assert "system keyring" in loaded.notices[0]

    def test_without_the_package(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "keyring", None)
        home.login({"secretsBackend": "keyring"})
        assert "logview[keyring]" in home.load().notices[0]

    def test_one_that_hangs_is_not_waited_for(self) -> None:
        release = threading.Event()

        def hang(service: str, account: str) -> str | None:
            release.wait()
            return None

        token, trouble = keyring_token.read_token("service", "account", time_limit=0.05, ask=hang)
        holders = [t for t in threading.enumerate() if t.name == "logview-keyring"]
        release.set()
        assert token is None
        assert trouble is not None
        assert "did not answer" in trouble
        assert all(thread.daemon for thread in holders)


class TestApiUrl:
    def test_order(self, home: Home) -> None:
        home.config('api_url = "https://config.example.com"')
        assert home.load().api_url == "https://config.example.com"
        assert home.load().api_url_source == "config.toml"
        environ = {"APIFY_CLIENT_BASE_URL": "https://cli.example.com/v2/"}
        assert home.load(environ=environ).api_url == "https://cli.example.com"
        environ["APIFY_API_BASE_URL"] = "https://sdk.example.com"
        assert home.load(environ=environ).api_url == "https://sdk.example.com"
        assert home.load(environ=environ).api_url_source == "APIFY_API_BASE_URL"
        loaded = home.load(environ=environ, api_url="http://localhost:1")
        assert (loaded.api_url, loaded.api_url_source) == ("http://localhost:1", "--api-url")

    def test_a_bad_one_is_refused_by_name(self, home: Home) -> None:
        with pytest.raises(SettingsError, match="--api-url"):
            home.load(api_url="")
        with pytest.raises(SettingsError, match="APIFY_CLIENT_BASE_URL"):
            home.load(environ={"APIFY_CLIENT_BASE_URL": "nope"})

    @pytest.mark.parametrize("value", ['"nope"', "5"])
    def test_a_bad_one_in_the_file_is_reported(self, home: Home, value: str) -> None:
        home.config(f"api_url = {value}")
        loaded = home.load()
        assert loaded.api_url == DEFAULT_API_URL
        assert "api_url is ignored" in loaded.notices[0]

    @pytest.mark.parametrize(
        ("text", "url"),
        [
            ("https://api.apify.com", "https://api.apify.com"),
            (" HTTPS://api.apify.com/ ", "https://api.apify.com"),
            ("https://api.apify.com/v2", "https://api.apify.com"),
            ("https://api.apify.com/v2/", "https://api.apify.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
            ("http://localhost:", "http://localhost"),
        ],
    )
    def test_good_ones(self, text: str, url: str) -> None:
        assert parse_api_url(text) == url

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "empty"),
            ("api.apify.com", "write https://api.apify.com"),
            ("api.apify.com/v2", "write https://api.apify.com"),
            ("ftp://api.apify.com", "https://"),
            ("https://", "no valid host"),
            ("https://api.apify.com/v3", "write https://api.apify.com"),
            ("https://api.apify.com/v2/logs", "write https://api.apify.com"),
            ("https://api.apify.com?x=y", "write https://api.apify.com"),
            ("https://api.apify.com/v2#x", "write https://api.apify.com"),
            ("https://jane:hunter2@api.apify.com", "write https://api.apify.com"),
            ("https://api.apify.com:99999", "not valid"),
            ("https://api.apify.com:0", "no valid host"),
            ("https://[::1", "not valid"),
            ("https://a b", "spaces"),
            ("https://a..b", "no valid host"),
            ("https://a\nb", "spaces or control"),
        ],
    )
    def test_bad_ones_show_what_to_write(self, text: str, words: str) -> None:
        with pytest.raises(ValueError, match=re.escape(words)) as caught:
            parse_api_url(text)
        assert "hunter2" not in str(caught.value)

    @given(st.text() | st.text().map("https://{}".format) | st.text().map("http://h{}".format))
    def test_any_text(self, text: str) -> None:
        try:
            url = parse_api_url(text)
        except ValueError:
            return
        assert origin_of(url) is not None
        assert parse_api_url(url) == url

    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "[::1]"])
    def test_loopback(self, host: str) -> None:
        assert is_loopback(host)

    @pytest.mark.parametrize(
        "host",
        [
            "",
            "localhost.evil.com",
            "127.0.0.1.evil.com",
            "127.1",
            "127.0.0.256",
            "127.0.0.١",
            "::2",
            "0.0.0.0",
            "10.0.0.1",
            "128.0.0.1",
        ],
    )
    def test_not_loopback(self, host: str) -> None:
        assert not is_loopback(host)


class TestConfig:
    def test_what_it_may_hold(self, home: Home) -> None:
        home.config(
            'theme = "nord"\nmask_on_screen = true\n[keys]\nfollow = "F5"\n"move.down" = "j,down"'
        )
        loaded = home.load()
        assert loaded.theme == "nord"
        assert loaded.mask_on_screen
        assert loaded.keys == {"follow": "F5", "move.down": "j,down"}
        assert loaded.notices == ()

    def test_a_wrong_key_is_reported_by_name_and_ignored(self, home: Home) -> None:
        home.config('tehme = "nord"\n')
        assert "'tehme'" in home.load().notices[0]
        assert home.load().theme is None

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("theme = 5", "theme is ignored"),
            ('theme = ""', "theme is ignored"),
            ('mask_on_screen = "yes"', "mask_on_screen is ignored"),
            ('keys = "x"', "keys is ignored"),
            ("[keys]\nfollow = 5", "'follow' is ignored"),
            ("theme = ", "config.toml is ignored"),
            ("x = " + "[" * 100_000, "config.toml is ignored"),
            (b"\xff\xfe", "not a text in UTF-8"),
            (b"#" * 1_100_000, "longer than 1 MB"),
        ],
    )
    def test_a_broken_one_is_reported_and_ignored(
        self, home: Home, text: str | bytes, words: str
    ) -> None:
        home.config(text)
        loaded = home.load()
        assert words in loaded.notices[0]
        assert (loaded.theme, loaded.keys) == (None, {})

    def test_a_folder_in_its_place(self, home: Home) -> None:
        (home.path / "config" / "logview" / "config.toml").mkdir(parents=True)
        assert "can't be read" in home.load().notices[0]


def test_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert files.state_dir() == tmp_path / "logview"
    assert files.config_dir({"XDG_CONFIG_HOME": str(tmp_path)}) == tmp_path / "logview"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert files.state_dir().is_absolute()
    assert files.config_dir({}).name == "logview"
