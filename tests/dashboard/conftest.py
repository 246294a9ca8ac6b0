from __future__ import annotations

from hypothesis import settings

# A busy machine is no fault of the code: pytest's own time limit holds.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
