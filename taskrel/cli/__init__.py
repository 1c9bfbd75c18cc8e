"""The command line: options, exit codes, text output, files."""
