"""Labels of several people: how far they agree, where they don't, one set made of them, and other tools' formats."""
