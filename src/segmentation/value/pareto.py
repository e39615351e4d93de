"""Customers who may leave at any time: Pareto/NBD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from segmentation.value.integrals import log_power_integral
from segmentation.value.purchases import PurchaseModel, log_negative_binomial, log_rate_likelihood

FloatArray = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


@dataclass(frozen=True)
class ParetoNBD(PurchaseModel):
    """Purchases at a gamma rate, for a lifetime that is exponential at a rate of its own, gamma, too.

    Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24; likelihood and expectation as derived by
    Fader & Hardie (2005), "A note on deriving the Pareto/NBD model", equations 18, 36 and 41.

    Attributes
    ----------
    r, alpha : float
        Shape and rate of the gamma distribution of purchase rates; alpha is a time.
    s, beta : float
        The same of the rates at which customers leave; beta is a time.
    """

    r: float
    alpha: float
    s: float
    beta: float

    name: ClassVar[str] = "pareto_nbd"
    title: ClassVar[str] = "leaving at any time (Pareto/NBD)"
    times: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    def log_likelihood(self, repeats: FloatArray, last: FloatArray, observed: FloatArray) -> FloatArray:
        """Return each customer's log-likelihood: still there and bought so, or left since the last purchase."""
        alive = log_rate_likelihood(self.r, self.alpha, repeats, observed) - self.s * np.log1p(observed / self.beta)
        return np.asarray(alive + np.logaddexp(0, self.log_odds_gone(repeats, last, observed)))

    def log_odds_gone(self, repeats: FloatArray, last: FloatArray, observed: FloatArray) -> FloatArray:
        """Return the log of what it weighs to have left at any time since the last purchase."""
        buying, leaving, silence = self.alpha + last, self.beta + last, observed - last
        left = log_power_integral(self.r + repeats, buying, self.s, leaving, silence)
        kept = (self.r + repeats) * np.log1p(silence / buying) + self.s * np.log1p(silence / leaving)
        return np.asarray(np.log(self.s) + left + kept)

    def mean_if_alive(self, repeats: FloatArray, observed: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return E λ E τ, τ the part of the horizon before the customer leaves."""
        shape, buying, leaving = self.r + repeats, self.alpha + observed, self.beta + observed
        return np.asarray(shape / buying * leaving * _exponentials(1 - self.s, np.log1p(horizon / leaving)))

    def pairs_if_alive(self, repeats: FloatArray, observed: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return E λ² E τ²."""
        shape, buying, leaving = self.r + repeats, self.alpha + observed, self.beta + observed
        until = np.log1p(horizon / leaving)
        square = 2 * np.maximum(_exponentials(2 - self.s, until) - _exponentials(1 - self.s, until), 0)
        return np.asarray(shape * (shape + 1) * (leaving / buying) ** 2 * square)

    def log_count_if_alive(
        self, count: FloatArray, repeats: FloatArray, observed: FloatArray, horizon: FloatArray
    ) -> FloatArray:
        """Return the log of the probability: all in the whole horizon, or all before the customer left within it.

        Fader & Hardie (2014), "Deriving the conditional PMF of the Pareto/NBD model", by Gauss-Legendre with 64 nodes
        in the logarithm of beta + time.
        """
        shape, buying, leaving = self.r + repeats, self.alpha + observed, self.beta + observed
        width = np.log1p(horizon / leaving)
        stays = log_negative_binomial(count, shape, horizon / buying) - self.s * width
        leaves = np.full_like(width, -np.inf)
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            w = width * (node + 1) / 2
            within = log_negative_binomial(count, shape, leaving * np.expm1(w) / buying)
            leaves = np.logaddexp(leaves, np.log(weight) + within - self.s * w)
        with np.errstate(divide="ignore"):
            return np.asarray(np.logaddexp(stays, leaves + np.log(self.s) + np.log(width / 2)))


def _exponentials(rate: float, until: FloatArray) -> FloatArray:
    """Return ∫₀^until e^(rate v) dv."""
    return until if rate == 0 else np.asarray(np.expm1(rate * until) / rate)
