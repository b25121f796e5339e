"""HOW: hands and eyes, one class per ERP and one method per clerk's procedure."""
