"""HTTP that every room shares. Knows nothing of the rooms."""
