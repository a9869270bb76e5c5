"""The two arrays of coordinates: what is drawn and stored, and what exact placements compute with."""

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.float32]
"""float32 (n, 2), y up: as layouts return them, and as they are stored and sent."""

Points = npt.NDArray[np.float64]
"""float64 (n, 2), y up: while a placement is computed."""
