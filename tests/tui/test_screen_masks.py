"""Secrets on the screen: as they are, unless a setting says otherwise."""

from __future__ import annotations

SECRET = "apify_api_" + "Zk3vQ9xT7bLw2RfN8cYp5HsJ4mGd6AeU1tXo"
LINE = f"2026-11-20T06:00:00.000Z INFO  calling with token={SECRET} now"


async def test_secrets_are_shown_as_they_are(open_app):
    async with open_app() as s:
        await s.lines(LINE)
        await s.press("w")
        assert SECRET in "".join(text.strip() for text in s.texts)


async def test_a_setting_hides_them_and_nothing_else_changes(open_app):
    async with open_app(mask_on_screen=True, size=(140, 24)) as s:
        await s.lines(LINE, "nothing to hide")
        assert f"token={'•' * len(SECRET)} now" in s.text
        await s.press("slash")
        await s.type("now")
        await s.press("enter", "t")
        assert "match 1 of 2" in s.status or "match 1 of 1" in s.status
        await s.press("enter")
        assert SECRET not in s.text
        assert "‹token 1›" in s.text


async def test_a_growing_line_is_hidden_as_it_grows(open_app):
    async with open_app(mask_on_screen=True, size=(140, 24)) as s:
        await s.send(LINE[:-20])
        await s.send(LINE[-20:])
        assert SECRET[:20] not in s.text
        await s.press("w")
        assert SECRET[:20] not in s.text
