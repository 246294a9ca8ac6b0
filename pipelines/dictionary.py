"""The data dictionary, made from the schema that validates: python -m pipelines.dictionary > docs/data-dictionary.md"""

from __future__ import annotations

from pipelines.schemas import KEY, Observation

_HEAD = """# Data dictionary

Made from `pipelines/schemas.py` by `python -m pipelines.dictionary`; do not edit it by hand.

An observation is one indicator at one organisation in one period for one ethnic group of one scheme. These are the
columns of the table `observations` of a release, of `superseded` (what a later or better publication replaced), and of
`python -m pipelines export`. The key is {key}.

| column | type | may be empty | what it is |
|---|---|---|---|
"""


def dictionary() -> str:
    """The dictionary as Markdown."""
    rows = [
        f"| `{name}` | {str(column.dtype).removeprefix('DataType(').removesuffix(')').lower()} "
        f"| {'yes' if column.nullable else 'no'} | {column.description or ''} |"
        for name, column in Observation.to_schema().columns.items()
    ]
    return _HEAD.format(key=", ".join(f"`{name}`" for name in KEY)) + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(dictionary(), end="")
