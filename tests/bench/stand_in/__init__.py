"""SQS, DynamoDB and Secrets Manager in one small, fast process: what a service spends is its own.

The stage's emulated AWS would be the bottleneck. A mail's calls (a tenth of a receive, of a delete and of two
transactions of ten) cost it 0.8 ms of CPU, these stand-ins 0.1 ms, and the Email Sender itself 0.2 ms: on two
cores the sender would wait for its queue and its ledger, and the emulator would be what is measured.
"""
