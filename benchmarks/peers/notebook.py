"""The whole job as a competent analyst's notebook does it, with pandas and scikit-learn. Takes a glob."""

from __future__ import annotations

import glob
import json
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from benchmarks.peers.codes import NOT_PRODUCTS

SEGMENT_COUNTS = range(2, 11)
NEIGHBORS = 15
SEED = 42


@dataclass(frozen=True)
class Segmentation:
    """What the notebook ends with.

    Attributes
    ----------
    inertia, silhouette : dict of int to float
        By number of segments.
    segment : array of shape (n,)
        Of each customer, by the votes of the nearest 15, with the number of segments of the best silhouette.
    """

    inertia: dict[int, float]
    silhouette: dict[int, float]
    segment: np.ndarray


def customers(pattern: str) -> pd.DataFrame:
    """Return recency in days, frequency in invoices and monetary of each customer who bought.

    Parameters
    ----------
    pattern : str
        Glob of CSV files with the columns of Online Retail.
    """
    text = {"InvoiceNo": str, "StockCode": str, "CustomerID": str}
    files = [pd.read_csv(path, dtype=text, parse_dates=["InvoiceDate"]) for path in sorted(glob.glob(pattern))]
    lines = pd.concat(files, ignore_index=True)
    as_of = lines["InvoiceDate"].max().normalize() + pd.Timedelta(days=1)
    lines = lines.drop_duplicates().dropna(subset=["CustomerID"])
    lines = lines[~lines["InvoiceNo"].str.startswith("C") & ~lines["StockCode"].str.upper().isin(NOT_PRODUCTS)]
    sales = lines[(lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)]
    sales = sales.assign(CustomerID=sales["CustomerID"].str.strip(), Amount=sales["Quantity"] * sales["UnitPrice"])
    by_customer = sales.groupby("CustomerID").agg(
        last=("InvoiceDate", "max"), frequency=("InvoiceNo", "nunique"), monetary=("Amount", "sum")
    )
    recency = (as_of - by_customer["last"].dt.normalize()).dt.days
    return by_customer.assign(recency_days=recency)[["recency_days", "frequency", "monetary"]]


def segment(rfm: pd.DataFrame) -> Segmentation:
    """Compare 2 to 10 segments by elbow and full silhouette, and let neighbours vote in the best.

    Parameters
    ----------
    rfm : DataFrame
        From `customers`.
    """
    points = StandardScaler().fit_transform(np.log1p(rfm.to_numpy(dtype=float)))
    inertia, silhouette, labels = {}, {}, {}
    for count in SEGMENT_COUNTS:
        fitted = KMeans(count, n_init=10, random_state=SEED).fit(points)
        inertia[count], labels[count] = float(fitted.inertia_), fitted.labels_
        silhouette[count] = float(silhouette_score(points, fitted.labels_))
    best = max(silhouette, key=lambda count: silhouette[count])
    voted = KNeighborsClassifier(NEIGHBORS).fit(points, labels[best]).predict(points)
    return Segmentation(inertia, silhouette, voted)


def main() -> None:
    """Print how many customers there are, and in how many segments."""
    rfm = customers(sys.argv[1])
    found = segment(rfm)
    print(json.dumps({"customers": len(rfm), "segments": len(np.unique(found.segment))}))


if __name__ == "__main__":
    main()
