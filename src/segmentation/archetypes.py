"""The archetypes of segments, as the seeds have them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from segmentation.naming import MEASURES, Archetype, Bounds


def default_archetypes() -> list[Archetype]:
    """Return the archetypes of the project's seeds."""
    folders = (Path(__file__).parent / "seeds", Path(__file__).parents[2] / "seeds")
    folder = next(folder for folder in folders if (folder / "segment_archetypes.csv").exists())
    return read_archetypes(*(pd.read_csv(folder / f"{name}.csv") for name in ("segment_archetypes", "claim_words")))


def read_archetypes(rows: pd.DataFrame, words: pd.DataFrame) -> list[Archetype]:
    """Return the archetypes of clusters, by name.

    Parameters
    ----------
    rows : DataFrame
        The seed `segment_archetypes`.
    words : DataFrame
        The seed `claim_words`: what the words of their claims mean.

    Raises
    ------
    ValueError
        If a claim has a word that the seed does not know.
    """
    known = words.set_index("word")
    rows = rows[rows["kind"] == "cluster"].sort_values("segment")
    ideals = rows[[f"{measure}_position" for measure in MEASURES]].to_numpy(dtype=float).tolist()
    return [
        Archetype(name, tuple(ideal), **_read_claim(name, claim, known))
        for name, claim, ideal in zip(rows["segment"], rows["claim"], ideals, strict=True)
    ]


def archetypes_checksum(rows: pd.DataFrame, words: pd.DataFrame) -> str:
    """Return what changes when the archetypes of clusters, or what their words mean, do.

    Parameters
    ----------
    rows, words
        As for `read_archetypes`; in any order.
    """
    named = rows[rows["kind"] == "cluster"][["segment", "claim", *(f"{measure}_position" for measure in MEASURES)]]
    used = {word for claim in named["claim"] for word in claim.split(", ")}
    meanings = words[words["word"].isin(used)][["word", "holds_of", "measure", "lowest", "highest"]]
    texts = sorted("\t".join(map(str, row)) for of in (named, meanings) for row in of.astype(object).to_numpy())
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def _read_claim(name: str, claim: str, words: pd.DataFrame) -> dict[str, dict[str, Bounds]]:
    """Return the bounds that the words of a claim have together, as `Archetype` takes them."""
    bounds: dict[str, dict[str, Bounds]] = {"positions": {}, "medians": {}, "members": {}}
    for text in claim.split(", "):
        if text not in words.index:
            raise ValueError(f"the claim of {name} has a word that claim_words does not know: {text}")
        word: dict[str, Any] = dict(words.loc[text])
        lowest, highest = (pd.to_numeric(word[side]) for side in ("lowest", "highest"))
        own = Bounds(-np.inf if pd.isna(lowest) else float(lowest), np.inf if pd.isna(highest) else float(highest))
        of = bounds[word["holds_of"]]
        of[word["measure"]] = own.within(of.get(word["measure"], Bounds()))
    return bounds
