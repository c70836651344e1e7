"""Shell words: an argument as it is typed into a shell. Light: imports no screen, no HTTP."""

from __future__ import annotations

import os
import shlex


def shell_word(text: str) -> str:
    r"""Quote an argument for a POSIX shell, so that it is printable and on one line.

    Control characters, and bytes of a file's name that are no text, become
    `$'\x1b'` (POSIX.1-2024, 2.2.4; bash, zsh and ksh have long known it): as they
    are, a terminal that they are pasted into would act on them.
    """
    if text.isprintable():
        return shlex.quote(text)
    return f"$'{''.join(map(_escaped, text))}'"


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    # Of three digits each: what follows can't be taken for a part of it.
    return "".join(f"\\{byte:03o}" for byte in os.fsencode(character))
