"""Pages that need every app: home, inbox, the doors of invitations, exposure."""
