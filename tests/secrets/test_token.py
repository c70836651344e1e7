"""A token that never shows itself, and texts freed of secrets."""

from __future__ import annotations

import copy
import pickle
from dataclasses import asdict, dataclass
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from logview.secrets.token import HIDDEN, Token, scrub, strip_url_token

SECRET = "apify_api_SecretSecretSecret1234"
VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


class TestToken:
    @given(VISIBLE)
    def test_it_gives_its_value_only_when_asked(self, value: str) -> None:
        token = Token.parse(f" {value}\r\n")
        assert token.reveal() == value
        assert repr(token) == str(token) == f"{token}" == f"Token({HIDDEN})"

    @given(st.text())
    def test_any_text_is_a_token_or_gives_the_reason(self, text: str) -> None:
        words = ""
        try:
            header = f"Bearer {Token.parse(text).reveal()}".encode("ascii")
        except ValueError as error:
            words = str(error)
        assert words.startswith("the token ") or len(header.split()) == 2

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "empty"),
            (" \n", "empty"),
            ("one\ntwo", "line break"),
            ("one\rtwo", "line break"),
            ("žluť", "ASCII"),
            ("one two", "space"),
            ("one\x00", "control"),
            ("one\x7f", "control"),
        ],
    )
    def test_what_is_none_is_reported_without_its_value(self, text: str, words: str) -> None:
        with pytest.raises(ValueError, match=words) as caught:
            Token.parse(text)
        assert not text.strip() or text.strip() not in str(caught.value)

    def test_equality_and_hash(self) -> None:
        assert Token("a") == Token("a")
        assert Token("a") != Token("b")
        assert Token("a") != "a"
        assert len({Token("a"), Token("a"), Token("b")}) == 2

    def test_it_is_not_pickled_but_can_be_copied(self) -> None:
        token = Token(SECRET)
        with pytest.raises(TypeError):
            pickle.dumps(token)
        assert copy.copy(token) is token
        assert copy.deepcopy([token]) == [token]

        @dataclass
        class Holder:
            token: Token

        assert SECRET not in repr(asdict(Holder(token)))

    def test_it_has_no_dict_to_read(self) -> None:
        with pytest.raises(TypeError):
            vars(Token(SECRET))


class TestScrub:
    @given(VISIBLE, st.text(max_size=20), st.text(max_size=20))
    def test_the_token_in_use_goes_wherever_it_stands(
        self, value: str, before: str, after: str
    ) -> None:
        assume(value not in HIDDEN + "Token()" and len(value) > 3)
        text = scrub(f"{before}{value}{quote(value, safe='')}{after}", Token(value))
        rest = scrub(before + HIDDEN + HIDDEN + after)
        assert value not in text or value in rest

    @pytest.mark.parametrize(
        "text",
        [
            f"GET https://api.apify.com/v2/logs/x?stream=true&token={SECRET}&raw=true",
            f"https://x/#token={SECRET}",
            f"Authorization: Bearer {SECRET}",
            f"authorization: {SECRET}",
            f"{{'Authorization': 'Bearer {SECRET}', 'x': 1}}",
            f"(b'authorization', b'Bearer {SECRET}')",
            f"Proxy-Authorization: Basic {SECRET}",
            f"bare {SECRET}.",
            f"https://user:{SECRET}@proxy:8080/",
            "apify_proxy_SecretSecretSecret1234",
            "Bearer eySecretSecretSecret.abc.def",
        ],
    )
    def test_known_shapes_go(self, text: str) -> None:
        assert "SecretSecret" not in scrub(text)
        assert HIDDEN in scrub(text)

    @pytest.mark.parametrize(
        "text",
        [
            "The API answered 401: The token is not valid.",
            "https://console.apify.com/actors/aaa/runs/bbb#log",
            "set APIFY_TOKEN, then try again",
            "https://host:8080/x@y",
        ],
    )
    def test_plain_words_stay(self, text: str) -> None:
        assert scrub(text) == text

    @given(st.text())
    def test_twice_is_as_once(self, text: str) -> None:
        assert scrub(scrub(text)) == scrub(text)


class TestLinks:
    @pytest.mark.parametrize(
        ("url", "cleaned"),
        [
            ("https://a/b?token=x", "https://a/b"),
            ("https://a/b?stream=1&TOKEN=x&raw=1", "https://a/b?stream=1&raw=1"),
            ("https://a/b#token=x", "https://a/b"),
            ("https://a/b#/runs/y?token=x", "https://a/b#/runs/y"),
            ("https://me:pw@a/b", "https://a/b"),
        ],
    )
    def test_secrets_are_cut_out(self, url: str, cleaned: str) -> None:
        assert strip_url_token(url) == (cleaned, True)

    @pytest.mark.parametrize("url", ["https://a/b?x=token#log", "https://a/b", "", "HTTPS://A//b?"])
    def test_other_links_stay_as_they_are(self, url: str) -> None:
        assert strip_url_token(url) == (url, False)

    @given(st.text())
    def test_any_text_survives(self, url: str) -> None:
        cleaned, removed = strip_url_token(url)
        assert removed or cleaned == url

    def test_one_that_cannot_be_taken_apart_is_scrubbed(self) -> None:
        cleaned, removed = strip_url_token(f"https://[a?token={SECRET}")
        assert SECRET not in cleaned
        assert removed
