"""What the brief says of value, gaps and questions, ready to be read."""

from __future__ import annotations

from typing import Any

from service.pages.formats import count, day, decimal, field_title, percent, whole_money
from service.sales.value import Value

Json = dict[str, Any]
MOST_BARS = 6
"""Categories that are drawn at once; the others are behind a fold."""
WITHHELD = {
    "no_permission": "Not looked at: it does not let its purchases be used.",
    "no_size": "It bought nothing in the last year, so what it could buy is not known.",
    "few_peers": "Too few customers like it to say what it could buy.",
}


def figures(value: Value, currency: str) -> list[tuple[str, str, str]]:
    """(figure, what it is, how it is meant) of what is known."""
    found, lifetime, rhythm = [], value.lifetime, value.rhythm
    if lifetime is not None and lifetime.value is not None:
        kind = "Revenue" if lifetime.margin is None else "Margin"
        note = ""
        if lifetime.margin is not None and lifetime.revenue is not None:
            note = f"of {whole_money(lifetime.revenue, currency)} revenue"
        found.append((whole_money(lifetime.value, currency), f"{kind}, next 12 months", note))
    if lifetime is not None:
        found.append((decimal(lifetime.orders), "Orders, next 12 months", ""))
        if lifetime.chance_alive is not None:
            found.append((percent(lifetime.chance_alive), "Chance that it stays", ""))
    if rhythm is not None:
        usual = rhythm.usual_days
        pace = "–" if usual is None else _pace(round(usual))
        found.append((pace, "Its own rhythm", f"last on {day(rhythm.last_on)}"))
    return found


def _pace(days: int) -> str:
    return "every day" if days <= 1 else f"every {count(days)} days"


def warning(value: Value) -> str | None:
    """That it falls silent, by its own rhythm."""
    rhythm = value.rhythm
    if rhythm is None or not rhythm.is_warned or rhythm.usual_days is None:
        return None
    return (
        f"No order since {day(rhythm.last_on)}, though it usually orders "
        f"{_pace(round(rhythm.usual_days))}. {_silence(rhythm.chance_silent)}"
    )


def _silence(chance: float) -> str:
    if chance >= 0.995:
        return "That none comes within 90 days is almost certain."
    return f"The chance that none comes within 90 days is {percent(chance)}."


def bars(potential: Json, currency: str) -> list[Json]:
    """A row a category: its numbers in words, and where the marks stand, in percent."""
    rows = [row for row in potential["categories"] if row["actual"] or row["expected"]]
    most = max((max(row["actual"], row["high"] or 0.0) for row in rows), default=0.0) or 1.0
    return [_bar(row, most, currency) for row in rows]


def _bar(row: Json, most: float, currency: str) -> Json:
    actual, expected = whole_money(row["actual"], currency), row["expected"]
    about = f"{row['category']}: bought for {actual}"
    if expected is not None:
        middle = whole_money(expected, currency)
        about += f", expected {middle}"
    return row | {
        "title": about,
        "at": {
            name: f"{100 * (row[name] or 0.0) / most:.1f}%"
            for name in ("actual", "low", "expected", "high")
        },
        "width": f"{100 * ((row['high'] or 0.0) - (row['low'] or 0.0)) / most:.1f}%",
    }


def why_no_potential(potential: Json) -> str | None:
    """A sentence, or None where it is told."""
    reason = potential["withheld"]
    return WITHHELD.get(reason, f"Not told: {reason}.") if reason else None


def asked(question: Json) -> Json:
    """The question as it may be put, and why it is worth asking."""
    answers = question["answers"]
    if question["about"] == "portrait":
        put = f"{field_title(question['value'])}: what is it?"
        why = (
            f"Customers like it part here ({_counted(answers)}): "
            f"{question['changes']} of the {question['of']} products they buy most differ."
        )
    else:
        put = f"Does it want {question['value']}?"
        why = (
            f"Yes or no changes {question['changes']} of its {question['of']} offers, and "
            f"it is open: {answers[0]['customers']} of {question['customers']} customers like it "
            "buy it."
        )
    return question | {"put": put, "why": why}


def _counted(answers: list[Json]) -> str:
    return ", ".join(f"{answer['answer']}: {answer['customers']}" for answer in answers)
