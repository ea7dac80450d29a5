"""How an AWS service says no."""


class AwsError(Exception):
    """An error that is answered to the caller.

    Attributes:
        code: AWS's name for it, e.g. "ResourceNotFoundException".
        fields: What the answer holds beside code and message.
    """

    def __init__(self, code: str, message: str, **fields: object) -> None:
        super().__init__(message)
        self.code = code
        self.fields = fields
