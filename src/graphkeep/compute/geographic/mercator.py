"""Web Mercator projection: the sphere on a square, in degrees of the equator.

Snyder, "Map Projections: A Working Manual", 1987, p. 41; latitudes are clipped so that the map is a square.
"""

import numpy as np
import numpy.typing as npt

FARTHEST = 85.05112877980659  # degrees of latitude

Degrees = npt.NDArray[np.float64]


def mercator(latitude: Degrees, longitude: Degrees) -> Degrees:
    """Coordinates float64 (n, 2) from -180 to 180 on both axes, north up."""
    phi = np.radians(np.clip(latitude, -FARTHEST, FARTHEST))
    return np.column_stack((longitude, np.degrees(np.arctanh(np.sin(phi)))))
