"""Sessions and messages of every protocol version there was."""
