"""Secrets are masked in what leaves; everything else stays as it is."""

from __future__ import annotations

import base64
import itertools
import json
import re
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from logview.secrets.masker import Masker
from logview.secrets.token import Token
from logview.secrets.token_shapes import SHAPES, TokenShape

if TYPE_CHECKING:
    from collections.abc import Callable

STAMP = "2026-11-20T06:00:00.123Z "
APIFY = "apify_api_" + "Zk3vQ9xT7bLw2RfN8cYp5HsJ4mGd6AeU1tXo"
JWT = ".".join(
    base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
    for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": "1234567890", "name": "A"}, "x" * 24)
)
PEM_LINES = [
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
    "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu",
    "NMoSfm76oqFvAp8Gy0iz5sxjZmSnXyCdPEovGhLa0VzMaQ8s+CLOyS56YyCFGeJZ",
    "qgtzJ6GR3eqoYSW9b9UMvkBpZODSctWSNGj3P7jRFDO5",
]


def pem(lines: list[str], kind: str = "RSA ") -> list[str]:
    return [f"-----BEGIN {kind}PRIVATE KEY-----", *lines, f"-----END {kind}PRIVATE KEY-----"]


def mask(text: str, token: str | None = None) -> str:
    return Masker(Token(token) if token else None).mask_text(text)


class TestWhatIsMasked:
    @pytest.mark.parametrize("row", SHAPES, ids=lambda row: row.name)
    @pytest.mark.parametrize(
        "frame",
        [
            STAMP + 'INFO  Crawler: got {{"value":"{}","n":12}}',
            "2026-11-20 06:00:00,123 - apify - INFO - got '{}', then more",
            "VALUE={}",
            "line one\\n{}\\nline two",
            "({})",
        ],
    )
    def test_a_known_shape_goes_and_its_frame_stays(self, row: TokenShape, frame: str) -> None:
        masked = mask(frame.format(row.example))
        before, after = frame.format("\0").split("\0")
        assert masked.startswith(before)
        assert masked.endswith(after)
        assert f"‹{row.kind} 1›" in masked
        assert row.example[-16:] not in masked

    @pytest.mark.parametrize(
        ("line", "masked"),
        [
            (f"Authorization: Bearer {APIFY}", "Authorization: Bearer ‹token 1›"),
            ("authorization: 8dKf93jf0skq", "authorization: ‹token 1›"),
            (
                "Proxy-Authorization: Basic dXNlcjpwYXNzd29yZA==",
                "Proxy-Authorization: Basic ‹credentials 1›",
            ),
            ('{"authorization": "Bearer swordfish"}', '{"authorization": "Bearer ‹token 1›"}'),
            ("{'Authorization': 'Token a1b2', 'x': 1}",
             "{'Authorization': 'Token ‹token 1›', 'x': 1}"),
            ("(b'authorization', b'Bearer a1b2')", "(b'authorization', b'Bearer ‹token 1›')"),
            ("[ 'Authorization', 'Bearer a1', 'Host' ]",
             "[ 'Authorization', 'Bearer ‹token 1›', 'Host' ]"),
            ("sent bearer 1a2b3c4d5e6f7a8b", "sent bearer ‹token 1›"),
            ("sent Basic dXNlcjpwYXNz.", "sent Basic ‹credentials 1›."),
            (f"jwt {JWT}, next", "jwt ‹token 1›, next"),
            ("http://me:pw@host:80/x", "http://me:‹password 1›@host:80/x"),
            ("redis://:p@ss@host", "redis://:‹password 1›@host"),
            ("GET /a?token=x&b=1#c", "GET /a?token=‹token 1›&b=1#c"),
            ("GET /a?b=1&auth=x9#c", "GET /a?b=1&auth=‹token 1›#c"),
            ("GET /a?auth=true&oauth=x9", "GET /a?auth=true&oauth=x9"),
            ("?access_token=ab&api_key=cd&apikey=ef&signature=gh&password=ij&secret=kl.",
             "?access_token=‹token 1›&api_key=‹key 1›&apikey=‹key 2›&signature=‹signature 1›"
             "&password=‹password 1›&secret=‹secret 1›"),
            ("?X-Amz-Date=2026&X-Amz-Signature=ab12",
             "?X-Amz-Date=2026&X-Amz-Signature=‹signature 1›"),
            ("?sv=2026-01-01&sig=a%2Fb%3D", "?sv=2026-01-01&sig=‹signature 1›"),
            ("to=%2Fa%3Ftoken%3Dabc%26x%3D1", "to=%2Fa%3Ftoken%3D‹token 1›%26x%3D1"),
            ('{"password":"hunter2","ok":true}', '{"password":"‹password 1›","ok":true}'),
            ('{"password": 123456, "n": 1}', '{"password": ‹password 1›, "n": 1}'),
            ("{ password: 'two words', n: 1 }", "{ password: '‹password 1›', n: 1 }"),
            ('{"apiKey":"abc123def456"}', '{"apiKey":"‹key 1›"}'),
            ('{"client_secret":"k.3~x_Y9zz"}', '{"client_secret":"‹secret 1›"}'),
            ('{"accessToken": "Bearer a1b2c3d4"}', '{"accessToken": "Bearer ‹token 1›"}'),
            (r'{\"password\":\"a b\",\"n\":1}', r'{\"password\":\"‹password 1›\",\"n\":1}'),
            (r'{\\\"token\\\":\\\"a1b2c3d4\\\"}', r'{\\\"token\\\":\\\"‹token 1›\\\"}'),
            (r'"password":"a\"b","n":1', '"password":"‹password 1›","n":1'),
            ("password: hunter2", "password: ‹password 1›"),
            ("user[password]=hunter", "user[password]=‹password 1›"),
            ("DB_PASSWORD=p&s,s;w0rd", "DB_PASSWORD=‹password 1›"),
            ("SMTP_PASS='x y' go", "SMTP_PASS='‹password 1›' go"),
            ("x-api-key: abcd1234", "x-api-key: ‹key 1›"),
            ("('x-api-key', 'abcd1234')", "('x-api-key', '‹key 1›')"),
            ("{ 'token' => 'abcd1234' }", "{ 'token' => '‹token 1›' }"),
            ("Cookie: a=1; b=\"two\"; c=3,4",
             "Cookie: a=‹cookie 1›; b=\"‹cookie 2›\"; c=‹cookie 3›"),
            ("Set-Cookie: sid=q; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure",
             "Set-Cookie: sid=‹cookie 1›; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure"),
            ("'set-cookie': [ 'a=q; Path=/', 'b=r; HttpOnly' ]",
             "'set-cookie': [ 'a=‹cookie 1›; Path=/', 'b=‹cookie 2›; HttpOnly' ]"),
            ('{"cookie":"a=q; b=r","n":1}', '{"cookie":"a=‹cookie 1›; b=‹cookie 2›","n":1}'),
            ("export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfi",
             "export AWS_SECRET_ACCESS_KEY=‹key 1›"),
            ("AccountName=x;AccountKey=abc123/+==;End=x", "AccountName=x;AccountKey=‹key 1›;End=x"),
            ("//registry.npmjs.org/:_authToken=ab12cd34",
             "//registry.npmjs.org/:_authToken=‹token 1›"),
            ("curl -u me:pw https://x", "curl -u me:‹password 1› https://x"),
            ("curl --proxy-user 'me:pw' x", "curl --proxy-user 'me:‹password 1›' x"),
            (f'Digest username="m", response="{"a1" * 16}"',
             'Digest username="m", response="‹credentials 1›"'),
            ("Authorization: AWS4-HMAC-SHA256 Credential=AKIAQYLPMN5HHHFPZAM2/20261120/s3, "
             f"SignedHeaders=host, Signature={'5d' * 32}",
             "Authorization: AWS4-HMAC-SHA256 Credential=‹key 1›/20261120/s3, "
             "SignedHeaders=host, Signature=‹signature 1›"),
            ("run --token a1b2c3d4 --db-password 'hunter2' x",
             "run --token ‹token 1› --db-password '‹password 1›' x"),
            ("?key=Zk3vQ9xT7bLw2RfN8cYp5HsJ HTTP", "?key=‹key 1› HTTP"),
            (f"/in.php?key={'a1' * 16}&method=post", "/in.php?key=‹key 1›&method=post"),
            ("captchaKey: 'a1b2c3d4e5'", "captchaKey: '‹key 1›'"),
            ("//reg/:_auth=dXNlcjpwYXNz", "//reg/:_auth=‹credentials 1›"),
            ("_auth = dXNlcjpwYXNzMTIz", "_auth = ‹credentials 1›"),
            ('{"auths":{"r.io":{"auth":"dXNlcjpwYXNzd29yZA=="}}}',
             '{"auths":{"r.io":{"auth":"‹credentials 1›"}}}'),
            ("docker login -u me -p hunter2x reg.io", "docker login -u me -p ‹password 1› reg.io"),
            ("sshpass -p 'hunter2x' ssh h", "sshpass -p '‹password 1›' ssh h"),
            ("::add-mask::my-value", "::add-mask::‹secret 1›"),
            ("?u=a%253Ftoken%253Dabc%2526x%253D1", "?u=a%253Ftoken%253D‹token 1›%2526x%253D1"),
            ("%22password%22%3A%22hunter2%22%2C", "%22password%22%3A%22‹password 1›%22%2C"),
            (r"?a=1\u0026sig=ab\u0026token\u003dcd\u0026x",
             r"?a=1\u0026sig=‹signature 1›\u0026token\u003d‹token 1›\u0026x"),
            ("https%3A%2F%2Fuser%3Ahunter2%40host", "https%3A%2F%2Fuser%3A‹password 1›%40host"),
            ("user:hunter2@proxy.apify.com:8000", "user:‹password 1›@proxy.apify.com:8000"),
            ("via groups-A,session-b:hunter2@p.apify.com:80 ok",
             "via groups-A,session-b:‹password 1›@p.apify.com:80 ok"),
            ('{"user":"a","pass":"hunter2"}', '{"user":"a","pass":"‹password 1›"}'),
            ("user=me pass=hunter2, pw='x y'", "user=me pass=‹password 1›, pw='‹password 2›'"),
            ("<Password>hunter2</Password>", "<Password>‹password 1›</Password>"),
            ("<token>a1b2c3d4e5</token>", "<token>‹secret 1›</token>"),
            ('{"name":"authorization","value":"Bearer a1b2c3"}',
             '{"name":"authorization","value":"Bearer ‹token 1›"}'),
            ("{ name: 'x-api-key', value: 'a1b2c3d4e5' }",
             "{ name: 'x-api-key', value: '‹key 1›' }"),
            (r'{\"name\": \"Cookie\", \"value\": \"sid=ab; b=c\"}',
             r'{\"name\": \"Cookie\", \"value\": \"sid=‹cookie 1›; b=‹cookie 2›\"}'),
            ('{"name":"sid","value":"ab12","domain":".x.com"}',
             '{"name":"sid","value":"‹cookie 1›","domain":".x.com"}'),
            ("JWT_SECRET=mysupersecretjwt", "JWT_SECRET=‹secret 1›"),
            ('{"password":"cut', '{"password":"‹password 1›'),
            ('password="cut', 'password="‹password 1›'),
            (f"{APIFY}{APIFY}.", "‹token 1›."),
            ("İ password=hunter2", "İ password=‹password 1›"),
        ],
    )  # fmt: skip
    def test_named_secrets_go_and_what_is_around_stays(self, line: str, masked: str) -> None:
        assert mask(line) == masked

    @pytest.mark.parametrize("form", ["{}", "x={}", "{}{}", "at/{}/b", "'{}'", "a{}b"])
    def test_the_token_in_use_goes_whatever_it_looks_like(self, form: str) -> None:
        for token in ("demo", "a/b+c=", 'q"\\x', "token"):
            for written in {token, quote(token, safe=""), json.dumps(token)[1:-1]}:
                masked = mask(form.replace("{}", written), token)
                assert masked == form.replace("{}", "‹token 1›")

    def test_it_is_one_secret_however_it_is_written(self) -> None:
        masker = Masker(Token("a/b+c="))
        assert (
            masker.mask_line("a/b+c= a%2Fb%2Bc%3D a%2fb%2bc%3d") == "‹token 1› ‹token 1› ‹token 1›"
        )
        assert masker.summary() == "1 secret masked"


class TestPrivateKeys:
    @pytest.mark.parametrize(
        "prefix", ["", STAMP, STAMP + "INFO  ", "[worker-1] ", "    ", STAMP + '  key: "']
    )
    def test_each_line_of_one_goes(self, prefix: str) -> None:
        text = "\n".join(prefix + line for line in [*pem(PEM_LINES), "and so on"])
        lines = mask(text).split("\n")
        assert lines[0] == prefix + "-----BEGIN RSA PRIVATE KEY-----"
        assert lines[1:5] == [prefix + "‹private key 1›"] * 4
        assert lines[5:] == [prefix + "-----END RSA PRIVATE KEY-----", prefix + "and so on"]

    def test_stamps_that_stand_only_before_later_lines(self) -> None:
        lines = ["key = " + pem(PEM_LINES)[0], *(STAMP + line for line in pem(PEM_LINES)[1:])]
        assert mask("\n".join(lines)).count("‹private key 1›") == 4

    @pytest.mark.parametrize("end", ["\\n", "\\\\n", "\\r\\n", ""])
    def test_one_squeezed_into_a_line_goes(self, end: str) -> None:
        begin, *lines, last = pem(PEM_LINES, "")
        text = f'{{"private_key": "{end.join([begin, *lines, last])}{end}", "password": "pw"}}'
        assert mask(text) == (
            f'{{"private_key": "{begin}{end}‹private key 1›{end}{last}{end}",'
            ' "password": "‹password 1›"}'
        )

    def test_headers_and_lines_of_others_within_one_stay(self) -> None:
        begin, *lines, last = pem(PEM_LINES)
        text = [
            begin,
            "Proc-Type: 4,ENCRYPTED",
            "",
            lines[0],
            "INFO  a line of another",
            *lines[1:],
        ]
        masked = mask("\n".join([*text, last])).split("\n")
        assert [line for line in masked if "‹" not in line] == [
            begin, "Proc-Type: 4,ENCRYPTED", "", "INFO  a line of another", last
        ]  # fmt: skip

    def test_one_that_never_ends_is_left_behind(self) -> None:
        rest = ["INFO  one", "INFO  two", "INFO  three", "word", "more"]
        masked = mask("\n".join([*pem(PEM_LINES)[:-1], *rest])).split("\n")
        assert masked[5:] == rest

    def test_equal_ones_are_equal_and_others_are_not(self) -> None:
        other = [PEM_LINES[0], PEM_LINES[2], PEM_LINES[1], PEM_LINES[3]]
        masker = Masker()
        first = masker.mask_text("\n".join(pem(PEM_LINES)))
        assert masker.mask_text("\n".join(pem(PEM_LINES))) == first
        assert masker.mask_text("\n".join(pem(other))).count("‹private key 2›") == 3
        assert masker.count == 2

    def test_certificates_and_public_keys_stay(self) -> None:
        for kind in ("CERTIFICATE", "PUBLIC KEY"):
            text = "\n".join([f"-----BEGIN {kind}-----", *PEM_LINES, f"-----END {kind}-----"])
            assert mask(text) == text


HARMLESS = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "commit 83063f1a0e9f6d4c8b7a5e3d2c1b0a9f8e7d6c5b",
    "md5=d41d8cd98f00b204e9800998ecf8427e integrity=sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXc==",
    "id 3f2b8a10-41d4-4716-8466-554400001111",
    '{"id":"HG7ML7M8z78YcAPEB","actId":"zdc3Pyhyz3m8vjDeM","buildId":"aB3dE5fG7hJ9kL1mN"}',
    "https://console.apify.com/actors/aaaaaaaaaaaaaaaaa/runs/HG7ML7M8z78YcAPEB#log",
    "https://api.apify.com/v2/key-value-stores/eJYXPbtn6yS6p6rWE/records/OUTPUT?disableRedirect=1",
    "https://example.com/p/some-long-slug-12345678901234567890?utm_source=a&id=HG7ML7M8z78YcAPEB",
    "https://host:8080/x@y and mailto:me@example.com or git@github.com:a/b.git",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChw",
    'token count: 5, {"tokens": 1200, "max_tokens": 4096, "totalTokens":12} token=512',
    "password: ",
    "Password: required",
    "Enter password:",
    "the password: it has to have 8 characters",
    "token=<your token> token=*** token=${TOKEN} token=$TOKEN token=[REDACTED] token=undefined",
    '{"token": null, "secret": true, "apiKey": "", "password": null, "password": "***"}',
    'password="{{ password }}" password=%PASSWORD% password=changeme api_key=your-api-key-123',
    "https://user:***@host http://user:<password>@host http://user:${PASS}@host",
    "token: process.env.APIFY_TOKEN, password=os.environ['PASSWORD'] password=getpass()",
    "Authorization: <token> Authorization: failed for user bob. Authorization: Bearer $TOKEN",
    "Basic authentication is required; Bearer authentication isn't supported",
    "Cookie: accepted. cookies: 12, set-cookie: none",
    "key=value retries=3 url=https://a/b cookiesPerDomain=true keyValueStore=default",
    "sort_key=a1b2c3d4 primaryKey: a1b2c3d4e5 idempotencyKey=a1b2c3d4e5",
    '{"nextPageToken": "CAUQAA1234567", "cursor_token":"abc123def456", "prompt_token": "a1b2c3d4"}',
    "at async Token.parse (/home/myuser/node_modules/token-auth/index.js:12:34)",
    'File "/usr/src/app/src/token.py", line 12, in secret_key',
    "if (token === undefined) return; token => call(token); password == other",
    "SyntaxError: Unexpected token: punc (}) at 12, Unexpected token '<', \"<!DOCTYPE \"",
    "sk-folding-cube-something-longer-than-twenty .sk-circle12",
    "apify_proxy_country_residential_group_long_name apify_actor_maximumtotalchargeoftherun",
    "task_force_with_a_long_name_1234567890 risk_live_data_12 npm_config_cache_directory_is_long1",
    '{"signature":"foo(bar)","pass":12,"fail":0} 3 pass: 12',
    "--token is required, --password <password>, --api-key --verbose",
    "password=/run/secrets/db_password secret: arn:aws:secretsmanager:us-east-1:123:secret:foo",
    "tests: pass=12 fail=0 pass: 'yes' 'pass': true, pass: all bypass=hunter2 compass: 'n1orth'",
    '{"status":"pass","pass":"true"} width pw=120 <token>EOF</token> <password></password>',
    "?key=HG7ML7M8z78YcAPEB&key=x ?key=OUTPUT keys?exclusiveStartKey=Zk3vQ9xT7bLw2RfN8cYp5HsJ",
    '{"name":"price","value":"12.50 USD"} {"name":"sku","value":"a1b2c3d4e5"} name: x, value: 1',
    '{"key":"OUTPUT","value":"HG7ML7M8z78YcAPEB"} {"name": "maxRequests", "value": 12}',
    "apify/actor-node:20@sha256:12345678 npm:react@18.2.0 a:b@c time 06:00:00@host:80 x@y.com:25",
    '{"auth":"none"} auth: required auth=oauth2 {"auth":{"user":"me"}} auth: basic',
    "docker login succeeded -- docker login -u me --password-stdin; https%3A%2F%2Fh%3A80%2F%40me",
    "iVBORw0KGgo+AKIA/pat1sk-9/key=/9j/4AAQSkZJRgABAQAAAQABAAD eyJsb25nIjoiYmFzZTY0IGltYWdlIn0=",
    "JWT_SECRET= CLIENT_SECRET=$SECRET APP_SECRET=undefined SECRET=<secret> MY_SECRET=short",
    "AKIA and ASIAPACIFICSOUTHEAST and AKIAIOSFODNN7 SK0123456789abcdef",
    "eyJ eyJhbGciOiJIUzI1NiJ9 eyJhbGciOi.x",
    "read -----BEGIN PRIVATE KEY----- up to -----END PRIVATE KEY----- from it",
]

ENDED = [line for line in HARMLESS if not line.endswith((":", ": ", "="))]
"""Those that no value on the next line belongs to."""


class TestWhatStays:
    @pytest.mark.parametrize("line", HARMLESS)
    @pytest.mark.parametrize("prefix", ["", STAMP + "INFO  "])
    def test_what_is_no_secret(self, line: str, prefix: str) -> None:
        masker = Masker(Token(APIFY))
        assert masker.mask_line(prefix + line) == prefix + line
        assert masker.count == 0
        assert masker.summary() == ""

    @given(
        st.lists(
            st.sampled_from([*ENDED, " ", "\t", "→", "ž", "{", "}", ",", "\u2028"])
            | st.text("ghijmnlo éß12 .,()[]{}\t\n", max_size=30),
            max_size=12,
        )
    )
    def test_texts_without_secrets(self, parts: list[str]) -> None:
        text = "\n".join(parts)
        assert mask(text) == text

    def test_a_hash_below_a_name_in_words_is_no_rest_of_a_secret(self) -> None:
        text = "apify_actor_maximumtotalchargeoftherun\nd41d8cd98f00b204e9800998ecf8427e"
        assert mask(text) == text

    def test_a_hash_below_a_number_is_no_rest_of_a_secret(self) -> None:
        text = "max_tokens 4096 token=512\nd41d8cd98f00b204e9800998ecf8427e"
        assert mask(text) == text

    def test_all_when_it_is_switched_off(self) -> None:
        masker = Masker(Token("demo"), enabled=False)
        text = f"demo {APIFY} password=hunter2"
        assert masker.mask_line(text) == text
        assert masker.mask_raw_line(text.encode(), text) == text.encode()
        assert masker.summary() == ""


class TestMasks:
    def test_they_are_numbered_by_first_appearance_and_equal_ones_are_equal(self) -> None:
        masker = Masker()
        assert masker.mask_line("?password=b&password=a token: a1b2c3d4") == (
            "?password=‹password 1›&password=‹password 2› token: ‹token 1›"
        )
        assert masker.mask_line("?password=c&token=b1b2c3d4&password=a&token=a1b2c3d4") == (
            "?password=‹password 3›&token=‹token 2›&password=‹password 2›&token=‹token 1›"
        )
        assert masker.count == 5
        assert masker.summary() == "5 secrets masked"

    def test_one_secret_keeps_its_mask_wherever_it_is_found(self) -> None:
        assert mask(f"{APIFY}\nhttp://x:{APIFY}@h\nsecret={APIFY}").count("‹token 1›") == 3

    def test_they_show_nothing_about_the_secret(self) -> None:
        assert mask("password=a1") == mask("password=" + "z9" * 40)


class TestRawLines:
    def test_a_block_keeps_the_bytes_of_lines_without_secrets(self) -> None:
        data = b"\x1b[31mred\x1b[0m \xff\r\n\x1b[32mpassword=hunter2\x1b[0m\r\nlast\xfe\n"
        text = "red \ufffd\npassword=hunter2\nlast\ufffd\n"
        masked = "password=‹password 1›\r".encode()
        assert Masker().mask_block(data, text) == (
            b"\x1b[31mred\x1b[0m \xff\r\n" + masked + b"\nlast\xfe\n"
        )

    def test_a_block_without_secrets_is_not_even_copied(self) -> None:
        plain = b"INFO  done {'id':'HG7ML7M8z78YcAPEB'}\n" * 9
        assert Masker(Token(APIFY)).mask_block(plain, plain.decode()) is plain

    @pytest.mark.parametrize(("start", "end"), [("\x1b]8;;", "\x1b\\"), ("\x9d8;;", "\x9c")])
    def test_one_hidden_in_a_control_string_of_a_block_goes(self, start: str, end: str) -> None:
        masker = Masker()
        data = f"one\n{start}https://a/b?token={APIFY}{end}link\ntwo\n".encode()
        assert masker.mask_block(data, "one\nlink\ntwo\n") == b"one\nlink\ntwo\n"
        assert masker.count == 1

    def test_the_bytes_stay_where_there_is_no_secret(self) -> None:
        data = b"\x1b[31mred\x1b[0m \xff\xfe done\r"
        assert Masker().mask_raw_line(data, "red �� done") == data

    def test_a_secret_takes_the_colours_with_it(self) -> None:
        data = b"\x1b[31mpassword=hunt\x1b[0mer2 \xff\r"
        assert (
            Masker().mask_raw_line(data, "password=hunter2 �")
            == "password=‹password 1› �\r".encode()
        )

    def test_one_hidden_in_an_escape_sequence_goes(self) -> None:
        masker = Masker()
        data = f"\x1b]8;;https://a/b?token={APIFY}\x1b\\link\x1b]8;;\x1b\\".encode()
        assert masker.mask_raw_line(data, "link") == b"link"
        assert masker.count == 1


WORDS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
PASSWORD = st.text(WORDS + "!$%^*+-_~", min_size=8, max_size=30).filter(
    lambda word: (
        bool(re.search("[0-9]", word[4:]) and re.search("[A-Za-z]{2}", word))
        and "***" not in word
        and word[0] not in "$%@"
        and not word.lower().startswith(("env", "your", "my", "the", "some", "example"))
    )
)
PLANTED = st.one_of(
    st.text(WORDS, min_size=36, max_size=36).map(lambda body: "apify_api_" + body),
    st.text(WORDS, min_size=36, max_size=36).map(lambda body: "ghp_" + body),
    st.text(WORDS, min_size=40, max_size=40).map(lambda body: "sk_live_" + body),
    st.text(WORDS + "-_", min_size=35, max_size=35).map(lambda body: "AIza" + body),
    st.text(WORDS + "-_", min_size=20, max_size=40).map(lambda body: f"eyJ{body}.eyJ{body}.{body}"),
)
BARE: list[Callable[[str], str]] = [
    lambda secret: STAMP + f'INFO  Crawler: msg {{"a":"{secret}","b":[1,"{secret}"]}}',
    lambda secret: f"2026-11-20 06:00:00,123 [apify] INFO  using {secret} for it",
    lambda secret: f"-> https://a.b/c?x={secret}&y=1",
    lambda secret: f'curl -H "X-Thing: {secret}" https://a.b',
    lambda secret: json.dumps({"text": json.dumps({"x": [secret]})}),
]
NAMED: list[Callable[[str], str]] = [
    lambda secret: STAMP + f"Authorization: Bearer {secret}",
    lambda secret: f"{{'Proxy-Authorization': 'Bearer {secret}', 'Host': 'x'}}",
    lambda secret: f"http://user:{quote(secret, safe='')}@proxy.apify.com:8000/x",
    lambda secret: f"DEBUG env APIFY_PROXY_PASSWORD={secret}",
    lambda secret: f'export AWS_SECRET_ACCESS_KEY="{secret}"',
    lambda secret: STAMP + "INFO " + json.dumps({"user": "me", "password": secret, "n": 1}),
    lambda secret: json.dumps({"x": json.dumps({"clientSecret": secret})}),
    lambda secret: f"GET https://a/b?x=1&token={quote(secret, safe='')}&y=2",
    lambda secret: f"Cookie: lang=en; sid={secret}; x=1",
    lambda secret: f"curl -u me:{secret} https://a.b",
]


HINTED = [
    *(row.example for row in SHAPES),
    "Bearer a1b2c3d4e5", "basic dXNlcjpwYXNz", f'Digest response="{"a1" * 16}"', "//a:b1@c",
    "--api-key a1b2c3d4e5", "curl x -u a:b", "Set-Cookie: a=b", "PASSPHRASE : a1b2c3d4",
    "pw='a1'", "pass=a1b2c3", "::add-mask::x", "docker login -p x", "sshpass -p x", "a:b@c.d:80",
    "%3A%2F%2Fa%3Ab%40", '"name":"x-key","value":"a1b2c3d4e5"', "<password>x</",
    "?key=" + "a1" * 12,
    '"name":"x","value":"y","domain":', "auth=dXNlcjpwYXNz", "%22pwd%22%3A%22x%22",
    "secret\\u003dab12cd34", "%3Ftoken%25253Dab",
    "?sig=ab", "%3Fsig%3Dab", "_auth=a1b2c3d4", "pwd] = a1b2c3d4", "'x-key', 'a1b2c3d4e5'",
]  # fmt: skip


class TestProperties:
    @given(PLANTED, st.sampled_from(BARE))
    def test_a_planted_secret_never_shows(self, secret: str, frame: Callable[[str], str]) -> None:
        masked = mask(frame(secret))
        assert secret not in masked
        around = frame("\0").split("\0") if "\0" in frame("\0") else None
        assert around is None or (masked.startswith(around[0]) and masked.endswith(around[-1]))

    @given(PASSWORD, st.sampled_from(NAMED))
    @example("+00000AA", NAMED[2])
    def test_nor_does_one_that_is_named(self, secret: str, frame: Callable[[str], str]) -> None:
        masked = mask(frame(secret))
        assert secret not in masked
        assert quote(secret, safe="") not in masked
        assert "‹" in masked

    @given(
        st.lists(st.sampled_from(HARMLESS) | PLANTED | PASSWORD, max_size=6), PASSWORD, st.data()
    )
    def test_masked_twice_is_masked_once(
        self, parts: list[str], use: str, data: st.DataObject
    ) -> None:
        frames = st.sampled_from([*BARE, *NAMED, str, str.upper])
        text = "\n".join(data.draw(frames)(part) for part in [*parts, use])
        once = mask(text, use)
        again = Masker(Token(use))
        assert again.mask_text(once) == once
        assert again.count == 0

    SCRAPS = st.sampled_from(
        ["token", "password", "Authorization", "Bearer ", "Basic ", "cookie", "set-cookie",
         "secret", "api_key", "=", ":", ": ", "=>", '"', "'", '\\"',
         "\\", ",", ";", "&", "?", "#", "@", "://", "%3D", "%26", "\n", " ", "(", "{", "<",
         "$", "%", "***", "...", "x", "a1b2c3d4", "‹", "›",
         "‹token 1›", "‹password 12›", APIFY, JWT, "eyJ", "sk-", "AKIAQYLPMN5HHHFPZAM2", "curl -u ",
         *pem(PEM_LINES), "\\n", STAMP, "signature", "key", "_", "-", "http", "env", "İ"]
    )  # fmt: skip

    @given(st.lists(SCRAPS, max_size=14), st.sampled_from(["a1b2", "token", "=", "x", "Bearer"]))
    @example(["password=%", APIFY, "%"], "x")
    @example(["AKIAQYLPMN5HHHFPZAM2", "x"], "x")
    def test_twice_is_once_for_any_scraps(self, scraps: list[str], use: str) -> None:
        once = mask("".join(scraps), use)
        assert mask(once, use) == once
        assert APIFY not in once
        assert use not in re.sub("‹[a-z ]+ [0-9]+›", "", once)

    @given(st.text(), st.none() | st.sampled_from("ab="))
    def test_any_text_survives(self, text: str, use: str | None) -> None:
        masked = mask(text, use)
        assert masked.count("\n") == text.count("\n")
        assert mask(masked, use) == masked

    @given(
        st.lists(SCRAPS | st.sampled_from(HINTED) | PLANTED | st.text(max_size=3), max_size=20),
        st.lists(st.integers(0, 20), max_size=5),
    )
    @example(["to\u212aen=a1b2c3d4", "\n", "SİG=a1b2c3d4e5", "\n", "--to\u212aen a1b2c3d4"], [])
    def test_many_lines_at_once_are_masked_as_each_by_itself(
        self, scraps: list[str], cuts: list[int]
    ) -> None:
        lines = "".join(scraps).split("\n")
        one, many, raw = (Masker(Token("a1b2")) for _ in range(3))
        expected = [one.mask_line(line) for line in lines]
        bounds = sorted({0, len(lines), *(cut for cut in cuts if cut < len(lines))})
        parts = ["\n".join(lines[start:end]) for start, end in itertools.pairwise(bounds)]
        assert [line for part in parts for line in many.mask_text(part).split("\n")] == expected
        blocks = b"\n".join(raw.mask_block(part.encode(), part) for part in parts)
        assert blocks.decode() == "\n".join(expected)
        assert many.count == raw.count == one.count

    @given(st.lists(SCRAPS, max_size=20), st.lists(st.integers(0, 20), max_size=5))
    def test_the_cut_into_chunks_changes_nothing(self, scraps: list[str], cuts: list[int]) -> None:
        lines = "".join(scraps).split("\n")
        masker = Masker(Token("a1b2"))
        places = sorted({0, len(lines), *(cut for cut in cuts if cut < len(lines))})
        chunks = [
            masker.mask_text("\n".join(lines[start:end]))
            for start, end in itertools.pairwise(places)
        ]
        assert "\n".join(chunks) == mask("\n".join(lines), "a1b2")


class TestCost:
    @pytest.mark.parametrize(
        "unit",
        ["eyJ", "eyJa.", "Authorization: ", "authorization: a ", "://", "://a:", "a:b@", "token=",
         "?token=", "password:***", "password='", 'token:\\"', "cookie: ", "cookie,", "a=b;",
         "set-cookie: expires=", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "curl -u a", "sk-",
         "bearer ", "secret=a-b", "%3Ftoken%3D", "a:b@c.d:80", "%3a%2f%2fa%3a", "name:'a',value:'",
         "pass>a",
         "docker login ", "::add-mask::", "auth=", "%25", "\\u003d", "?key=", "@a.", "value:'"],
    )  # fmt: skip
    def test_calls_grow_with_the_line_and_not_with_its_square(self, unit: str) -> None:
        def calls(length: int) -> int:
            made = 0

            def count(*_: object) -> None:
                nonlocal made
                made += 1

            masker = Masker()
            sys.setprofile(count)
            try:
                masker.mask_line(unit * (length // len(unit)))
            finally:
                sys.setprofile(None)
            return made

        assert calls(16_000) < 5 * calls(4_000) + 200


def test_where_secrets_are_is_where_masks_stand() -> None:
    lines = ["nothing here", f"a token={APIFY} b", "", "plain"]
    spans = Masker().find_spans("\n".join(lines))
    assert list(spans) == [1]
    [(start, end)] = spans[1]
    assert lines[1][start:end] == APIFY


def test_of_a_line_that_leaves_in_part_secrets_are_found_by_all_of_it() -> None:
    text = "GET / Authorization: Bearer abcdefghijklmnop0123 done"
    secret = text.index("abcdef")
    for start in range(len(text)):
        for stop in (start, start + 1, start + 7, len(text)):
            masker = Masker()
            part = masker.mask_line(text, start, stop)
            touched = start < secret + 20 and secret < stop and start < stop
            assert masker.count == touched
            assert part.replace("‹token 1›", "abcdefghijklmnop0123") in text
            if not touched:
                assert part == text[start:stop]
            assert not any(text[at : at + 4] in part for at in range(secret, secret + 17))
