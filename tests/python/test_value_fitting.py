"""Fits of the models of purchases, and the choice between them: the papers' numbers, planted ones, edges."""

from __future__ import annotations

import numpy as np
import pytest
from simulated_customers import simulate
from test_value_purchases import SPEND, cdnow

from segmentation.value import fitting
from segmentation.value.choosing import try_purchase_models
from segmentation.value.drop_out import BGNBD, MBGNBD
from segmentation.value.fitting import MODELS, PurchaseFit, fit_purchase_model
from segmentation.value.histories import MOST_ROWS, Histories, distinct, histories, sample_of
from segmentation.value.pareto import ParetoNBD
from segmentation.value.purchases import NBD, PurchaseModel


def of_cdnow(unit: float = 7.0) -> Histories:
    table = cdnow()
    days = (table[column].to_numpy(float) / unit for column in ("days_to_last", "days_observed"))
    return histories(table["repeat_days"].to_numpy(float), *days)


def simulated(model: PurchaseModel, customers: int, seed: int = 3) -> Histories:
    observed = np.random.default_rng(seed).integers(60, 700, customers).astype(float)
    return histories(*simulate(model, SPEND, observed, 0.0, seed).known)


def test_cdnow_has_the_published_parameters() -> None:
    """Fader, Hardie & Lee (2005), table 2, and Schmittlein et al.'s model there; MBG/NBD as BTYDplus has it."""
    fit = fit_purchase_model("bg_nbd", of_cdnow())
    published = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert {name: round(value, 3) for name, value in fit.model.parameters.items()} == published
    assert fit.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert (fit.customers, fit.returning, fit.at_edge) == (2357, 946, ())
    assert fit.standard_errors["r"] == pytest.approx(0.0126, abs=5e-4)
    pareto = fit_purchase_model("pareto_nbd", of_cdnow()).model.parameters
    assert {name: round(value, 3) for name, value in pareto.items()} == {
        "r": 0.553,
        "alpha": 10.578,
        "s": 0.606,
        "beta": 11.669,
    }
    mbg = fit_purchase_model("mbg_nbd", of_cdnow()).model.parameters
    assert [round(value, 3) for value in mbg.values()] == [0.525, 6.183, 0.891, 1.614]


@pytest.mark.parametrize("name", MODELS)
def test_the_unit_of_time_is_that_of_the_data(name: str) -> None:
    weeks, days = (fit_purchase_model(name, of_cdnow(unit)) for unit in (7.0, 1.0))
    for parameter, value in days.model.in_unit(7.0).parameters.items():
        assert value == pytest.approx(weeks.model.parameters[parameter], rel=1e-5)


@pytest.mark.parametrize(
    "model", [NBD(0.8, 50.0), BGNBD(0.7, 40.0, 0.8, 2.4), MBGNBD(1.2, 40.0, 0.7, 2.0), ParetoNBD(0.8, 40.0, 0.8, 90.0)]
)
def test_planted_parameters_are_found_within_their_standard_errors(model: PurchaseModel) -> None:
    fit = fit_purchase_model(model.name, simulated(model, 20_000))
    assert not fit.at_edge
    for name, value in model.parameters.items():
        assert abs(fit.model.parameters[name] - value) < 3.5 * fit.standard_errors[name]
        assert fit.standard_errors[name] < 0.5 * value


def test_the_standard_errors_are_what_fits_differ_by() -> None:
    fits = [fit_purchase_model("bg_nbd", simulated(BGNBD(0.7, 40.0, 0.8, 2.4), 3000, seed)) for seed in range(16)]
    for name in ("r", "alpha"):
        spread = np.std([fit.model.parameters[name] for fit in fits])
        assert np.mean([fit.standard_errors[name] for fit in fits]) == pytest.approx(spread, rel=0.4)


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_a_shop_that_nobody_leaves_is_at_the_edge_and_says_so(name: str) -> None:
    customers = simulated(NBD(0.7, 60.0), 3000)
    fit, plain = fit_purchase_model(name, customers), fit_purchase_model("nbd", customers)
    assert fit.at_edge == ("no_drop_out",)
    assert "no customer is seen to leave" in fit.warnings[0]
    assert fit.standard_errors == {}
    assert fit.log_likelihood == pytest.approx(plain.log_likelihood, abs=0.5)
    assert fit.model.parameters["r"] == pytest.approx(plain.model.parameters["r"], rel=0.02)


def test_customers_of_one_rate_are_at_an_edge() -> None:
    assert fit_purchase_model("nbd", simulated(NBD(5e4, 5e6), 3000)).at_edge == ("equal_rates",)


def bits(fit: PurchaseFit) -> list[float]:
    return [*fit.model.parameters.values(), *fit.standard_errors.values(), fit.log_likelihood]


def test_the_order_of_the_rows_does_not_matter() -> None:
    table = simulate(BGNBD(0.7, 40.0, 0.8, 2.4), SPEND, np.random.default_rng(3).uniform(60, 700, 9000), 0.0, 3)
    order = np.random.default_rng(1).permutation(9000)
    fits = [
        fit_purchase_model("bg_nbd", histories(*(values[rows] for values in table.known)))
        for rows in (np.arange(9000), order)
    ]
    assert bits(fits[0]) == bits(fits[1])


def test_weights_are_customers() -> None:
    once = simulated(BGNBD(0.7, 40.0, 0.8, 2.4), 2000)
    repeats, last, observed, weights = (np.r_[values, values] for values in (*once.known, once.weights))
    twice = histories(repeats, last, observed, weights)
    weighted = histories(*once.known, 2 * once.weights)
    assert bits(fit_purchase_model("bg_nbd", twice)) == bits(fit_purchase_model("bg_nbd", weighted))


def test_of_very_many_customers_each_kth_stands_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = simulated(BGNBD(0.7, 40.0, 0.8, 2.4), 40_000)
    few = sample_of(everybody)
    assert len(few.repeats) <= MOST_ROWS < len(everybody.repeats)
    assert few.customers == pytest.approx(40_000)
    assert few.returning == pytest.approx(everybody.returning, rel=0.001)
    fit = fit_purchase_model("bg_nbd", everybody)
    monkeypatch.setattr(fitting, "sample_of", lambda customers, most=0: customers)
    exact = fit_purchase_model("bg_nbd", everybody)
    for name, value in exact.model.parameters.items():
        assert abs(fit.model.parameters[name] - value) < fit.standard_errors[name]
        assert abs(fit.model.parameters[name] / value - 1) < 0.03
    assert fit.log_likelihood == pytest.approx(exact.log_likelihood, rel=0.002)


@pytest.mark.parametrize("columns", [([3, 1, 3, 1], [0, 2, 0, 2]), ([0.5, 0.25, 0.5, 0.25], [1, 1, 1, 1])])
def test_distinct_rows_are_sorted_and_know_their_places(columns: tuple[list[float], list[float]]) -> None:
    given = [np.array(column, dtype=float) for column in columns]
    rows, place = distinct(*given)
    assert len(rows[0]) == 2
    for row, column in zip(rows, given, strict=True):
        assert (row[place] == column).all()
    assert rows[0][0] < rows[0][1]


@pytest.mark.parametrize(
    ("customers", "words"),
    [
        (histories(np.zeros(500), np.zeros(500), np.full(500, 30.0)), "nobody again"),
        (histories(np.zeros(500), np.zeros(500), np.zeros(500)), "all today"),
        (histories(np.array([9_999.0]), np.array([14_000.0]), np.array([14_600.0])), "one customer"),
    ],
)
@pytest.mark.parametrize("name", MODELS)
def test_too_few_have_one_rate(name: str, customers: Histories, words: str) -> None:
    fit = fit_purchase_model(name, customers)
    assert fit.at_edge == ("too_few",), words
    expected = fit.model.expected_purchases(*customers.known, 365.0)
    assert np.isfinite(expected).all()
    # Half a purchase a year where nothing is known.
    assert ((expected > 0) & (expected < 0.51 + customers.repeats)).all()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((1.0, np.nan, 5.0), "finite"),
        ((-1.0, 0.0, 5.0), "negative"),
        ((1.0, 6.0, 5.0), "later than the day"),
        ((0.0, 3.0, 5.0), "no repeat"),
    ],
)
def test_contradictions_are_refused(row: tuple[float, float, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        histories(*(np.array([value]) for value in row))


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no model x"):
        fit_purchase_model("x", histories(*np.ones((3, 1))))
    with pytest.raises(ValueError, match="no customers"):
        fit_purchase_model("nbd", histories(*np.ones((3, 0))))


def test_the_model_is_chosen_by_what_came_and_not_by_what_was_fitted() -> None:
    table = cdnow()
    repeats, last, observed, later = (
        table[column].to_numpy(float) for column in ("repeat_days", "days_to_last", "days_observed", "holdout_days")
    )
    trials = {trial.name: trial for trial in try_purchase_models(repeats, last, observed, later, 273.0)}
    chosen = trials["mbg_nbd"]
    assert (chosen.is_chosen, chosen.reason, chosen.behind) == (True, "best", 0)
    assert trials["bg_nbd"].reason == "worse"
    assert trials["nbd"].behind > 5 * trials["nbd"].behind_error
    assert (round(trials["bg_nbd"].foretold), chosen.came) == (1653, 1882)
    assert "It foretold best what came" in chosen.reason_in_words


@pytest.mark.parametrize("model", [NBD(0.8, 50.0), MBGNBD(1.2, 30.0, 1.0, 1.5), ParetoNBD(1.5, 30.0, 0.8, 60.0)])
def test_the_planted_model_or_one_as_good_and_simpler_is_chosen(model: PurchaseModel) -> None:
    observed = np.random.default_rng(3).integers(60, 400, 8000).astype(float)
    customers = simulate(model, SPEND, observed, 90.0, 3)
    trials = try_purchase_models(*customers.known, customers.later, 90.0)
    (chosen,) = (trial for trial in trials if trial.is_chosen)
    planted = next(trial for trial in trials if trial.name == model.name)
    assert chosen is planted or (chosen.reason == "as_good_and_simpler" and planted.reason == "no_simpler")
    assert (chosen.name == "nbd") == (model.name == "nbd")
    assert chosen.foretold == pytest.approx(chosen.came, rel=0.05)


def test_what_came_decides_where_the_fit_says_otherwise() -> None:
    """Customers left so far, and then all of them bought on at their rate: drop-out fits best, and foretells worst."""
    observed = np.random.default_rng(3).integers(60, 400, 4000).astype(float)
    customers = simulate(BGNBD(0.8, 40.0, 0.8, 2.0), SPEND, observed, 0.0, 3)
    plain = fit_purchase_model("nbd", histories(*customers.known)).model.parameters
    rate = (plain["r"] + customers.repeats) / (plain["alpha"] + observed)
    later = np.random.default_rng(1).poisson(90 * rate).astype(float)
    trials = try_purchase_models(*customers.known, later, 90.0, ["nbd", "bg_nbd", "mbg_nbd"])
    best_fit = max(trials, key=lambda trial: trial.fit.log_likelihood)
    (chosen,) = (trial for trial in trials if trial.is_chosen)
    assert best_fit.name != "nbd"
    assert (chosen.name, best_fit.reason) == ("nbd", "worse")


def test_of_models_that_are_as_good_the_simplest_is_taken() -> None:
    reasons = []
    for seed in range(6):
        observed = np.random.default_rng(seed).integers(60, 400, 1500).astype(float)
        customers = simulate(NBD(0.8, 50.0), SPEND, observed, 90.0, seed)
        trials = try_purchase_models(*customers.known, customers.later, 90.0, ["nbd", "bg_nbd", "mbg_nbd"])
        (chosen,) = (trial for trial in trials if trial.is_chosen)
        assert chosen.name == "nbd"
        assert max(trials, key=lambda trial: trial.later_log_likelihood).reason in ("best", "no_simpler")
        reasons.append(chosen.reason)
    assert "as_good_and_simpler" in reasons
