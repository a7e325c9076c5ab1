"""Outcomes week by week, by kind and by rep, and how good the release is."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from markupsafe import Markup
from starlette.responses import Response

from recommender.svg import bar, line, text
from service.access.caller import Caller
from service.access.roles import the_caller
from service.api.parameters import refuse_repetitions
from service.api.team import FOR_THOSE_WHO_LEAD, asked_team
from service.live import InUse, in_use
from service.pages.formats import count, day
from service.pages.page_answer import page_answer
from service.records.times import now

router = APIRouter(dependencies=[Depends(the_caller), Depends(refuse_repetitions)])
FEW_SHOWN = 30
"""Below it shares say more about chance than about suggestions."""
WIDTH, HEIGHT, FOOT = 260, 90, 72
MEASURES = {"shown": "Shown", "accepted": "Accepted", "won": "Won or bought"}
NAMES = {"ours": "Our lists", "popularity": "Best-sellers"}


@router.get("/board/team", dependencies=[FOR_THOSE_WHO_LEAD])
async def team_page(
    team: Annotated[dict[str, Any], Depends(asked_team)],
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    weeks = weeks_of(team["outcomes"], now().date())
    return page_answer(
        live,
        caller,
        "team.html",
        team=team,
        weeks=weeks,
        charts=[(name, chart(name, words, weeks)) for name, words in MEASURES.items()],
        measures=MEASURES,
        names=NAMES,
        few=FEW_SHOWN,
        has_report=(live.release.folder / "report.html").is_file(),
    )


def weeks_of(outcomes: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """Every week since, those without a word too, oldest first."""
    monday, found = date.fromisoformat(outcomes["since"]), []
    monday -= timedelta(monday.weekday())
    while monday <= today:
        year, week, _ = monday.isocalendar()
        tally = outcomes["by_week"].get(f"{year}-W{week:02}", {})
        counts = {name: tally.get(name, 0) for name in ("shown", "accepted")}
        bought = tally.get("won", 0) + tally.get("credited", 0)
        found.append({"monday": monday, **counts, "won": bought})
        monday += timedelta(7)
    return found


def chart(name: str, words: str, weeks: list[dict[str, Any]]) -> Markup:
    """Bars on a scale of their own, the highest week labelled."""
    counts = [week[name] for week in weeks]
    highest, wide = max([*counts, 1]), WIDTH / max(len(weeks), 1)
    marks = [line((0, FOOT), (WIDTH, FOOT), "")]
    for i, n in enumerate(counts):
        tall = n / highest * (FOOT - 16)
        if n:
            marks.append(bar(i * wide + 1, FOOT - tall, wide - 2, tall))
    if any(counts):
        top = counts.index(highest)
        side = "end" if top > len(counts) / 2 else "start"
        place = (top + 1) * wide if side == "end" else top * wide
        marks.append(text(place, 11, count(highest), "", side))
    marks.append(text(0, HEIGHT - 4, f"week of {day(weeks[0]['monday'])}"))
    marks.append(text(WIDTH, HEIGHT - 4, "this week", "", "end"))
    said = f"{words} by week: {', '.join(map(count, counts))}"
    return Markup(  # noqa: S704  # numbers and our own words
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{escape(words)}</title>'
        f"<desc>{escape(said)}</desc>{''.join(marks)}</svg>"
    )
