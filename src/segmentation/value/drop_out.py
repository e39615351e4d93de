"""Customers who may leave after each purchase: BG/NBD and MBG/NBD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaln

from segmentation.value.integrals import mean_over_beta
from segmentation.value.purchases import PurchaseModel, log_negative_binomial, log_rate_likelihood

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class BGNBD(PurchaseModel):
    """Purchases at a gamma rate; after each repeat a customer leaves with a probability of their own.

    Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275-284, equations 3
    (likelihood), 8 (count) and 10 (expectation). Who bought once is a customer for certain.

    Attributes
    ----------
    r, alpha : float
        Shape and rate of the gamma distribution of purchase rates; alpha is a time.
    a, b : float
        Of the beta distribution of the probability to leave: its mean is a / (a + b).
    """

    r: float
    alpha: float
    a: float
    b: float

    name: ClassVar[str] = "bg_nbd"
    title: ClassVar[str] = "leaving after a repeat purchase (BG/NBD)"
    first: ClassVar[int] = 0
    """Whether the customer may leave after the first purchase, too."""

    def log_likelihood(self, repeats: FloatArray, last: FloatArray, observed: FloatArray) -> FloatArray:
        """Return each customer's log-likelihood: stayed so many times, and bought so, or left after the last."""
        stayed = betaln(self.a, self.b + self.first + repeats) - betaln(self.a, self.b)
        alive = stayed + log_rate_likelihood(self.r, self.alpha, repeats, observed)
        return np.asarray(alive + np.logaddexp(0, self.log_odds_gone(repeats, last, observed)))

    def log_odds_gone(self, repeats: FloatArray, last: FloatArray, observed: FloatArray) -> FloatArray:
        """Return the log of a / (b + repeats - 1) · ((alpha + observed) / (alpha + last))^(r + repeats)."""
        chances = repeats + self.first
        odds = np.log(self.a) - np.log(self.b + np.maximum(chances, 1) - 1)
        silence = (self.r + repeats) * np.log1p((observed - last) / (self.alpha + last))
        return np.where(chances > 0, odds + silence, -np.inf)

    def mean_if_alive(self, repeats: FloatArray, observed: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the mean of (1 - e^(-λph)) / p over rates λ and the probabilities p to leave of who has not yet."""
        shape, ratio, a, b = self._posterior(repeats, observed, horizon)
        return mean_over_beta(lambda p: _purchases(p, shape, ratio), a, b)

    def pairs_if_alive(self, repeats: FloatArray, observed: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the mean of 2 (1 - p)/p ((1 - e^(-λph)) / p - λh e^(-λph)).

        A purchase of the rate λe^(-λpu) at u that is not the last, and those that follow it.
        """
        shape, ratio, a, b = self._posterior(repeats, observed, horizon)

        def pairs(p: FloatArray) -> FloatArray:
            x, safe = p * ratio * (shape + 2), np.maximum(p, 1e-300)
            then = shape * ratio * np.exp(-(shape + 1) * np.log1p(p * ratio))
            exact = 2 * (1 - p) / safe * (_purchases(p, shape, ratio) - then)
            # Of small p by its series: the difference of two nearly equal numbers has no digits left.
            series = (1 - p) * shape * (shape + 1) * ratio**2 * (1 - 2 / 3 * x + x**2 * (shape + 3) / (shape + 2) / 4)
            return np.where(x < 1e-4, series, exact)

        return mean_over_beta(pairs, a, b)

    def log_count_if_alive(
        self, count: FloatArray, repeats: FloatArray, observed: FloatArray, horizon: FloatArray
    ) -> FloatArray:
        """Return the log of the probability: all came and none was the last, or more would have and this was."""
        shape, ratio, _, b = self._posterior(repeats, observed, horizon)
        stayed = betaln(self.a, b + count) - betaln(self.a, b) + log_negative_binomial(count, shape, ratio)
        some = np.maximum(count, 1)
        with np.errstate(divide="ignore"):
            or_more = np.log(betainc(some, shape, ratio / (1 + ratio)))
        left = betaln(self.a + 1, b + some - 1) - betaln(self.a, b) + or_more
        return np.where(count == 0, stayed, np.logaddexp(stayed, left))

    def _posterior(
        self, repeats: FloatArray, observed: FloatArray, horizon: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Return of who still buys the shape of the rate, horizon by its rate parameter, a and b."""
        b = self.b + self.first + repeats
        return self.r + repeats, horizon / (self.alpha + observed), np.full_like(b, self.a), b


@dataclass(frozen=True)
class MBGNBD(BGNBD):
    """As BG/NBD, and a customer may leave after the first purchase, too.

    Batislam, Denizel & Filiztekin (2007), International Journal of Research in Marketing 24(3), 201-209; the same model
    as that of Hoppe & Wagner (2007). What follows is as in BG/NBD with one chance more to have left.
    """

    name: ClassVar[str] = "mbg_nbd"
    title: ClassVar[str] = "leaving after any purchase (MBG/NBD)"
    first: ClassVar[int] = 1


def _purchases(p: FloatArray, shape: FloatArray, ratio: FloatArray) -> FloatArray:
    """Return the mean number of purchases at a gamma rate of who leaves after each with probability p."""
    some = -np.expm1(-shape * np.log1p(p * ratio)) / np.maximum(p, 1e-300)
    return np.where(p * ratio * shape < 1e-12, shape * ratio, some)
