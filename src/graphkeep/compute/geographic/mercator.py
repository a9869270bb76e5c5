"""Web Mercator: the sphere on a square, in degrees of the equator.

Snyder, "Map Projections: A Working Manual", 1987, p. 41; the poles are cut off where the world is as high as wide.
"""

import numpy as np
import numpy.typing as npt

FARTHEST = 85.05112877980659  # degrees of latitude

Degrees = npt.NDArray[np.float64]


def mercator(latitude: Degrees, longitude: Degrees) -> Degrees:
    """float64 (n, 2) from -180 to 180 both ways, north up."""
    phi = np.radians(np.clip(latitude, -FARTHEST, FARTHEST))
    return np.column_stack((longitude, np.degrees(np.arctanh(np.sin(phi)))))
