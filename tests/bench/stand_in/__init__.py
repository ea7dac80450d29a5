"""SQS, DynamoDB and Secrets Manager in one small, fast process: what a service spends is its own."""
