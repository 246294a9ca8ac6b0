"""The print pack: one easy-read page a priority, for a room without laptops."""
