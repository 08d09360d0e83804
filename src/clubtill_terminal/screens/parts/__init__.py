"""The control library and the Theme singleton. A part knows no area of the product."""
