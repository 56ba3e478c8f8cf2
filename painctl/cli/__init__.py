"""One thin module per subcommand: it parses the command line, then calls one function of stages.

Imported by nobody; imports stages, records and the names of engines.
"""
