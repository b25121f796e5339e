"""Which toys come with us? A CRM and an ERP to learn and to doubt on, started as programs of their own."""
