"""``python -m pipelines measure``: published numbers through the real command line, and a sentence for every refusal."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from scipy import stats

from equity.tidy import COLUMNS, NAMES
from pipelines import __main__ as command_line
from pipelines import group_table
from pipelines.settings import PROJECT
from tests.equity import healthequal
from tests.pipelines import files

STATISTICS = PROJECT / "../shared/statistics"
Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What the command printed, and its exit code."""

    code: int
    out: str
    err: str

    def rows(self, **where: object) -> list[Row]:
        """The rows of the table that was printed, numbers as numbers, of which these columns have these values."""
        assert self.code == 0, self.err
        read = pl.read_csv(io.StringIO(self.out), infer_schema=False)
        numbers = ["estimate", "lower_ci", "upper_ci", "p_value", "se", "lower_bound", "upper_bound"]
        return read.with_columns(pl.col(numbers).cast(pl.Float64)).filter(**where).to_dicts()  # type: ignore[arg-type]

    def row(self, **where: object) -> Row:
        (found,) = self.rows(**where)
        return found


Measure = Callable[..., Told]


@pytest.fixture
def measure(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Measure:
    """Runs the command as ``python -m pipelines`` does; no traceback may be printed."""

    def run(*words: object) -> Told:
        monkeypatch.setattr(sys, "argv", ["python -m pipelines", "measure", *map(str, words)])
        code = 0
        try:
            command_line.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capfd.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Told(code, printed.out, printed.err)

    return run


def write(path: Path, header: str, *rows: str) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def written(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([header, *rows])
    return path


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """Two places: a group suppressed, a true nought, a group missing."""
    return write(
        tmp_path / "places.csv",
        "place,group,numerator,denominator",
        *("a,White,50,200", "a,Black,30,80", "a,Asian,0,20", "a,Other,*,30"),
        *("b,White,400,1000", "b,Black,20,40", "b,Asian,,50", "b,Other,2,5"),
    )


def number(text: str | None) -> float | None:
    return healthequal.number(text)


def peers(name: str) -> list[Row]:
    inputs = pl.read_csv(STATISTICS / f"inputs/{name}_cases.csv", infer_schema=False).rename({"confidence": "level"})
    return inputs.join(pl.read_csv(STATISTICS / f"outputs/{name}.csv", infer_schema=False), on="case_id").to_dicts()


def level(text: str) -> float:
    return float(text) / 100 if float(text) > 1 else float(text)


# ------------------------------------------------------------------------------------------------- What others published


@pytest.mark.real
@pytest.mark.parametrize(("name", "compared"), [("proportion", 24), ("rate", 26)])
def test_each_groups_own_value_and_interval_are_those_of_the_fingertips_package(
    name: str, compared: int, measure: Measure, tmp_path: Path
) -> None:
    """Every case with a value, but those at a level that the package refuses."""
    cases = [case for case in peers(name) if number(case["value"]) is not None and level(case["level"]) >= 0.9]
    seen = 0
    for key, some in itertools.groupby(sorted(cases, key=_settings), key=_settings):
        multiplier, confidence = key
        own = list(some)
        file = written(
            tmp_path / "cases.csv", ["group", "numerator", "denominator"], ((case["case_id"], case["x"], case["n"]) for case in own)
        )
        if confidence == 1:
            continue
        told = measure(file, "--kind", name, "--multiplier", multiplier, "--confidence", confidence, "--measures", "value")
        for case in own:
            row = told.row(group=case["case_id"])
            expected = [number(case[end]) for end in ("value", "lowercl", "uppercl")]
            assert [row["estimate"], row["lower_ci"], row["upper_ci"]] == pytest.approx(expected, rel=1e-9, abs=1e-12), case["case_id"]
            assert row["method"] == {"Wilson": "Wilson", "Exact": "exact Poisson", "Byars": "Byar"}[case["method"]]
            seen += 1
    assert seen == compared


def _settings(case: Row) -> tuple[float, float]:
    return float(case["multiplier"]), level(case["level"])


@pytest.mark.real
def test_a_mean_with_its_number_of_people_has_the_t_interval_of_the_fingertips_package(measure: Measure, tmp_path: Path) -> None:
    values, seen = pl.read_csv(STATISTICS / "inputs/mean_values.csv", infer_schema=False), 0
    for case in peers("mean"):
        mine = [number(one) for one in values.filter(case_id=case["case_id"])["value"]]
        if number(case["lowercl"]) is None or None in mine or level(case["level"]) == 1:
            continue
        spread = statistics.stdev(mine) / math.sqrt(len(mine))  # type: ignore[type-var]
        row = [case["case_id"], repr(statistics.fmean(mine)), repr(spread), len(mine)]  # type: ignore[arg-type]
        file = written(tmp_path / "mean.csv", ["group", "value", "se", "n"], [row])
        found = measure(file, "--kind", "mean", "--confidence", level(case["level"]), "--measures", "value").row()
        expected = [number(case[end]) for end in ("value", "lowercl", "uppercl")]
        assert [found["estimate"], found["lower_ci"], found["upper_ci"]] == pytest.approx(expected, rel=1e-9, abs=1e-9), case["case_id"]
        assert found["method"] == "Student's t"
        seen += 1
    assert seen >= 8


OURS = {
    **{"bgv": "bgv", "bgsd": "bgsd", "covar": "cov", "mdmu": "mdm_unweighted", "mdmw": "mdm_weighted", "mdbu": "mdb_unweighted"},
    **{"mdbw": "mdb_weighted", "mdru": "mdr_unweighted", "mdrw": "mdr_weighted", "idisu": "idis_who_unweighted"},
    **{"idisw": "idis_who_weighted", "ti": "theil", "mld": "mld", "parisk": "par_best", "paf": "paf_best"},
}


@pytest.mark.real
@pytest.mark.parametrize("name", ["H01", "H02", "H03", "H07", "H13", "H24", "H31", "H33", "H34", "H37", "B01", "B03"])
def test_summary_measures_are_those_of_the_whos_package(name: str, measure: Measure, tmp_path: Path) -> None:
    """Linearised limits too, but of those three that the package has on another scale than their estimates."""
    case = healthequal.case(name)
    assert case.average is None
    case.frame.write_csv(tmp_path / "case.csv")
    words = ["--kind", case.kind, "--multiplier", case.scale, "--confidence", case.level, "--intervals", "who", "--draws", 100]
    words += ["--polarity", "higher_is_better" if case.favourable else "lower_is_better"]
    words += ["--reference", f"group:{case.reference}"] if case.reference else []
    told = measure(tmp_path / "case.csv", *words, "--measures", "all")
    theirs = healthequal.outputs().filter(pl.col("case_id") == name, pl.col("measure").is_in(OURS), pl.col("status") == "ok")
    assert theirs.height >= 10
    for row in theirs.iter_rows(named=True):
        found = told.row(measure=OURS[row["measure"]])
        assert found["estimate"] == pytest.approx(number(row["estimate"]), rel=1e-9, abs=1e-12), row["measure"]
        if number(row["se"]) is not None and row["measure"] not in {"ti", "mld", "paf"}:
            limits = [number(row[end]) for end in ("lowerci", "upperci")]
            assert [found["lower_ci"], found["upper_ci"]] == pytest.approx(limits, rel=1e-9, abs=1e-12), row["measure"]


def test_a_difference_is_newcombes_and_a_ratio_fagerlands(measure: Measure, tmp_path: Path) -> None:
    """Newcombe 1998, table II, method 10, examples a and d; Fagerland, Lydersen and Laake: epinephrine, MOVER-R Wilson."""
    rows = ["a,one,56,70", "a,other,48,80", "d,one,5,56", "d,other,0,29", "e,one,7,34", "e,other,1,34"]
    file = write(tmp_path / "pairs.csv", "example,group,numerator,denominator", *rows)
    told = measure(file, "--kind", "proportion", "--multiplier", 1, "--by", "example", "--reference", "other")
    for example, limits in {"a": (0.0524, 0.3339), "d": (-0.0381, 0.1926), "e": (0.0189, 0.3404)}.items():
        row = told.row(example=example, group="one", measure="difference")
        assert (row["lower_ci"], row["upper_ci"], row["method"]) == (*(pytest.approx(one, abs=5e-5) for one in limits), "Newcombe 10")
    ratio = told.row(example="e", group="one", measure="ratio")
    assert [ratio["estimate"], ratio["lower_ci"], ratio["upper_ci"]] == pytest.approx([7, 1.1537, 41.9763], abs=5e-5)
    assert told.row(example="d", group="one", measure="ratio")["problem"] == "the reference's value is not above 0"


def test_the_test_of_no_inequality_is_scipys_chi_squared_and_the_excess_observed_less_expected(measure: Measure, tmp_path: Path) -> None:
    counts = {"White": (300, 1000), "Black": (90, 200), "Asian": (45, 150)}
    file = written(tmp_path / "a.csv", ["group", "numerator", "denominator"], ((name, *pair) for name, pair in counts.items()))
    told = measure(file, "--kind", "proportion", "--reference", "everyone_else")
    table = [[x for x, _ in counts.values()], [n - x for x, n in counts.values()]]
    statistic, p_value, *_ = stats.chi2_contingency(table, correction=False)
    row = told.row(measure="no_inequality_test")
    assert (row["estimate"], row["p_value"], row["group"]) == (pytest.approx(statistic), pytest.approx(p_value), None)
    assert told.row(measure="excess", group="Black")["estimate"] == pytest.approx(90 - 200 * 345 / 1150)
    assert told.row(measure="difference", group="Black")["reference"] == "everyone else"


def test_bounds_are_those_of_every_table_that_can_have_been_printed_so(measure: Measure, tmp_path: Path) -> None:
    """Counted out: rounded to the nearest 5, with a star for 0 to 4, and denominators exact but for the smallest."""
    file = write(tmp_path / "a.csv", "group,numerator,denominator", "White,20,60", "Black,5,15", "Asian,*,10")
    told = measure(
        *(file, "--kind", "proportion", "--reference", "White", "--rounded-to", 5, "--polarity", "lower_is_better"),
        *("--measures", "value,difference,ratio,mdm_weighted,mdr_unweighted,mdb_unweighted"),
    )
    ranges = [(range(18, 23), range(58, 63)), (range(5, 8), range(13, 18)), (range(5), range(8, 13))]
    each = [[(x, float(n)) for x in events for n in people if x <= n] for events, people in ranges]
    tables = [[(100 * x / n, n) for x, n in one] for one in itertools.product(*each)]

    def ends(of: Callable[[list[tuple[float, float]]], float]) -> Any:
        found = [of(one) for one in tables]
        return pytest.approx((min(found), max(found)))

    def bounds(**where: str) -> tuple[float, float]:
        row = told.row(**where)
        return row["lower_bound"], row["upper_bound"]

    for at, name in enumerate(("White", "Black", "Asian")):
        assert bounds(group=name, measure="value") == ends(lambda one, at=at: one[at][0])
        if at:
            assert bounds(group=name, measure="difference") == ends(lambda one, at=at: one[at][0] - one[0][0])
            assert bounds(group=name, measure="ratio") == ends(lambda one, at=at: one[at][0] / one[0][0])
    assert bounds(measure="mdr_unweighted") == ends(lambda one: sum(abs(y - one[0][0]) for y, _ in one) / 3)
    assert bounds(measure="mdb_unweighted") == ends(lambda one: sum(y - min(y for y, _ in one) for y, _ in one) / 3)
    outer = bounds(measure="mdm_weighted")
    least, most = _weighted(tables)
    assert outer[0] <= least + 1e-9
    assert outer[1] >= most - 1e-9
    assert (outer[0], outer[1]) == (pytest.approx(least, rel=0.2), pytest.approx(most, rel=0.1))
    assert told.row(group="Asian", measure="value")["problem"] == "the group is suppressed"


def _weighted(tables: list[list[tuple[float, float]]]) -> tuple[float, float]:
    found: list[float] = []
    for one in tables:
        people = sum(n for _, n in one)
        mean = sum(y * n for y, n in one) / people
        found.append(sum(n * abs(y - mean) for y, n in one) / people)
    return min(found), max(found)


# ------------------------------------------------------------------------------------------- Missing, suppressed, nought


def test_missing_suppressed_and_nought_are_three_things(measure: Measure, places: Path) -> None:
    told = measure(places, "--kind", "proportion", "--by", "place", "--reference", "White")
    nought = told.row(place="a", group="Asian", measure="value")
    assert (nought["estimate"], nought["lower_ci"], nought["problem"]) == (0, 0, None)
    assert nought["upper_ci"] > 16
    hidden = told.row(place="a", group="Other", measure="value")
    assert (hidden["estimate"], hidden["problem"]) == (None, "the group is suppressed")
    assert (hidden["lower_bound"], hidden["upper_bound"]) == pytest.approx((0, 100 * 4 / 30))
    absent = told.row(place="b", group="Asian", measure="value")
    assert (absent["estimate"], absent["lower_bound"], absent["problem"]) == (None, None, "the group is missing")
    assert told.row(place="a", group="White", measure="difference")["problem"] == "this is the reference"
    assert told.row(place="b", measure="no_inequality_test")["problem"] == "fewer than 85% of the groups are known"


def test_a_state_of_the_file_comes_before_its_number(measure: Measure, tmp_path: Path) -> None:
    rows = ["White,9,90,observed", "Black,3,30,suppressed", "Asian,[c],30,", "Other,0,40,true_zero", "Mixed,NA,50,", "Arab,-,9,"]
    file = write(tmp_path / "a.csv", "group,numerator,denominator,cell_state", *rows)
    told = measure(file, "--kind", "proportion", "--measures", "value")
    said = {row["group"]: (row["estimate"], row["problem"]) for row in told.rows()}
    assert said == {
        "White": (10, None),
        "Black": (None, "the group is suppressed"),
        "Asian": (None, "the group is suppressed"),
        "Other": (0, None),
        "Mixed": (None, "the group is missing"),
        "Arab": (None, "the group is not collected"),
    }


def test_a_sign_of_suppression_that_is_no_star_may_hide_any_number(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "group,numerator,denominator", "White,20,60", "Black,[c],20", "Asian,*,20")
    told = measure(file, "--kind", "proportion", "--measures", "value", "--suppressed", "1-7")
    bounds = {row["group"]: (row["lower_bound"], row["upper_bound"]) for row in told.rows()}
    assert bounds == {"White": pytest.approx((100 / 3, 100 / 3)), "Black": (0, 100), "Asian": (5, 35)}


def test_without_stars_and_rounding_there_are_no_bounds(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "group,numerator,denominator", "White,20,60", "Black,5,20")
    assert {row["lower_bound"] for row in measure(file, "--kind", "proportion").rows()} == {None}


def test_a_printed_5_may_be_3_where_the_file_has_no_star(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "group,numerator,denominator", "White,5,100", "Black,0,100")
    told = measure(file, "--kind", "rate", "--multiplier", 100, "--rounded-to", 5, "--measures", "value")
    assert [(row["lower_bound"], row["upper_bound"]) for row in told.rows()] == [
        (pytest.approx(300 / 102), pytest.approx(700 / 98)),
        (0, pytest.approx(200 / 98)),
    ]


# ------------------------------------------------------------------------------------------------------ What comes in


def test_values_with_limits_and_with_standard_errors_are_taken_as_they_are(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "group,value,lower_ci,upper_ci,population", "White,90,88,93,900", "Black,340,310,372,100")
    told = measure(file, "--kind", "rate", "--reference", "value:100,95,106")
    row = told.row(group="Black", measure="value")
    assert (row["estimate"], row["lower_ci"], row["upper_ci"], row["method"]) == (
        340,
        pytest.approx(310),
        pytest.approx(372),
        "given limits",
    )
    gap = told.row(group="Black", measure="difference")
    expected = (240 - math.hypot(30, 6), 240 + math.hypot(32, 5))
    assert (gap["estimate"], gap["lower_ci"], gap["upper_ci"]) == (240, *map(pytest.approx, expected))
    assert gap["reference"] == "given value"
    file = write(tmp_path / "b.csv", "group,value,se", "White,12.5,0.3", "Black,14,0.4")
    gap = measure(file, "--kind", "mean", "--reference", "White").row(group="Black", measure="difference")
    assert (gap["lower_ci"], gap["upper_ci"]) == pytest.approx((1.5 - 1.959964 * 0.5, 1.5 + 1.959964 * 0.5), rel=1e-6)


def test_a_reference_may_be_a_column_the_best_placed_group_or_everyone_else(measure: Measure, tmp_path: Path) -> None:
    rows = ["a,White,20,100,15", "a,best,30,100,15", "b,White,50,100,40", "b,best,45,100,40"]
    file = write(tmp_path / "a.csv", "place,group,numerator,denominator,england", *rows)

    def gaps(*words: object) -> list[float | None]:
        told = measure(file, "--kind", "proportion", "--by", "place", "--measures", "difference", *words)
        return [row["estimate"] and round(row["estimate"], 9) for row in told.rows()]

    assert gaps("--reference", "column:england") == [5, 15, 10, 5]
    assert gaps("--reference", "best", "--polarity", "lower_is_better") == [None, 10, 5, None]
    assert gaps("--reference", "group:best") == [-10, None, 5, None]
    assert gaps("--reference", "everyone_else") == [-10, 10, 5, -5]
    assert gaps("--reference", "value:40") == [-20, -10, 10, 5]


def test_csv_parquet_and_xlsx_give_the_same(measure: Measure, tmp_path: Path, places: Path) -> None:
    expected = measure(places, "--kind", "proportion", "--by", "place").out
    pl.read_csv(places, infer_schema=False).write_parquet(tmp_path / "places.parquet")
    book = tmp_path / "places.xlsx"
    book.write_bytes(files.workbook([line.split(",") for line in places.read_text(encoding="utf-8").splitlines()]))
    assert expected.count("\n") == 11
    for file in (tmp_path / "places.parquet", book):
        assert measure(file, "--kind", "proportion", "--by", "place").out == expected


def test_numbers_are_read_as_people_and_programs_write_them(measure: Measure, tmp_path: Path) -> None:
    rows = ['White,"1,234","10,000"', "Black, 1e+02 ,+1E3", "Asian,5.,50.0"]
    told = measure(write(tmp_path / "a.csv", "group,numerator,denominator", *rows), "--kind", "proportion", "--measures", "value")
    assert [row["estimate"] for row in told.rows()] == pytest.approx([12.34, 10, 10])


def test_columns_that_are_not_read_may_be_anything(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "source_row,group,,numerator,denominator,,note,note", "9,White,,20,60,,=1+1,x", "8,Black,,5,20,,,")
    assert [row["estimate"] for row in measure(file, "--kind", "proportion", "--measures", "value").rows()] == pytest.approx([100 / 3, 25])


def test_the_releases_own_export_can_be_measured(measure: Measure, data_dir: Path, small_release: Path, tmp_path: Path) -> None:
    shutil.copytree(small_release, data_dir)
    export = subprocess.run([sys.executable, "-m", "pipelines", "export"], cwd=PROJECT, capture_output=True, check=True)
    (tmp_path / "export.csv").write_bytes(export.stdout)
    words = ["--kind", "proportion", "--basis", "counts", "--group", "ethnicity_code", "--by", "org_code,period_end", "--rounded-to", 5]
    told = measure(tmp_path / "export.csv", *words, "--leave-out", "all", "--leave-out", "unknown", "--reference", "white")
    row = told.row(org_code="E92000001", period_end="2025-03-31", group="black", measure="difference")
    assert row["estimate"] == pytest.approx(3)
    assert {row["group"] for row in told.rows()} == {"white", "mixed", "asian", "black", "other", None}


# ------------------------------------------------------------------------------------------------------ What goes out


def test_the_output_is_one_tidy_table_in_a_fixed_order(measure: Measure, places: Path) -> None:
    told = measure(places, "--kind", "proportion", "--by", "place", "--measures", "bgv,value")
    assert told.out.splitlines()[0].split(",") == ["place", *COLUMNS]
    groups = ["White", "Black", "Asian", "Other"]
    expected = [(place, group, name) for place in "ab" for name, some in (("bgv", [None]), ("value", groups)) for group in some]
    assert [(row["place"], row["group"], row["measure"]) for row in told.rows()] == expected
    assert told.err == "10 rows written.\n"


def test_strata_by_hundreds_are_those_of_each_alone(measure: Measure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equity.tidy.STRATA_AT_ONCE", 2)
    rows = [
        f"{place},{group},{at + turn * 7},{60 + at}"
        for place, at in zip("abcde", (5, 9, 14, 3, 8), strict=True)
        for turn, group in enumerate("xyz")
    ]
    words = ["--kind", "proportion", "--measures", "theil,no_inequality_test,value", "--draws", 200]
    whole = measure(write(tmp_path / "all.csv", "place,group,numerator,denominator", *rows), "--by", "place", *words).rows()
    for place in "abcde":
        own = [row for row in rows if row.startswith(place)]
        alone = measure(write(tmp_path / "one.csv", "place,group,numerator,denominator", *own), "--by", "place", *words).rows()
        assert alone == [row for row in whole if row["place"] == place]


def test_every_measure_is_there_and_what_all_leaves_out_is_told(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "group,numerator,denominator", "White,20,60", "Black,5,20", "Asian,9,30")
    words = [file, "--kind", "proportion", "--draws", 100, "--measures", "all"]
    told = measure(*words, "--reference", "White", "--polarity", "lower_is_better")
    assert list(dict.fromkeys(row["measure"] for row in told.rows())) == list(NAMES)
    less = measure(*words)
    assert "Note: Not measured: difference, ratio, excess, mdr_unweighted" in less.err
    assert "Note: Not measured: mdb_unweighted, mdb_weighted, par_best, paf_best; say which group is best placed" in less.err
    assert not {row["measure"] for row in less.rows()} & {"difference", "mdr_weighted", "par", "par_best"}


def test_the_ending_of_the_output_is_its_format_unless_one_is_said(measure: Measure, tmp_path: Path, places: Path) -> None:
    words = [places, "--kind", "proportion", "--by", "place", "--reference", "White"]
    printed = measure(*words)
    for name, form in (("out.csv", None), ("out.txt", "csv")):
        told = measure(*words, "-o", tmp_path / name, *(["--format", form] if form else []))
        assert told == Told(0, "", f"34 rows written to {tmp_path / name}.\n")
        assert (tmp_path / name).read_text(encoding="utf-8") == printed.out
    measure(*words, "-o", tmp_path / "out.parquet")
    measure(*words, "--output", tmp_path / "OUT.JSON")
    read = pl.read_parquet(tmp_path / "out.parquet")
    expected = printed.rows()
    assert read.schema["estimate"] == pl.Float64
    assert read.to_dicts() == expected
    assert json.loads((tmp_path / "OUT.JSON").read_text(encoding="utf-8")) == expected


def test_a_process_of_its_own_prints_the_same(measure: Measure, places: Path) -> None:
    words = ["measure", str(places), "--kind", "proportion", "--by", "place"]
    run = subprocess.run([sys.executable, "-m", "pipelines", *words], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "10 rows written.\n")
    assert run.stdout == measure(*words[1:]).out


def test_what_a_spreadsheet_would_run_is_made_harmless(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "=place,group,numerator,denominator", "@SUM(A1),=1+1,20,60", "@SUM(A1),+2,5,20")
    told = measure(file, "--kind", "proportion", "--by", "=place", "--reference", "=1+1", "--measures", "difference")
    lines = told.out.splitlines()
    assert lines[0].startswith("'=place,group,")
    assert lines[1].startswith("'@SUM(A1),'=1+1,difference,")
    assert "'=1+1" in lines[2].split(",")[10]
    measure(file, "--kind", "proportion", "--by", "=place", "-o", tmp_path / "out.parquet")
    assert pl.read_parquet(tmp_path / "out.parquet")["group"][0] == "=1+1"


# ------------------------------------------------------------------------------------------------- Results that say why


def test_one_row_has_a_value_and_nobody_to_be_unequal_to(measure: Measure, tmp_path: Path) -> None:
    told = measure(
        write(tmp_path / "a.csv", "group,numerator,denominator", "White,20,60"), "--kind", "proportion", "--measures", "value,bgv"
    )
    assert told.row(measure="value")["estimate"] == pytest.approx(100 / 3)
    assert told.row(measure="bgv")["problem"] == "one group alone has nobody to be unequal to"


def test_a_group_of_nobody_and_a_stratum_without_the_reference_say_so(measure: Measure, tmp_path: Path) -> None:
    rows = ["a,White,20,60", "a,Black,0,0", "b,Black,3,30"]
    file = write(tmp_path / "a.csv", "place,group,numerator,denominator", *rows)
    told = measure(file, "--kind", "rate", "--by", "place", "--reference", "White", "--measures", "value,difference")
    assert told.row(place="a", group="Black", measure="value")["problem"] == "the group is without people"
    assert told.row(place="b", group="Black", measure="difference")["problem"] == "the reference group White is not among the groups"


def test_values_without_limits_have_estimates_and_the_reason_for_no_interval(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "group,value,se,n", "White,12.5,0.3,1", "Black,14,,40")
    rows = measure(file, "--kind", "mean", "--measures", "value").rows()
    assert [row["estimate"] for row in rows] == [12.5, 14]
    assert {row["problem"] for row in rows} == {"no interval: its limits or its standard error are missing"}


def test_a_stratum_without_populations_leaves_the_attributable_risk_of_the_others_alone(measure: Measure, tmp_path: Path) -> None:
    rows = ["a,White,10,1,900", "a,Black,20,1,100", "b,White,10,1,", "b,Black,20,1,100"]
    file = write(tmp_path / "a.csv", "place,group,value,se,population", *rows)
    told = measure(file, "--kind", "rate", "--by", "place", "--reference", "White", "--measures", "par,paf,bgv_corrected")
    assert told.row(place="a", measure="par")["estimate"] == pytest.approx(10 - 11)
    assert told.row(place="a", measure="paf")["estimate"] == pytest.approx(-100 / 11)
    assert {row["problem"] for row in told.rows(place="b")} == {"the population of a group is missing"}


def test_a_variance_that_cannot_be_corrected_for_chance_says_why(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "group,value,se,population", "White,10,1,900", "Black,20,,100")
    told = measure(file, "--kind", "rate", "--measures", "bgv,bgv_corrected")
    assert told.row(measure="bgv")["problem"] == "no interval: a standard error is missing"
    assert told.row(measure="bgv_corrected")["problem"] == "a standard error is missing, which the correction needs"


def test_a_reference_of_nought_is_told_without_a_warning(measure: Measure, tmp_path: Path) -> None:
    """Warnings are errors in tests, and lines on standard error elsewhere."""
    file = write(tmp_path / "a.csv", "group,numerator,denominator", "White,20,60", "Black,5,20")
    for intervals in ("calibrated", "posterior", "who"):
        words = ["--reference", "value:0", "--measures", "idis_pearcy_keppel_unweighted,mdr_unweighted", "--draws", 100]
        told = measure(file, "--kind", "rate", *words, "--intervals", intervals)
        assert told.row(measure="idis_pearcy_keppel_unweighted")["problem"] is not None


def test_of_a_rate_with_events_that_may_be_any_number_nothing_is_bounded(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "group,numerator,denominator", "White,20,60", "Black,[c],20", "Asian,*,20")
    told = measure(file, "--kind", "rate", "--multiplier", 100, "--measures", "value,bgv")
    assert [(row["lower_bound"], row["upper_bound"]) for row in told.rows()] == [
        (pytest.approx(100 / 3), pytest.approx(100 / 3)),
        (None, None),
        (0, 20),
        (None, None),
    ]


def test_names_that_seem_to_be_no_groups_are_pointed_out_and_can_be_left_out(measure: Measure, tmp_path: Path) -> None:
    rows = ["White,20,60", "Black,5,20", "Unknown,7,9", "All groups,32,89"]
    file = write(tmp_path / "a.csv", "group,numerator,denominator", *rows)
    told = measure(file, "--kind", "proportion")
    assert "Note: Measured as groups like any other: All groups, Unknown. If they are none, leave each out: --leave-out" in told.err
    told = measure(file, "--kind", "proportion", "--leave-out", "Unknown", "--leave-out", "All groups")
    assert told.err == "3 rows written.\n"
    assert [row["group"] for row in told.rows()] == ["White", "Black", None]


# -------------------------------------------------------------------------------------------------------- Refusals


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--kind is needed: say what is measured, proportion (the people of the denominator to whom it happened), rate"),
        (["--kind", "share"], "--kind 'share': give one of proportion, rate, mean."),
        (["--polarity", "up"], "--polarity 'up': give one of higher_is_better, lower_is_better, neutral."),
        (["--intervals", "bayes"], "--intervals 'bayes': give one of calibrated, posterior, who."),
        (["--basis", "both"], "--basis 'both': give one of counts, values."),
        (["--basis", "values"], "places.csv has no column 'value'. It has: 'place', 'group', 'numerator', 'denominator'."),
        (["--kind", "mean", "--basis", "counts"], "--basis counts: a mean has no counts. Give value, with se and n"),
        (["--multiplier", "0"], "--multiplier 0: give a number above 0"),
        (["--multiplier", "inf"], "--multiplier inf: give a number above 0"),
        (["--confidence", "95"], "--confidence 95: give a level between 0 and 1, such as 0.95."),
        (["--draws", "5"], "--draws 5: give a number from 100 to 200,000."),
        (["--rounded-to", "0"], "--rounded-to 0: give the step that counts are rounded to, from 1 to 1,000, such as 5."),
        (["--suppressed", "4-0"], "--suppressed '4-0': give the least and the greatest count that a * hides, such as 0-4."),
        (["--suppressed", "few"], "--suppressed 'few': give the least and the greatest count"),
        (["--by", "region"], "places.csv has no column 'region'. It has: 'place', 'group'"),
        (["--by", "denominator"], "--by 'denominator': a column of that name is read, or written, as something else. Rename it"),
        (
            ["--group", "ethnicity"],
            "places.csv has no column 'ethnicity'. It has: 'place', 'group', 'numerator', 'denominator'. Look how it is",
        ),
        (["--reference", "Whte"], "--reference 'Whte': there is no such group. It has: 'White', 'Black', 'Asian', 'Other'."),
        (["--reference", "group:"], "--reference 'group:': name a group, or say everyone_else, best, value:NUMBER or column:NAME."),
        (["--reference", "best"], "--reference best: say which end is best: --polarity higher_is_better or --polarity lower_is_better."),
        (["--reference", "value:many"], "--reference 'value:many': give numbers, such as value:12.5 or value:12.5,11.9,13.2."),
        (["--reference", "value:nan"], "--reference 'value:nan': give numbers"),
        (["--reference", "value:1,2"], "--reference 'value:1,2': give value:VALUE, or value:VALUE,LOWER,UPPER."),
        (["--reference", "column:england"], "places.csv has no column 'england'."),
        (["--leave-out", "Unknown"], "--leave-out 'Unknown': places.csv has no such group. It has: 'White', 'Black', 'Asian', 'Other'."),
        (["--measures", "gini"], "There is no measure 'gini': give some of value, difference, ratio, excess, bgv, "),
        (
            ["--measures", "difference"],
            "--measures difference: a reference is needed, --reference GROUP (or everyone_else, best, value:NUMBER",
        ),
        (["--measures", "mdr_weighted"], "--measures mdr_weighted: a reference is needed"),
        (["--measures", "par_best"], "--measures par_best: say which group is best placed, --polarity higher_is_better or"),
        (["-o", "out.xlsx"], "-o out.xlsx: its format is not clear from its name. End it in .csv, .parquet or .json, or give --format."),
        (["--format", "xlsx"], "is not one of 'csv',"),
    ],
)
def test_a_wrong_option_is_told_with_the_right_ones(words: list[str], said: str, measure: Measure, places: Path) -> None:
    kind = ["--kind", "proportion"] if words and "--kind" not in words else []
    by = ["--by", "place"] if "--by" not in words else []
    told = measure(places, *kind, *by, *words)
    assert (told.code, told.out) == (2, "")
    assert said in re.sub(r"\s+", " ", told.err)


@pytest.mark.parametrize("name", ["sii", "RII", "aci", "rci"])
def test_a_measure_of_ordered_groups_is_refused_with_the_reason(name: str, measure: Measure, places: Path) -> None:
    for asked in (name, f"all,{name}"):
        told = measure(places, "--kind", "proportion", "--by", "place", "--measures", asked)
        assert (told.code, told.out) == (2, "")
        assert f"({name.upper()}) ranks groups from worst to best off, and ethnic groups have no such order" in told.err
        assert "Use the between-group variance" in told.err


ROWS = ["White,20,60", "Black,5,20"]


@pytest.mark.parametrize(
    ("kind", "rows", "said"),
    [
        (
            "proportion",
            ["Asian,many,30"],
            "row 4, numerator = 'many': must be a number such as 1234, 1,234 or 12.5; * where it is suppressed",
        ),
        ("proportion", ["Asian,12.5%,30"], "row 4, numerator = '12.5%': must be a number"),
        ("proportion", ['Asian,"12,5",30'], "row 4, numerator = '12,5': must be a number"),
        ("proportion", ["Asian,-3,30"], "row 4, numerator = '-3': must be 0 or more"),
        ("proportion", ["Asian,3,-30"], "row 4, denominator = '-30': must be 0 or more"),
        ("proportion", ["Asian,inf,30"], "row 4, numerator = 'inf': must be a number"),
        ("rate", ["Asian,1e300,30"], "row 4, numerator = '1e+300': must be less than 1e+15 from 0"),
        ("rate", ["Asian,1e999,30"], "row 4, numerator = 'inf': must be less than 1e+15 from 0"),
        (
            "proportion",
            ["Asian,31,30"],
            "numerator = '31': must not be above its denominator, 30; if events can outnumber people, say --kind rate",
        ),
        ("rate", ["Asian,3,0"], "row 4, numerator = '3': must be 0 where the denominator is 0"),
        (
            "rate",
            ["Black,3,30"],
            "row 4, group = 'Black': is there already, in row 3; name what tells the rows apart with --by, or delete one",
        ),
        ("rate", [",3,30"], "row 4, group = '': must name a group"),
    ],
)
def test_a_wrong_cell_is_told_with_row_column_value_and_what_is_allowed(
    kind: str, rows: list[str], said: str, measure: Measure, tmp_path: Path
) -> None:
    told = measure(write(tmp_path / "a.csv", "group,numerator,denominator", *ROWS, *rows), "--kind", kind, "-o", tmp_path / "out.csv")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("a.csv cannot be measured: 1 cell is wrong.\n")
    assert said in told.err
    assert told.err.endswith("Correct the file and run it again. Nothing was written.\n")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("header", "rows", "words", "said"),
    [
        (
            "group,value,se",
            ["White,101,3"],
            [],
            "value = '101': must not be above 100, the whole; --multiplier says what a value of all would be",
        ),
        ("group,value,se", ["White,-1,3"], [], "value = '-1': must be 0 or more"),
        ("group,value,se", ["White,11,-3"], [], "se = '-3': must be 0 or more"),
        ("group,value,lower_ci,upper_ci", ["White,11,12,13"], [], "lower_ci = '12': must not be above its value, 11"),
        ("group,value,lower_ci,upper_ci", ["White,11,9,10.5"], [], "upper_ci = '10.5': must not be below its value, 11"),
        (
            "group,value,lower_ci",
            ["White,11,9"],
            [],
            "a.csv has lower_ci and not the other limit. Give both lower_ci and upper_ci, or neither.",
        ),
        (
            "group,value,se,cell_state",
            ["White,11,1,hidden"],
            [],
            "cell_state = 'hidden': must be empty or one of observed, true_zero, suppressed",
        ),
        ("group,value,numerator,denominator", ["White,11,1,9"], [], "has counts (numerator and denominator) and values (value): say which"),
        ("group,value,se,se", ["White,11,1,9"], [], "a.csv has 2 columns 'se'. Rename or delete all but one."),
        (
            "group,value,se",
            ["White,11,1"],
            ["--rounded-to", "5"],
            "--rounded-to 5: it is counts that are rounded, and the table gives values.",
        ),
        (
            "group,value,se",
            ["White,11,1"],
            ["--leave-out", "White"],
            "a.csv has no rows but those that are left out. Nothing was measured.",
        ),
        (
            "group,numerator",
            ["White,11"],
            [],
            "a.csv has no column 'denominator'. It has: 'group', 'numerator'. Of what is measured, counts are",
        ),
        (
            "ethnicity,value",
            ["White,11"],
            [],
            "a.csv has no column 'group'. It has: 'ethnicity', 'value'. Name the column of the groups with --group",
        ),
        ('[{"group": "White"', ["x,y"], [], "a.csv is JSON, which is not read here. Save it as CSV, Parquet or XLSX."),
        ("group,value,se", [], [], "a.csv has a header and no rows."),
        ("group,value,se", ["White,11"], [], "a row has 2 fields where the header has 3: 'White,11'."),
    ],
)
def test_a_wrong_table_is_told(header: str, rows: list[str], words: list[str], said: str, measure: Measure, tmp_path: Path) -> None:
    told = measure(write(tmp_path / "a.csv", header, *rows), "--kind", "proportion", *words)
    assert (told.code, told.out) == (2, "")
    assert said in told.err


def test_a_column_of_a_reference_has_one_number_a_stratum(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "place,group,numerator,denominator,all", "a,White,2,9,7", "b,White,2,9,7", "b,Black,2,9,8")
    told = measure(file, "--kind", "proportion", "--by", "place", "--reference", "column:all")
    assert (told.code, told.out) == (2, "")
    assert told.err == "--reference column:all: place = 'b' has more than one number there. Give each row of a stratum the same one.\n"


def test_twenty_wrong_cells_are_listed_and_the_others_counted(measure: Measure, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "group,numerator,denominator", *(f"{at},\x1b[2J{at},9" for at in range(50)))
    told = measure(file, "--kind", "proportion")
    assert told.code == 2
    assert told.err.startswith("a.csv cannot be measured: 50 cells are wrong.\n")
    assert "\x1b" not in told.err
    assert told.err.count(": must be a number") == 20
    assert "... and 30 more." in told.err


def test_a_file_that_is_none_is_told(measure: Measure, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "torn.parquet").write_bytes(b"PAR1" + b"\0" * 40)
    (tmp_path / "wide.csv").write_bytes("group,value\nWhite,1\n".encode("utf-16"))
    for name, said in (
        ("nowhere.csv", "nowhere.csv is not there. Check the path."),
        ("empty.csv", "empty.csv is empty."),
        ("torn.parquet", "torn.parquet is damaged or not whole"),
        ("wide.csv", "wide.csv is in UTF-16."),
    ):
        told = measure(tmp_path / name, "--kind", "mean")
        assert (told.code, told.out) == (2, "")
        assert said in told.err


def test_more_rows_than_are_measured_at_once_are_refused(measure: Measure, places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_table, "MOST_ROWS", 7)
    told = measure(places, "--kind", "proportion", "--by", "place")
    assert (told.code, told.err) == (2, "places.csv has more than 7 rows, the most that are measured at once. Give it in parts.\n")


def test_the_file_that_is_measured_is_never_written_over(measure: Measure, places: Path) -> None:
    before = places.read_bytes()
    told = measure(places, "--kind", "proportion", "--by", "place", "-o", places)
    assert (told.code, told.err) == (2, f"{places} is the file that is measured. Name another to write.\n")
    assert places.read_bytes() == before


def test_two_tables_of_groups_in_one_workbook_are_refused(measure: Measure, tmp_path: Path) -> None:
    table = [["group", "value"], ["White", 1]]
    (tmp_path / "two.xlsx").write_bytes(files.workbook(table, table))
    told = measure(tmp_path / "two.xlsx", "--kind", "mean")
    assert told.code == 2
    assert "two.xlsx has 2 tables of groups: " in told.err


# ------------------------------------------------------------------------------------------------------------- Words


def test_the_page_about_it_names_every_measure_option_and_column() -> None:
    page = (PROJECT / "docs" / "measure.md").read_text(encoding="utf-8")
    options = {one for command in _options() for one in command}
    assert {f"`{name}`" for name in (*NAMES, *COLUMNS) if f"`{name}`" not in page} == set()
    assert {option for option in options if option not in page} == set()


def _options() -> list[list[str]]:
    source = (PROJECT / "pipelines" / "__main__.py").read_text(encoding="utf-8")
    body = source[source.index("def measure(") : source.index('"""Measure inequality')]
    names = re.findall(r"^    (\w+): Annotated\[(?!Path, typer.Argument)", body, re.MULTILINE)
    return [[f"--{name.replace('_', '-')}" for name in names if name != "form"], ["--format", "-o"]]
