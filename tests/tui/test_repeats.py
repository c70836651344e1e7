"""The log screen: what repeats is folded by `z`."""

from __future__ import annotations

AT = "2026-11-20T06:{:02}:{:02}.000Z {}"


async def test_z_folds_more_of_what_repeats_and_then_nothing(open_app):
    pool = 'INFO  CheerioCrawler:AutoscaledPool: state {"currentConcurrency":4}'
    texts = [
        *["INFO  same"] * 5,
        *[f"INFO  Saved {number} products" for number in range(5)],
        "INFO  [Status message]: Crawled 4/9 pages",
        "INFO  waiting",
        "INFO  [Status message]: Crawled 5/9 pages, 1 failed requests",
        pool,
        "ERROR boom",
    ]
    lines = [AT.format(n // 3, n, text) for n, text in enumerate(texts)]
    async with open_app(size=(100, 30)) as s:
        await s.lines(*lines)
        assert len([row for row in s.log_rows if "INFO" in row]) == 14
        await s.press("z")
        assert "equal entries are folded" in s.text
        assert "▸ 4 more like this, 06:00–06:01" in s.text
        assert "Saved 4 products" in s.text
        await s.press("z")
        assert "▸ 4 more like this, 06:02–06:03" in s.text
        assert "Saved 4 products" not in s.text
        assert "folded: patterns" in s.words
        await s.press("z")
        assert "▸ 5 more, with statistics (Crawled 4/9 pages), 06:02–06:03" in s.text
        assert "▸ Crawled 5/9 pages, 1 failed requests, concurrency 4, 2 lines" in s.text
        assert "ERROR boom" in s.text
        await s.lines(AT.format(9, 0, "INFO  new"), *[AT.format(9, 1, "INFO  new")] * 3)
        assert "▸ 3 more like this, 06:09" in s.text
        await s.click_on("▸ 5 more, with")
        assert "Saved 4 products" in s.text
        await s.press("z")
        assert "repeats are shown" in s.text
        assert "▸" not in s.text
        assert "folded:" not in s.words
