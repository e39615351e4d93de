"""What a customer's purchases within a horizon are worth today, and between which bounds that will be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from segmentation.value.purchases import PurchaseModel
from segmentation.value.spend import GammaGamma

FloatArray = NDArray[np.float64]

COVERAGE = 0.9
"""What customers bring lies within their bounds in so many cases at least; above and below in half of the rest each."""

_SLACK_ABOVE, _SLACK_BELOW, _WIDER_BELOW = 0.9, 0.5, 2.0
"""How much of the tails is used, and by how much the variance of who leaves early is raised: the numbers of purchases
have a thicker tail than the gamma distribution that stands for them. `test_value_lifetime.py` counts simulated ones."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(6)
_PANEL = 2.0


def discounted_if_alive(
    model: PurchaseModel, repeats: FloatArray, observed: FloatArray, horizon: float, rate: float
) -> FloatArray:
    """Return the purchases within the horizon of who still buys, each discounted to today.

    The integral of e^(-rate · u) over the purchases to be expected by u, in parts: e^(-rate · h) E(h) and what comes
    before, by Gauss-Legendre on panels in the logarithm of alpha + observed + u. Of a horizon without end it is the
    DERT of Fader, Hardie & Lee (2005), Journal of Marketing Research 42(4), 415-430.

    Parameters
    ----------
    model : PurchaseModel
    repeats, observed : arrays of shape (n,)
    horizon : float
        In the unit of `observed`; 0 gives 0.
    rate : float
        The continuous rate a unit of time: log(1 + yearly rate) / 365 for days.
    """
    # What comes after e^-40 of it is discounted away is nothing.
    end = min(horizon, 40 / rate) if rate > 0 else horizon
    total = np.exp(-rate * end) * model.mean_if_alive(repeats, observed, np.full_like(observed, end))
    if rate == 0 or end == 0:
        return np.asarray(total)
    start = 1 / max(rate, 1 / end)
    # Even panels as long as the discount is felt, longer and longer ones in the little that is left.
    width = np.log1p(end / start)
    panels = max(1, int(np.ceil(width / _PANEL)))
    for panel in range(panels):
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            w = width * (panel + (node + 1) / 2) / panels
            until = start * np.expm1(w)
            density = rate * np.exp(-rate * until + w) * start * weight * width / panels / 2
            total = total + density * model.mean_if_alive(repeats, observed, np.full_like(observed, until))
    return np.asarray(total)


def bound_factors(
    alive: FloatArray, buys: FloatArray, mean: FloatArray, pairs: FloatArray, spend: GammaGamma, count: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return between which bounds the revenue of each customer lies in at least 90 cases of 100, in units of their own.

    The unit is gamma + count · mean value, in money. Of 100 customers at most 5 bring less than their low bound, and
    at most 5 more than their high one; who is likely to bring nothing has a low bound of 0, and who almost certainly
    brings nothing a high one, too. They are quantiles of what the models say of the customer's own revenue, not of a
    mean; the parameters are taken for known.

    The revenue of who buys is a sum of purchases of the gamma-gamma model: given their number n, a Gamma(p n) over a
    Gamma(q + p count). Over the numbers, the Gamma(p n) are replaced by one with their mean and variance, so that the
    ratio has a beta prime distribution, whose quantiles are known.

    Parameters
    ----------
    alive : array of shape (n,)
        Probability that the customer still buys.
    buys, mean, pairs : arrays of shape (n,)
        Of who still buys: the probability of at least one purchase within the horizon, the means of N and of N(N - 1).
    spend : GammaGamma
    count : array of shape (n,)
        Purchases with a value.
    """
    tail = (1 - COVERAGE) / 2
    some = np.maximum(buys, 1e-300)
    number = np.maximum(mean / some, 1.0)
    variance = np.maximum((pairs + mean) / some - number**2, 0.0)
    other, chance = spend.q + spend.p * count, np.minimum(alive * buys, 1.0)
    above = _SLACK_ABOVE * tail
    wide = 1 + spend.p * variance / number
    high = _quantile(spend.p * number / wide, other, 1 - above / np.maximum(chance, 1e-300), chance > above) * wide
    below = _SLACK_BELOW * (chance - (1 - tail))
    wide = 1 + _WIDER_BELOW * spend.p * variance / number
    low = _quantile(spend.p * number / wide, other, below / np.maximum(chance, 1e-300), below > 0) * wide
    return low, high


def _quantile(shape: FloatArray, other: FloatArray, level: FloatArray, has_one: NDArray[np.bool_]) -> FloatArray:
    """Return quantiles of the ratio of a Gamma(shape) and a Gamma(other); 0 of who has none."""
    quantile = np.zeros_like(shape)
    if not has_one.any():
        return quantile
    share = betaincinv(shape[has_one], other[has_one], level[has_one])
    quantile[has_one] = share / np.maximum(1 - share, 1e-12)
    return quantile
