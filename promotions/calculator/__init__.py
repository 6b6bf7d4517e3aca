"""What a promotion costs and brings, reckoned before anything is agreed. Pure: docs/economics.md tells how."""
