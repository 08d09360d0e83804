"""What redeeming while cut off can cost at most, again in plain integers (I22-I25). It imports nothing of Clubtill."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Loss:
    """What came in and went out of every account, and what each device might have overdrawn.

    Attributes:
        clones: by account, what copies of devices could spend once more: lease remainders and budget bounds.
        budgets: by device and number of its budget: m, T, and by account the largest C while it was held.
    """

    awarded: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    clones: dict[str, int] = field(default_factory=dict)
    clone_totals: int = 0
    budgets: dict[tuple[str, int], tuple[int, int, dict[str, int]]] = field(default_factory=dict)

    def add(self, what: dict[str, int], account: str, amount: int) -> None:
        """Count an amount."""
        what[account] = what.get(account, 0) + amount

    def see(self, device: str, number: int, account: str, known: int) -> None:
        """Note that a device's cache says so much of an account while it holds a budget."""
        caches = self.budgets[device, number][2]
        caches[account] = max(caches.get(account, 0), known)

    def overdraft(self, account: str) -> int:
        """Give what was spent beyond what was awarded."""
        return max(0, self.spent.get(account, 0) - self.awarded.get(account, 0))

    def bound(self, account: str) -> int:
        """Give the most that an account may be overdrawn: sum of min(m, C, T), and what clones add."""
        by_budgets = sum(max(0, min(m, t, caches.get(account, 0))) for m, t, caches in self.budgets.values())
        return by_budgets + self.clones.get(account, 0)

    def total_bound(self) -> int:
        """Give the most that all accounts may be overdrawn together: every T, and what clones add."""
        return sum(t for _, t, _ in self.budgets.values()) + self.clone_totals
