"""The system keyring: backends are plugins, and may fail in any way."""

from __future__ import annotations

import sys

import pytest

from logview.config.keyring import read_token

SECRET = "apify_api_SecretSecretSecret1234"


class PanicException(BaseException):
    """What Rust code that panics raises: no Exception."""


def panic(service: str, account: str) -> str | None:
    raise PanicException(f"called `unwrap()` on {SECRET}")


def leave(service: str, account: str) -> str | None:
    sys.exit(3)


@pytest.mark.parametrize(("ask", "name"), [(panic, "PanicException"), (leave, "SystemExit")])
def test_what_is_no_exception_is_reported_and_not_printed(ask, name, capfd) -> None:
    token, trouble = read_token("service", "account", ask=ask)
    assert token is None
    assert trouble is not None
    assert trouble.startswith(f"the keyring failed ({name}")
    assert SECRET not in trouble
    assert capfd.readouterr() == ("", "")
