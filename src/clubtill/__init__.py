"""The one command: `clubtill SUBCOMMAND`. It imports the other rooms when they are asked for and holds no logic."""
