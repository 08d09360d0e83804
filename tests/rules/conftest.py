"""Hypothesis profiles of the rules: `ci` on every commit, `long` by `pytest tests/rules --hypothesis-profile long`.

`mutation` is what `packaging/mutation.sh` runs thousands of times: few examples, always the same ones.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

settings.register_profile("ci", max_examples=200, deadline=None, print_blob=True)
settings.register_profile(
    "long", max_examples=20_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "mutation",
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("ci")
