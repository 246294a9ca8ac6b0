"""Every query of the dashboard. Values are bound, each query has a cursor of its own, and what is cached is keyed by the
release's id and plain values alone: a frame as a cached argument would bring back stale results."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from dashboard.release import connection

# Within one code and period the younger kind of organisation is the one meant: an ICB keeps its STP's code.
_ONE_KIND = """
qualify rank() over (
    partition by indicator_id, org_code, period_start, period_end
    order by case org_type when 'stp' then 1 else 0 end
) = 1
"""


def _frame(release_id: str, query: str, values: list[object]) -> pl.DataFrame:
    found = connection(release_id).cursor().sql(query, params=values).to_arrow_table()
    return pl.DataFrame(pl.from_arrow(found))


@st.cache_data(show_spinner=False, max_entries=20)
def organisations(release_id: str) -> pl.DataFrame:
    """One row an organisation with observations: org_code, its newest org_type and org_name."""
    query = """
        select org_code, arg_max(org_type, period_end) as org_type,
               coalesce(arg_max(org_name, period_end), org_code) as org_name
        from observations group by org_code order by org_name, org_code
    """
    return _frame(release_id, query, [])


@st.cache_data(show_spinner=False, max_entries=20)
def publications(release_id: str) -> pl.DataFrame:
    """One row a source, licence, indicator and period of the release."""
    query = """
        select distinct source, licence, indicator_id, period_start, period_end from observations
        order by source, indicator_id, period_end
    """
    return _frame(release_id, query, [])


@st.cache_data(show_spinner=False, max_entries=20)
def coverage(release_id: str) -> pl.DataFrame:
    """One row an indicator, organisation and period that has observations."""
    query = """
        select distinct indicator_id, org_code, period_start, period_end from observations
        order by indicator_id, org_code, period_end desc, period_start desc
    """
    return _frame(release_id, query, [])


@st.cache_data(show_spinner=False, max_entries=500)
def figures(release_id: str, indicator_id: str, org_code: str, start: date, end: date) -> pl.DataFrame:
    """Observations of one indicator at one organisation in one period, every group of every scheme."""
    query = f"""
        select * from observations
        where indicator_id = ? and org_code = ? and period_start = ? and period_end = ? {_ONE_KIND}
        order by ethnicity_scheme, ethnicity_code
    """
    return _frame(release_id, query, [indicator_id, org_code, start, end])


@st.cache_data(show_spinner=False, max_entries=20)
def coverage_of_kind(release_id: str, org_type: str) -> pl.DataFrame:
    """One row an indicator, organisation of a kind and period that has observations by group."""
    query = """
        select distinct indicator_id, org_code, period_start, period_end from observations
        where org_type = ? and group_level = 'aggregate'
        order by indicator_id, period_end desc, period_start desc, org_code
    """
    return _frame(release_id, query, [org_type])


@st.cache_data(show_spinner=False, max_entries=200)
def across(release_id: str, indicator_id: str, org_type: str, start: date, end: date) -> pl.DataFrame:
    """Observations of one indicator at every organisation of a kind in one period, every group of every scheme."""
    query = """
        select * from observations
        where indicator_id = ? and org_type = ? and period_start = ? and period_end = ?
        order by org_code, ethnicity_scheme, ethnicity_code
    """
    return _frame(release_id, query, [indicator_id, org_type, start, end])


@st.cache_data(show_spinner=False, max_entries=500)
def history(release_id: str, indicator_id: str, org_code: str) -> pl.DataFrame:
    """Observations of one indicator at one organisation in every period, every group of every scheme."""
    query = f"""
        select * from observations where indicator_id = ? and org_code = ? {_ONE_KIND}
        order by period_end, period_start, ethnicity_scheme, ethnicity_code
    """
    return _frame(release_id, query, [indicator_id, org_code])


@st.cache_data(show_spinner=False, max_entries=200)
def newest(release_id: str, org_codes: tuple[str, ...]) -> pl.DataFrame:
    """For each indicator and each of these organisations, the observations of its newest period."""
    query = f"""
        select * from (select * from observations where list_contains(?::varchar[], org_code) {_ONE_KIND})
        qualify dense_rank() over (
            partition by indicator_id, org_code order by period_end desc, period_start desc
        ) = 1
        order by indicator_id, org_code, ethnicity_scheme, ethnicity_code
    """
    return _frame(release_id, query, [list(org_codes)])


@st.cache_data(show_spinner=False, max_entries=200)
def replaced(release_id: str, org_codes: tuple[str, ...]) -> pl.DataFrame:
    """Figures of these organisations that a later or better publication replaced by another value, beside what replaced them."""
    query = """
        select old.indicator_id, old.org_code, old.period_start, old.period_end, old.ethnicity_label,
               old.value as old_value, old.cell_state as old_state, old.source as old_source,
               new.value as new_value, new.cell_state as new_state, new.source as new_source
        from superseded old
        join observations new using (indicator_id, org_code, org_type, period_start, period_end, ethnicity_scheme, ethnicity_code)
        where list_contains(?::varchar[], old.org_code) and old.value is distinct from new.value
        order by old.indicator_id, old.org_code, old.period_end desc, old.ethnicity_label
    """
    return _frame(release_id, query, [list(org_codes)])
