"""Answers that are refusals: each becomes an error that says what it is, means and asks for."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.apify import errors
from logview.apify.answers import TokenUse, begins_as_html, error_from_answer, seconds_of
from logview.secrets.token import Token

SECRET = "apify_api_SecretSecretSecret1234"
USE = TokenUse(Token(SECRET), "~/.apify/auth.json", sent=True)


def api_body(kind: str, message: str) -> bytes:
    return json.dumps({"error": {"type": kind, "message": message}}).encode()


def tree(base: type[errors.ApifyError]) -> set[type[errors.ApifyError]]:
    return {base}.union(*(tree(kind) for kind in base.__subclasses__()))


def test_the_map_in_the_docstring_is_complete() -> None:
    assert errors.__doc__ is not None
    for kind in tree(errors.ApifyError):
        assert kind.__name__ in errors.__doc__


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, errors.BadRequest, False),
        (401, errors.Unauthorized, False),
        (402, errors.Refused, False),
        (403, errors.Forbidden, False),
        (404, errors.NotFound, False),
        (405, errors.MethodNotAllowed, False),
        (407, errors.ProxyFailed, True),
        (408, errors.ServerError, True),
        (418, errors.Refused, False),
        (429, errors.RateLimited, True),
        (500, errors.ServerError, True),
        (503, errors.ServerError, True),
        (599, errors.ServerError, True),
        (204, errors.UnexpectedAnswer, True),
        (304, errors.UnexpectedAnswer, True),
        (600, errors.UnexpectedAnswer, True),
        (999, errors.UnexpectedAnswer, True),
    ],
)
def test_each_status_has_its_class(
    status: int, kind: type[errors.ApifyError], retryable: bool
) -> None:
    error = error_from_answer(status, api_body("some-type", "No, because."))
    assert type(error) is kind
    assert (error.status, error.type, error.message) == (status, "some-type", "No, because.")
    assert error.retryable is retryable
    assert "No, because." in str(error)
    assert error.meaning
    assert error.remedy


@given(st.integers(300, 999), st.binary(max_size=300))
def test_any_body_makes_an_error(status: int, body: bytes) -> None:
    error = error_from_answer(status, body, use=USE)
    assert str(status) in error.cause


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b'"x"',
        b'{"error": null}',
        b'{"error": {"type": 5, "message": []}}',
        b"[" * 100_000,
        b"9" * 10_000,
        b"\xff\xfe\x00",
    ],
)
def test_broken_bodies(body: bytes) -> None:
    assert error_from_answer(503, body).cause == "The API answered 503: service unavailable"


def test_a_web_page_is_named_by_its_title() -> None:
    page = b"\n<!DOCTYPE html><html><TITLE>502\n Bad Gateway</title><body>nginx"
    assert "a web page, “502 Bad Gateway”" in error_from_answer(502, page).cause


def test_a_huge_message_is_cut_to_one_short_line() -> None:
    error = error_from_answer(400, api_body("x" * 5000, "no\nno\t" * 100_000))
    assert len(error.cause) < 600
    assert "\n" not in error.cause
    assert len(error.type) <= 80


class TestWhatToDoAboutTheToken:
    def test_refused(self) -> None:
        error = error_from_answer(401, api_body("invalid-token", "Nope."), use=USE)
        assert "The token from ~/.apify/auth.json was refused" in error.meaning
        assert "APIFY_TOKEN" in error.remedy
        assert "--token-file" in error.remedy

    def test_none_was_sent(self) -> None:
        error = error_from_answer(401, api_body("token-not-provided", "Nope."))
        assert "No token was sent" in error.meaning
        assert "APIFY_TOKEN" in error.remedy

    def test_withheld(self) -> None:
        use = TokenUse(Token(SECRET), "APIFY_TOKEN", withheld=True)
        error = error_from_answer(401, b"", use=use)
        assert "APIFY_TOKEN was not sent, because the API URL is plain http" in error.meaning

    def test_forbidden(self) -> None:
        error = error_from_answer(403, api_body("insufficient-permissions", "No."), use=USE)
        assert "from ~/.apify/auth.json may not read this run or build" in error.meaning

    def test_forbidden_without_one(self) -> None:
        assert "APIFY_TOKEN" in error_from_answer(403, api_body("x", "No.")).remedy

    def test_not_found_shows_that_none_was_sent(self) -> None:
        error = error_from_answer(404, api_body("record-or-token-not-found", "No."))
        assert "mistyped" in error.meaning
        assert "No token was sent" in error.remedy

    def test_its_value_is_in_no_message_that_echoes_it(self) -> None:
        error = error_from_answer(401, api_body("t", f"token {SECRET} is wrong"), use=USE)
        assert SECRET not in f"{error} {error!r} {vars(error)}"
        odd = Token("odd-but-valid")
        page = b"<title>bad odd-but-valid</title>"
        assert "odd-but-valid" not in error_from_answer(502, page, use=TokenUse(odd)).cause


def test_a_404_that_is_not_the_apis_points_at_the_address() -> None:
    error = error_from_answer(404, b"<title>Not Found</title>", address="https://example.com")
    assert isinstance(error, errors.NotFound)
    assert "https://example.com" in error.meaning
    assert "--api-url" in error.remedy


@pytest.mark.parametrize(
    ("head", "is_page"),
    [
        (b"", None),
        (b"\xef\xbb\xbf\r\n <!Doct", None),
        (b" <HTML lang=en>", True),
        (b"\xef\xbb\xbf<!DOCTYPE html>", True),
        (b"<b>", False),
        (b"\n2026", False),
        (b"\n" * 2000, False),
    ],
)
def test_the_beginning_of_a_page(head: bytes, is_page: bool | None) -> None:
    assert begins_as_html(head) is is_page


def test_405_names_the_address() -> None:
    error = error_from_answer(405, b"", address="https://example.com")
    assert "https://example.com does not answer as Apify's API" in error.meaning
    assert "--api-url" in error.remedy


NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("3", 3.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("999999999", 3600.0),
        ("9" * 400, 3600.0),
        ("00000000030", 30.0),
        ("-5", None),
        ("nan", None),
        ("1e400", None),
        ("soon", None),
        ("Fri, 02 Jan 2026 03:04:35 GMT", 30.0),
        ("Fri, 02 Jan 2026 03:04:00 GMT", 0.0),
        ("Fri, 02 Jan 9999 03:04:00 GMT", 3600.0),
        ("Fri, 99 Jan 2026 03:04:00 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert seconds_of(header, NOW) == seconds


@given(st.text())
def test_any_retry_after(header: str) -> None:
    seconds = seconds_of(header, NOW)
    assert seconds is None or 0 <= seconds <= 3600
