"""The catalogue: an indicator is a YAML file under ``data/catalogue/indicators``, read by one strict model.

Unknown keys, blank strings, aliases and repeated keys are refused, each with a message that names file and key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError
from yaml.events import AliasEvent

from pipelines.errors import PipelineError
from pipelines.settings import CATALOGUE

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,60}$")]
Domain = Literal["access", "experience", "outcome", "data_quality", "context"]
ValueType = Literal["proportion", "rate", "mean", "count"]
IntervalMethod = Literal["wilson", "byar_exact", "published_half_width", "none"]
DatasetName = Literal[
    "talking_therapies_annual", "talking_therapies_monthly", "mha_annual", "mhsds_monthly", "mhsds_data_quality", "census", "template"
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Source(_Strict):
    """Which measures of a dataset are the indicator's value and counts.

    ``numerator`` and ``denominator`` are added up, a term that begins with ``-`` is taken away; ``population`` as a
    denominator is the Census count of the figure's own ethnicity scheme. ``half_width`` is a published half of a 95% interval.
    """

    dataset: DatasetName
    value: Text | None = None
    numerator: list[Text] = Field(default_factory=list)
    denominator: list[Text] = Field(default_factory=list)
    half_width: Text | None = None

    @model_validator(mode="after")
    def gives_a_value(self) -> Self:
        if self.value is None and not self.numerator:
            raise ValueError("give the measure of a value, or of a numerator")
        return self


class SeriesBreak(_Strict):
    """From this day figures cannot be compared with earlier ones, and why."""

    from_: date = Field(alias="from")
    what: Text


class Decimals(_Strict):
    """Digits after the point with which values are published."""

    england: int = Field(ge=0, le=6)
    other: int = Field(ge=0, le=6)


class SentenceWords(_Strict):
    """How the indicator goes into a sentence.

    ``people``: whom it is about, beginning with "people"; ``did``: what they did (proportions); ``events``: the plural
    of what is counted; ``counted``: a short plural for what a figure rests on ("referrals").
    """

    people: Text
    did: Text | None = None
    events: Text
    counted: Text = "people"


class Indicator(_Strict):
    """One indicator."""

    id: Id
    name: Text
    short_name: Text
    question: Text
    domain: Domain
    definition: Text
    numerator: Text
    denominator: Text
    value_type: ValueType
    multiplier: float = Field(gt=0)
    unit: Text
    decimals: Decimals
    polarity: Literal["higher_is_better", "lower_is_better", "neutral"]
    interval_method: IntervalMethod
    base: Literal["numerator", "denominator"]
    min_base: int = Field(default=30, ge=1)
    comparable: bool = True
    standardised: bool = False
    standardises: Id | None = None
    of_residents: bool = False  # any resident could be counted, so that shares of cases stand beside shares of all residents
    sources: list[Source] = Field(min_length=1)
    ethnicity_schemes: list[Id] = Field(min_length=1)
    organisation_types: list[Text] = Field(min_length=1)
    frequency: Literal["monthly", "quarterly", "annual", "decennial"]
    series_breaks: list[SeriesBreak] = Field(default_factory=list)
    caveats: list[Text] = Field(min_length=1)
    can_tell: Text
    cannot_tell: Text
    why_it_matters: Text
    content_note: Text | None = None
    sentence: SentenceWords
    publication: Text
    publication_url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
    licence: Text
    reviewed_on: date

    @model_validator(mode="after")
    def agrees_with_itself(self) -> Self:
        if self.value_type == "proportion" and not self.sentence.did:
            raise ValueError("sentence.did: a proportion needs the words for what people did")
        if self.interval_method == "wilson" and self.value_type != "proportion":
            raise ValueError("interval_method: wilson is for proportions")
        if self.interval_method == "byar_exact" and self.value_type != "rate":
            raise ValueError("interval_method: byar_exact is for rates")
        if self.standardises and not self.standardised:
            raise ValueError("standardises: only a standardised rate has a crude one that it stands for")
        if self.of_residents and (self.standardised or self.base != "numerator"):
            raise ValueError("of_residents: only events that are counted, not adjusted for age, are a share beside that of residents")
        if self.comparable and self.value_type == "count":
            raise ValueError("comparable: counts of groups that differ in size cannot be compared")
        return self


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every indicator by id, in the order of domains and ids, and a version that changes with any of their files."""

    indicators: Mapping[str, Indicator]
    version: str


_ORDER: tuple[Domain, ...] = ("access", "experience", "outcome", "data_quality", "context")


@cache
def load_catalogue(folder: Path = CATALOGUE) -> Catalogue:
    """Read every indicator; PipelineError lists each fault with its file and key."""
    files = sorted((folder / "indicators").glob("*.yaml"))
    if not files:
        raise PipelineError(f"{folder / 'indicators'}: there is no indicator. Each is a YAML file there.")
    found: list[Indicator] = []
    faults: list[str] = []
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(file.name.encode() + b"\0" + content)
        try:
            found.append(read_indicator(file, content))
        except PipelineError as error:
            faults.append(str(error))
    if faults:
        raise PipelineError("\n".join(faults))
    found.sort(key=lambda one: (_ORDER.index(one.domain), one.id))
    return Catalogue({one.id: one for one in found}, digest.hexdigest()[:12])


def read_indicator(file: Path, content: bytes) -> Indicator:
    """One indicator from its YAML; PipelineError names the file and each key that is wrong."""
    try:
        values = yaml.load(content, Loader=_StrictLoader)  # noqa: S506 - a safe loader that refuses more, see below
        if not isinstance(values, dict):
            raise PipelineError(f"{file.name}: must be keys with values.")
        indicator = Indicator.model_validate(values)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PipelineError(f"{file.name}: cannot be read as YAML: {error}") from error
    except ValidationError as error:
        raise PipelineError("\n".join(_fault(file, fault) for fault in error.errors())) from error
    if indicator.id != file.stem:
        raise PipelineError(f"{file.name}: id is {indicator.id!r}, which must be the file's name without .yaml.")
    return indicator


def _fault(file: Path, fault: Any) -> str:
    key = ".".join(str(part) for part in fault["loc"])
    words = {"missing": "is missing", "extra_forbidden": "is not a key that is known here", "string_too_short": "must not be blank"}
    said = words.get(fault["type"]) or str(fault["msg"]).removeprefix("Value error, ")
    return f"{file.name}: {key + ': ' if key else ''}{said}"


class _StrictLoader(yaml.SafeLoader):
    """Safe YAML without aliases (no bombs) and without a key that stands twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        if self.check_event(AliasEvent):
            mark: Any = cast(Any, self).get_event().start_mark
            raise ComposerError(None, None, "aliases are not allowed", mark)
        return super().compose_node(parent, index)  # pyright: ignore[reportArgumentType]

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        repeated = sorted({str(key) for key in keys if keys.count(key) > 1})
        if repeated:
            raise ConstructorError(None, None, f"keys stand twice: {', '.join(repeated)}", node.start_mark)
        return super().construct_mapping(node, deep)
