"""Finding the parameters under which what was seen is likeliest."""
import numpy as np
from scipy.optimize import minimize

LIMIT = 9.0         # of the logarithm of a parameter: beyond, it has run away
FLAT = 1e-6         # slope of the mean log-likelihood that counts as none


def maximise(loss, *starts):
    """Minimise the negative mean log-likelihood over the logarithms of the parameters.

    :param loss: returns its value and its slope
    :param starts: where to begin; the best of what is found from each counts
    :return: the parameters, the loss there, and whether it is as low as it gets: flat, or falling only towards a limit
    """
    # truncated Newton: its few steps are reckoned without the threads that :func:`dot` is about
    options = {'maxfun': 1000, 'ftol': 1e-14, 'gtol': 1e-9, 'xtol': 1e-10}
    found = [minimize(loss, start, jac=True, method='TNC', bounds=[(-LIMIT, LIMIT)] * len(start), options=options) for start in starts]
    best = min(found, key=lambda result: result.fun)
    outwards = (np.abs(best.x) >= LIMIT) & (best.jac * best.x < 0)
    return np.exp(best.x), float(best.fun), bool(np.isfinite(best.fun) and np.all(outwards | (np.abs(best.jac) < FLAT)))


def dot(left, right):
    """Return the sum of products of two long arrays, without the threads of a linear algebra library.

    They gain nothing on sums as short as ours, and where other processes want the cores too they wait for each other more than they
    reckon (measured: a step of a fit of 20,000 customers 28 ms of processor time with them, 1.2 ms without).

    >>> float(dot(np.array([1.0, 2.0]), np.array([3.0, 4.0])))
    11.0
    """
    return np.einsum('i,i->', left, right)
