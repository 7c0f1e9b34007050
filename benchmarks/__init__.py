"""What nfsgw costs, measured over TCP on this machine: ``python -m benchmarks --help``."""
