"""Kinds of secrets that logs of many languages hold, and ordinary lines that look like them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logview.secrets.masker import LONGEST_LINE, Masker
from logview.secrets.prefilter import RULES, candidate_lines
from logview.secrets.rules import MOST_HITS
from tests.secrets.test_masker import HARMLESS, HINTED, JWT

STAMP = "2026-11-20T06:00:00.123Z "
HEX = "0123456789abcdef"
APIFY = "apify_api_" + "Zk3vQ9xT7bLw2RfN8cYp5HsJ4mGd6AeU1tXo"

SECRET = [
    # (line with the secret in «», which is not part of it)
    "cookies={'sessionid': '«q8w7e6r5t4y3»', 'lang': '«en»'}",
    "cookies: { sessionid: '«abcdef»', theme: '«dark»' }",
    '"cookies": {"a": "«xyzzy»", "b": "«plugh»"}',
    r"\"cookies\": {\"a\": \"«xyzzy»\"}",
    "cookies = dict(sessionid='«abc123def»')",
    'Using cookies {"sid"=>"«abcd1234»"}',
    "<RequestsCookieJar[<Cookie sessionid=«abc123» for example.com/>]>",
    "Cookies: map[sessionid:«abc123def» other:«ghi789jkl»]",
    "cookies=[('sid', '«abc»'), ('x', '«defg»')]",
    "cookies={sid=«abc123», x=«def456»}",
    'cookies=[{"name":"sid","value":"«qwert»","domain":"x.com","path":"/"}]',
    "Cookie(name='sid', value='«abc123»', domain='x')",
    ".example.com\tTRUE\t/\tFALSE\t1735689600\tsessionid\t«abc123def»",
    "PHPSESSID=«abc123def456»",
    f"SECRET_KEY_BASE=«{HEX}»",
    f"SECRET_KEY_BASE: «{HEX}»",
    "secretKeyBase: '«0123456789abcdef»'",
    "API_KEY_PROD=«abcd1234efgh»",
    "OPENAI_API_KEY_2=«abcd1234efgh5678»",
    "PASSWORD_DB=«hunter2!xyz»",
    '{"password2": "«hunter2x»", "passwordConfirmation":"«hunter4x»"}',
    '{:api_key=>"«abcd1234efgh»", :password=>"«swordfish»"}',
    '{api_key: "«abcd1234efgh»"}',
    ":api_key => '«abcd1234efgh»',",
    "{ password => '«hunter2»', user => 'bob' }",
    "[api_key] => «abcd1234efgh»",
    '["password"]=> string(7) "«hunter2»"',
    '(:api-key "«abcd1234efgh»")',
    'api_key: Some("«abcd1234efgh»")',
    'password: str = "«hunter2»"',
    'const apiKey: string = "«abcd1234efgh»"',
    'os.environ["API_KEY"] = "«abcd1234efgh»"',
    "Passwort: «hunter2»",
    "contraseña: '«hunter2»'",
    "ПАРОЛЬ=«hunter2»",
    "密码：«hunter2»",
    "password: “«hunter2»”",
    "&quot;password&quot;:&quot;«hunter2»&quot;",
    r"\u0022password\u0022:\u0022«hunter2»\u0022",
    "CREATE USER x IDENTIFIED BY '«hunter2»'",
    "ALTER ROLE x WITH PASSWORD '«hunter2»'",
    '<input type="password" name="pw" value="«hunter2»">',
    "<input value='«hunter2»' type='password'/>",
    r"<input type=\"password\" value=\"«hunter2»\">",
    "&lt;input type=&quot;password&quot; value=&quot;«hunter2»&quot;&gt;",
    '<input type="hidden" name="csrf_token" value="«a1b2c3d4e5f6»">',
    '<meta name="csrf-token" content="«a1b2c3d4e5f6»">',
    '<add key="ApiKey" value="«abcd1234efgh»" />',
    '<add value="«abcd1234efgh»" key="ApiKey"/>',
    '<string name="api_key">«abcd1234efgh»</string>',
    '<entry key="db.password">«hunter2»</entry>',
    "<api_key>«abcd1234efgh»</api_key>",
    "<ns:Password>«hunter2»</ns:Password>",
    '{"Key":"ApiKey","Value":"«abcd1234efgh»"}',
    '{"value":"«abcd1234efgh»","name":"API_KEY"}',
    f"Bot «{'MTA4NzY1NDMyMTA5' + 'ODc2NTQz'}.G1a2b3.{'abcdefghijklmnopqrstuvwxyz0123456789-_'}»",
    f"key «{'key-' + HEX * 2}» x",
    f"api:«{'key-' + HEX * 2}»",
    f"chimp «{HEX * 2}-us14» x",
    "mysql -u root -p«hunter2» mydb",
    "mysqldump -h x -p'«hunter2»' db > out.sql",
    "redis-cli -h x -a «hunter2» ping",
    "sqlcmd -S x -U sa -P «Hunter2x»",
    "mongosh -u u -p «hunter2» host",
    "-Password «hunter2x»",
    '["--token", "«a1b2c3d4e5»"]',
    '["mysql", "-u", "root", "-p«SuperSecret»"]',
    "mysql -uroot -p'«Super Secret»' app",
    '["redis-cli", "-a", "«hunter2»", "ping"]',
    "ENV SECRET_KEY_BASE «f00dfacef00dface»",
    "session.cookies.set('sid', '«abc123xyz»')",
    "Cookie => sid=«abc123»",
    '{api_key, <<"«abc12345»">>}',
    "<input type=password value=«hunter2»>",
    '<setting name="ApiKey" serializeAs="String"><value>«abc12345»</value></setting>',
    '<secret value="«abc12345»"/>',
    "<property><name>fs.s3a.secret.key</name><value>«abc12345def»</value></property>",
    "<key>api_key</key><string>«abc12345»</string>",
    "mailgun «key-3ax6xnjp29jd6fds4gc373sgvjxteol0»",
    "API key: «abc12345def»",
    "Secret Key = «abc12345def»",
    "Password is «hunter2x», they said",
    "the password was set to «hunter2x».",
    "your API key is «abc12345def»",
    f"https://«{HEX * 2}»@o123.ingest.sentry.io/456",
    f"SENTRY_DSN=https://«{HEX * 2}»@sentry.example.com/2",
    f"https://«{HEX * 2}»:«{HEX[::-1] * 2}»@sentry.io/2",
]
SECRET += [
    "Cookie: sid=«abc123def»; path=/; domain=.example.com; SameSite=Lax; theme=«dark1»",
    "pin: «4821», PIN = '«482193»'",
    r"?otp=«482193»&x=1 {\"otp_code\": \"«482193»\"} totp=«482193»",
    "your verification code is «482193». mfa_code=«482193» one-time password: «48219377»",
]
SECRET += [
    "curl -s -b 'sid=«abc123»; theme=«dark1»' https://x.com",
    "curl --cookie sid=«abc123» https://x.com",
    "csrftoken=«abc123def456»; sessionid=«abc123def456»",
    "ASP.NET_SessionId=«abc123def456ghi»",
    "proxy 1.2.3.4:8080:user1:«p4ssw0rdabc», gate.example.com:7000:bob:«Sw0rdfish!x»",
    "machine api.example.com login bob password «hunter2x»",
    "api_key => «abcd1234efgh», access-token=>«abcd1234efgh»",
    "Cookies: sid=«abc123»; b=«c3d4e5»",
    "<SimpleCookie: sid='«abc123def»'>",
    "REDISCLI_AUTH=«hunter2»",
    "aws configure set aws_secret_access_key «wJalrXUtnFEMIxK7MDENG»",
    "requests.get(url, auth=('bob', '«hunter2»'))",
    'httpx.BasicAuth("bob", "«hunter2»")',
    "auth: ['bob', '«hunter2»']",
    "page.fill('input[name=\"password\"]', '«hunter2x»')",
    "page.type('[name=password]', '«hunter2x»')",
    f"captcha «{'CAP-' + HEX.upper() * 2}»",
]
ORDINARY = [
    "main.go:12:5: undefined, src/a.ts:12:5: x, at 10.0.0.1:8080:12:34 10:20:30:40 a.b.c:80:x",
    "curl -b cookies.txt -c jar.txt https://x.com sessionid=session_3kd92jf9 sessionid: a1b2c3d4e5",
    "api_key => validate2(api_key); proxy_auth: required, basic_auth=true Cookies: accepted",
    "proxy_auth=self._proxy.auth, basic_auth = HTTPBasicAuth",
    "author=('a', 'b') oauth: enabled; machine learning login page password reset",
    "pin: 3 columns, ping: 2000, spin: 4821, pins=1234 opt: 482193 pin: 2026-11-20 GPIO pin=17",
    "status code: 4040, security: 1234, error code is 5001, otp: 1234.5678",
    "token: 12 left, tokens: 1200, max tokens = 4096, key-value store, keyboard: yes",
    "password reset email sent; password_reset=true password_policy: strict",
    "passed: 12, failed: 0, author: Jane, authors: 3, authority=none, secretary: Bob",
    "TOKEN_COUNT=1200 TOKEN_TYPE=bearer PASSWORD_FILE=/run/secrets/db1 SECRET_NAME=my-secret-1",
    "API_KEY_ID=abc123def456 TOKEN_EXPIRES=2026-11-20T06:00:00Z TOKEN_URL=https://a/b1",
    "cookies: 12, cookies: { count: 12, enabled: true } cookies={} cookies: ['accept', 'decline']",
    "accepted cookies (3) for example.com; cookie banner {clicked}",
    "items.map(key => call(key)); token => token.trim(); x -> y; password -> field",
    '<input type="text" name="user" value="bob1"> <input type="password" value="">',
    '<button type="submit" value="Save12345"> <img id="a" value="x1"> <a href="/password">',
    "docker run -p 8080:80 image -p 3306:3306; mysql -p db; mysql --port=3306; ssh -p 2222 host",
    "zip -P; redis-cli -a; mkdir -p /a/b1; tar -a; ls -a -w 80",
    "key-value-store-12345, us14 region, eu-us14, abc-us14, monkey-0123",
    "https://example.com@host https://me@example.com/x git@github.com:a/b ssh://git@host:22/x",
    "module.Method.someVeryLongIdentifierNameThatGoesOn and Number.prototype.toStringAndMoreText",
    "MNOabcdefghijklmnopqrstuvwx.abcdef.abcdefghijklmnopqrstuvwxyzab",
    "identified by name; identified by 3 of 4",
    "password 'must be set' is a message; password \"too short\" and password `rules`",
    "IDs 0123456789abcdef0123456789abcdef-0123 and 3f2b8a10-41d4-4716-8466-554400001111",
    "Passwort vergessen? Senha: obrigatória, heslo: povinné, mot de passe : requis",
    "if (apiKey === undefined) { secretKey == null } token != other password<minimum",
    "the password is incorrect, the token is required, password was reset, the key is in use",
    "your API key is invalid; API key: required; secret is set; token is valid until 2026-11-20",
    "set env NODE_ENV production1; ENV PATH /usr/bin1; export KEY_COUNT 12345678",
    '<input type=text value=a1b2c3d4> <option value="a1b2c3d4">x</option> <meta name="viewport">',
    '{"type":"password","name":"pw","required":true} usage: app [--password PASSWORD] [--key K]',
    "session_id: session_abc, sessionId: 'session_3kd92jf', requestId: 'a1b2c3d4e5'",
    "class Token(str): pass; def password(self) -> str: key: KeyType = None",
]


@pytest.mark.parametrize("line", SECRET)
@pytest.mark.parametrize("prefix", ["", STAMP + "ERROR [app] "])
def test_secrets_of_a_line_are_masked_and_nothing_else(line: str, prefix: str) -> None:
    parts = (prefix + line).replace("»", "«").split("«")
    masked = Masker().mask_text(prefix + line.replace("«", "").replace("»", ""))
    at = 0
    for index, part in enumerate(parts[::2]):
        assert masked.startswith(part, at)
        at += len(part)
        if index < len(parts) // 2:
            assert masked.startswith("‹", at)
            at = masked.index("›", at) + 1
    assert at == len(masked)


@pytest.mark.parametrize("line", ORDINARY)
@pytest.mark.parametrize("prefix", ["", STAMP + "INFO  "])
def test_ordinary_lines_stay(line: str, prefix: str) -> None:
    assert Masker().mask_text(prefix + line) == prefix + line


def test_all_ordinary_lines_stay_one_after_the_other() -> None:
    text = "\n".join(STAMP + line for line in (*ORDINARY, *HARMLESS))
    assert Masker().mask_text(text) == text


class TestCutByThePlatform:
    """One printed line in several pieces, each with a stamp: the rest of a secret goes, too."""

    @pytest.mark.parametrize("before", [STAMP, "", "[a runId:b] -> " + STAMP])
    @pytest.mark.parametrize("cut", [12, 14, 18, 25, 40])
    @pytest.mark.parametrize("frame", ["token: {}", "got {} now", '"x": "{}", 1', "?token={}&y=1"])
    def test_a_token_at_any_place(self, before: str, cut: int, frame: str) -> None:
        at = frame.index("{") + cut
        line = frame.format(APIFY)
        pieces = [before + line[:at], before + line[at:]]
        masked = Masker().mask_text("\n".join(pieces))
        rest = masked.split("\n")[1]
        assert rest.startswith(f"{before}‹")
        assert rest.endswith(frame.partition("}")[2])

    @pytest.mark.parametrize(
        ("first", "second", "rest"),
        [
            ("password=hunt", "er2abcd", ""),
            ('{"password":"hunt', 'er", "x":1}', '", "x":1}'),
            ("GET /?token=a1b2c3", "d4e5f6&x=1", "&x=1"),
            ("Authorization: Bearer a1b2c3d4", "e5f6a7b8", ""),
            ("token: ", "a1b2c3d4e5f6", ""),
            ("API_KEY=", "a1b2c3d4e5f6", ""),
            (JWT[:60], JWT[60:], ""),
        ],
    )
    def test_named_ones(self, first: str, second: str, rest: str) -> None:
        masked = Masker().mask_text(f"{STAMP}{first}\n{STAMP}{second}")
        assert first.endswith((" ", "=")) or "‹" in masked.split("\n")[0]
        after = masked.split("\n")[1].removeprefix(STAMP)
        assert after.startswith("‹")
        assert after[after.index("›") + 1 :] == rest

    def test_three_pieces(self) -> None:
        pieces = [f"{STAMP}token: {APIFY[:20]}", STAMP + APIFY[20:32], STAMP + APIFY[32:]]
        masked = Masker().mask_text("\n".join(pieces))
        assert masked == f"{STAMP}token: ‹token 1›\n{STAMP}‹token 1›\n{STAMP}‹token 1›"

    @pytest.mark.parametrize(
        ("secret", "frame"),
        [
            (APIFY, "using {} now"), (APIFY, "{}"), (APIFY, "Authorization: Bearer {}"),
            ("ghp_" + APIFY[10:], "got {} ok"), (JWT, "jwt {} x"), (JWT, "{}"),
            (HEX * 2, "api_key={}"), (HEX * 2, '"apiKey": "{}",'),
            ("wJalrXUtnFEMIxK7MDENGxbPxRfiCYzz12", "AWS_SECRET_ACCESS_KEY={}"),
        ],
    )  # fmt: skip
    def test_wherever_it_is_cut(self, secret: str, frame: str) -> None:
        line = frame.format(secret)
        begin = line.index(secret)
        for cut in range(begin + 1, begin + len(secret) - 6):
            text = f"{STAMP}line above\n{STAMP}{line[:cut]}\n{STAMP}\n{STAMP}{line[cut:]}\nbelow"
            rest = line[cut : begin + len(secret)]
            assert rest not in Masker().mask_text(text)
            one = Masker()
            assert rest not in [one.mask_line(line) for line in text.split("\n")][3]

    @pytest.mark.parametrize(
        ("secret", "shown"),
        [
            ("ghp_" + APIFY[10:], 9), ("sk-proj-" + APIFY[10:] + "-" + APIFY[10:20], 13),
            ("AIza" + APIFY[10:45], 9), ("xoxb-123456789012-" + APIFY[10:34], 9),
        ],
    )  # fmt: skip
    def test_neither_half_of_a_token_stays(self, secret: str, shown: int) -> None:
        for cut in range(shown, len(secret) - 4):
            masked = Masker().mask_text(f"{STAMP}got {secret[:cut]}\n{STAMP}{secret[cut:]} now")
            assert secret[:cut] not in masked or secret[cut - 1] == "-"
            assert secret[cut:] not in masked

    @pytest.mark.parametrize("cut", [2, 6, 9])
    def test_a_cookie_before_another(self, cut: int) -> None:
        value = "s3cr3tvalue99"
        text = f"{STAMP}Cookie: sid={value[:cut]}\n{STAMP}{value[cut:]}; theme=dark"
        assert value[cut:] not in Masker().mask_text(text)

    def test_over_the_end_of_a_block(self) -> None:
        masker = Masker()
        masker.mask_text(f"{STAMP}got {APIFY[:8]}\n")
        assert APIFY[12:] not in masker.mask_text(f"{STAMP}{APIFY[8:]} now\n")

    def test_it_is_one_secret(self) -> None:
        masker = Masker()
        masker.mask_text(f"token: {APIFY[:30]}\n{APIFY[30:]}")
        assert masker.summary() == "1 secret masked"

    def test_the_first_piece_may_be_a_line_that_is_not_copied(self) -> None:
        masker = Masker()
        masker.read_preceding(["x", f"{STAMP}token: {APIFY[:30]}"])
        assert masker.mask_line(STAMP + APIFY[30:]) == f"{STAMP}‹token 1›"
        masker.skip_lines([f"{STAMP}token: {APIFY[:20]}", STAMP + APIFY[20:32]])
        assert APIFY[32:] not in masker.mask_line(STAMP + APIFY[32:])
        masker.skip_lines(["one", "two"])
        assert masker.mask_line("a1b2c3") == "a1b2c3"

    def test_blocks_and_single_lines_agree(self) -> None:
        lines = [f"{STAMP}token: {APIFY[:30]}", STAMP + APIFY[30:], "next"]
        one, blocks = Masker(), Masker()
        assert [one.mask_line(line) for line in lines] == [blocks.mask_text(line) for line in lines]

    @pytest.mark.parametrize(
        "after",
        ["INFO  Starting", "HOME=/root", "Done", "npm notice", "200 OK", "v18.2.0", "12.5ms",
         "user: bob1", "https://a.b/c1d2", "/usr/bin/node18", "[apify] INFO x", "at x (a.js:1:2)",
         "Loaded 12 items", "{", "3 of 4"],
    )  # fmt: skip
    @pytest.mark.parametrize(
        "line", [f"APIFY_TOKEN={APIFY}", "password: hunter2", "token: a1b2c3d4", "api_key=abcd1234"]
    )
    def test_the_next_line_stays_where_it_is_one(self, line: str, after: str) -> None:
        masked = Masker().mask_text(f"{STAMP}{line}\n{STAMP}{after}")
        assert masked.split("\n")[1] == STAMP + after


SCRAPS = [
    *(line.replace("«", "").replace("»", "") for line in SECRET),
    *HINTED, *HARMLESS, *ORDINARY,
    "password", "token", "key", "_", "=", ":", "=>", " ", '"', "'", "\\", "api", "secret", "-", "@",
    "://", "cookie", "a1b2c3d4e5", "&", "?", ",", "K", "İ", "ſ", "<", ">", "value", "name",
    "\t", "%3d", "pin", "otp", "mfa", "code", " is ", "4821",
]  # fmt: skip


@given(st.lists(st.sampled_from(SCRAPS) | st.text(max_size=5), max_size=8))
def test_the_prefilter_drops_no_line_in_which_a_rule_finds_something(scraps: list[str]) -> None:
    line = "".join(scraps).replace("\n", " ")
    low = line.lower()
    if len(low) != len(line):
        low = line.replace("İ", "i").lower()
    found = [rule for rule in RULES if rule.find(line, low)]
    for rule in found:
        assert rule.applies_to(line, low)
    if found:
        assert candidate_lines(f"above\n{line}\nbelow") == [1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["ab.", "token:", 'password="', "cookies={", "cookies=('a','b'),", "<a name='key' ", "\\",
     "-p", "mysql ", "docker login ", "&quot;", "token_a", "key_base", "://a", "<a ", "value='",
     "key-us1", "M.", "::", "password '", "token: ab.", "_prod", "bearer ", "eyJ", "eyJ.",
     "_auth=a", "secret_a=", "token=&quot;", "password: “"],
)  # fmt: skip
@pytest.mark.parametrize("lead", ["token: ", "password=", 'cookies={"a":"', "", "api_key: Some("])
@pytest.mark.slow
def test_a_long_line_is_masked_in_time(lead: str, unit: str) -> None:
    """An exponential or a quadratic pass does not come back within any test's patience."""
    Masker().mask_line(lead + unit * (50_000 // len(unit)) + "%")


def test_a_line_that_is_too_long_to_search_is_masked_whole() -> None:
    assert Masker().mask_line("x" * (LONGEST_LINE + 1)) == "‹line not searched 1›"


@pytest.mark.parametrize("unit", ["token:", "a:b@c.d:80 ", "password=***,", "pwd=x "])
def test_a_line_with_too_much_to_search_is_masked_whole(unit: str) -> None:
    line = unit * (MOST_HITS + 1)
    assert Masker().mask_line(line) == "‹line not searched 1›"
    masked = Masker().mask_text(f"above\n{line}\npassword=hunter2")
    assert masked == "above\n‹line not searched 1›\npassword=‹password 1›"


def test_the_mask_of_the_issue() -> None:
    line = f"token: {'.'.join(itertools.repeat('ab', 40))}%"
    assert Masker().mask_line(line) == "token: ‹token 1›"
