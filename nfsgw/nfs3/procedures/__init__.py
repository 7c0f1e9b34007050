"""The procedures of RFC 1813, section 3.3: a module for each, named as the RFC names it.

Each module has ``run``, the procedure itself, and ``fail``, which builds its failure arm from a
status and the error.  A procedure takes and returns wire types, calls only ``backend.api`` through
the export, and raises nothing but FsError; ``nfs3/program.py`` puts it into the table.
"""
