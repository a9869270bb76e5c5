"""The array types of coordinates: float32 for drawing and storage, float64 for computing exact positions."""

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.float32]
"""float32 (n, 2), y up: positions as layouts return them, and as they are stored and sent."""

Points = npt.NDArray[np.float64]
"""float64 (n, 2), y up: positions during a computation."""
