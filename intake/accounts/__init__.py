"""Accounts, posts, sign-in. A room that every stage uses, and no stage itself."""
