"""What is said of each segment and attribute: shares, differences, and which of them are beyond chance and matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segmentation.attributes import contrast
from segmentation.campaigns.verdict import adjust_for_many

SIGNIFICANT = 0.05
"""Of what is said to distinguish segments at most this share is chance: the false discovery rate."""

EFFECT = 0.2
"""What distinguishes a segment is at least small, in units of `contrast.share_effects` and standardised differences."""

OTHER = "other"
"""What values are called that few customers have."""

TEXTS = ("segment", "attribute", "kind", "attribute_value")
COUNTS = ("customers", "all_customers", "customers_known", "all_customers_known")
FLOATS = (
    *("share_in_segment", "share_in_all", "times_as_frequent", "times_low", "times_high"),
    *("lower_quartile", "median_in_segment", "upper_quartile", "median_in_all", "standardised_difference"),
    *("effect_size", "p_value", "adjusted_p_value"),
)

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in TEXTS),
        *((name, pa.int64()) for name in COUNTS),
        *((name, pa.float64()) for name in FLOATS),
        ("distinguishes", pa.bool_()),
        ("distinguishing_rank", pa.int64()),
        ("attribute_rank", pa.int64()),
        ("explanation", pa.string()),
    ]
)
"""Of what `profiles` returns."""


def profiles(sums: pd.DataFrame) -> pd.DataFrame:
    """Compare each segment with all customers.

    Parameters
    ----------
    sums : DataFrame
        segment (null for all customers), attribute, kind (number or another), attribute_value (null of
        numbers), customers; of numbers also total, total_of_squares, rank_sum, tie_sum (of all customers),
        lower_quartile, median_number and upper_quartile. Of each attribute and value one row of all customers.

    Returns
    -------
    DataFrame
        Of `SCHEMA`, a row a segment, attribute and value, of attributes that are numbers a row a segment and attribute.
        distinguishing_rank is 1 for what distinguishes a segment most; attribute_rank counts attributes, in the row of
        each that says most of who the customers are: what they have more often, if there is such a row. Both are null
        for what does not distinguish it. p-values are adjusted for all that are in the
        table together (Benjamini & Hochberg 1995). Attributes all of whose values are `OTHER` are left out.
    """
    is_number = sums["kind"] == "number"
    found = pd.concat([_shares(sums[~is_number]), _numbers(sums[is_number])], ignore_index=True)
    found["adjusted_p_value"] = _adjusted(found)
    is_seen = (found["adjusted_p_value"] <= SIGNIFICANT) & (found["effect_size"].abs() >= EFFECT)
    # Of two values each says what the other does.
    values = found.groupby(["segment", "attribute"])["attribute_value"].transform("nunique")
    is_contrary = (values == 2) & (found["effect_size"] < 0)
    found["distinguishes"] = is_seen & ~is_contrary
    found = found.assign(
        _size=-found["effect_size"].abs().round(9),
        _value=found["attribute_value"].fillna(""),
        _rest=~found["distinguishes"],
    ).sort_values(["segment", "_rest", "_size", "attribute", "_value"], ignore_index=True)
    is_told = found["distinguishes"]
    found["distinguishing_rank"] = is_told.astype(int).groupby(found["segment"]).cumsum().where(is_told).astype("Int64")
    found["attribute_rank"] = _attribute_rank(found)
    found["explanation"] = [explanation(row) for row in found.to_dict("records")]
    compared: pd.DataFrame = found[SCHEMA.names].astype({"distinguishes": bool})
    return compared


def _attribute_rank(rows: pd.DataFrame) -> pd.Series[Any]:
    told = rows[rows["distinguishes"]]
    # In the order of what distinguishes most; of each attribute the value that is more frequent.
    place = told.drop_duplicates(["segment", "attribute"]).groupby("segment").cumcount() + 1
    places = told[["segment", "attribute"]].assign(place=place)
    places["place"] = places.groupby(["segment", "attribute"])["place"].transform("max")
    is_more = told["effect_size"] > 0
    chosen = told.assign(is_less=~is_more).sort_values(["segment", "is_less", "distinguishing_rank"])
    first = chosen.drop_duplicates(["segment", "attribute"]).index
    return places["place"].loc[first].reindex(rows.index).astype("Int64")


def explanation(row: dict[Any, Any]) -> str:
    """Say in words what a row of `profiles` says, for a sentence that begins with the segment's customers."""
    name = row["attribute"]
    if row["kind"] == "number":
        return f"{name} is {number(row['median_in_segment'])} in the median (all: {number(row['median_in_all'])})"
    shares = f"{percent(row['share_in_segment'])} of them (all: {percent(row['share_in_all'])})"
    return f"{name} is {row['attribute_value']} for {shares}"


def number(value: float) -> str:
    """Write a number as people do: whole with commas from 100 on, with as many decimals as matter below."""
    if value is None or not np.isfinite(value):
        return "unknown"
    decimals = 0 if abs(value) >= 100 or float(value).is_integer() else 1 if abs(value) >= 10 else 2
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """Write a share in per cent; under 1 % and over 99 % where rounding would say none or all."""
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def _shares(sums: pd.DataFrame) -> pd.DataFrame:
    keys = ["attribute", "kind"]
    of_all = sums[sums["segment"].isna()]
    is_grouped = of_all["attribute_value"] == OTHER
    of_all = of_all[~is_grouped.groupby(of_all["attribute"]).transform("all")]
    of_all = of_all.assign(all_customers_known=of_all.groupby(keys)["customers"].transform("sum"))
    of_all = of_all.rename(columns={"customers": "all_customers"})
    of_all = of_all[[*keys, "attribute_value", "all_customers", "all_customers_known"]]
    counted = sums[sums["segment"].notna()][["segment", *keys, "attribute_value", "customers"]]
    known = counted.groupby(["segment", *keys])["customers"].sum().rename("customers_known").reset_index()
    # Also what nobody in a segment has.
    rows = known.merge(of_all, on=keys).merge(counted, on=["segment", *keys, "attribute_value"], how="left")
    rows["customers"] = rows["customers"].fillna(0).astype("int64")
    four = [rows[name].to_numpy() for name in ("customers", "customers_known", "all_customers", "all_customers_known")]
    times, low, high = contrast.times_as_frequent(*four)
    rows = rows.assign(
        share_in_segment=rows["customers"] / rows["customers_known"],
        share_in_all=rows["all_customers"] / rows["all_customers_known"],
        times_as_frequent=times,
        times_low=low,
        times_high=high,
        effect_size=contrast.share_effects(*four),
        p_value=contrast.share_p_values(*four),
        **dict.fromkeys(_OF_NUMBERS, np.nan),
    )
    return rows[_COLUMNS]


def _numbers(sums: pd.DataFrame) -> pd.DataFrame:
    of_all = sums[sums["segment"].isna()].set_index("attribute")
    rows = sums[sums["segment"].notna()].copy()
    everybody, ties = (rows["attribute"].map(of_all[name]) for name in ("customers", "tie_sum"))
    difference = contrast.standardised_differences(
        *(rows[name] for name in ("customers", "total", "total_of_squares")),
        *(rows["attribute"].map(of_all[name]) for name in ("customers", "total", "total_of_squares")),
    )
    return (
        rows.rename(columns={"median_number": "median_in_segment"})
        .assign(
            customers_known=rows["customers"],
            all_customers=everybody,
            all_customers_known=everybody,
            median_in_all=rows["attribute"].map(of_all["median_number"]),
            standardised_difference=difference,
            effect_size=difference,
            p_value=contrast.rank_p_values(rows["customers"], rows["rank_sum"], everybody, ties),
        )
        .reindex(columns=_COLUMNS)
    )


def _adjusted(rows: pd.DataFrame) -> pd.Series[float]:
    """Adjust the p-values for being many."""
    known = [None if np.isnan(p) else float(p) for p in rows["p_value"].astype(float)]
    return pd.Series(adjust_for_many(known), index=rows.index, dtype=float)


_OF_NUMBERS = FLOATS[5:10]
_COLUMNS = [*TEXTS, *COUNTS, *(name for name in FLOATS if name != "adjusted_p_value")]
