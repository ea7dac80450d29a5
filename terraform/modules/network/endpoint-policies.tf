# What goes through each endpoint: what tasks do, with this account's credentials, to what this account
# owns. Who brings credentials of another account cannot carry data out with them
# (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
locals {
  endpoint_policies = merge(
    {
      for service, calls in local.endpoint_calls : service => jsonencode({
        Version = "2012-10-17"
        Statement = [
          for call in calls : {
            Effect    = "Allow"
            Principal = "*"
            Action    = call.actions
            Resource  = call.resources
            Condition = { StringEquals = { "aws:PrincipalAccount" = var.aws.account_id } }
          }
        ]
      })
    },
    {
      # Image layers come from a bucket of AWS's own, by links that ECR has signed itself
      # (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html).
      s3 = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Principal = "*"
          Action    = ["s3:GetObject"]
          Resource  = ["${local.arn}:s3:::prod-${var.aws.region}-starport-layer-bucket/*"]
        }]
      })
    },
  )

  arn = "arn:${var.aws.partition}"
  own = "${var.aws.region}:${var.aws.account_id}"
}
