"""The node's configuration: ``nfsgw.toml`` as frozen, checked values."""

from nfsgw.config.load import load_config, parse_config
from nfsgw.config.model import (
    AdminConfig,
    Config,
    ConfigError,
    ListenConfig,
    LogConfig,
    NodeConfig,
)
from nfsgw.config.settle import Ports, Settled, settle

__all__ = [
    "AdminConfig",
    "Config",
    "ConfigError",
    "ListenConfig",
    "LogConfig",
    "NodeConfig",
    "Ports",
    "Settled",
    "load_config",
    "parse_config",
    "settle",
]
