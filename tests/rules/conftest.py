"""Hypothesis profiles of the rules: `ci` on every commit, `long` by `pytest tests/rules --hypothesis-profile long`.

`mutation` is what `packaging/mutation.sh` runs thousands of times: few examples, always the same ones.
"""

from __future__ import annotations

import pytest
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let properties take as long as they need with 20,000 examples; on every commit the usual time limit holds."""
    if config.getoption("--hypothesis-profile", default=None) == "long":
        for item in items:
            item.add_marker(pytest.mark.timeout(0))
