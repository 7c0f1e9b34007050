"""The pages of docs/protocol: each protocol's procedures, errors and cases.

They are made from the programs' tables and the catalogue, so they cannot lag behind them.
"""
