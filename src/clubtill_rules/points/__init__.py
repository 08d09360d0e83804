"""Points: entries, earning, the lot fold, redeeming and leases. Rules R26-R44, R65-R72, R90, R91."""
