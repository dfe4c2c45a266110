"""Everything kept on AWS, in one DynamoDB table.

Whatever belongs to a chat lies in the chat's own partition, so that a question, its turn and its
answer are changed in one transaction. `items` draws the table.
"""
