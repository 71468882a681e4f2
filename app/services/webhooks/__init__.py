"""Webhooks: endpoints that are told of changes, what they are told, and how it reaches them.

    the change log -> events behind the cursor of an endpoint -> signed -> posted -> the cursor moves on

The log is written in the transaction of the change, so nothing that was
committed is missed, and nothing else is told. See decision 0027.
"""
