"""AWS's services, spoken to as lightly as they can be.

No adapter but a library of ours, which the adapters of storage, queue, secrets, media and staff
share: importing boto3 alone costs a webhook's cold start 230 ms, and its signer 75.
"""
