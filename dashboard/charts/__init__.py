"""Figures. Plotly is imported here alone; each builder turns a small frame into a figure and knows nothing of pages."""
