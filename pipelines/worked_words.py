"""The words of the worked example: how to read it, and what each summary measure is called there."""

from __future__ import annotations

HEAD = """# Worked example: talking therapies in the four areas of the study

Made from `data/starter/talking_therapies.csv` by `python -m pipelines.worked_example > docs/methods/worked-example.md`; do not
edit it by hand. A test holds the page to what the command gives.

The methods for gaps, bounds, changes and summary measures on published figures: reliable recovery after NHS Talking
Therapies, {first} to {last}, at the trust of each of the four areas:

{sites}

How it is done: intervals and summary measures in [inequality.md](inequality.md), bounds in [bounds.md](bounds.md), changes in
[change.md](change.md). Source: {publication}, under the
Open Government Licence v3.0, at <{url}>.

## How to read it

- **What is counted.** Referrals that finished a course of treatment and began at caseness (above the clinical threshold).
  Reliable recovery: the threshold crossed, and a change larger than the questionnaires' measurement error. People who were
  never referred, or who left early, are not in it.
- **The reference group is White**, all White groups together, because yearly figures are published for the upper groups alone.
  That is a choice and no norm. White British is published as a detailed group; for the last year the detailed groups stand
  beside it. Neither is the same as "everyone else".
- **The figure.** Below England counts are printed to the nearest 5, and those under 5 as a star; the percentage is printed to a
  whole number. Both together leave a small range. The figure here is the middle of it, so that it rounds to the percentage
  printed. The dashboard shows the printed percentage, and gaps between printed percentages, which can be up to a point away.
- **95% interval.** Chance alone: Wilson's for a value, Newcombe's method 10 (MOVER) for a difference, MOVER-R for a ratio.
  A difference is clear where its interval leaves out 0; its ratio's interval then leaves out 1. Hundreds of intervals stand on
  this page: about one in twenty misses the truth by chance, and nothing here is adjusted for that.
- **What is left open.** Not chance: the lowest and the highest that the printed figures allow, first because of rounding and
  stars alone, then with the people whose ethnicity is not known put into whichever group would make the most of it. The ends
  are extreme. They are outer bounds: the truth is inside, and need not come near an end.
- **What it would take** for a gap to vanish, in the last list of each year: the fewest people of unknown ethnicity who would have
  to be of the group, everything else granted. It is no forecast. Of a gap that is not clear, chance alone may be the reason.
- **Has it changed?** "No clear change" means that these figures cannot show one. Timing is not cause.
- [c] hidden to protect people, [u] too few people to be sure, [x] not collected or not available. A hidden figure is not 0.
- Groups are in the order of the alphabet, Other and Not known last. This is no league table, and no figure here says why
  groups differ."""

SUMMARIES_HEAD = """One number for all groups of a year, with its 95% interval. Where the interval begins at 0, no inequality is possible as
well. Those of par and paf alone can go below 0: the reference would then be worse off than the average. Formulas:
[inequality.md](inequality.md)."""

OTHERS_HEAD = """Values in every 100; differences in points. "Getting worse" is better when lower. Finished courses are those that finished
in the year for every 100 referrals received in it: two different sets of people, so a crude ratio."""

# Code of a measure, its name here, and the digits after its point.
MEASURE_WORDS: dict[str, tuple[str, int]] = {
    "bgsd": ("Standard deviation between groups (bgsd), points", 1),
    "bgv": ("Variance between groups (bgv), points squared", 1),
    "bgv_corrected": ("The same less what chance adds (bgv_corrected)", 1),
    "cov": ("Coefficient of variation (cov), %", 1),
    "mdm_weighted": ("Mean distance from the average, by people (mdm_weighted), points", 1),
    "mdm_unweighted": ("Mean distance from the average, by groups (mdm_unweighted), points", 1),
    "mdb_weighted": ("Mean distance from the best placed, by people (mdb_weighted), points", 1),
    "mdb_unweighted": ("Mean distance from the best placed, by groups (mdb_unweighted), points", 1),
    "mdr_weighted": ("Mean distance from White, by people (mdr_weighted), points", 1),
    "mdr_unweighted": ("Mean distance from White, by groups (mdr_unweighted), points", 1),
    "idis_who_weighted": ("Index of disparity, WHO, by people (idis_who_weighted), %", 1),
    "idis_who_unweighted": ("Index of disparity, WHO, by groups (idis_who_unweighted), %", 1),
    "idis_pearcy_keppel_weighted": ("Index of disparity, Pearcy and Keppel, by people (idis_pearcy_keppel_weighted), %", 1),
    "idis_pearcy_keppel_unweighted": ("Index of disparity, Pearcy and Keppel, by groups (idis_pearcy_keppel_unweighted), %", 1),
    "theil": ("Theil index times 1,000 (theil)", 2),
    "mld": ("Mean log deviation times 1,000 (mld)", 2),
    "par": ("If everyone had White's rate: points more (par)", 1),
    "paf": ("The same as a share of the average (paf), %", 1),
    "par_best": ("If everyone had the best placed group's rate: points more (par_best)", 1),
    "paf_best": ("The same as a share of the average (paf_best), %", 1),
}
