"""One object for the value of customers: fitted on what they bought, it says what they will, and what that is worth."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from segmentation.given import check_format, table_of
from segmentation.value.choosing import Trial, try_purchase_models
from segmentation.value.clockwork import Clockwork, measure_clockwork
from segmentation.value.fitting import MODELS, fit_purchase_model
from segmentation.value.forecaster import Forecaster, Foretold
from segmentation.value.histories import Histories, histories
from segmentation.value.known import DAYS, Known, known_of
from segmentation.value.purchases import PurchaseModel
from segmentation.value.seasons import UNKNOWN, Cohorts, Seasons, estimate_seasons
from segmentation.value.spend import fit_spend
from segmentation.value.stored import STORED_FORMAT, forecaster_of, value_of_row, value_to_row

FloatArray = NDArray[np.float64]

FEWEST_EARLIER = 200
"""Fewer customers of a day in the past, or fewer than a tenth of them who bought after it, choose no model."""

DEPENDENT_FROM = 0.3
"""From this rank correlation of the number of purchases and their value, up or down, a warning is due."""

NOBODY_LEAVES = (
    "Nobody is seen to leave for good: probability_alive is 1 for all, and says nothing of who is gone; "
    "probability_to_buy does."
)


class CustomerValue(BaseEstimator):  # type: ignore[misc]
    """What customers will buy and what it is worth: a model of purchases, one of order values, and the shop's season.

    Purchases are counted as days with one, as in the literature; orders are so many a day as the customer has had so
    far, shrunk towards the shop. A value is what was bought less what came back, where the table has it.

    Parameters
    ----------
    validation_days : int, default 90
        The shorter time that is foretold: that of `expected_orders` and `expected_revenue`, and of the outcome that a
        model is chosen by.
    value_horizon_days : int, default 365
        The longer one: that of `horizon_orders`, `horizon_revenue` and `lifetime_value`; 0 to 36,500.
    value_discount_rate : float, default 0.10
        By which money loses in a year; above -1.
    gross_margin : float, default 1.0
        Share of the revenue that is value; below 0 where the shop loses by selling.
    purchase_model : str, default "auto"
        A key of `MODELS`, or "auto".

    Attributes
    ----------
    purchases_ : PurchaseFit
        Times are days, of the season's clock if there is one.
    spend_ : SpendFit
    trials_ : list of Trial
        The models that were tried on the day in the past; empty where there was none to try them on.
    chosen_because_ : str
        "best", "as_good_and_simpler", "by_fit" (nothing to choose by but the fit itself), "asked_for" or "too_few".
    chosen_in_words_ : str
    seasons_ : Seasons or None
    clockwork_ : Clockwork
    orders_per_day_ : float
        Orders on a day with one, in the mean.
    as_of_ : numpy.datetime64 or None
        The day that it was fitted on.
    warnings_ : list of str
        What is to be said of the fit, in sentences.

    References
    ----------
    Fader, Hardie & Lee (2005) and what the modules of this package name; docs/method.md has what was tried.
    """

    def __init__(
        self,
        validation_days: int = 90,
        value_horizon_days: int = 365,
        value_discount_rate: float = 0.10,
        gross_margin: float = 1.0,
        purchase_model: str = "auto",
    ) -> None:
        self.validation_days = validation_days
        self.value_horizon_days = value_horizon_days
        self.value_discount_rate = value_discount_rate
        self.gross_margin = gross_margin
        self.purchase_model = purchase_model

    def fit(
        self,
        customers: Any,
        y: Any = None,
        *,
        earlier: Any = None,
        as_of: date | str | None = None,
        cohorts: Cohorts | None = None,
    ) -> Self:
        """Choose a model of purchases by what came after a day in the past, and fit it and that of values on today.

        Parameters
        ----------
        customers : DataFrame of pandas or Polars, or table of Arrow, of n customers
            With `COLUMNS`: purchase_days (days with a purchase), orders, recency_days and tenure_days (whole days since
            the last and the first purchase), purchased_value. With returned_value, it is taken off. With
            squared_gap_days (the sum over a customer of the squared days from one purchase day to the next), it is told
            whether purchases come like clockwork. Rows in any order.
        y
            Passed over; scikit-learn gives it.
        earlier : as customers, optional
            `DAYS` as of the day validation_days ago, and later_purchase_days: days with a purchase since.
        as_of : date or ISO text, optional
            The day that customers are looked at from; a season needs it.
        cohorts : Cohorts, optional
            The purchases of all customers by week, what the season is estimated from.

        Raises
        ------
        ValueError
            If a column is missing, nobody has bought anything, or a parameter makes no sense; with what to do about it.
        """
        del y
        self._check_parameters()
        known = known_of(table_of(customers))
        if not known.is_sound.any():
            raise ValueError("no customer has bought anything yet: there is nothing to foretell from")
        self.as_of_ = None if as_of is None else np.datetime64(as_of, "D")
        self.seasons_ = None
        if cohorts is not None and self.as_of_ is not None:
            self.seasons_ = estimate_seasons(cohorts, self.as_of_, lambda clock: self._for_season(known, clock))
        today = self._histories(known, self.as_of_)
        self.trials_, name = self._choose(earlier, today)
        self.purchases_ = fit_purchase_model(name, today)
        self.chosen_because_, self.chosen_in_words_ = self._reason()
        sound = known.is_sound
        self.spend_ = fit_spend(known.value_count[sound], known.value_mean[sound])
        self.orders_per_day_ = float(known.orders[sound].sum() / known.purchase_days[sound].sum())
        self.clockwork_ = Clockwork(0, None, None)
        if known.squared_gap_days is not None:
            gaps = (known.repeats[sound], known.last[sound], known.squared_gap_days[sound])
            self.clockwork_ = measure_clockwork(*gaps)
        return self

    def predict(self, customers: Any, as_of: date | str | None = None) -> pd.DataFrame:
        """Return what each customer will buy and what that is worth, in the order given: see `Forecaster.predict`."""
        return self.forecaster_.predict(customers, as_of)

    def foretell(self, customers: Any, as_of: date | str | None = None) -> Foretold:
        """Return what is foretold for validation_days, for `compare_with_outcome`; nothing of who never bought."""
        return self.forecaster_.foretell(customers, as_of)

    @property
    def forecaster_(self) -> Forecaster:
        """What foretells by this fit, with the parameters as they are now."""
        check_is_fitted(self)
        return forecaster_of(vars(self), self.get_params())

    @property
    def warnings_(self) -> list[str]:
        """What is to be said of the fit, in sentences."""
        check_is_fitted(self)
        said = [] if self.purchases_.model.name != "nbd" or self.purchases_.at_edge else [NOBODY_LEAVES]
        said += [f"Purchases: {words}." for words in self.purchases_.warnings]
        said += [f"Order values: {words}." for words in self.spend_.warnings]
        correlation = self.spend_.correlation
        if correlation is not None and abs(correlation) >= DEPENDENT_FROM:
            more, high = ("more", "low") if correlation > 0 else ("less", "high")
            said.append(
                f"Who buys often spends {more} a purchase (rank correlation {correlation:.2f}), which the model of "
                f"values takes for chance: of who buys often, values are shrunk to a mean that is too {high}."
            )
        if self.seasons_ is None:
            said.append(UNKNOWN)
        if self.clockwork_.is_warned_of:
            said.append(self.clockwork_.words)
        return said

    def describe(self) -> dict[str, Any]:
        """Return the row of `value_model`: what was fitted, what was tried and why this was taken, as plain values."""
        check_is_fitted(self)
        return {
            "purchase_model": self.purchases_.model.name,
            "parameters": self.purchases_.model.parameters,
            "standard_errors": self.purchases_.standard_errors,
            "log_likelihood": self.purchases_.log_likelihood,
            "customers": self.purchases_.customers,
            "returning_customers": self.purchases_.returning,
            "at_edge": list(self.purchases_.at_edge),
            "chosen_because": self.chosen_because_,
            "chosen_in_words": self.chosen_in_words_,
            "tried": [
                {
                    "purchase_model": trial.name,
                    "parameters": trial.fit.model.parameters,
                    "at_edge": list(trial.fit.at_edge),
                    "later_log_likelihood": trial.later_log_likelihood,
                    "behind": trial.behind,
                    "behind_error": trial.behind_error,
                    "foretold": trial.foretold,
                    "came": trial.came,
                    "reason": trial.reason,
                    "reason_in_words": trial.reason_in_words,
                }
                for trial in self.trials_
            ],
            "spend_parameters": vars(self.spend_.model).copy(),
            "spend_standard_errors": self.spend_.standard_errors,
            "spend_log_likelihood": self.spend_.log_likelihood,
            "spend_customers": self.spend_.customers,
            "frequency_value_correlation": self.spend_.correlation,
            "orders_per_day": self.orders_per_day_,
            "season_factors": None if self.seasons_ is None else list(self.seasons_.factors),
            "regular_share": self.clockwork_.regular_share,
            "warnings": self.warnings_,
        }

    def to_row(self) -> dict[str, Any]:
        """Return all that it takes to foretell, as plain values such as JSON holds; what was tried is of the fit."""
        check_is_fitted(self)
        return {"format": STORED_FORMAT, "parameters": self.get_params(), **value_to_row(self)}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """Return a fitted object of what `to_row` returned.

        Raises
        ------
        ValueError
            If it was stored in another format.
        """
        check_format(row, STORED_FORMAT)
        value = cls(**row["parameters"])
        for name, attribute in value_of_row(row).items():
            setattr(value, name, attribute)
        value.trials_ = []
        return value

    def _choose(self, earlier: Any, today: Histories) -> tuple[list[Trial], str]:
        if self.purchase_model != "auto":
            return [], self.purchase_model
        past = None if earlier is None else table_of(earlier)
        if past is not None and "later_purchase_days" not in past:
            raise ValueError("the customers of the day in the past have no column later_purchase_days")
        known = None if past is None else known_of(past, DAYS)
        if past is not None and known is not None and self.validation_days > 0:
            sound = known.is_sound
            later = past["later_purchase_days"].to_numpy(dtype=float)[sound]
            if len(later) >= FEWEST_EARLIER and (later > 0).sum() >= FEWEST_EARLIER // 10:
                day = None if self.as_of_ is None else self.as_of_ - np.timedelta64(int(self.validation_days), "D")
                times = _on_clock(known, self.seasons_, day)
                horizon = self._clock(float(self.validation_days), day)
                repeats, last, observed = (values[sound] for values in times)
                trials = try_purchase_models(repeats, last, observed, later, horizon)
                return trials, next(trial.name for trial in trials if trial.is_chosen)
        fits = [fit_purchase_model(name, today) for name in MODELS]
        # Akaike (1974): a parameter must bring one unit of likelihood.
        criteria = [fit.log_likelihood - len(fit.model.parameters) for fit in fits]
        return [], fits[int(np.argmax(np.round(criteria, 3)))].model.name

    def _for_season(self, known: Known, seasons: Seasons | None) -> PurchaseModel:
        """Return the quickest of the models that know of customers who leave, on a season's clock."""
        sound = known.is_sound
        times = (values[sound] for values in _on_clock(known, seasons, self.as_of_))
        return fit_purchase_model("bg_nbd", histories(*times)).model

    def _reason(self) -> tuple[str, str]:
        if "too_few" in self.purchases_.at_edge:
            return "too_few", f"{self.purchases_.warnings[0][0].upper()}{self.purchases_.warnings[0][1:]}."
        if self.purchase_model != "auto":
            return "asked_for", "The settings ask for it."
        for trial in self.trials_:
            if trial.is_chosen:
                return trial.reason, trial.reason_in_words
        words = "It fits best for its number of parameters; there was no time after a day in the past to choose by."
        return "by_fit", words

    def _histories(self, known: Known, day: np.datetime64 | None) -> Histories:
        return histories(*(values[known.is_sound] for values in _on_clock(known, self.seasons_, day)))

    def _clock(self, days: float, day: np.datetime64 | None) -> float:
        return days if self.seasons_ is None or day is None else self.seasons_.days_ahead(day, days)

    def _check_parameters(self) -> None:
        for name in ("validation_days", "value_horizon_days"):
            if not 0 <= getattr(self, name) <= 36_500:
                raise ValueError(f"{name} must be 0 to 36,500 days, not {getattr(self, name)}")
        if not (np.isfinite(self.value_discount_rate) and self.value_discount_rate > -1):
            raise ValueError(
                f"value_discount_rate must be above -1 (0.1 for 10 % a year), not {self.value_discount_rate}"
            )
        if not np.isfinite(self.gross_margin):
            raise ValueError(f"gross_margin must be a number, not {self.gross_margin}")
        if self.purchase_model not in ("auto", *MODELS):
            raise ValueError(f"purchase_model must be auto or one of {', '.join(MODELS)}, not {self.purchase_model}")


def _on_clock(
    known: Known, seasons: Seasons | None, day: np.datetime64 | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return repeats, last and observed in the time of the season's clock."""
    if seasons is None or day is None:
        return known.repeats, known.last, known.observed
    observed = seasons.days_back(day, known.observed)
    return known.repeats, observed - seasons.days_back(day, known.observed - known.last), observed
