"""Token shapes: secrets that are recognised by their form, wherever they are.

One row of `SHAPES` is one kind of secret. The formats are facts, taken from the rule file of
gitleaks (`config/gitleaks.toml`, its rule IDs are in `source`) and from the makers' documentation.
The lengths are lower bounds, not exact: makers lengthen their tokens, and a body taken to its end
leaves no tail behind.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cache

from logview.secrets.rules import Hint, Rule, Span


def standalone(prefix: str) -> str:
    r"""Return a pattern for a prefix that stands alone.

    No letter or digit stands before it but an escape's, `\n`. The prefix comes
    first, as a pattern that begins with letters is found far quicker.
    """
    return rf"{prefix}(?:(?<![A-Za-z0-9›]{prefix})|(?<=\\[nrt]{prefix}))"


_START = r"(?:(?<![\w.-])|(?<=\\[nrt]))"
"""Where a token without a prefix may begin."""
_BODY = "Zk3vQ9xT7bLw2RfN8cYp5HsJ4mGd6AeU1tXo0KiBqZk3vQ9xT7bLw2RfN8cYp5HsJ4mGd6AeU1tXo0KiBq"
_HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


BODY_AFTER = r"(?=[A-Za-z0-9_+/=\x80-\xff-]{14})"
"""What follows the anchors of most tokens, see `Hint.after`."""


@dataclass(frozen=True, slots=True)
class TokenShape:
    """A secret's form; `pattern` is searched only where one of the `anchors` is.

    The secret is group 1 where the pattern has a group. `mixed` asks for a
    digit and both cases: slugs and CSS classes share the prefix. `example` is
    put together, as scanners of source code read this file too.
    """

    name: str
    kind: str
    anchors: tuple[str, ...]
    pattern: str
    source: str
    example: str
    mixed: bool = False
    after: str = BODY_AFTER
    """What follows an anchor at least, for the prefilter: see `Hint.after`."""
    before: str = ""
    """What stands before an anchor, likewise."""

    @property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return _compiled(self.pattern)


@cache  # few of them are ever used
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


SHAPES = (
    TokenShape("Apify API token", "token", ("apify_api_",), r"apify_api_[A-Za-z0-9]{16}\w*",
          "docs.apify.com/platform/integrations/api", "apify_api_" + _BODY[:36]),
    TokenShape("Apify proxy password and others", "token", ("apify_",),
          r"apify_[a-z]{2,10}_(?=[A-Za-z]{0,40}[0-9])[A-Za-z0-9]{16}\w*",
          "docs.apify.com/platform/proxy/usage", "apify_proxy_" + _BODY[:36]),
    TokenShape("GitHub token", "token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
          r"gh[pousr]_[A-Za-z0-9_]{36,}",
          "gitleaks github-pat, github-oauth, github-app-token, github-refresh-token",
          "ghp_" + _BODY[:36]),
    TokenShape("GitHub fine-grained token", "token", ("github_pat_",), r"github_pat_\w{36,}",
          "gitleaks github-fine-grained-pat", "github_pat_" + _BODY[:22] + "_" + _BODY[:59]),
    TokenShape("GitLab token", "token",
          ("glpat-", "gldt-", "glptt-", "glrt-", "glcbt-", "glffct-", "glft-", "glimt-",
           "glagent-", "gloas-", "glsoat-"),
          r"gl(?:pat|dt|ptt|rt|cbt|ffct|ft|imt|agent|oas|soat)-[\w-]{20,}(?:\.[0-9a-z]{9}\b)?",
          "gitleaks gitlab-pat, gitlab-pat-routable, gitlab-deploy-token, …",
          "glpat-" + _BODY[:20]),
    TokenShape("OpenAI, Anthropic and alike", "key", ("sk-",), standalone("sk-") + r"[\w-]{20,}",
          "gitleaks openai-api-key, anthropic-api-key", "sk-proj-" + _BODY[:58], mixed=True),
    TokenShape("Stripe key", "key", ("sk_", "rk_"), r"[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,}",
          "gitleaks stripe-access-token", "sk_live_" + _BODY[:24]),
    TokenShape("Webhook signing secret", "secret", ("whsec_",), r"whsec_[A-Za-z0-9+/=]{16,}",
          "docs.stripe.com/webhooks", "whsec_" + _BODY[:32]),
    TokenShape("Slack token", "token",
          ("xoxa-", "xoxb-", "xoxc-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-",
           "xapp-"),
          r"(?:xoxe\.)?xox[abceoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}",
          "gitleaks slack-bot-token, slack-user-token, slack-app-token, …",
          "xoxb-" + "123456789012-" + "1234567890123-" + _BODY[:24]),
    TokenShape("Slack webhook", "webhook", ("hooks.slack.com",),
          r"hooks\.slack\.com/(?:services|workflows|triggers)/([\w+/-]{20,})",
          "gitleaks slack-webhook-url",
          "hooks.slack.com/services/" + "T0AB12CD3/B0AB12CD3/" + _BODY[:24], after="/[stw]"),
    TokenShape("Discord webhook", "webhook", ("/api/webhooks/",), r"/api/webhooks/\d+/([\w-]{40,})",
          "discord.com/developers/docs/resources/webhook",
          "/api/webhooks/123456789012345678/" + _BODY[:68], after=r"\d"),
    TokenShape("Teams webhook", "webhook", ("/IncomingWebhook/",),
          r"/IncomingWebhook/([0-9a-f]{32}(?:/[\w-]{20,})?)",
          "gitleaks microsoft-teams-webhook", "/IncomingWebhook/" + _HEX[:32]),
    TokenShape("Google API key", "key", ("AIza",), standalone("AIza") + r"[\w-]{35,}",
          "gitleaks gcp-api-key", "AIza" + _BODY[:35]),
    TokenShape("Google OAuth access token", "token", ("ya29.",), r"ya29\.[\w.-]{20,}",
          "developers.google.com/identity/protocols/oauth2", "ya29." + _BODY[:60]),
    TokenShape("Google OAuth client secret", "secret", ("GOCSPX-",), r"GOCSPX-[\w-]{20,}",
          "developers.google.com/identity/protocols/oauth2", "GOCSPX-" + _BODY[:28]),
    TokenShape("AWS access key ID", "key", ("AKIA",),
          standalone("AKIA") + r"[A-Z0-9]{16}(?![A-Za-z0-9‹])",
          "gitleaks aws-access-token", "AKIA" + "QYLPMN5HHHFPZAM2"),
    TokenShape("AWS temporary access key ID", "key", ("ASIA", "ABIA", "ACCA", "A3T"),
          standalone("A(?:3T[A-Z0-9]|SIA|BIA|CCA)") + r"(?=[A-Z]{0,15}[0-9])[A-Z0-9]{16}"
          r"(?![A-Za-z0-9‹])",
          "gitleaks aws-access-token", "ASIA" + "QYLPMN5HHHFPZAM2"),
    TokenShape("npm token", "token", ("npm_",), r"npm_[A-Za-z0-9]{36,}",
          "gitleaks npm-access-token", "npm_" + _BODY[:36]),
    TokenShape("PyPI token", "token", ("pypi-",), r"pypi-AgE[\w-]{50,}",
          "gitleaks pypi-upload-token", "pypi-" + "AgEIcHlwaS5vcmc" + _BODY[:60]),
    TokenShape("SendGrid key", "key", ("SG.",), standalone(r"SG\.") + r"[\w-]{16,}\.[\w-]{16,}",
          "gitleaks sendgrid-api-token", "SG." + _BODY[:22] + "." + _BODY[:43]),
    TokenShape("Twilio key", "key", ("SK",), standalone("SK") + r"[0-9a-f]{32}(?![A-Za-z0-9‹])",
          "gitleaks twilio-api-key", "SK" + _HEX[:32]),
    TokenShape("Hugging Face token", "token", ("hf_",), standalone("hf_") + r"[A-Za-z0-9]{30,}",
          "gitleaks huggingface-access-token", "hf_" + _BODY[:34]),
    TokenShape("DigitalOcean token", "token", ("dop_v1_", "doo_v1_", "dor_v1_"),
          r"do[opr]_v1_[a-f0-9]{64,}", "gitleaks digitalocean-pat, …", "dop_v1_" + _HEX),
    TokenShape("Shopify token", "token", ("shpat_", "shpca_", "shppa_", "shpss_"),
          r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32,}", "gitleaks shopify-access-token, …",
          "shpat_" + _HEX[:32]),
    TokenShape("Databricks token", "token", ("dapi",),
          standalone("dapi") + r"[a-f0-9]{32}(?![A-Za-z0-9‹])",
          "gitleaks databricks-api-token", "dapi" + _HEX[:32], after="[0-9a-f]{32}"),
    TokenShape("Telegram bot token", "token", (":AA",), r":(AA[\w-]{33})(?![\w‹-])(?<=\d:.{35})",
          "gitleaks telegram-bot-api-token", "123456789:" + "AA" + _BODY[:33], before=r"\d"),
    TokenShape("Notion token", "token", ("ntn_",), standalone("ntn_") + r"[A-Za-z0-9]{40,}",
          "gitleaks notion-api-token", "ntn_" + "12345678901" + _BODY[:35]),
    TokenShape("Linear key", "key", ("lin_api_",), r"lin_api_[A-Za-z0-9]{32,}",
          "gitleaks linear-api-key", "lin_api_" + _BODY[:40]),
    TokenShape("Postman key", "key", ("PMAK-",), r"PMAK-[a-f0-9]{24}-[a-f0-9]{34,}",
          "gitleaks postman-api-token", "PMAK-" + _HEX[:24] + "-" + _HEX[:34]),
    TokenShape("Grafana token", "token", ("glsa_", "glc_"),
          r"(?:glsa_[A-Za-z0-9]{32,}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,}={0,2})",
          "gitleaks grafana-service-account-token, grafana-cloud-api-token",
          "glsa_" + _BODY[:32] + "_" + _HEX[:8]),
    TokenShape("Sentry token", "token", ("sntrys_", "sntryu_"), r"sntry[su]_[\w+/=]{40,}",
          "gitleaks sentry-org-token, sentry-user-token", "sntryu_" + _HEX),
    TokenShape("Vault token", "token", ("hvs.", "hvb."), standalone(r"hv[sb]\.") + r"[\w-]{24,}",
          "gitleaks vault-service-token, vault-batch-token", "hvs." + _BODY[:80]),
    TokenShape("PlanetScale secret", "password", ("pscale_",),
          r"pscale_(?:tkn|pw|oauth)_[\w=.-]{32,}", "gitleaks planetscale-password, …",
          "pscale_pw_" + _BODY[:43]),
    TokenShape("Brevo key", "key", ("xkeysib-",), r"xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16,}",
          "gitleaks sendinblue-api-token", "xkeysib-" + _HEX + "-" + _BODY[:16]),
    TokenShape("Perplexity key", "key", ("pplx-",), r"pplx-[A-Za-z0-9]{40,}",
          "gitleaks perplexity-api-key", "pplx-" + _BODY[:48]),
    TokenShape("Groq key", "key", ("gsk_",), standalone("gsk_") + r"[A-Za-z0-9]{40,}",
          "console.groq.com/docs/quickstart", "gsk_" + _BODY[:52]),
    TokenShape("Airtable token", "token", ("pat",),
          standalone("pat") + r"[A-Za-z0-9]{14}\.[a-f0-9]{64}(?![A-Za-z0-9‹])",
          "airtable.com/developers/web/api/authentication", "pat" + _BODY[:14] + "." + _HEX,
          after=r"[A-Za-z0-9]{14}\."),
    TokenShape("Atlassian token", "token", ("ATATT3",), r"ATATT3[\w=-]{60,}",
          "gitleaks atlassian-api-token", "ATATT3" + _BODY[:80]),
    TokenShape("Doppler token", "token", ("dp.pt.",), r"dp\.pt\.[A-Za-z0-9]{40,}",
          "gitleaks doppler-api-token", "dp.pt." + _BODY[:43]),
    TokenShape("Cloudflare token", "token", ("cfk_", "cfut_", "cfat_"),
          r"cf(?:k|ut|at)_[A-Za-z0-9]{40,}",
          "developers.cloudflare.com/fundamentals/api/get-started/token-formats",
          "cfut_" + _BODY[:48]),
    TokenShape("age key", "key", ("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1[A-Z0-9]{58}",
          "gitleaks age-secret-key", "AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" * 2),
    TokenShape("Discord bot token", "token", (".",),
          _START + r"[MNO](?=[A-Za-z_-]{0,26}[0-9])[A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{5,7}"
          r"\.(?=[A-Za-z_-]{0,26}[0-9])[A-Za-z0-9_-]{27,}",
          "gitleaks discord-api-token; discord.com/developers/docs/reference#authentication",
          "MTIz" + "NDU2Nzg5MDEyMzQ1Njc4" + ".GhIjKl." + _BODY[:38],
          before=r"[A-Za-z0-9_-]{23}", after=r"[A-Za-z0-9_-]{5,7}\.[A-Za-z0-9_-]{27}"),
    TokenShape("Discord multi-factor token", "token", ("mfa.",),
          standalone(r"mfa\.") + r"[\w-]{60,}",
          "discord.com/developers/docs/reference#authentication", "mfa." + _BODY[:82] + "ab"),
    TokenShape("Mailgun key", "key", ("key-",),
          standalone("key-") + r"(?=[a-z]{0,31}[0-9])[0-9a-z]{32}(?![A-Za-z0-9‹])",
          "gitleaks mailgun-private-api-token", "key-" + _HEX[:32], after="[0-9a-z]{32}"),
    TokenShape("Mailgun key of the newer form", "key", ("-",),
          _START + r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![\w-])",
          "gitleaks mailgun-signing-key", f"{_HEX[:32]}-{_HEX[:8]}-{_HEX[8:16]}",
          before="[0-9a-f]{32}", after="[0-9a-f]{8}-[0-9a-f]{8}"),
    TokenShape("Mailchimp key", "key", ("-us",),
          _START + r"[0-9a-f]{32}-us[0-9]{1,3}(?![A-Za-z0-9])",
          "gitleaks mailchimp-api-key", _HEX[:32] + "-us14", before="[0-9a-f]{32}", after="[0-9]"),
    TokenShape("CapSolver key", "key", ("CAP-",), standalone("CAP-") + r"[0-9A-F]{32,}",
          "docs.capsolver.com/en/guide/api-server", "CAP-" + _HEX[:32].upper()),
    TokenShape("Docker Hub token", "token", ("dckr_pat_", "dckr_oat_"),
          r"dckr_[po]at_[\w-]{20,}", "docs.docker.com/security/access-tokens",
          "dckr_pat_" + _BODY[:27]),
    TokenShape("Supabase key", "key", ("sbp_", "sb_secret_"),
          r"sbp_[a-f0-9]{40,}|sb_secret_[\w-]{20,}",
          "supabase.com/docs/guides/api/api-keys", "sb_secret_" + _BODY[:31]),
    TokenShape("Figma token", "token", ("figd_",), r"figd_[\w-]{30,}",
          "figma.com/developers/api#access-tokens", "figd_" + _BODY[:40]),
    TokenShape("Replicate token", "token", ("r8_",), standalone("r8_") + r"[A-Za-z0-9]{36,}",
          "replicate.com/docs/reference/http", "r8_" + _BODY[:37]),
    TokenShape("xAI key", "key", ("xai-",), standalone("xai-") + r"[A-Za-z0-9]{60,}",
          "docs.x.ai", "xai-" + _BODY[:80]),
    TokenShape("Tavily key", "key", ("tvly-",), r"tvly-[\w-]{24,}", "docs.tavily.com",
          "tvly-dev-" + _BODY[:32], mixed=True),
    TokenShape("Pinecone key", "key", ("pcsk_",), r"pcsk_\w{40,}", "docs.pinecone.io",
          "pcsk_" + _BODY[:70]),
    TokenShape("LangSmith key", "key", ("lsv2_pt_", "lsv2_sk_"), r"lsv2_(?:pt|sk)_[a-f0-9]{32}\w*",
          "docs.smith.langchain.com", "lsv2_pt_" + _HEX[:32] + "_" + _HEX[:10]),
    TokenShape("New Relic key", "key", ("NRAK-",), r"NRAK-[A-Z0-9]{27}",
          "gitleaks new-relic-user-api-key", "NRAK-" + "QPZRY9X8GF2TVDW0S3JN54KHCE6"),
    TokenShape("RubyGems token", "token", ("rubygems_",), r"rubygems_[a-f0-9]{48}",
          "gitleaks rubygems-api-token", "rubygems_" + _HEX[:48]),
    TokenShape("Facebook token", "token", ("EAA",), standalone("EAA") + r"[A-Za-z0-9]{60,}",
          "gitleaks facebook-page-access-token", "EAA" + _BODY[:82]),
    TokenShape("Square token", "token", ("sq0atp-", "sq0csp-"), r"sq0[ac][ts]p-[\w-]{22,}",
          "gitleaks square-access-token", "sq0atp-" + _BODY[:22]),
)  # fmt: skip
"""The rows; the first that starts at a place names the kind."""

_JWT = re.compile(r"eyJ[\w-]+(\.eyJ[\w-]{8,}\.[\w-]*|\.[\w-]*\.[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,})?")
"""RFC 7519: header, claims, signature; or encrypted, five parts (RFC 7516). The tail is optional
so that a run without one is passed over in one step: else a run of `eyJ` would cost its square."""

_BODY_FOLLOWS = re.compile(r"[_\-.:](?=[A-Za-z0-9_+/=-]{14})")
"""The sign at the end of most anchors, and what follows it in the rows that have `BODY_AFTER`."""
_ENDING = 3
"""Characters of an anchor's end, by which the rows with such a sign are found."""
_BY_ENDING: dict[str, list[TokenShape]] = {}
_BY_ANCHOR: list[tuple[str, TokenShape]] = []
_BY_SIGN: list[tuple[re.Pattern[str], TokenShape]] = []
"""Rows whose anchor is a single sign, by what is around it."""
for _row in SHAPES:
    for _anchor in _row.anchors:
        if len(_anchor) == 1:
            _around = rf"{re.escape(_anchor)}(?={_row.after})(?<={_row.before}{re.escape(_anchor)})"
            _BY_SIGN.append((re.compile(_around), _row))
        elif _anchor[-1] in "_-.:" and _row.after == BODY_AFTER:
            _BY_ENDING.setdefault(_anchor[-_ENDING:], []).append(_row)
        else:
            _BY_ANCHOR.append((_anchor, _row))


def find_token_shapes(text: str, low: str) -> list[Span]:
    """Return what looks like a secret in a line."""
    found: list[Span] = []
    if "eyJ" in text:
        found.extend((*m.span(), "token") for m in _JWT.finditer(text) if m.group(1))
    rows = [row for anchor, row in _BY_ANCHOR if anchor in text]
    for match in _BODY_FOLLOWS.finditer(text):
        end = match.end()
        of_ending = _BY_ENDING.get(text[max(0, end - _ENDING) : end])
        if of_ending is not None:
            rows += of_ending
    rows += [row for sign, row in _BY_SIGN if sign.search(text)]
    for row in {id(row): row for row in rows}.values():
        group = row.regex.groups
        found.extend(
            (*match.span(group), row.kind)
            for match in row.regex.finditer(text)
            if not row.mixed or _is_mixed(match.group())
        )
    return found


def _is_followed_by_random(anchor: str, example: str) -> bool:
    body = example.partition(anchor)[2][:20]
    return len(body) == 20 and body.isalnum() and body.isascii()


_HEADS = tuple(
    anchor
    for row in SHAPES
    for anchor in row.anchors
    if (len(anchor) > 4 or anchor.endswith("_")) and _is_followed_by_random(anchor, row.example)
)
"""Anchors that are followed by nothing but what is random."""
_SIGNED_HEADS = (
    "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-ant-", "sk-or-", "xoxb-", "xoxp-", "xoxe-", "xapp-",
    "AIza", "ya29.", "hvs.",
)  # fmt: skip
"""Beginnings of tokens that have signs among what is random."""
_LONGEST_HEAD = 100
"""Characters behind such a beginning that may be the whole rest of a line."""
_JWT_HEAD = re.compile(r"eyJ[\w-]{10,4096}\.(?:eyJ[\w-]{0,65536})?(?:\.[\w-]{0,42})?")
_LETTERS_AND_DIGITS = string.ascii_letters + string.digits
_TOKEN_SIGNS = "_.-" + _LETTERS_AND_DIGITS


def find_token_head(text: str, low: str) -> list[Span]:
    """Return the beginning of a token at the end of a line, where the platform may have cut it."""
    start = search_token_head(text)
    if start is None:
        return []
    body = text[start:].rpartition("_")[2].rpartition("-")[2]
    sure = text.startswith("eyJ", start) or (
        len(body) >= 3 and re.search("[0-9]|[a-z][A-Z]", body) is not None
    )
    if not sure or find_token_shapes(text[start:], low[start:]):
        return []
    return [(start, len(text), "token")]


def search_token_head(text: str) -> int | None:
    """Return where the prefix of a token, with little of its body, is at the end of a line."""
    end = len(text)
    last = text[-_LONGEST_HEAD - 1 :]
    body = end - len(last) + len(last.rstrip(_LETTERS_AND_DIGITS))
    if text.endswith(_HEADS, 0, body) and end - body <= _LONGEST_HEAD:
        start = body - max(len(head) for head in _HEADS if text.endswith(head, 0, body))
        if not (start and text[start - 1].isalnum() and text[start - 1].isascii()):
            return start
    start = end - len(last) + len(last.rstrip(_TOKEN_SIGNS))
    if text.startswith(_SIGNED_HEADS, start):
        return start
    start = len(text.rstrip(_TOKEN_SIGNS))
    if text.startswith("eyJ", start) and _JWT_HEAD.fullmatch(text, start):
        return start
    return None


def has_token_prefix(secret: str) -> bool:
    """Return whether a secret is known by its beginning."""
    return secret.startswith((*_HEADS, *_SIGNED_HEADS, "eyJ"))


def is_known_token(secret: str) -> bool:
    """Return whether a secret is one by its shape alone."""
    return bool(find_token_shapes(secret, secret.lower()))


def is_complete_token(secret: str) -> bool:
    """Return whether a token is as long as its maker's are: nothing of it is on the next line."""
    jwt = _JWT.fullmatch(secret)
    if jwt is not None and jwt[1]:
        return len(secret.rpartition(".")[2]) >= 43  # of the shortest signature, HS256's
    return any(
        len(secret) >= len(row.example) and row.regex.fullmatch(secret) is not None
        for row in SHAPES
    )


def _is_mixed(value: str) -> bool:
    return bool(
        re.search("[0-9]", value) and re.search("[A-Z]", value) and re.search("[a-z]{2}", value[3:])
    )


RULES = (
    Rule(
        "the shape of a token",
        (
            Hint("eyJ", match_case=True),
            *(
                Hint(anchor, row.after, row.before, match_case=True)
                for row in SHAPES
                for anchor in row.anchors
            ),
        ),
        find_token_shapes,
        gated=False,
    ),
    Rule(
        "the beginning of a token",
        (
            Hint("eyJ", match_case=True),
            *(
                Hint(head, rf"[A-Za-z0-9]{{0,{_LONGEST_HEAD}}}(?:[\r\n]|\Z)", match_case=True)
                for head in _HEADS
            ),
            *(
                Hint(head, rf"[\w.-]{{0,{_LONGEST_HEAD}}}(?:[\r\n]|\Z)", match_case=True)
                for head in _SIGNED_HEADS
            ),
        ),
        find_token_head,
        gated=False,
    ),
)
"""Rules for what is known by its shape."""
