"""A plan run on NumPy: forwards, with copies side by side, and what is kept between steps."""
