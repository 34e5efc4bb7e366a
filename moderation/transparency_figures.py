"""The charts that everybody may see: what was held, refused, removed, restored, appealed and won, and how fast."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict

from moderation import counting
from moderation.charts.bars import lying, stacked
from moderation.charts.lines import lines
from moderation.charts.tables import Chart, Rows, Table
from moderation.counting import known_reasons, month_of, percentile, reason_of
from moderation.models import Action, Appeal, Case, Decision

KINDS = ("held", "refused", "removed", "restored", "appealed", "won")
HEADINGS = tuple(kind.capitalize() for kind in KINDS)
TARGET_HOURS = 24.0
# By month, reason and kind.
Counts = Counter[tuple[datetime.date, str, str]]


def charts() -> list[Chart]:
    """All of them, from five queries."""
    months = counting.last_months()
    counts = count(counting.start_of(months[0]))
    return [decided(months, counts), reasons(counts), appeals(months, counts), times(months), everything(counts)]


def count(since: datetime.datetime) -> Counts:
    """How often each happened since then."""
    counts: Counts = Counter()
    for opened, rule in (
        Case.objects.filter(opened_at__gte=since).exclude(held_by_rule="").values_list("opened_at", "held_by_rule")
    ):
        counts[month_of(opened), f"Rule: {rule}", "held"] += 1
    why = _count_decisions(since, counts)
    rows = Appeal.objects.filter(created_at__gte=since).values_list("created_at", "case__comment", "case__outcome")
    for created, comment, outcome in rows:
        for kind in ["appealed", "won"] if outcome == Action.RESTORE else ["appealed"]:
            counts[month_of(created), why.get(comment, counting.OTHER_WORDS), kind] += 1
    return counts


def _count_decisions(since: datetime.datetime, counts: Counts) -> dict[int | None, str]:
    """Count what was taken down and what came back; for each comment the last reason why it was taken down."""
    why: dict[int | None, str] = {}
    known = known_reasons()
    columns = ("action", "reason", "decided_at", "comment", "undoes__action")
    for action, reason, decided_at, comment, undone in (
        Decision.objects.filter(decided_at__gte=since).order_by("pk").values_list(*columns)
    ):
        month = month_of(decided_at)
        if action in {Action.REMOVE, Action.REFUSE}:
            why[comment] = reason_of(reason, known)
            counts[month, why[comment], "removed" if action == Action.REMOVE else "refused"] += 1
        elif action == Action.RESTORE or undone in {Action.REMOVE, Action.REFUSE}:
            counts[month, why.get(comment, counting.OTHER_WORDS), "restored"] += 1
    return why


def _of_month(counts: Counts, month: datetime.date, kind: str) -> int:
    return sum(number for (when, _, what), number in counts.items() if when == month and what == kind)


def decided(months: list[datetime.date], counts: Counts) -> Chart:
    """Held, refused and removed as bars by month; with what came back in the table."""
    of = {kind: [_of_month(counts, month, kind) for month in months] for kind in KINDS}
    finding = (
        f"Removed this month so far: {of['removed'][-1]}, last month: {of['removed'][-2]}; "
        f"restored in these two months: {of['restored'][-1] + of['restored'][-2]}."
    )
    series = [(kind.capitalize(), of[kind]) for kind in ("held", "refused", "removed")]
    drawing = stacked("months", finding, [f"{month:%b}" for month in months], series, every=2)
    rows: Rows = tuple((f"{month:%B %Y}", *(of[kind][at] for kind in KINDS)) for at, month in enumerate(months))
    table = Table("months", "Comments by month and what was decided about them", ("Month", *HEADINGS), rows)
    return Chart("Decisions by month", finding, table, drawing)


def reasons(counts: Counts) -> Chart:
    """Why comments were removed or refused, the most frequent reason first."""
    by_reason: dict[str, Counter[str]] = defaultdict(Counter)
    for (_, reason, kind), number in counts.items():
        if kind in {"removed", "refused", "restored"}:
            by_reason[reason][kind] += number
    totals = {reason: of["removed"] + of["refused"] for reason, of in by_reason.items()}
    ordered = sorted(totals, key=lambda reason: (-totals[reason], reason))
    finding = "Nothing was removed or refused."
    if ordered and totals[ordered[0]]:
        finding = f"{ordered[0]} was the most frequent reason: {totals[ordered[0]]} of {sum(totals.values())}."
    rows: Rows = tuple((r, by_reason[r]["removed"], by_reason[r]["refused"], by_reason[r]["restored"]) for r in ordered)
    caption = "Reasons for which comments were removed or refused in twelve months"
    table = Table("reasons", caption, ("Reason", "Removed", "Refused", "Restored"), rows)
    drawing = lying("reasons", finding, [(reason, totals[reason]) for reason in ordered[:12]])
    return Chart("Reasons", finding, table, drawing)


def appeals(months: list[datetime.date], counts: Counts) -> Chart:
    """How many authors appealed, and how many of them were right."""
    appealed = [_of_month(counts, month, "appealed") for month in months]
    won = [_of_month(counts, month, "won") for month in months]
    finding = "No author appealed in twelve months."
    if any(appealed):
        finding = f"{sum(won)} of {sum(appealed)} appeals were won in twelve months."
    others = [all_ - wins for all_, wins in zip(appealed, won, strict=True)]
    labels = [f"{month:%b}" for month in months]
    drawing = stacked("appeals", finding, labels, [("Won", won), ("Lost or waiting", others)], every=2)
    rows: Rows = tuple((f"{month:%B %Y}", appealed[at], won[at]) for at, month in enumerate(months))
    table = Table("appeals", "Appeals by the month in which they came", ("Month", "Appealed", "Won"), rows)
    return Chart("Appeals", finding, table, drawing)


def times(months: list[datetime.date]) -> Chart:
    """How long cases waited for their first decision: the median and the 90th percentile."""
    by_month: dict[datetime.date, list[float]] = defaultdict(list)
    for decided_at, hours in counting.waits(counting.start_of(months[0])):
        by_month[month_of(decided_at)].append(hours)
    return time_chart("times", [(f"{m:%b}", f"{m:%B %Y}", by_month[m]) for m in months], every=2)


def time_chart(name: str, waited: list[tuple[str, str, list[float]]], *, every: int) -> Chart:
    """Hours until a first decision; each place on the axis has a label, its name in the table, and its waits."""
    medians = [percentile(hours, 0.5) for _, _, hours in waited]
    ninths = [percentile(hours, 0.9) for _, _, hours in waited]
    everyone = [each for _, _, hours in waited for each in hours]
    finding = "Nothing was decided."
    if everyone:
        half, most = percentile(everyone, 0.5) or 0, percentile(everyone, 0.9) or 0
        finding = f"Half of all cases were decided within {in_words(half)}, nine of ten within {in_words(most)}."
    series = [("Median, hours", medians), ("Nine of ten", ninths)]
    drawing = lines(
        name, finding, [label for label, _, _ in waited], series, target=("aim: 24 h", TARGET_HOURS), every=every
    )
    rows: Rows = tuple(
        (full, len(hours), _rounded(medians[at]), _rounded(ninths[at])) for at, (_, full, hours) in enumerate(waited)
    )
    columns = ("When", "Decided", "Median, hours", "90th percentile, hours")
    return Chart(
        "Time to decide", finding, Table(name, "Hours from a case to its first decision", columns, rows), drawing
    )


def _rounded(hours: float | None) -> float | str:
    return "" if hours is None else round(hours, 1)


def in_words(hours: float) -> str:
    """`40 min`, `3 h 10 min`, `2 days 4 h`."""
    minutes = round(hours * 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")
    return f"{minutes // 1440} days" + (f" {minutes // 60 % 24} h" if minutes // 60 % 24 else "")


def everything(counts: Counts) -> Chart:
    """Each month and reason, as a table."""
    keys = sorted({(month, reason) for month, reason, _ in counts}, key=lambda key: (-key[0].toordinal(), key[1]))
    rows: Rows = tuple(
        (f"{month:%Y-%m}", reason, *(counts[month, reason, kind] for kind in KINDS)) for month, reason in keys
    )
    finding = "Each reason in each month; what a rule held stands under the rule."
    table = Table("by-reason", "Decisions by month and reason", ("Month", "Reason", *HEADINGS), rows, words=2)
    return Chart("By month and reason", finding, table)
