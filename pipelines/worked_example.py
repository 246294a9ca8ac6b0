"""The worked example, made from the starter data: python -m pipelines.worked_example > docs/methods/worked-example.md"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from equity import periods
from equity.bounds_wording import tipping
from equity.cells import CellState
from equity.change_wording import of_row, sentences
from equity.gaps import gap_unit, signed_gap, signed_ratio
from equity.numbers import shown
from equity.sentences import indicator_sentence, unknown_sentence
from equity.standing import Standing
from equity.wording import Wording
from pipelines.catalogue import Indicator, load_catalogue
from pipelines.reference import Reference, StudySite, load_reference
from pipelines.words import wording
from pipelines.worked_figures import DETAILED, UPPER, Table, starter_observations, table
from pipelines.worked_words import HEAD, MEASURE_WORDS, OTHERS_HEAD, SUMMARIES_HEAD

MAIN = "tt_reliable_recovery"
OTHERS = ("tt_recovery", "tt_reliable_improvement", "tt_deterioration", "tt_finished_course")
DECIMALS = 1
Period = tuple[date, date]
_CALLED = {"all": "Everyone", "unknown": "Not known"}


def page() -> str:
    """The worked example as Markdown."""
    reference, catalogue, observed = load_reference(), load_catalogue(), starter_observations()
    made = {one: table(observed, catalogue.indicators[one], UPPER, reference, "white") for one in (MAIN, *OTHERS)}
    detailed = table(observed, catalogue.indicators[MAIN], DETAILED, reference, "A")
    main, days = made[MAIN], made[MAIN].periods
    services = observed.filter(pl.col("indicator_id") == MAIN)
    sites = "\n".join(f"- [{one.name}](#{_anchor(one.name)})" for one in reference.sites)
    words = {"first": _year(days[-1]), "last": _year(days[0]), "sites": sites}
    head = HEAD.format(**words, publication=main.indicator.publication, url=main.indicator.publication_url)
    parts = [head, *(_site(site, made, detailed, services, reference) for site in reference.sites)]
    return "\n\n".join(parts) + "\n"


def _site(site: StudySite, made: dict[str, Table], detailed: Table, observed: pl.DataFrame, reference: Reference) -> str:
    """Everything about one site: how its gaps have changed, each year, the summary measures, detailed groups, other indicators."""
    every, mine = made[MAIN].periods, made[MAIN].of(site.trust_code)
    words = _words(mine.indicator)
    breaks = [one for one in reference.boundary_changes if one.org_code == site.trust_code]
    latest = every[0]
    name = reference.organisation_name(site.trust_code, "trust", latest[1]) or site.trust_code
    intro = f"Figures of {name} ({site.trust_code}). {site.note}"
    told = [intro, *(f"From {periods.day(one.day)}: {one.what}" for one in breaks)]
    others = [made[one].of(site.trust_code, latest) for one in OTHERS]
    span = f"{_year(every[-1])} to {_year(latest)}"
    parts = [
        f"## {site.name}",
        "\n\n".join(told),
        f"### {site.name}: have the gaps changed? {span}",
        _changes(mine, words, [one.day for one in breaks]),
        *(period_section(site, name, mine.of(site.trust_code, one), observed, words, one) for one in every),
        f"### {site.name}: summary measures, {span}",
        SUMMARIES_HEAD,
        *_summaries(mine, every),
        f"### {site.name}: detailed groups beside White British, {_year(latest)}",
        _detailed(detailed.of(site.trust_code, latest), words),
        f"### {site.name}: other indicators of talking therapies, {_year(latest)}",
        OTHERS_HEAD,
        _others(others),
    ]
    return "\n\n".join(part for part in parts if part)


# --------------------------------------------------------------------------------------------------------- One period


def period_section(site: StudySite, trust: str, mine: Table, observed: pl.DataFrame, words: Wording, period: Period) -> str:
    """One year of a site: what it says, the gap table, what the figures leave open, what it would take for a gap to vanish."""
    heading = f"### {site.name}, {_year(period)}"
    if mine.rows.is_empty():
        return f"{heading}\n\nNo figures by ethnic group are published for {trust} in {_year(period)}."
    standing, counted = mine.standing, f"{mine.indicator.sentence.counted} that finished and began at caseness"
    parts = [
        heading,
        indicator_sentence(words, periods.phrase(*period), trust, standing),
        f"{unknown_sentence(mine.share_unknown, counted)} {_services(site, observed, period)}".strip(),
        _gap_table(mine, standing, words),
        _open_table(mine, words),
        _tipping(mine, standing, words),
    ]
    return "\n\n".join(part for part in parts if part)


def _services(site: StudySite, observed: pl.DataFrame, period: Period) -> str:
    """Which services a trust is the sum of, where it is published as its services."""
    here = observed.filter(pl.col("org_code").str.starts_with(site.trust_code), pl.col("org_type") == "provider_site")
    here = here.filter(pl.col("period_start") == period[0], pl.col("period_end") == period[1])
    names = here.sort("org_code")["org_name"].unique(maintain_order=True).to_list()
    many = "its one service there" if len(names) == 1 else f"its {len(names)} services, added up here"
    return f"The trust is published as {many}: {'; '.join(names)}." if names else ""


def _gap_table(mine: Table, standing: Standing, words: Wording) -> str:
    """A row a group: what it rests on, its figure, and its gaps to the reference."""
    reference = _name(mine.row(mine.reference))
    head = [
        "Ethnic group", mine.indicator.sentence.counted.capitalize(), "As printed",
        f"{words.name}, % (95% interval)", f"Difference from {reference}, points (95% interval)", f"Ratio to {reference} (95% interval)",
    ]  # fmt: skip
    rows: list[list[str]] = []
    for row in mine.rows.iter_rows(named=True):
        printed = "–" if row["published"] is None else f"{shown(row['published'], row['decimals'])}%"
        rows.append([_name(row), _people(row), printed, _value(row), *_gaps(row, mine.reference, standing, words)])
    return _markdown(head, rows)


def _gaps(row: dict[str, Any], reference: str, standing: Standing, words: Wording) -> list[str]:
    if row["group"] == reference:
        return ["reference", "reference"]
    found = standing.of(row["group"])
    return ["–", "–"] if found is None else [signed_gap(words, found.comparison), signed_ratio(found.comparison)]


def _open_table(mine: Table, words: Wording) -> str:
    """A row a group: the outer bounds of figure and gaps from rounding alone, and with unknown ethnicity."""
    rounding = {row["group"]: row for row in mine.rounding().iter_rows(named=True)}
    unknown = {row["group"]: row for row in mine.unknowns().iter_rows(named=True)}
    told = [row for row in mine.sure.iter_rows(named=True) if row["group"] in rounding]
    if not told:
        return ""
    head = ["What is left open"]
    for what in (f"{words.name}, %", "Difference, points", "Ratio"):
        head += [f"{what}: rounding", "and unknown ethnicity"]
    cells = [("value", DECIMALS), ("difference", DECIMALS), ("ratio", 2)]
    rows: list[list[str]] = []
    for row in told:
        ends = {"rounding": {**row, **rounding[row["group"]]}, "unknown": unknown.get(row["group"], {})}
        rows.append([_name(row), *(outward(ends[of], name, digits) for name, digits in cells for of in ("rounding", "unknown"))])
    return _markdown(head, rows)


def _tipping(mine: Table, standing: Standing, words: Wording) -> str:
    """What unknown ethnicity would have to be like for each gap to vanish."""
    people = {row["group"]: row["people"] for row in mine.groups.iter_rows(named=True)}
    known = sum(one for one in people.values() if one is not None)
    said: list[str] = []
    for row in mine.unknowns().iter_rows(named=True):
        found = standing.of(row["group"])
        if found is None or standing.reference is None:
            continue
        told = {"group": row["group"], "reference": mine.reference}.get(row["tipping_in"] or "")
        share = people[told] / known if told and known and people[told] is not None else None
        clear = "" if found.clear else " (no clear gap)"
        said.append(f"- **{found.reading.name}**{clear}: {tipping(words, found.reading, standing.reference, row, share)}")
    return "\n".join(said)


# -------------------------------------------------------------------------------------------------------- All periods


def _changes(mine: Table, words: Wording, breaks: list[date]) -> str:
    """A row a group and unbroken series: the gap then, the gap now, and whether it has changed."""
    names = {row["group"]: row["name"] for row in mine.groups.iter_rows(named=True)}
    order = {group: at for at, group in enumerate(mine.of_latest.groups["group"])}
    rows: list[list[str]] = []
    found = mine.changes(breaks).sort(pl.col("group").replace_strict(order, return_dtype=pl.Int64), "series")
    for row in found.iter_rows(named=True):
        change = of_row(row)
        if change is not None:
            then, now = (shown(row[f"difference_{end}"], DECIMALS) for end in ("first", "last"))
            span = f"{periods.label(*change.first)} to {periods.label(*change.last)}"
            rows.append([names[row["group"]], span, then, now, sentences(words, change)])
    head = ["Ethnic group", "Years compared", f"Gap then, {gap_unit(words)}", "Gap at the end", "Has it changed?"]
    return _markdown(head, rows)


def _summaries(mine: Table, every: Sequence[Period]) -> list[str]:
    """A table of the summary measures with their intervals, one of their outer bounds, and why some years have none."""
    intervals, outer, tests = mine.summaries(), mine.summary_bounds(), mine.test()
    there = [one for one in every if not mine.of(mine.rows["org_code"][0], one).rows.is_empty()]
    able = [one for one in there if _at(tests, one)[0]["p_value"] is not None]
    head = ["Measure", *(_year(one) for one in able)]
    rows = [[name, *(_estimate(_measure(intervals, one, code), digits) for one in able)] for code, (name, digits) in MEASURE_WORDS.items()]
    rows.append(["Test that all groups have one true rate: p", *(_p(_at(tests, one)[0]["p_value"]) for one in able)])
    bounds = [
        [name, *(outward(_measure(outer, one, code), "", digits) for one in able)]
        for code, (name, digits) in MEASURE_WORDS.items()
        if code in set(outer["measure"])
    ]
    why = [f"{_year(one)}: no summary measure, because {_at(tests, one)[0]['problem']}." for one in there if one not in able]
    return [_markdown(head, rows), "What rounding leaves open of each:", _markdown(head, bounds), *why]


def _at(found: pl.DataFrame, period: Period) -> list[dict[str, Any]]:
    return found.filter(pl.col("period_start") == period[0], pl.col("period_end") == period[1]).to_dicts()


def _measure(found: pl.DataFrame, period: Period, code: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {}
    return next((row for row in _at(found, period) if row["measure"] == code), nothing)


def _detailed(mine: Table, words: Wording) -> str:
    """A row a detailed group beside White British, with the outer bounds from rounding."""
    standing = mine.standing
    rounding = {row["group"]: row for row in mine.rounding().iter_rows(named=True)}
    rows = [
        [_name(row), _people(row), _value(row), *_gaps(row, mine.reference, standing, words),
         outward(rounding.get(row["group"], {}), "difference", DECIMALS)]
        for row in mine.groups.iter_rows(named=True)
    ]  # fmt: skip
    head = ["Ethnic group", mine.indicator.sentence.counted.capitalize(), f"{words.name}, % (95% interval)",
            "Difference from White British, points (95% interval)", "Ratio (95% interval)", "Difference: rounding"]  # fmt: skip
    return _markdown(head, rows)


def _others(tables: Iterable[Table]) -> str:
    rows: list[list[str]] = []
    for mine in tables:
        words, standing = _words(mine.indicator), mine.standing
        rounding = {row["group"]: row for row in mine.rounding().iter_rows(named=True)}
        rows += [
            [words.name, _name(row), _people(row), _value(row), *_gaps(row, mine.reference, standing, words),
             outward(rounding.get(row["group"], {}), "difference", DECIMALS)]
            for row in mine.groups.iter_rows(named=True)
        ]  # fmt: skip
    head = ["Indicator", "Ethnic group", "Out of", "Value (95% interval)", "Difference from White (95% interval)",
            "Ratio (95% interval)", "Difference: rounding"]  # fmt: skip
    return _markdown(head, rows)


# -------------------------------------------------------------------------------------------------------------- Cells


def _words(indicator: Indicator) -> Wording:
    """With one digit more than is printed below England, since figures are worked out from the counts as well."""
    return replace(wording(indicator, "trust"), decimals=DECIMALS)


def _name(row: dict[str, Any] | None) -> str:
    return "" if row is None else row["name"] or _CALLED[row["group"]]


def _people(row: dict[str, Any]) -> str:
    low, high = row["denominator_lower"], row["denominator_upper"]
    if row["value"] is None or row["people"] is None:  # no count stands beside a figure that is hidden
        return "–"
    return shown(low, 0) if low == high else f"{shown(low, 0)} to {shown(high, 0)}"


def _value(row: dict[str, Any]) -> str:
    state = CellState(row["cell_state"])
    if row["value"] is None:
        return f"{state.words} {state.shorthand}".strip()
    value, low, high = (shown(row[name], DECIMALS) for name in ("value", "lower_ci", "upper_ci"))
    return f"{value} ({low} to {high}) {state.shorthand}".strip()


def _estimate(row: dict[str, Any], digits: int) -> str:
    if row.get("estimate") is None:
        return "–"
    if row["lower_ci"] is None:
        return shown(row["estimate"], digits)
    return f"{shown(row['estimate'], digits)} ({shown(row['lower_ci'], digits)} to {shown(row['upper_ci'], digits)})"


def outward(row: dict[str, Any], name: str, digits: int) -> str:
    """A range rounded outwards, so that it never says less than the bounds."""
    lower, upper = (row.get(f"{name}_{end}".strip("_")) for end in ("lower", "upper"))
    if lower is None:
        return "–"
    step = 10.0**-digits
    low = shown(math.floor(lower / step + 1e-9) * step, digits)
    if upper is None or math.isinf(upper):
        return f"{low} or more"
    high = shown(math.ceil(upper / step - 1e-9) * step, digits)
    return low if low == high else f"{low} to {high}"


def _p(p: float) -> str:
    return "under 0.001" if p < 0.001 else shown(p, 3)


def _year(period: Period) -> str:
    return periods.label(*period)


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(one) + " |" for one in [head, *rows]]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def main() -> None:
    """Print the page."""
    print(page(), end="")


if __name__ == "__main__":
    main()
