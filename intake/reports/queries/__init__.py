"""Reading across the rooms: `home`, `desk` and `trail`. Each function says how many statements it sends."""
