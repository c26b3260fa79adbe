"""Pitwire: be your own MetaTrader 5 API provider."""

__version__ = "0.2.0"

__all__ = ["__version__"]
