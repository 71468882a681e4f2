"""Every shape on the wire; knows neither the database nor the request."""
