"""A believable installation: reference data, the real plans, and a fictional plan under way."""
