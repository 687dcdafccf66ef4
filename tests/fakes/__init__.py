"""What tests pretend with: bodies, wearables that lie, storms, and recordings made to order."""
