"""The field's own knowledge: pure functions and small frozen types, without input or output."""
