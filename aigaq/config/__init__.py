"""What the operator may change. `settings` is the only reader of the environment."""
