"""What every API collection is made of: scope, masking, versions, cursor pages, problem answers."""
