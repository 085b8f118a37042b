"""The catalogues that stand with customers, in Settings: channels and tags."""
