"""What figures say, in sentences a 12-year-old could follow. Pure: the same figures always give the same words.

One function for each kind of chart. Its words stand on the page, are the chart's text alternative, and go with its download.
"""

from equity.sentences.across import SiteGap, funnel_sentence, sites_story
from equity.sentences.beside import domain_sentence, unknown_over_time_sentence, unknown_range_sentence, unknown_sentence
from equity.sentences.control import control_sentence
from equity.sentences.findings import finding_sentence, findings_sentence, matrix_sentence
from equity.sentences.gap import Line, gap_story, spread_sentence
from equity.sentences.indicator import detail_sentence, headline, indicator_sentence, indicator_story, whole_sentence
from equity.sentences.over_time import Ends, gap_moved, trend_sentence
from equity.sentences.potential import potential_sentence
from equity.sentences.quality import conclusions_sentence, fresh_sentence, replaced_sentence, states_sentence
from equity.sentences.shares import shares_sentence

__all__ = [
    "Ends",
    "Line",
    "SiteGap",
    "conclusions_sentence",
    "control_sentence",
    "detail_sentence",
    "domain_sentence",
    "finding_sentence",
    "findings_sentence",
    "fresh_sentence",
    "funnel_sentence",
    "gap_moved",
    "gap_story",
    "headline",
    "indicator_sentence",
    "indicator_story",
    "matrix_sentence",
    "potential_sentence",
    "replaced_sentence",
    "shares_sentence",
    "sites_story",
    "spread_sentence",
    "states_sentence",
    "trend_sentence",
    "unknown_over_time_sentence",
    "unknown_range_sentence",
    "unknown_sentence",
    "whole_sentence",
]
