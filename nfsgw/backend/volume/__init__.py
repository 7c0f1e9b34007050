"""Volumes: what they are made of, their options, and the operations of a started one."""
