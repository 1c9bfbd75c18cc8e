"""Which runs, kept where: recipe, plan, execute, store, gains."""
