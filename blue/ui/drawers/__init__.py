"""The drawers under the three columns: a module each lays out its panel, answers its actions, wires both."""
