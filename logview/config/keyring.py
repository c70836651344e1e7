"""Keyring: the token in the system keyring, where the Apify CLI keeps it there.

The package `keyring` is an optional extra. Asking can fail in many ways, and
can hang: a keyring that is locked asks the person for its password, somewhere.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from logview.secrets.token import Token, scrub

if TYPE_CHECKING:
    from collections.abc import Callable

TIME_LIMIT = 5.0
"""Seconds that the keyring has to answer."""


def read_token(
    service: str,
    account: str,
    *,
    time_limit: float = TIME_LIMIT,
    ask: Callable[[str, str], str | None] | None = None,
) -> tuple[Token | None, str | None]:
    """Ask the system keyring; returns the token, or None and why there is none. Never raises.

    Runs in a daemon thread, so that a keyring that hangs holds neither the
    start for longer than `time_limit` seconds nor the exit at all.
    """
    answers: list[tuple[str | None, str | None]] = []

    def work() -> None:
        try:
            answers.append(((ask or _ask)(service, account), None))
        except ImportError:
            answers.append((None, "install logview[keyring] to read it from there"))
        except BaseException as error:  # noqa: BLE001
            # Backends are plugins and raise anything at all: a panic of Rust code and
            # `sys.exit` are no Exception, and would be printed with what they hold.
            answers.append((None, f"the keyring failed ({_words(error)})"))

    thread = threading.Thread(target=work, name="logview-keyring", daemon=True)
    thread.start()
    thread.join(time_limit)
    if not answers:
        return None, f"the keyring did not answer within {time_limit:g} s; is it locked?"
    value, trouble = answers[0]
    if trouble:
        return None, trouble
    if not value:
        return None, "the keyring has none; log in anew with `apify login`"
    try:
        return Token.parse(value), None
    except ValueError as error:
        return None, f"what the keyring has is not usable: {error}"


def _ask(service: str, account: str) -> str | None:
    import keyring

    value = keyring.get_password(service, account)
    return value if isinstance(value, str) else None


def _words(error: BaseException) -> str:
    words = scrub(" ".join(str(error).split())[:200])
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
