"""Each kind of banner: its words and its place, and how it comes and goes."""

from __future__ import annotations

import pytest

from logview.apify import errors
from logview.sources.events import Connected, Connecting, Failed, JobChanged, Lost
from logview.sources.problems import problem_of
from logview.tui.widgets.banner import problem_content
from tests.tui.scripted import crawl, job, numbered, problem

TOKEN_USED = (
    "The token from APIFY_TOKEN is wrong or expired."  # the words are those of the API client
)

STOPS = {
    400: errors.BadRequest("The API says: The run ID is not valid.", status=400),
    401: errors.Unauthorized(
        "The API says: User was not found or authentication token is not valid.",
        meaning=TOKEN_USED,
        status=401,
    ),
    403: errors.Forbidden("The API says: Insufficient permissions.", status=403),
    404: errors.NotFound("The API says: Actor run was not found.", status=404),
    405: errors.MethodNotAllowed("The API says: This method is not allowed.", status=405),
}

WAITS = {
    "429": errors.RateLimited("The API says: You have exceeded the rate limit.", status=429),
    "502": errors.ServerError("The API answered 502 Bad Gateway.", status=502),
    "html": errors.UnexpectedAnswer("A web page came instead of the log."),
    "dns": errors.DnsFailed("The host api.apify.com is not known."),
    "refused": errors.ConnectRefused("127.0.0.1:9 refused the connection."),
    "tls": errors.TlsFailed("No safe connection: certificate has expired."),
    "lost": errors.ConnectionLost("The connection was reset."),
    "proxy": errors.ProxyFailed("The proxy answered 407."),
}


def banner(s):
    """The words of the banner, which lies over the last rows of the log."""
    first = next(number for number, row in enumerate(s.rows) if row.startswith("!"))
    return " ".join(" ".join(s.rows[first:-2])[1:].split())


@pytest.mark.parametrize("status", STOPS)
async def test_answers_that_stop(open_app, status):
    async with open_app() as s:
        await s.say(Connecting(), JobChanged(job()), Connected())
        await s.lines(*crawl(1, 12))
        before = s.texts
        await s.say(Failed(problem(STOPS[status])))
        await s.wait_for("r retry")
        error = STOPS[status]
        assert banner(s) == f"{error.cause} r retry {error.meaning} {error.remedy}"
        assert s.status.startswith("  STOPPED ")
        assert " 12 of 12 " in s.status
        assert s.texts == before[: len(s.texts)]
        assert s.log.focused is s.log.pane


@pytest.mark.parametrize("status", [401, 403, 405])
async def test_answers_that_stop_with_nothing_read(open_app, status):
    async with open_app() as s:
        await s.say(Connecting(), Failed(problem(STOPS[status])))
        await s.wait_for("r retry")
        error = STOPS[status]
        words = f"Can't open this log {error.cause} {error.meaning} {error.remedy} r retry q quit"
        assert words in s.words
        assert s.status.split() == ["STOPPED", "no", "lines"]
        assert s.words.count(error.cause) == 1


@pytest.mark.parametrize("kind", WAITS)
async def test_answers_that_wait(open_app, kind):
    async with open_app() as s:
        await s.say(Connecting(), JobChanged(job()), Connected())
        await s.lines(*crawl(1, 12))
        before = s.texts
        await s.say(Lost(problem(WAITS[kind]), attempt=2, retry_in=3.0))
        await s.wait_for("r retry now")
        error = WAITS[kind]
        again = "Retrying in 3 s · attempt 2 · r retry now"
        words = f"{error.cause} {again} {error.meaning} {error.remedy}"
        shown = banner(s)
        assert words.startswith(shown)
        assert len(s.rows) - 2 - s.text[: s.text.index("!")].count("\n") <= 5
        assert shown == words or len(words) > 300, "only a long one is cut"
        assert s.status.startswith("  RECONNECTING 3 s   last line now ")
        assert " 12 of 12" in s.status
        assert s.texts == before[: len(s.texts)]


async def test_its_picture(open_app, snapshot):
    async with open_app() as s:
        await s.lines(*crawl(1, 12))
        await s.say(Failed(problem(STOPS[401])))
        await s.wait_for("r retry")
        assert s.picture() == snapshot


@pytest.mark.parametrize("theme", ["logview-light", "textual-dark", "ansi-dark"])
async def test_it_stands_out_in_other_themes(open_app, theme):
    async with open_app(theme=theme) as s:
        await s.lines(*crawl(1, 12))
        await s.say(Failed(problem(STOPS[401])))
        await s.wait_for("r retry")
        cause, line = s.style_of("! The API says"), s.style_of("06:00:00.040")
        assert cause.bold
        assert (cause.color, cause.bgcolor) != (line.color, line.bgcolor)


async def test_without_colours(open_app, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_app() as s:
        await s.lines(*crawl(1, 12))
        await s.say(Lost(problem(WAITS["429"]), attempt=2, retry_in=3.0))
        await s.wait_for("r retry now")
        assert s.style_of("! The API says").bold
        for strip in s.strips:
            for segment in strip:
                style = segment.style
                assert (
                    style is None
                    or (style.color, style.bgcolor) == (None, None)
                    or all(
                        colour is None or colour.is_default
                        for colour in (style.color, style.bgcolor)
                    )
                )


async def test_it_counts_down_and_goes_by_itself(open_app):
    async with open_app() as s:
        await s.say(Connecting(), JobChanged(job()), Connected())
        await s.lines(*crawl(1, 12))
        before = s.texts
        await s.say(Lost(problem(WAITS["429"]), attempt=2, retry_in=3.0))
        await s.wait_for("Retrying in 3 s · attempt 2")
        await s.clock.advance(2)
        await s.wait_for("Retrying in 1 s · attempt 2")
        assert "RECONNECTING 1 s   last line 2 s ago" in s.status
        await s.say(Connecting(2), Connected())
        await s.wait_for(lambda: "rate limit" not in s.text)
        assert s.texts == before


async def test_it_stays_while_a_search_is_open(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 60))
        await s.press("/")
        await s.type("page")
        await s.say(Lost(problem(WAITS["502"]), attempt=2, retry_in=3.0))
        await s.wait_for("502")
        await s.type(" 4")
        assert "/page 4" in s.text
        assert "502" in s.text


async def test_trying_again(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 3))
        await s.say(Failed(problem(STOPS[401])))
        await s.press("r")
        assert s.source.retries == 1
        await s.wait_for("reconnecting…")
        await s.say(Connecting())
        await s.wait_for(lambda: "r retry" not in s.text)
        await s.say(Connected())
        assert "APIFY_TOKEN" not in s.text
        assert len(s.sources) == 1


async def test_what_was_read_stays_on_a_404(open_app):
    async with open_app() as s:
        await s.lines(*crawl(1, 3))
        await s.say(Failed(problem(STOPS[404])))
        await s.wait_for("Actor run was not found")
        assert '"page":3,' in s.text
        assert s.app.screen is s.log


async def test_while_following_the_newest_lines_stay_in_sight(open_app, clipboard):
    lost = Lost(problem(WAITS["lost"]), attempt=2, retry_in=300.0)
    async with open_app() as s:
        await s.say(Connecting(), JobChanged(job()), Connected())
        await s.lines(*numbered(1, 60))
        await s.say(lost)
        await s.wait_for("r retry now")
        assert s.texts[-1] == "line 60", "the log ends above the banner"
        await s.press("y")
        await s.wait_for(lambda: clipboard)
        assert clipboard == ["line 60"]
        await s.lines(*numbered(61, 63))
        await s.wait_for("line 63")
        assert s.texts[-1] == "line 63"
        await s.say(Connected())
        await s.wait_for(lambda: "r retry now" not in s.text)
        assert s.texts[-1] == "line 63"
        await s.press("k", "k")
        before = s.rows[1:10]
        await s.say(lost)
        await s.wait_for("r retry now")
        assert s.rows[1:10] == before, "who doesn't follow has no text moved"
        assert s.log.pane.viewport.cursor is not None


async def test_while_following_what_a_key_opens_lies_below_the_newest_line(open_app):
    async with open_app() as s:
        await s.lines(*numbered(1, 60))
        for key in ("slash", "L", "X"):
            await s.press(key)
            await s.wait_for("line 60")
            assert s.texts[-1] == "line 60"
            await s.press("escape")
            await s.wait_for("line 60")
            assert s.texts[-1] == "line 60"


def test_the_next_try_stands_behind_the_last_row_of_the_cause():
    limit = "The API answered 429: You have exceeded the rate limit of 60 requests per second."
    hint = "Retrying in 3 s · attempt 4 · r retry now"
    busy = problem_of(errors.RateLimited(limit, status=429))
    assert problem_content(busy, hint, 76).plain.count("\n") == 1, "three rows of 76 cells"
    filled = problem_of(errors.RateLimited(limit[:70], status=429))
    assert problem_content(filled, hint, 76).plain.count("\n") == 2, "the hint is not torn"
