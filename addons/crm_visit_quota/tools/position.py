"""What a position says: how far it is, and whether it can be believed.

Distances in metres, ages in seconds, speeds in kilometres an hour, coordinates in decimal degrees (WGS 84).
"""
from math import asin, cos, hypot, inf, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS = 6_371_000  # metres, mean


class Limits(NamedTuple):
    """What a company takes for a good position; each limit itself is still good."""
    age: float       # seconds since the device measured it
    accuracy: float  # metres, radius given by the device
    far: float       # metres from the customer
    speed: float     # km/h since the person's position before


class Fix(NamedTuple):
    """A position as a device gave it. ``accuracy`` None or 0: not told, as some apps that invent positions do."""
    latitude: float
    longitude: float
    accuracy: float | None = None
    age: float = 0


def valid(latitude, longitude):
    """Return whether the coordinates are on this planet.

    >>> valid(90, -180), valid(90.1, 0), valid(0, 180.1), valid(float('nan'), 0)
    (True, False, False, False)
    """
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def distance(latitude, longitude, other_latitude, other_longitude):
    """Return the distance of two places over the great circle in metres.

    >>> round(distance(50.8503, 4.3517, 48.8566, 2.3522) / 1000)  # Brussels, Paris
    264
    >>> round(distance(0, 179.9995, 0, -179.9995))  # across the date line
    111
    >>> distance(50.85, 4.35, 50.85, 4.35)
    0.0
    """
    height = sin(radians(other_latitude - latitude) / 2) ** 2
    width = sin(radians(other_longitude - longitude) / 2) ** 2
    chord = height + cos(radians(latitude)) * cos(radians(other_latitude)) * width
    return 2 * EARTH_RADIUS * asin(sqrt(min(1.0, chord)))


def speed(way, seconds, blur=0):
    """Return the speed in km/h that it takes to cover ``way`` metres, of which ``blur`` may be inaccuracy.

    >>> round(speed(1000, 60)), speed(1000, 60, blur=1000), speed(1000, 0)
    (60, 0.0, inf)
    """
    way = max(0.0, way - blur)
    if not way:
        return 0.0
    return way / abs(seconds) * 3.6 if seconds else inf


def blur(first, second):
    """Return by how many metres the distance of two fixes may be wrong, neither of them trusted to be off by more than 1 km.

    >>> blur(Fix(0, 0, 30), Fix(0, 0, 40)), blur(Fix(0, 0, 5000), Fix(0, 0))
    (50.0, 1000.0)
    """
    return hypot(*(min(fix.accuracy or 0, 1000) for fix in (first, second)))


def flags(fix, limits, customer_distance=None, speed_before=None):
    """Return which doubts there are about a fix, as ``{flag: bool}``.

    :param customer_distance: metres to the customer; None where the customer's place is not known
    :param speed_before: km/h since the person's fix before; None without one

    >>> limits = Limits(age=120, accuracy=100, far=500, speed=200)
    >>> def doubts(*args): return [name for name, doubt in flags(*args).items() if doubt]
    >>> doubts(Fix(0, 0, 100, 120), limits, 500, 200)
    []
    >>> doubts(Fix(0, 0, 100.1, 120.1), limits, 500.1, 200.1)
    ['is_stale', 'is_inaccurate', 'is_far', 'is_jump']
    >>> doubts(Fix(0, 0), limits)
    ['is_inaccurate']
    """
    return {
        'is_stale': fix.age > limits.age,
        'is_inaccurate': not fix.accuracy or fix.accuracy > limits.accuracy,
        'is_far': customer_distance is not None and customer_distance > limits.far,
        'is_jump': speed_before is not None and speed_before > limits.speed,
    }


def location_state(has_begun, is_asked, doubts):
    """Return what the positions say about a visit.

    :param has_begun: whether the visit is under way or done
    :param is_asked: whether the company wants a position for visits of this kind
    :param doubts: for each fix of the visit, whether there is any doubt about it

    >>> location_state(True, True, []), location_state(True, True, [False, False]), location_state(True, True, [False, True])
    ('unlocated', 'located', 'suspect')
    >>> location_state(False, True, []), location_state(True, False, [])
    ('none', 'none')
    """
    if doubts:
        return 'suspect' if any(doubts) else 'located'
    return 'unlocated' if has_begun and is_asked else 'none'
