"""What a comparison of candidates says of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A way to segment the customers, and how good it is. None means: not measured, or not defined.

    Attributes
    ----------
    algorithm : str
    segment_count : int
        Clusters that it finds.
    setting : float
        What the algorithm was run with: the number of segments, for HDBSCAN its smallest share.
    customers_evaluated : int
        On how many customers the figures are measured; all of them sampling errors of that.
    wcss : float
        Sum of squared distances to the own cluster's mean, in scaled space.
    silhouette, silhouette_error : float or None
        Of those in a cluster, and its standard error.
    silhouette_excess, silhouette_excess_error : float or None
        The silhouette less what K-Means reaches with as many segments on permuted data, and its standard error.
    calinski_harabasz, davies_bouldin : float or None
    gap, gap_error : float or None
        Gap statistic and its standard error.
    min_jaccard, min_jaccard_error : float or None
        Mean bootstrap Jaccard of the least stable cluster, and its standard error over the resamples.
    seed_ari, split_half_ari : float or None
        Mean adjusted Rand index between seeds, and between halves of the customers.
    smallest_share, unclustered_share : float
        Shares of the customers in the smallest cluster, and in none.
    is_elbow, is_gap_choice, is_chosen : bool
    missed_bars : str
        Codes of the bars that it misses, from `selection.shortcomings`, with commas between them; "" if it passes.
    reason : str
        Why it was chosen, or why not.
    """

    algorithm: str
    segment_count: int
    setting: float
    customers_evaluated: int
    wcss: float
    smallest_share: float
    unclustered_share: float = 0.0
    silhouette: float | None = None
    silhouette_error: float | None = None
    silhouette_excess: float | None = None
    silhouette_excess_error: float | None = None
    calinski_harabasz: float | None = None
    davies_bouldin: float | None = None
    gap: float | None = None
    gap_error: float | None = None
    min_jaccard: float | None = None
    min_jaccard_error: float | None = None
    seed_ari: float | None = None
    split_half_ari: float | None = None
    is_elbow: bool = False
    is_gap_choice: bool = False
    is_chosen: bool = False
    missed_bars: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Comparison:
    """Candidates and what permuted data say of the customers as a whole.

    Attributes
    ----------
    candidates : list of Candidate
        By algorithm and number of segments.
    structure_p_value : float or None
        See `Structure.p_value`; None where it was not measured.
    """

    candidates: list[Candidate]
    structure_p_value: float | None = None
