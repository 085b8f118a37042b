"""The team board: people, their work and their targets."""
