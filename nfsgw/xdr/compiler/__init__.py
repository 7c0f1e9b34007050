"""The compiler from XDR specifications to typed Python.

``lexer`` and ``parser`` read a ``.x`` file into the ``model``; ``resolve`` finds lists and
mistakes; ``emit_pack``, ``emit_unpack`` and ``emit_module`` write Python.  The tests check the
result against xdrlib3, driven by the same model.
"""
