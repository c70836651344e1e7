"""Positional secrets: those that are known by where they stand, not by a name and a sign.

Passwords in addresses without a scheme and in escaped ones, on the command lines of programs that
take them, elements and attributes of XML and HTML, objects with a name and a value (headers and
cookies as browsers and HAR files list them), and what GitHub Actions workflows mask.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logview.secrets.named import find_named_secrets
from logview.secrets.rules import Hint, Rule, Span, is_password, is_placeholder, is_random

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPED_USERINFO = re.compile(
    r"%3a%2f%2f[\w.~-]{0,256}%3a((?:(?!%(?:40|2f|3f))[^\s/?#\"'`<>\\‹›]){1,512})%40"
)


def find_escaped_userinfo(text: str, low: str) -> list[Span]:
    """Return the passwords of addresses in percent encoding."""
    return _values(_ESCAPED_USERINFO, "password", text, low)


_HOST_AND_PORT = re.compile(r"@(?:[a-z0-9-]{1,63}\.){1,10}[a-z0-9-]{1,63}:\d{2,5}(?!\w)")
_USER_AND_PASSWORD = re.compile(r"[\w.,~=+-]:([^\s/:@\"'`<>\\‹›]{1,200})\Z")


def find_bare_userinfo(text: str, low: str) -> list[Span]:
    """Return the password of `user:password@host.name:port`."""
    found = []
    for host in _HOST_AND_PORT.finditer(low):
        before = _USER_AND_PASSWORD.search(text, max(0, host.start() - 202), host.start())
        if before is not None and not is_placeholder(text, *before.span(1)):
            found.append((*before.span(1), "password"))
    return found


_PROXY = re.compile(
    r":[0-9]{2,5}:(?=[^\s:]{0,99}[a-z])[^\s:@/\"'<>‹›]{1,100}:([^\s:@/\"'<>,;(){}\[\]‹›]{6,200})(?!:)"
)
_HOST_END = re.compile(
    r"(?<![\w.:/-])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24})\Z"
)


def find_proxies(text: str, low: str) -> list[Span]:
    """Return the password of `host:port:user:password`, as lists of proxies have it."""
    found = []
    for rest in _PROXY.finditer(low):
        host = _HOST_END.search(low, max(0, rest.start() - 260), rest.start())
        if host is not None and is_password(text[slice(*rest.span(1))]):
            found.append((*rest.span(1), "password"))
    return found


_NETRC = re.compile(
    r"machine[ \t]{1,8}[^\s]{1,253}[ \t]{1,8}login[ \t]{1,8}[^\s]{1,253}[ \t]{1,8}"
    r"password[ \t]{1,8}([^\s‹›]{1,512})"
)


def find_netrc(text: str, low: str) -> list[Span]:
    """Return the passwords in lines of `.netrc`."""
    found = _values(_NETRC, "password", text, low)
    return [span for span in found if is_password(text[span[0] : span[1]])]


_USER_THEN_PASSWORD = re.compile(
    r"auth[\"']?[ \t]{0,2}[=:]?[ \t]{0,2}[(\[][ \t]{0,2}[bru]?[\"'][^\"'\n]{0,100}[\"'],[ \t]{0,2}"
    r"[bru]?[\"']([^\"'\n‹›]{1,512})[\"'][ \t]{0,2}[)\],]"
)


def find_auth_pairs(text: str, low: str) -> list[Span]:
    """Return the password of `auth=('user', 'password')` and `BasicAuth('user', 'password')`."""
    return _values(_USER_THEN_PASSWORD, "password", text, low)


_COMMANDS = (
    # programs, what stands before the password, whether a space between the two may be or must be
    (("docker login", "podman login", "nerdctl login", "buildah login", "skopeo login",
      "helm registry login", "oras login", "cf login", "oc login", "az login", "az acr login",
      "twine upload", "cqlsh", "rabbitmqadmin"), "-p", "must"),
    (("sshpass", "mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport"),
     "-p", "may"),
    (("mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlpump", "mysqlshow", "mysqlcheck",
      "mysqlsh", "mariadb", "mariadb-dump", "mariadb-admin", "mycli", "7z", "7za", "7zr", "rar",
      "unrar"), "-p", "no"),
    (("redis-cli", "keydb-cli", "valkey-cli"), "-a", "must"),
    (("ldapsearch", "ldapmodify", "ldapadd", "ldapdelete", "ldapwhoami"), "-w", "may"),
    (("sqlcmd", "bcp", "osql", "isql", "mosquitto_pub", "mosquitto_sub", "unzip", "zip"),
     "-P", "may"),
    (("openssl",), "pass:", "no"),
)  # fmt: skip
_NOT_WITHIN = r"(?<![\w.-])"
_BETWEEN = r"(?:[\"'],[ ]?[\"']|[ =]{1,4})"
_SPACE = {"may": f"{_BETWEEN}?", "must": _BETWEEN, "no": ""}
_QUOTED_WORD = r"(?:\"([^\"‹›]+)\"|'([^'‹›]+)')"
_BARE_WORD = r"([^\s\"'`<>‹›=;|&-][^\s\"'`<>‹›;|&]*)"
_BY_COMMAND = tuple(
    (
        programs,
        re.compile(
            _NOT_WITHIN
            + f"(?:{'|'.join(map(re.escape, programs))})"
            + r"(?:\.exe)?(?=[\s\"'])[^|;\n]{0,400}?"
            + rf"(?:(?<=\s){re.escape(flag)}{_SPACE[space]}{_QUOTED_WORD}"
            + rf"|(?<=[\s\"']){re.escape(flag)}{_SPACE[space]}{_BARE_WORD})"
        ),
    )
    for programs, flag, space in _COMMANDS
)


def find_command_passwords(text: str, low: str) -> list[Span]:
    """Return the passwords on command lines of programs that take them behind a letter."""
    found = []
    for programs, regex in _BY_COMMAND:
        present = [program for program in programs if program in text]
        if not present:
            continue
        # An expression that begins with a look back is tried at each character, `find` is not.
        end = 0
        for start in sorted(start for program in present for start in _starts(program, text)):
            match = regex.match(text, start) if start >= end else None
            if match is not None:
                end = match.end()
                value = match.span(match.lastindex or 0)
                if not is_placeholder(text, *value):
                    found.append((*value, "password"))
    return found


def _starts(word: str, text: str) -> Iterator[int]:
    """Yield where a word begins in a text."""
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + 1)


_MASKED_BY_ACTIONS = re.compile(r"::add-mask::([^\s*$‹›][^\s‹›]*)")


def find_action_masks(text: str, low: str) -> list[Span]:
    """Return what GitHub Actions workflows mask."""
    return [(*match.span(1), "secret") for match in _MASKED_BY_ACTIONS.finditer(low)]


_SECRET_NAME = re.compile(
    r"(?P<password>passw(?:or)?[dt]|passwd|passphrase|passcode|pwd|kennwort)"
    r"|secret|token|credential|(?:api|access|private|account|auth|master|client|license|shared)"
    r"[_.-]?key|auth(?:orization)?(?![a-z])|csrf|cookie"
)
"""In the name of an attribute or a field: its value is a secret."""
_SECRET_WORDS = (
    "password", "passwort", "passwd", "passphrase", "passcode", "pwd", "kennwort", "secret",
    "token", "credential", "key", "auth", "csrf", "cookie",
)  # fmt: skip
"""One of them is in each such name."""
_ELEMENT = re.compile(
    r"<(?:[\w-]{1,32}:)?((?:[\w-]{0,40}[_-])?(?:password|passwd|pwd|passphrase|secret|secretkey"
    r"|secretaccesskey|accesskey|apikey|api_key|api-key|token|accesstoken|access_token|auth_token"
    r"|privatekey|clientsecret|client_secret))(?:\s[^<>]{0,200})?>([^<>\s]+)</"
)


def find_elements(text: str, low: str) -> list[Span]:
    """Return the text of XML elements with the name of a secret."""
    found: list[Span] = []
    for match in _ELEMENT.finditer(low):
        start, end = match.span(2)
        password = match[1].rpartition("_")[2].rpartition("-")[2].startswith(("pass", "pwd"))
        if "‹" in match[2] or is_placeholder(text, start, end):
            continue
        if password or is_random(text[start:end]):
            found.append((start, end, "password" if password else "secret"))
    return found


_TAG = re.compile(
    r"(?:<|&lt;|\\u003c|\\x3c)([a-z][\w:.-]{0,40})[ \t]"
    r"((?:[^<>&\\]|&(?!lt;|gt;)|\\(?!u003[ce])){1,2000})"
)
_ATTRIBUTE = re.compile(
    r"([a-z][\w:.-]{0,60})[ \t]{0,4}=[ \t]{0,4}"
    r"(?:(?P<mark>\\{0,7}[\"']|&quot;|&#0{0,2}3[49];|&#x0{0,2}2[27];)|(?P<bare>[^\s\"'<>&\\]{1,512}))"
)
_ELEMENT_TEXT = re.compile(r"(?:>|&gt;)(?:(?:<|&lt;)value(?:>|&gt;))?([^<>&\s‹›]+)(?:<|&lt;)")
_PAIR_OF_ELEMENTS = re.compile(
    r"<(?:name|key)>[\w.-]{0,80}?"
    r"((?:password|passwd|pwd)|secret|token|(?:api|access|private|account|auth)[_.-]?key)"
    r"[\w.-]{0,80}</(?:name|key)>\s{0,16}<(?:value|string)>([^<>\s‹›]+)</"
)
_VALUE_ATTRIBUTES = frozenset({"value", "content", "data-value", "defaultvalue"})
_NAME_ATTRIBUTES = frozenset({"name", "key", "id", "type", "property", "autocomplete"})


def find_attributes(text: str, low: str) -> list[Span]:
    """Return the values of tags whose other attributes name a secret.

    `<input type="password" value="…">`, `<add key="ApiKey" value="…">`, `<meta name="csrf-token"
    content="…">`, `<string name="api_key">…</string>`, also with escaped quotes.
    """
    found: list[Span] = []
    for pair in _PAIR_OF_ELEMENTS.finditer(low):
        if pair[1] in {"password", "passwd", "pwd"}:
            found.append((*pair.span(2), "password"))
        elif is_random(text[slice(*pair.span(2))]):
            found.append((*pair.span(2), "secret"))
    for tag in _TAG.finditer(low):
        name = _SECRET_NAME.search(tag[1])
        value: tuple[int, int] | None = None
        at, stop = tag.span(2)
        while (attribute := _ATTRIBUTE.search(low, at, stop)) is not None:
            mark = attribute["mark"]
            at = attribute.start("bare") if mark is None else attribute.end()
            end = attribute.end() if mark is None else low.find(mark, at, stop)
            end = stop if end < 0 else end
            if attribute[1] in _NAME_ATTRIBUTES:
                name = _SECRET_NAME.search(low, at, end) or name
            elif attribute[1] in _VALUE_ATTRIBUTES:
                value = at, end
            at = min(end + len(mark or ""), stop)
        if name is None:
            continue
        if value is None and (inside := _ELEMENT_TEXT.match(low, stop)) is not None:
            value = inside.span(1)
        if value is None or is_placeholder(text, *value) or "‹" in text[slice(*value)]:
            continue
        password = name["password"] is not None
        if password or is_random(text[slice(*value)]):
            found.append((*value, "password" if password else "secret"))
    return found


_FIELD = r"\\{0,7}[\"']?[ \t]?(?::|=>|=)[ \t]?\\{0,7}[\"']"
_NAME_AND_VALUE = re.compile(
    rf"(?i)\b(?:name|key|field|header){_FIELD}([\w.-]{{1,80}})\\{{0,7}}[\"'],[ \t]?"
    rf"\\{{0,7}}[\"']?(?:value|val|content){_FIELD}([^\"'\\‹›]+)"
    r"(\\{0,7}[\"'],[ \t]?\\{0,7}[\"']?domain\b)?"
)
_VALUE_FIELD = re.compile(rf"(?:val|content)(?:ue)?{_FIELD}")
_VALUE_AND_NAME = re.compile(
    rf"(?i)\b(?:value|val|content){_FIELD}([^\"'\\‹›]+)\\{{0,7}}[\"'],[ \t]?\\{{0,7}}[\"']?"
    rf"(?:name|key|field|header){_FIELD}([\w.-]{{1,80}})\\{{0,7}}[\"']"
)


def find_names_and_values(text: str, low: str) -> list[Span]:
    """Return the secrets of objects with a name and a value, in either order."""
    found: list[Span] = []
    if _VALUE_FIELD.search(low) is None:
        return found
    for match in _NAME_AND_VALUE.finditer(text):
        if match[3]:
            if not is_placeholder(text, *match.span(2)):
                found.append((*match.span(2), "cookie"))
        else:
            found += _of_pair(text, match.span(1), match.span(2))
    for match in _VALUE_AND_NAME.finditer(text):
        found += _of_pair(text, match.span(2), match.span(1))
    return found


def _of_pair(text: str, name: tuple[int, int], value: tuple[int, int]) -> list[Span]:
    """Return the secrets of a value, as if it stood behind its name and a colon."""
    pair = f"{text[slice(*name)]}: {text[slice(*value)]}"
    low = pair.lower()
    if len(low) != len(pair):
        low = pair.replace("İ", "i").lower()
    start = name[1] - name[0] + 2
    shift = value[0] - start
    return [
        (first + shift, last + shift, kind)
        for first, last, kind in find_named_secrets(pair, low)
        if first >= start
    ]


def _values(regex: re.Pattern[str], kind: str, text: str, where: str) -> list[Span]:
    return [
        (*match.span(1), kind)
        for match in regex.finditer(where)
        if not is_placeholder(text, *match.span(1)) and "‹" not in match[1]
    ]


RULES = (
    Rule(
        "an address in percent encoding",
        (Hint("%3a%2f%2f", r"[\w.~\x80-\xff-]{0,1024}%3a"),),
        find_escaped_userinfo,
    ),
    Rule(
        "a proxy in a list",
        (Hint(":", r"[0-9]{2,5}:[^\s:@/\"'<>]{1,400}:[^\s:@/\"'<>]{6}", r"[a-z0-9]"),),
        find_proxies,
    ),
    Rule("a line of .netrc", (Hint("machine", r"[ \t]"),), find_netrc),
    Rule(
        "a user and a password",
        (Hint("auth", r"[\"']?[ \t]{0,2}[=:]?[ \t]{0,2}[(\[]"),),
        find_auth_pairs,
    ),
    Rule("an address without a scheme", (Hint("@", r"[a-z0-9.-]+:\d"),), find_bare_userinfo),
    Rule(
        "a program and its password",
        tuple(
            Hint(flag.lower(), before="" if flag.endswith(":") else r"[\s\"']")
            for flag in dict.fromkeys(flag for _, flag, _ in _COMMANDS)
        ),
        find_command_passwords,
    ),
    Rule("a mask for GitHub Actions", (Hint("::add-mask::"),), find_action_masks),
    Rule(
        "an element",
        tuple(
            Hint(ending, r"(?:\s[^<>]{0,200})?>[^<>\s]")
            for ending in ("password", "passwd", "pwd", "passphrase", "secret", "key", "token")
        ),
        find_elements,
    ),
    Rule(
        "attributes of a tag",
        (
            *(Hint(name, r"[ \t]{0,4}=[ \t]{0,4}[^\s]") for name in sorted(_VALUE_ATTRIBUTES)),
            *(Hint(word, r"[\w.-]{0,60}[\"'\\&][^<>]{0,2000}(?:>|&gt;)") for word in _SECRET_WORDS),
            Hint("</name>"),
            Hint("</key>"),
        ),
        find_attributes,
    ),
    Rule(
        "a name and a value in an object",
        tuple(Hint(name, _FIELD) for name in ("value", "val", "content")),
        find_names_and_values,
    ),
)
"""Rules for what is known by its position."""
