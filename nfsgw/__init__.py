"""nfsgw: redundant NFSv3 for plain Linux machines.

docs/ARCHITECTURE.md says how the parts fit; each package's docstring says what it owns.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
