"""The control library: what every screen of the terminal is made of, in one look.

QML files here form the module ``screens.parts``; ``theme.py`` gives it sizes, colours, fonts and icons. Nothing here
knows a member, a price or a rule, and nothing reads the density of the screen: ``main`` passes it in.
"""
