"""ONC RPC (RFC 5531): records, messages, authentication, dispatch, replay cache, client."""
