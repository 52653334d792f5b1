"""PartnerNet: MSPs hand each other work without fear."""
