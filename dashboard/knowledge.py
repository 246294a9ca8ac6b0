"""The project's own catalogue and reference tables, read once, in the shapes that pages use."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard.groups import Base
from dashboard.places import Site
from equity.wording import Wording
from pipelines import words
from pipelines.catalogue import Catalogue, Indicator, load_catalogue
from pipelines.reference import Reference, load_reference

DOMAINS = {
    "access": "Access",
    "experience": "Experience",
    "outcome": "Outcomes",
    "data_quality": "Data quality",
    "context": "Who lives here",
}
FREQUENCIES = {"monthly": "every month", "quarterly": "every 3 months", "annual": "every year", "decennial": "every 10 years"}


@st.cache_resource(show_spinner=False)
def catalogue() -> Catalogue:
    """The indicators."""
    return load_catalogue()


@st.cache_resource(show_spinner=False)
def reference() -> Reference:
    """Ethnicity schemes, organisations, sites and priorities."""
    return load_reference()


@st.cache_resource(show_spinner=False)
def groups() -> pl.DataFrame:
    """One row a group of a scheme, with the words for it; ``within`` is the group of the same scheme that contains it."""
    membership = reference().membership
    inside = membership.filter(pl.col("scheme") == pl.col("member_scheme"))
    same = inside.select("scheme", pl.col("member_code").alias("code"), pl.col("code").alias("within"))
    return reference().group_frame().join(same, on=["scheme", "code"], how="left")


def members(scheme: str, code: str) -> pl.DataFrame:
    """The detailed groups inside a group of a scheme: ethnicity_scheme, ethnicity_code."""
    inside = reference().membership.filter((pl.col("scheme") == scheme) & (pl.col("code") == code))
    return inside.select(pl.col("member_scheme").alias("ethnicity_scheme"), pl.col("member_code").alias("ethnicity_code"))


@st.cache_resource(show_spinner=False)
def sites() -> list[Site]:
    """The study sites with every organisation code that belongs to them."""
    tables = reference()
    return [
        Site(
            one.site_id,
            one.name,
            one.trust_code,
            one.icb_code,
            one.note or "",
            frozenset(tables.organisations.filter(pl.col("site_id") == one.site_id)["org_code"].to_list()),
        )
        for one in tables.sites
    ]


def wording(indicator: Indicator, org_type: str) -> Wording:
    """How an indicator is put into words at a kind of organisation."""
    return words.wording(indicator, org_type)


def base_of(indicator: Indicator) -> Base:
    """What an indicator's figures rest on: who could have had the outcome, or the events of a rate.

    A population says nothing of how sure a rate is, and people of unknown ethnicity have none.
    """
    column = "numerator" if indicator.value_type in {"rate", "count"} else "denominator"
    return Base(column, indicator.sentence.counted)
