"""Named secrets: those that are known by a name before them, and a sign between the two.

Pairs of a name and a value in any of the notations that logs have, headers, flags of command lines,
cookies, user:password in addresses, `curl -u`. The names and what passes for a placeholder follow
the rules `generic-api-key` and `curl-auth-user` of gitleaks and its global list of what is allowed.
"""

from __future__ import annotations

import re

from logview.secrets.rules import (
    HEAD,
    MOST_HITS,
    Hint,
    Rule,
    Span,
    TooManyHitsError,
    is_password,
    is_placeholder,
    is_random,
    is_user_and_password,
)

_QUALIFIERS = (
    "api", "access", "secret", "private", "signing", "signature", "encryption", "auth", "account",
    "master", "storage", "shared", "client", "service", "service_role", "admin", "license",
    "subscription", "app", "captcha", "webhook", "consumer",
    # services that have one key
    "openai", "anthropic", "gemini", "groq", "deepl", "stripe", "google", "maps", "sendgrid",
    "mailgun", "mailchimp", "twilio", "aws", "azure", "github", "slack", "discord", "pusher",
    "algolia", "sentry", "datadog", "firebase", "supabase", "apify",
)  # fmt: skip
_KEYS = tuple(word + sign for word in _QUALIFIERS for sign in ("", "_", "-", ".", " "))
_BARE = tuple("\"'`{[(, \t?&:")
"""Before a name that is a word of its own."""
_QUERY = ("?", "&", "&amp;", "u0026")
_FOREIGN = (
    "passwort", "kennwort", "contraseña", "contrasena", "mot de passe", "mot_de_passe",
    "motdepasse", "senha", "wachtwoord", "lösenord", "heslo", "hasło", "пароль", "密码", "密碼",
    "パスワード", "비밀번호",
)  # fmt: skip
"""`password` in other languages, as forms and configurations have it."""
_NAMES = (
    # the name or its end, kind, what must be before it
    ("authorization", "header", None),
    ("password", "password", None),
    ("passwd", "password", None),
    ("passphrase", "password", None),
    ("passcode", "password", None),
    ("pwd", "password", None),
    ("pass", "password", ("_", "db", "user", "smtp")),
    ("pass", "login", _BARE),
    ("pw", "login", _BARE),
    ("key", "key", _KEYS),
    ("secret", "secret", None),
    ("signature", "signature", None),
    ("key", "query key", _QUERY),
    ("sig", "signature", (*_QUERY, ";", "%3f", "%26", "%253f", "%2526")),
    ("token", "token", None),
    ("auth", "token", _QUERY),  # Firebase's REST API, and others
    ("auth", "credentials", None),
    ("_auth", "login", ("cli", "redis", "proxy", "smtp", "basic")),
    ("jsessionid", "token", None),  # the usual names of a session's cookie
    ("phpsessid", "token", None),
    ("connect.sid", "token", None),
    ("laravel_session", "token", None),
    ("asp.net_sessionid", "token", None),
    ("sessionid", "session", _BARE),
    *((name, "password", None) for name in _FOREIGN),
)

_SUFFIX_WORDS = (
    "base", "prod", "production", "dev", "development", "stage", "staging", "test", "live",
    "sandbox", "old", "new", "next", "current", "previous", "prev", "primary", "secondary", "main",
    "backup", "default", "admin", "root", "user", "ro", "rw", "read", "write", "readonly", "value",
    "val", "string", "str", "plain", "plaintext", "raw", "b64", "base64", "enc", "encoded",
    "encrypted", "hex", "pem", "confirm", "confirmation", "again", "repeat", "verify", "env", "var",
    "override", "salt", "pepper",
)  # fmt: skip
_SUFFIX = (
    r"(?:[_.-]?(?:" + "|".join(sorted(_SUFFIX_WORDS, key=len, reverse=True)) + r"|v?[0-9]{1,3})"
    r"|[_.-][a-z]){1,2}(?![a-z0-9])"
)
"""After a name, without making another thing of it: `SECRET_KEY_BASE`, `password2`."""
_OTHER_SUFFIX = r"(?:_[a-z0-9]{1,20}){1,4}(?![a-z0-9_])"
"""Any other, as variables of the environment have them: the value must look random."""
_NO_VALUE = re.compile(
    r"_(?:count|type|ids?|name|limit|ur[il]|host|endpoint|expir\w{0,12}|ttl|age|length|len|size|path"
    r"|file|dir|folder|policy|reset|version|at|date|time|timeout|status|format|usage|hint|field"
    r"|header|index|provider|issuer|audience|scopes?|algorithm|alg|method|mode|enabled|required"
    r"|strength|min|max|prefix|suffix|arn|ref|vault|manager|store|region|bucket|rules?|cmd|command)"
    r"(?:_|$)"
)
"""In such a suffix: words for what describes a secret and is none."""

_QUOTE = r"\\{0,7}[\"'`]|&quot;|&apos;|&#0{0,2}3[49];|&#x0{0,2}2[27];|\\{1,7}u002[27]|\\{1,7}x2[27]"
_CURLY = {"“": "”", "”": "”", "„": "“", "‘": "’", "’": "’", "«": "»", "»": "«", "「": "」"}
_ANNOTATION = (
    r"(?:&?(?:str|string|text|secretstr|any|optional\[str\])(?:[ \t]?\|[ \t]?\w{1,16})?[ \t]{0,4}="
    r"[ \t]{0,8})?"
)
"""Python's, TypeScript's and Rust's type between the name and its value."""
_WRAPPER = (
    r"(?:<<|(?:some|just|secret|secretstr|secretstring|sensitive|str|string|buffer\.from|text|value)"
    r"(?:\([0-9]{1,6}\)[ \t]|\())?"
)
"""Around a quoted value: `Some("…")`, PHP's `string(8) "…"`."""
_SIGN = re.compile(
    # the name's closing quote and a sign, or a list's comma, or a space; or an escaped sign
    rf"(?:{_SUFFIX}(?P<suffix>)|(?P<other>{_OTHER_SUFFIX}))?"
    rf"(?:(?P<close>(?:{_QUOTE})(?:\](?:{_QUOTE})?)?|[”’»」]|\](?:{_QUOTE})?|%5d)?[ \t]{{0,8}}"
    r"(?:(?P<arrow>=>|->|<-)|(?P<sign>:=|=(?![=>])|:(?!:)|[：＝])"
    rf"|(?P<comma>,)(?=[ \t]{{0,8}}(?:b|<<)?(?:{_QUOTE}))|(?P<gap>(?<=[ \t]))(?=[\"'`]))"
    rf"(?P<space>[ \t]{{0,8}}){_ANNOTATION}"
    r"|(?P<escaped>%(?:25){0,4}3d|\\{1,7}u003d|&#0{0,2}61;|&#x0{0,2}3d;|%22%3a(?:%20)?%22))"
    rf"(?:{_WRAPPER}[bru]?(?P<open>{_QUOTE}|[{''.join(_CURLY)}]))?"
)
_AFTER_NAME = (
    rf"(?:{_SUFFIX}|_[a-z0-9_]{{1,84}})?"
    r"(?:[\"'`\\\]]|&[a-z0-9#]{2,6};|u002[27]|x2[27]|%5d|\xe2\x80[\x98-\x9f]|\xc2[\xab\xbb]"
    r"|\xe3\x80[\x8c\x8d]){0,12}(?:[ \t]{0,8}(?:[:=,\"'`]|->|<-|\xef\xbc[\x9a\x9d])"
    r"|%(?:25){0,4}3d|u003d|&#|%22%3a)"
)
"""The same for the prefilter, in bytes; for an ordinary word after a name it is not enough."""
_NO_SECRET = re.compile(
    r"(?:page|next|continuation|sync|cancel|cancellation|abort|start|end|stop|eos|bos|pad|unk"
    r"|prompt|completion|max|min|per|total|cursor|resume|pagination|public|media)[_\-. ]?$"
)
"""Before `token`: a place in a list or a piece of language, and before `key`: no secret."""

_IN_QUERY = re.compile(r"[^&#;\s\"'`<>,(){}\[\]|\\‹›]+")
_IN_ESCAPED_QUERY = re.compile(r"(?:(?!%(?:25){0,4}2[0236])[^&#;\s\"'`<>,(){}\[\]|\\‹›])+")
_IN_ENVIRONMENT = re.compile(r"[^\s\"'`<>‹›]+")
_UNQUOTED = re.compile(r"[^\s\"'`,;&<>(){}\[\]|\\‹›“”„‘’«»「」]+")
_QUOTED = {
    quote: re.compile(rf"[^{quote}\\]*(?:\\.[^{quote}\\]*)*(?={quote})", re.DOTALL)
    for quote in "\"'`"
}
_KEY_FOLLOWS = re.compile(r"\\{0,7}[\"'`][ \t]{0,8}[:=]")
_QUERY_KEY = re.compile(r"[\w-]{24,}")
"""After `?key=`: as long as Google's, and longer than an ID of Apify's."""
_LONGEST_NAME = 40
_BEFORE_QUERY = frozenset("?&;#")
_NAME_PART = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-.[]")
_MASKED = re.compile(r"‹[a-z ]+ \d+›")


def find_pairs(text: str, low: str) -> list[Span]:
    """Return the values of pairs with the name of a secret. Raises TooManyHitsError."""
    found: list[Span] = []
    hits = 0
    for name, kind, before in _NAMES:
        place = low.find(name)
        while place >= 0:
            end = place + len(name)
            sign = _SIGN.match(low, end)
            if sign is not None and (
                before is None or low.endswith(before, 0, place) or (before is _BARE and place == 0)
            ):
                hits += 1
                if hits > MOST_HITS:
                    raise TooManyHitsError
                if kind == "header":
                    span = _header(text, low, sign)
                else:
                    span = _value(text, low, place, sign, kind)
                if span is not None:
                    found.append(span)
                    end = span[1]
            place = low.find(name, end)
    return found


def _quoted(text: str, low: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Return where the value between quotes is; None where they don't open or don't close."""
    mark = match["open"]
    start = match.end()
    if mark is None:
        return None
    if mark in _QUOTED:
        inside = _QUOTED[mark].match(text, start)
        return inside.span() if inside else None
    if mark[-1] in _QUOTED:
        close = re.compile(rf"(?<!\\){re.escape(mark)}").search(text, start)
        return (start, close.start()) if close else None
    end = low.find(_CURLY.get(mark, mark), start)
    return (start, end) if end >= 0 else None


def _header(text: str, low: str, sign: re.Match[str]) -> Span | None:
    """Return the credentials of an `Authorization` value, without the name of the scheme."""
    start, end = _quoted(text, low, sign) or (sign.end(), len(text))
    scheme = _SCHEME.match(text, start, end)
    if scheme is not None:
        value = _unquoted(_UNQUOTED, text, scheme.end(), end)
        kind = "credentials" if scheme["basic"] else "token"
        return None if value is None else (*_to_its_end(_UNQUOTED, text, value), kind)
    other = _OTHER_SCHEME.match(text, start, end)
    value = _unquoted(_UNQUOTED, text, other.end() if other else start, end)
    if value is None or text.find("=", value[0], min(value[1] - 2, value[0] + HEAD)) >= 0:
        return None  # parameters: those that are secret have names of their own
    if not is_random(text[slice(*value)]):
        return None
    return (*_to_its_end(_UNQUOTED, text, value), "token")


def _value(text: str, low: str, place: int, sign: re.Match[str], kind: str) -> Span | None:
    """Return the secret of a name whose last word starts at `place`."""
    first = place
    while first > 0 and place - first < _LONGEST_NAME and low[first - 1] in _NAME_PART:
        first -= 1
    if kind in {"token", "key"} and _NO_SECRET.search(low, first, place):
        return None
    if sign[0] == "= " and text[first : sign.start()].isupper():
        return None  # `A_SECRET= NEXT=`: set to nothing
    if sign["arrow"] == "=>" and not sign["close"] and not sign["open"]:
        # A pair of Ruby's or Perl's; a single word there is the parameter of a function.
        parts = {"_", "-"} & set(low[first : sign.start()])
        return _strictly(text, low, sign, kind) if parts and "query" not in kind else None
    if (sign["arrow"] and not sign["close"] and not sign["open"]) or (
        sign["comma"] and kind == "login"
    ):
        return None  # an arrow function, not a pair; a list of words
    if kind == "session":
        return _session(text, sign)
    if sign["other"] is not None:
        name = text[first : sign.end("other")]
        if not name.isupper() or _NO_VALUE.search(sign["other"]) or "query" in kind:
            return None
        return _strictly(text, low, sign, kind)
    symbol = first > 0 and low[first - 1] == ":"  # Ruby, Lisp, Clojure
    if sign["gap"] is not None and kind != "password" and not symbol:
        return None
    if sign["suffix"] is not None or (sign["gap"] is not None and not symbol):
        return _strictly(text, low, sign, kind)
    quoted = _quoted(text, low, sign)
    if sign["comma"] and quoted is not None and _KEY_FOLLOWS.match(text, quoted[1]):
        return None  # the name of the next pair
    if kind == "credentials":
        return _basic(text, low, place, quoted or (sign.end(), len(text)))
    if quoted is not None and kind != "query key":
        if sign["arrow"] and not sign["close"] and not symbol:
            return _strictly(text, low, sign, kind)
        return _in_quotes(text, *quoted, "password" if kind == "login" else kind)
    query = sign["escaped"] is not None or low[max(0, first - 1) : first] in _BEFORE_QUERY
    query = query or low.startswith("\\u0026", first - 1)
    tight = query or (sign["sign"] in {"=", ":=", "＝"} and not sign["space"])
    if query:
        regex = _IN_ESCAPED_QUERY if sign["escaped"] else _IN_QUERY
    else:
        environment = tight and text[first:place].isupper() and sign["open"] is None
        regex = _IN_ENVIRONMENT if environment else _UNQUOTED
    value = _unquoted(regex, text, sign.end(), len(text))
    if value is None:
        return None
    word = text[slice(*value)]
    if kind == "query key":
        sure = _QUERY_KEY.fullmatch(word) is not None and is_random(word)
        kind = "key"
    elif (query and kind != "login") or (
        kind == "secret" and regex is _IN_ENVIRONMENT and len(word) >= 8
    ):
        sure = True
    elif kind == "login":
        sure = tight and is_password(word)
        kind = "password"
    elif kind == "password":
        sure = tight or sign["close"] is not None or is_password(word)
    else:
        sure = is_random(word)
    return (*_to_its_end(regex, text, value), kind) if sure else None


def _session(text: str, sign: re.Match[str]) -> Span | None:
    """Return the value of a cookie by the usual name for a session, unless it is one of Crawlee's.

    Only where it is written as in a header: IDs of sessions are ordinary else.
    """
    if sign.group() != "=":
        return None
    value = _unquoted(_UNQUOTED, text, sign.end(), len(text))
    if value is None or text[slice(*value)].startswith("session"):
        return None
    return (
        (*_to_its_end(_UNQUOTED, text, value), "token") if is_random(text[slice(*value)]) else None
    )


def _strictly(text: str, low: str, sign: re.Match[str], kind: str) -> Span | None:
    """Return the value where name and sign are not enough: it must look like a secret itself."""
    quoted = _quoted(text, low, sign)
    regex = None
    if quoted is None:
        regex = _IN_ENVIRONMENT if sign["sign"] == "=" and sign["open"] is None else _UNQUOTED
        quoted = _unquoted(regex, text, sign.end(), len(text))
    elif is_placeholder(text, *quoted) or _MASKED.search(text, *quoted):
        return None
    if quoted is None:
        return None
    value = text[slice(*quoted)][:HEAD]
    if value[:1] in {"/", ".", "~"} or "://" in value or any(map(str.isspace, value)):
        return None
    sure = is_random(value)
    if kind in {"password", "login"} and is_password(value):
        sure = sure or sign["suffix"] is not None or any(map(str.isdigit, value))
    kind = {"login": "password", "query key": "key"}.get(kind, kind)
    if not sure:
        return None
    return (*(_to_its_end(regex, text, quoted) if regex is not None else quoted), kind)


def _basic(text: str, low: str, place: int, within: tuple[int, int]) -> Span | None:
    """Return user and password in base64, as npm and docker keep them; after `_auth` also others.

    Docker's has no sign of its own: what decodes to `user:password` is one.
    """
    value = _unquoted(_UNQUOTED, text, *within)
    if value is None:
        return None
    long = _UNQUOTED.match(text, value[0], min(within[1], value[0] + 8 * HEAD + 1))
    value = long.span() if long else value
    if value[1] - value[0] > 8 * HEAD:
        return None
    sure = low.startswith("_", place - 1) and place > 0 and is_random(text[slice(*value)])
    return (*value, "credentials") if sure or is_user_and_password(text[slice(*value)]) else None


def _in_quotes(text: str, start: int, end: int, kind: str) -> Span | None:
    if scheme := _SCHEME.match(text, start, end):
        start = scheme.end()
    if is_placeholder(text, start, end) or _MASKED.search(text, start, end):
        return None
    return (start, end, kind) if kind == "password" or is_random(text[start:end]) else None


def _unquoted(regex: re.Pattern[str], text: str, start: int, limit: int) -> tuple[int, int] | None:
    """Return where a value without quotes is, cut to `HEAD` characters; None for a placeholder."""
    found = regex.match(text, start, min(limit, start + HEAD))
    if found is None:
        return None
    end = found.end()
    if regex is _IN_ENVIRONMENT:
        end = start + len(found[0].rstrip(",;)}]"))
    if text[end : end + 1] in {"(", "‹"} or is_placeholder(text, start, end):
        return None
    return start, found.end() if found.end() == start + HEAD else end


def _to_its_end(regex: re.Pattern[str], text: str, value: tuple[int, int]) -> tuple[int, int]:
    """Return the whole of a value that `_unquoted` has cut, once it is known for a secret.

    Many names in one long run would else have the run searched for each.
    """
    start, end = value
    if end - start == HEAD and (whole := regex.match(text, start)):
        end = whole.end()
    return start, end


_SCHEME = re.compile(
    r"(?i)(?:(?P<basic>basic)|bearer|token|apikey|api-key|negotiate|ntlm|oauth|key|jwt)"
    r"(?:[ \t]+|%20)"
)
_OTHER_SCHEME = re.compile(r"[A-Za-z][\w-]{1,30}[ \t]+")
_BEARER = re.compile(r"(?i)(bearer|basic)(?: +|%20)([A-Za-z0-9._~+/-]{7,}[A-Za-z0-9_~+/-]=*)")


def find_bearers(text: str, low: str) -> list[Span]:
    """Return credentials after the name of their scheme, without a header's name."""
    found = []
    for match in _BEARER.finditer(text):
        if match[1].lower() == "basic":
            if is_user_and_password(match[2]):
                found.append((*match.span(2), "credentials"))
        elif is_random(match[2]) and not is_placeholder(text, *match.span(2)):
            found.append((*match.span(2), "token"))
    return found


_DIGEST = re.compile(r"response=\\{0,7}[\"']?([0-9a-f]{32,})")
"""RFC 7616: what the password and the request come to."""


def find_digests(text: str, low: str) -> list[Span]:
    """Return the responses of Digest authentication."""
    if "digest" not in low:
        return []
    return [(*match.span(1), "credentials") for match in _DIGEST.finditer(low)]


_FLAG_NAME = (
    r"(?:[a-z]{1,20}-){0,3}(?:(password|passwd|passphrase|passwort)|secret|token"
    r"|(?:api|access|secret|auth|account|private|client)-?(?:key|secret|token)|auth)"
)
_FLAG = re.compile(
    rf"(?<![\w-])--?{_FLAG_NAME}"
    r"(?:\\{0,7}[\"'`],?[ \t]{0,4}\\{0,7}[\"'`]|[ \t]{1,8}[\"'`]?)"
    r"([^\s\"'`<>‹›\\-][^\s\"'`<>‹›\\]*)"
)


def find_flags(text: str, low: str) -> list[Span]:
    """Return what follows `--token` and alike, on a command line or in a list of its words."""
    found = []
    for match in _FLAG.finditer(low):
        kind = "password" if match[1] else "token"
        start = match.start(2)
        value = match[2].rstrip("]),;|")
        end = start + len(value)
        if is_placeholder(text, start, end):
            continue
        if (is_password if match[1] else is_random)(text[start:end]):
            found.append((start, end, kind))
    return found


_USERINFO = re.compile(r"://[^\s/@:?#\"'`<>\\]*:([^\s/?#\"'`<>\\]+)@")
_USER_ALONE = re.compile(r"://([^\s/@:?#\"'`<>\\‹›]{16,256})@")


def find_userinfo(text: str, low: str) -> list[Span]:
    """Return the passwords of addresses, and tokens in the place of the user.

    Sentry's DSN is such an address, and the links by which git fetches.
    """
    if "@" not in text:
        return []
    found = [
        (*match.span(1), "password")
        for match in _USERINFO.finditer(text)
        if not is_placeholder(text, *match.span(1))
    ]
    found += [
        (*match.span(1), "key")
        for match in _USER_ALONE.finditer(text)
        if is_random(match[1]) and not is_placeholder(text, *match.span(1))
    ]
    found += [
        (*match.span(1), "key")
        for match in _DSN.finditer(text)
        if not is_placeholder(text, *match.span(1))
    ]
    return found


_DSN = re.compile(r"://([0-9a-f]{32}):[^\s/?#\"'`<>\\@]{1,128}@[\w.-]{1,253}/\d")
"""Sentry's older form, with a public and a secret key (docs.sentry.io, "DSN")."""

_CURL_USER = re.compile(
    r"[ \t](?:-u|-U|--user|--proxy-user)(?:=|[ \t]{0,8})[\"']?[^\s:\"'‹]{0,256}:([^\s\"'‹›]+)"
)


def find_curl_users(text: str, low: str) -> list[Span]:
    """Return the password of curl's `-u user:password`."""
    return [
        (*match.span(1), "password")
        for match in _CURL_USER.finditer(text, low.find("curl"))
        if not is_placeholder(text, *match.span(1))
    ]


_PROSE = re.compile(
    r"(password|passwd|passphrase|passwort|kennwort)|(?:(?:api|access|secret|private)[ _-]?key"
    r"|token|secret)(?=[\"'`]?[ \t])"
)
_PROSE_SIGN = re.compile(
    r"[\"'`]?[ \t]{1,4}(?:is|was|ist|lautet|equals|(?:was |is |has been )?(?:set|changed) to)"
    r"[ \t]{0,2}:?[ \t]{1,4}[\"'`]?([^\s\"'`<>‹›(){}\[\],;]{8,256})"
)
_VERBS = (" is", " was", " ist", " lautet", " equals", " has been", " set to", " changed to",
         "\tis", "\twas")  # fmt: skip
_DECLARING = ("env", "arg", "setx", "export", "secret set", "config:set", "configure set")
_DECLARED = re.compile(
    r"(?:env|arg|setx|export|setenv|secret set|config:set|configure set)[ \t]{1,8}[a-z0-9_]{0,60}?"
    r"(?:key|secret|token|password|passwd)(?:_[a-z0-9]{1,20})?[ \t]{1,8}[\"']?"
    r"([^\s\"'`<>‹›=]{8,1024})"
)
"""A variable that is set without a sign: `ENV SECRET_KEY_BASE f00d…`."""


def find_in_prose(text: str, low: str) -> list[Span]:
    """Return what a sentence or a declaration calls a secret: `the password is …`."""
    found = []
    has_verb = any(word in low for word in _VERBS)
    for name in _PROSE.finditer(low) if has_verb else ():
        match = _PROSE_SIGN.match(low, name.end())
        if match is None:
            continue
        start = match.start(1)
        value = text[start : match.end(1)].rstrip(".!?:")
        if is_random(value) and "/" not in value:
            found.append((start, start + len(value), "password" if name[1] else "secret"))
    declared = any(word in low for word in _DECLARING)
    for match in _DECLARED.finditer(low) if declared else ():
        value = text[slice(*match.span(1))]
        if is_random(value) and not is_placeholder(text, *match.span(1)):
            found.append((*match.span(1), "secret"))
    return found


_IDENTIFIED = re.compile(
    r"identified[ \t]{1,4}by[ \t]{1,4}(?:password[ \t]{1,4})?(['\"])([^'\"‹›]+)\1"
)


def find_identified(text: str, low: str) -> list[Span]:
    """Return the passwords of SQL's `IDENTIFIED BY`."""
    return [
        (*match.span(2), "password")
        for match in _IDENTIFIED.finditer(low)
        if not is_placeholder(text, *match.span(2))
    ]


_CODE_VALUE = (
    rf"(?:{_QUOTE})?[ \t]{{0,8}}(?:=>|[:=]|[ \t]is[ \t])[ \t]{{0,8}}(?:{_QUOTE})?"
    r"([0-9]{4,8})(?![\w%]|[.,:/-][0-9])"
)
_CODES = {
    "otp": "(?:[ _-]?(?:code|value|token))?",
    "pin": "(?:[ _-]?(?:code|number))?",
    "passcode": "",
    **dict.fromkeys(
        ("mfa", "2fa", "verification", "security", "one-time", "one_time", "one time", "onetime"),
        "[ _-]?(?:code|pin|passcode|password)",
    ),
}
"""Names of codes that are digits, and what follows each."""
_CODE = re.compile(
    "(?<![a-z0-9])(?:"
    + "|".join(f"{'t?' if name == 'otp' else ''}{name}{more}" for name, more in _CODES.items())
    + ")"
    + _CODE_VALUE
)


def find_codes(text: str, low: str) -> list[Span]:
    """Return PINs and one-time codes: four to eight digits behind their name and a sign."""
    return [(*found.span(1), "code") for found in _CODE.finditer(low)]


_COOKIE = re.compile(
    r"(set-)?cookie(?:2|s(?=:))?(?:\\{0,7}[\"'])?[ \t]{0,8}(?:=>|[:=,])[ \t]{0,8}[\[(]?[ \t]{0,8}"
)
_CRUMB = re.compile(
    r"(?:\\{0,7}[\"'])?([\w!#$%&*+.^|~-]+)"
    r"(?:=(?:((?:[^\s;,\"'\\‹]|,(?=[^\s;,\"'\\]))+)|\"([^\"\\‹]*)\"|'([^'\\‹]*)')?)?"
)
_CRUMB_END = re.compile(r"(?:\\{0,7}[\"'])?[ \t]*[;,][ \t]*")
_ATTRIBUTES = frozenset(
    {"path", "domain", "max-age", "expires", "samesite", "secure", "httponly", "priority",
     "partitioned", "version", "comment"}
)  # fmt: skip
_ATTRIBUTE_VALUE = re.compile(
    r"/[\w./~-]{0,64}|\.?[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}|[0-9]{1,10}|lax|strict|none|low|medium|high"
)
"""What attributes have, so that those which somebody has copied into `Cookie` are known, too."""
_DATE = re.compile(r"[^;\"'\\]{0,40}")


def find_cookies(text: str, low: str) -> list[Span]:
    """Return the values of all cookies that a header names, without its attributes."""
    return _cookies_behind(_COOKIE, text, low)


_CURL_COOKIES = re.compile(
    r"(set-)?(?<=[ \t])(?:-b|--cookie)(?:[ \t]{0,4}|=)[\"']?(?=[\w.-]{1,80}=)"
)


def find_curl_cookies(text: str, low: str) -> list[Span]:
    """Return the values of cookies on a command line of curl."""
    return _cookies_behind(_CURL_COOKIES, text, low) if "curl" in low else []


def _cookies_behind(opening: re.Pattern[str], text: str, low: str) -> list[Span]:
    """Return the values of the cookies that follow each place where `opening` matches."""
    found: list[Span] = []
    place = 0
    while (header := opening.search(low, place)) is not None:
        place = here = header.end()
        while (crumb := _CRUMB.match(text, here)) is not None:
            here = crumb.end()
            attribute = crumb[1].lower() in _ATTRIBUTES and (
                header[1] is not None
                or crumb[1].lower() == "expires"
                or _ATTRIBUTE_VALUE.fullmatch(low, *crumb.span(2)) is not None
            )
            if attribute:
                if crumb[1].lower() == "expires" and (date := _DATE.match(text, here)):
                    here = date.end()
            elif crumb.lastindex == 1:
                break
            else:
                group = crumb.lastindex or 0
                if not is_placeholder(text, *crumb.span(group)):
                    found.append((*crumb.span(group), "cookie"))
            place = here
            end = _CRUMB_END.match(text, here)
            if end is None:
                break
            here = end.end()
    return found


_JAR = re.compile(
    rf"cookie(?:s|jar|_jar|store|s_jar|s_dict|_dict|map)?(?:(?:{_QUOTE})\]?)?[ \t]{{0,8}}"
    r"(?:(?:=>|:=|[:=,])[ \t]{0,8}(?:new[ \t])?(?:[a-z.]{0,32}(?:dict|map|jar|object))?)?[ \t]{0,8}"
    r"(?:map|\.(?:set|add|append|push|update|put))?(?:\[(?:string|str)\](?:string|str))?[\[({<][\s\[({<]{0,8}"
)
"""What opens an object, a list of pairs or a map of cookies."""
_JAR_PAIR = re.compile(
    rf"(?P<mark>{_QUOTE})?(?P<name>[\w!#$%&*+.^|~:-]{{1,80}}?)(?P=mark)?"
    r"[ \t]{0,8}(?P<sign>=>|:=|[:=,])[ \t]{0,8}"
    rf"[bru]?(?:(?P<open>{_QUOTE})|(?P<bare>[^\s,;\"'`(){{}}\[\]<>\\‹›]+))"
)
_JAR_GAP = re.compile(rf"(?:{_QUOTE})?[\s,;)(\]\[{{}}]{{0,16}}")
_JAR_COOKIE = re.compile(r"<cookie [^=\s<>]{1,128}=([^\s<>‹›]+) for ")
"""As Python's `http.cookiejar` shows one."""
_JAR_ATTRIBUTES = _ATTRIBUTES | {
    "name", "url", "maxage", "max_age", "http_only", "same_site", "hostonly", "session", "storeid",
    "expirationdate", "sameparty", "sourcescheme", "sourceport", "size", "partitionkey", "port",
    "rest", "rfc2109", "discard", "creation", "lastaccessed", "pathisdefault", "key", "enabled",
    "count", "length", "type", "creation_time",
}  # fmt: skip


def find_cookie_objects(text: str, low: str) -> list[Span]:
    """Return the values of cookies in an object, a list or a map: `cookies={'sid': '…'}`."""
    found = [
        (*match.span(1), "cookie")
        for match in _JAR_COOKIE.finditer(low)
        if not is_placeholder(text, *match.span(1))
    ]
    place = 0
    while (jar := _JAR.search(low, place)) is not None:
        place = here = jar.end()
        while (pair := _JAR_PAIR.match(text, here)) is not None:
            if pair["sign"] == "," and text[here - 1] != "(":
                break  # a list of words
            here = pair.end()
            if pair["open"] is not None:
                span = _quoted(text, low, pair)
                if span is None:
                    rest = _UNQUOTED.match(text, here)
                    span = rest.span() if rest else (here, here)
                bare = False
            else:
                span, bare = pair.span("bare"), True
            here = place = max(here, span[1])
            value = text[slice(*span)]
            known = pair["name"].lower() in _JAR_ATTRIBUTES
            harmless = bare and (len(value) < 4 or value.isdigit())
            if not (known or harmless or is_placeholder(text, *span) or _MASKED.search(value)):
                sure = not bare or pair["sign"] == "=" or is_password(value)
                if sure:
                    found.append((*span, "cookie"))
            gap = _JAR_GAP.match(low, here)
            if gap is None or gap.end() == here:
                break
            here = gap.end()
    return found


_COOKIE_FILE = re.compile(
    r"\t(?:TRUE|FALSE)\t/[^\t\n]{0,256}\t(?:TRUE|FALSE)\t\d{1,12}\t[^\t\n]{1,128}\t([^\s‹›]+)"
)
"""A line of a cookie file as curl and wget write it (curl.se, "HTTP Cookies")."""


def find_cookie_files(text: str, low: str) -> list[Span]:
    """Return the values in lines of cookie files."""
    return [(*match.span(1), "cookie") for match in _COOKIE_FILE.finditer(text)]


RULES = (
    Rule(
        "a name and its value",
        tuple(Hint(name, _AFTER_NAME) for name in dict.fromkeys(row[0] for row in _NAMES)),
        find_pairs,
    ),
    Rule(
        "a flag and its value",
        (Hint("-", _FLAG_NAME.replace("(password", "(?:password") + r"[\"'`\\ \t]"),),
        find_flags,
    ),
    Rule(
        "a scheme and its credentials",
        (Hint("bearer", "[ %]"), Hint("basic", "[ %]")),
        find_bearers,
    ),
    Rule("a response to Digest", (Hint("response=", r"[\"'\\0-9a-f]"),), find_digests),
    Rule(
        "user and password of an address",
        (Hint("://", r"[^\s/@?#\"'`<>\\]*@"),),
        find_userinfo,
    ),
    Rule("user and password for curl", (Hint("curl"),), find_curl_users),
    Rule("a password for SQL", (Hint("identified", r"[ \t]{1,4}by"),), find_identified),
    Rule(
        "a sentence or a declaration",
        tuple(
            Hint(name, r"(?:_[a-z0-9]{1,20})?[\"'`]?[ \t]")
            for name in (
                "password",
                "passwd",
                "passphrase",
                "passwort",
                "kennwort",
                "key",
                "token",
                "secret",
            )
        ),
        find_in_prose,
    ),
    Rule(
        "a code and its digits",
        tuple(
            Hint(name, more + r"[\"'`\\&#;a-z0-9]{0,12}[ \t]{0,8}(?:[:=]|is[ \t])")
            for name, more in _CODES.items()
        ),
        find_codes,
    ),
    Rule(
        "a header with cookies",
        (Hint("cookie", r"[2s]?(?:\\{0,7}[\"'])?[ \t]{0,8}(?:[:=,])"),),
        find_cookies,
    ),
    Rule("cookies for curl", (Hint("curl"),), find_curl_cookies),
    Rule(
        "an object with cookies",
        (Hint("cookie", r"[^\n]{0,160}?[\[({<]"), Hint("<cookie ")),
        find_cookie_objects,
    ),
    Rule(
        "a file with cookies",
        (Hint("\tTRUE\t", match_case=True), Hint("\tFALSE\t", match_case=True)),
        find_cookie_files,
    ),
)
"""Rules for what is named."""


def find_named_secrets(text: str, low: str) -> list[Span]:
    """Return the secrets that a line names; `low` is the line in lower case, as long as it."""
    return [span for rule in RULES if rule.applies_to(text, low) for span in rule.find(text, low)]
