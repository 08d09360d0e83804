"""What both ends of the wire share: messages, client, signing. Neither end's database or screens are known here."""
