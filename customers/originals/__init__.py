"""Paper originals, such as signed contracts: where each is and who has it."""
