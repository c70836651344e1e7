"""Mask what varies in a line: numbers, IDs, addresses, quoted values, values of JSON.

What is left is the line's shape: words and marks in place of values. Status
codes, exit codes and error codes stay, and so do the file and function of a
stack frame. A shape depends on the line alone.

Masking costs some microseconds, so it is done for distinct lines only:
`keys_of` makes, for all lines at once, keys that are equal only where the
shapes are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from logview.log.entries.entry_text import read_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

MASKS_VERSION = 3
"""To be raised when shapes change: models that were kept are of no use then."""

LINE_CHARACTERS = 400
"""Characters of a line that are looked at: longer ones with the same beginning are the same."""

MAX_TOKENS = 40
"""Words of a shape; what follows them counts as one value."""

NUMBER = "#"
VALUE = "*"
URL = "<url>"

FEW = 6
"""Different words that may follow the same words, and are no values."""

LARGE_SHARE = 0.2
"""The part of all that makes a word a constant, whatever follows it."""

_CODE_WORDS = re.compile(
    rb"(?i:status|code|http|exit|errno|receive|return|respon|signal|got|with|forbidden|not found|"
    rb"too many|gateway|unavailable|server error|client error|error)|\(0\) <|<url>\W{1,6}0"
)
_CODE_SLOT = re.compile(
    rb"(?P<status>(?i:(?:status|http)(?:[ _-]?code)?(?: is)?|http/0)[\"' :=(]{1,4}(?=0)"
    rb"|\((?=0\) <)|(?<![\w.-])(?=0 (?:Forbidden|Not Found|Too Many|Unauthorized|Bad |Internal|"
    rb"Service|Gateway|Proxy|Payment|Client Error|Server Error|Request Timeout|Conflict|Gone)))"
    rb"|(?P<failure>(?:(?i:\b(?:received|returned|responded|response|got|with)"
    rb"(?: with| status| code| a| an| http){0,2}[ :]{1,2})"
    rb"|<url>(?: ?(?:->|=>|\xe2\x86\x92)) ?|\b(?:GET|POST|PUT|HEAD|DELETE) <url>:? )"
    rb"(?=0(?![\w%.]| (?!status|error|code|of <|response|from|for|on|at|in|to|when|while|after|by|"
    rb"via|and|but|proxy|forbidden|unauthorized|bad|not|too|internal|service|gateway)[a-z])))"
    rb"|(?P<exit>(?i:\b(?:exit(?:ed)?(?:_?code)?|errno|code|signal)"
    rb"(?: with| code| status| by| signal){0,3}[\"' :=(\[]{1,4}-?(?=0)))"
    rb"|(?P<error>(?<![\w-])(?:TS|CS|MSB|LNK|ORA-|PGRST|[EFCS])(?=0(?:[:\]) ,]|$)))"
)
"""Where in a key a code may be; the next character is the number."""

_CODES = {
    "status": re.compile(rb"[1-5][0-9]{2}"),
    "failure": re.compile(rb"[45][0-9]{2}"),
    "exit": re.compile(rb"[0-9]{1,3}"),
    "error": re.compile(rb"[0-9]{3,5}"),
}
"""Which numbers are kept there."""

_NUMBERS = re.compile(rb"[0-9]+(?:\.[0-9]+)*")
_PROTECT = bytes.maketrans(b"0123456789", bytes(range(14, 24)))
"""Digits that stay, while the others are masked; control characters, which no text has."""
_RESTORE = {14 + digit: str(digit) for digit in range(10)}

_ADDRESS = re.compile(rb"\b[a-z][a-z+]{1,10}://[^\s\"'<>\\)\]]{1,2000}")
_WEB_ADDRESS = re.compile(rb"https?://[^\s\"'<>\\)\]]{1,2000}")
_JSON_VALUE = re.compile(
    rb'":"(?!ERR_|E[A-Z]{3,20}"|[A-Z]\w{0,60}(?:Error|Exception)")'
    rb'[^"\\\n]{0,4000}(?:\\.[^"\\\n]{0,4000}){0,400}"'
)
_CODE_DIGITS = frozenset(map(chr, _RESTORE))
_MASKED_ADDRESS = URL.encode()
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_CHILD = re.compile(r"(?:^|\[|\s)(?:[^\n]{0,180}runId:\w{1,60}\]? |\[[^\]\n]{1,200}\] )-> ")


def joined(lines: Sequence[str]) -> bytes:
    r"""Return lines, joined with `\n`, as bytes."""
    return "\n".join(lines).encode("utf-8", "replace")


def without_digits(data: bytes) -> bytes:
    """Return data with `0` in place of each digit; lines that are equal then have one key."""
    return data.translate(_DIGITS)


def mask_in_bulk(data: bytes) -> bytes:
    """Return `joined` lines without the values that most lines differ in."""
    data = data.translate(None, _CONTROLS)
    if b"http" in data:
        data = _WEB_ADDRESS.sub(_MASKED_ADDRESS, data)  # begins with letters: far faster to find
    if b"://" in data:
        data = _ADDRESS.sub(_MASKED_ADDRESS, data)
    if b'":' in data:
        data = _JSON_VALUE.sub(b'":""', data.replace(b'": "', b'":"'))
    return data


def keys_of(data: bytes) -> list[bytes]:
    """Return the key of each line of `mask_in_bulk`: lines of one key differ in codes at most."""
    data = without_digits(data)
    for run, one in ((b"00", b"0"), (b"0.0", b"0")):
        while run in data:
            data = data.replace(run, one)
    return data.split(b"\n")


def code_slots(key: bytes) -> list[tuple[int, str]]:
    """Return which numbers of a key, counted from 0, may be codes, and their kinds."""
    if b"0" not in key or _CODE_WORDS.search(key) is None:
        return []
    return [
        (key.count(b"0", 0, found.end()), found.lastgroup or "")
        for found in _CODE_SLOT.finditer(key)
    ]


def numbers_of(data: bytes) -> list[bytes]:
    """Return the numbers of `mask_in_bulk`'s lines: as many of each as its key has digits."""
    return _NUMBERS.findall(data)


def codes_of(numbers: Sequence[bytes], slots: Sequence[tuple[int, str]]) -> tuple[bytes, ...]:
    """Return the codes among the numbers in the slots; empty in place of those that are none."""
    return tuple(
        [
            number if _CODES[kind].fullmatch(number) else b""
            for number, (_, kind) in zip(numbers, slots, strict=True)
        ]
    )


def span_of_code(key: bytes, slot: int, plain: bytes) -> tuple[int, int] | None:
    """Return where in a line the number of a slot of its key stands; None where it is not sure.

    `plain` is the line `without_digits`: all lines with the same have it there.
    """
    parts = key.split(b"0", slot + 1)
    before = parts[slot][-_CONTEXT:]
    if _MASKED_ADDRESS in before or b'""' in before or len(before) < _LEAST_CONTEXT:
        return None
    before += b"0"
    if plain.count(before) != 1:
        return None
    start = plain.index(before) + len(before) - 1
    found = _NUMBERS.match(plain, start)
    return None if found is None else found.span()


_CONTEXT, _LEAST_CONTEXT = 12, 4
"""Characters before a number by which it is found again."""


def with_codes(key: bytes, slots: Sequence[tuple[int, str]], codes: Sequence[bytes]) -> bytes:
    """Return a key in which the codes of a line stand in place of the numbers."""
    parts = key.split(b"0")
    numbers = [b"0"] * (len(parts) - 1)
    for (at, _), code in zip(slots, codes, strict=True):
        if code:
            numbers[at] = code.translate(_PROTECT)
    return b"".join(part + number for part, number in zip(parts, [*numbers, b""], strict=True))


_CONTROLS = bytes(range(14, 24))


def strip_prefix(line: str, limit: int | None = None) -> str:
    """Return a line's visible text behind stamp and child runs, at most `limit` characters."""
    start = 0
    if line[23:24] == "Z" and line[10:11] == "T":
        start = 25 if line[24:25] == " " else 24
    text = line[start:] if limit is None else line[start : start + limit]
    if "-> " in text[:LINE_CHARACTERS] and _CHILD.search(text[:LINE_CHARACTERS]):
        prefix = read_prefix(line[: 2 * LINE_CHARACTERS], None)
        if prefix.children:
            return line[prefix.end :] if limit is None else line[prefix.end : prefix.end + limit]
    return text


def own_text(line: str) -> str:
    """Return what of a line's visible text its shape is made of: the beginning of its own text.

    Of a line of JSON that is its message, with the error in it.
    """
    text = strip_prefix(line, LINE_CHARACTERS)
    return _json_text(text, line) if text[:1] == "{" else text


def own_texts(lines: Sequence[str]) -> list[str]:
    """Return the own text of each line, at less cost than one by one."""
    size, stop = 25, 25 + LINE_CHARACTERS
    stamps = "".join([line[:size] for line in lines])
    marks = (stamps[10::size], stamps[23::size], stamps[24::size])
    if len(stamps) == size * len(lines) and marks == tuple(mark * len(lines) for mark in "TZ "):
        texts = [line[size:stop] for line in lines]
    else:
        texts = [
            line[size:stop] if line[23:25] == "Z " and line[10:11] == "T" else own_text(line)
            for line in lines
        ]
    text = "\n".join(texts)
    # A single character is found far faster.
    if (">" in text and "-> " in text) or ("{" in text and ("\n{" in text or text[:1] == "{")):
        for at, text in enumerate(texts):
            if text[:1] == "{" or "-> " in text:
                texts[at] = own_text(lines[at])
    return texts


_MESSAGE = re.compile(
    r'"(?:msg|message|event|@m|@mt|MessageTemplate|text|short_message)" ?: ?'
    r'"((?:[^"\\]|\\.){1,400})'
)
_REASON = re.compile(
    r'"(?:err|error|exception|exc_info|reason|type|code|errorMessage|stack)" ?: ?'
    r'"((?:[^"\\]|\\.){1,200})'
)


def _json_text(text: str, line: str) -> str:
    """Return the message of a line of JSON; its beginning where it has none."""
    found = _MESSAGE.search(line, 0, 8 * LINE_CHARACTERS)
    if found is None:
        return text
    message = _unescape(found[1])
    reason = next(
        (one for one in _REASON.finditer(line, 0, 8 * LINE_CHARACTERS) if one[1] != found[1]), None
    )
    if reason is None:
        return message
    return f"{message} {_unescape(reason[1])}"[:LINE_CHARACTERS]


def _unescape(text: str) -> str:
    text = text.partition("\\n")[0].replace('\\"', '"').replace("\\\\", "\\")
    return text.replace("\n", " ")


# -- shapes -------------------------------------------------------------------------------

_URL = re.compile(r"\b[a-z][a-z+]{1,10}://[^\s\"'<>\\)\]]{1,2000}")
_QUOTED = re.compile(
    r"\"[^\"\n]{0,400}\"|(?<![\w'])'[^'\n]{0,400}'(?!\w)|`[^`\n]{1,400}`|“[^”\n]{0,400}”|"
    r"«[^»\n]{0,400}»|„[^“”\n]{0,400}[“”]|‘[^’\n]{0,400}’|「[^」\n]{0,400}」"
)
_OPENS = frozenset("\"'`“«„‘「")
_TEXT_FIELDS = ("msg=", "message=", "event=", "err=", "error=", "reason=", "cause=")
_PAIR = re.compile(
    r"[\"']([\w.@$ -]{1,60})[\"'] ?: ?(?:\"((?:[^\"\\]|\\.){0,400})\"?|'((?:[^'\\]|\\.){0,400})'?"
    r"|([\w.+\x0e-\x17-]{1,60}))?"
)
_STATUS_KEY = re.compile(r"(?i)(?:status|code|errno|exit)")
_KEPT_VALUE = re.compile(r"ERR_\w{1,60}|E[A-Z]{3,20}|[A-Z]\w{0,60}(?:Error|Exception)")
_JSON = re.compile(r"[{\[][{\[\s]{0,4}[\"'][\w.@$ -]{1,60}[\"'] ?:")


def shape_of(line: str) -> str:
    """Return the shape of a line's own text: its words, and marks in place of values."""
    data = mask_in_bulk(joined([line.replace("\n", " ")]))
    key = keys_of(data)[0]
    if slots := code_slots(key):
        numbers = numbers_of(data)
        key = with_codes(key, slots, codes_of([numbers[at] for at, _ in slots], slots))
    return shape_of_key(key)


def shape_of_key(key: bytes, *, coded: bool = True) -> str:
    """Return the shape of lines by their key, that of `with_codes` if it has any.

    It is made of the key alone, so that it does not matter which of the lines came first.
    `coded` says whether there may be codes in it.
    """
    text = key.decode("utf-8", "replace")
    tail = ""
    if (found := _JSON.search(text)) is not None:
        text, data = text[: found.start()], text[found.start() :]
        tail = _json_shape(data)
        text = text.rstrip(" (")
    if "://" in text:
        text = _URL.sub(URL, text)
    if not _OPENS.isdisjoint(text):
        text = _QUOTED.sub(_mask_quoted, text)
    shape: list[str] = []
    before = ""
    words = text.split()
    for word in words[:MAX_TOKENS]:
        token = _TOKENS[word]
        if token == before and token in (NUMBER, VALUE):
            continue
        shape.append(token)
        before = token
    if len(words) > MAX_TOKENS and before != VALUE:
        shape.append(VALUE)
    if len(shape) > 1 and shape[0] == NUMBER and _TIME.search(words[0]):
        del shape[0]
    if tail:
        shape.append(tail)
    text = " ".join(shape)
    return text.translate(_RESTORE) if coded else text


def _mask_quoted(found: re.Match[str]) -> str:
    quoted = found[0]
    if found.string[max(0, found.start() - 8) : found.start()].endswith(_TEXT_FIELDS):
        return quoted
    if quoted[1] in _CODE_DIGITS and len(quoted) <= _MAX_REASON:  # '403 Forbidden'
        return quoted
    return f"{quoted[0]}{VALUE}{quoted[-1]}"


_MAX_REASON = 40
"""Characters of a quoted status and its reason."""


def _json_shape(data: str) -> str:
    """Return the keys of JSON, or of a dictionary of Python, with the codes among its values."""
    keys = []
    for found in _PAIR.finditer(data):
        key, value = found[1], found[2] or found[3] or found[4] or ""
        if _KEPT_VALUE.fullmatch(value) or (
            value and _STATUS_KEY.search(key) and value[-1] in _CODE_DIGITS
        ):
            keys.append(f"{key}:{value}")
        else:
            keys.append(_mask_digits(key))
    return "{" + ",".join(dict.fromkeys(keys)) + "}"


def _mask_digits(word: str) -> str:
    return _DIGIT_RUN.sub(NUMBER, word)


_TIME = re.compile(r"0[:-]0")
"""A time or date of a key, in which digits are 0."""

_DIGIT_RUN = re.compile(r"[0-9][0-9.,:]{0,400}")
_BEFORE = "([{<\"'`«“|*•-–—=>~≈$€£¥@#"
_AFTER = ")]}>\"'`»”,.;:!?…|*"
_NUMBER = re.compile(
    r"[-+±]?[0-9][0-9.,:/'’_×x-]{0,60}(?:[a-zA-Z%µ°€$£¥]{0,4}|Z|T[0-9:.,Z+-]{4,30})?"
    r"|(?:[0-9]{1,4}(?:ms|min|us|ns|d|h|m|s)){1,4}"
)
_FILE = re.compile(
    r"[\w@$./\\~+:<>\[\]()-]{0,300}\.(?:jsx?|tsx?|mjs|cjs|pyx?|go|rs|java|kt|rb|php|cs|cpp|cc|c|h|"
    r"html?|json|jsonl|csv|xlsx?|xml|txt|png|jpe?g|pdf|whl|gz|zip|md|ya?ml|toml|lock|log)"
    r"(?::[0-9]{1,9}){0,2}[)\]>,:;.]{0,3}"
)
_WORD_NUMBER = re.compile(r"([A-Za-z][A-Za-z_-]{1,40})[0-9]{1,3}")
_TEMPORARY = re.compile(r"(?:/tmp/|/var/folders/|/var/tmp/|[A-Z]:\\\S{0,200}\\Temp\\)\S{0,400}")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_HEX = re.compile(r"[0-9a-fA-F]{8,400}|0x[0-9a-fA-F]{1,64}")
_HOST = re.compile(
    r"(?:[\w-]{1,63}\.){1,8}(?:com|org|net|edu|gov|info|example|test|localhost|shop|store|de|fr|uk|"
    r"it|es|nl|pl|cz|jp|cn|br|us|eu|ca|au|ch|at|se)(?::[0-9#]{1,6})?(?:/\S{0,400})?"
)
_TURN = re.compile(r"[a-z][A-Z]|[A-Z][A-Z][a-z]")
_DIGIT = re.compile(r"[0-9]")


class _Tokens(dict[str, str]):
    """The masked form of words, kept for those that were seen."""

    def __missing__(self, word: str) -> str:
        if len(self) > 50_000:
            self.clear()
        token = self[word] = _token(word)
        return token


_TOKENS = _Tokens()


def _token(word: str) -> str:
    core = word.lstrip(_BEFORE)
    before = word[: len(word) - len(core)]
    stripped = core.rstrip(_AFTER)
    after = core[len(stripped) :]
    core = stripped
    if not core:
        return word if len(word) < 8 else word[:1] * 3  # a rule, a progress bar
    masked = _mask_word(core)
    if masked in (NUMBER, VALUE):
        # Lists are as long as they are: what separates their numbers does not matter.
        return (
            masked
            if set(before) <= set("[(-+$€£¥~≈") and set(after) <= set(",)];.")
            else (before + masked + after)
        )
    return before + masked + after


def _mask_word(core: str) -> str:
    if "=" in core[1:] and URL not in core:
        key, _, value = core.partition("=")
        return f"{_mask_digits(key)}={_mask_word(value) if value else ''}"
    if core in ("true", "false", "null", "None", "True", "False", "undefined", "NaN"):
        return core
    if not _DIGIT.search(core):
        if len(core) < 8:
            return core
        if "@" in core and _EMAIL.fullmatch(core):
            return VALUE
        if "/tmp/" in core or "/var/" in core or "\\Temp\\" in core:
            return _TEMPORARY.sub(VALUE, core)
        if "." in core and _HOST.fullmatch(core):
            return VALUE
        if len(core) <= 24 and core.isalpha():
            if _HEX.fullmatch(core):
                return VALUE
            if (
                len(core) >= 15
                and len(_TURN.findall(core)) >= 4
                and not core.endswith(("Error", "Exception"))
            ):
                return VALUE
        elif len(core) > 40 and core.isascii() and not re.search(r"[./\\:_-]", core):
            return VALUE
        return core
    if _NUMBER.fullmatch(core):
        return NUMBER
    if _TEMPORARY.search(core):
        return _TEMPORARY.sub(VALUE, core)
    if _FILE.fullmatch(core):
        return _mask_digits(core)
    if found := _WORD_NUMBER.fullmatch(core):
        return f"{found[1]}{NUMBER}"
    if "/" in core and core[0] == "/":
        return VALUE
    for separator in (":", "/", "|", "(", ","):
        # `name:1234`, `12/(340`, `retry(3`: the words stay.
        if separator in core[1:]:
            left, _, right = core.partition(separator)
            if left and right and len(core) < 80:
                return f"{_mask_word(left)}{separator}{_mask_word(right)}"
    return VALUE
