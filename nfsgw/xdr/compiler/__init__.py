"""The compiler from XDR specifications to typed Python: lexer, parser, model, and one emitter per part."""
