"""What every API view shares. One file a subject: DRF loads these by name from settings, each early."""
