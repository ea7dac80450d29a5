from tests.plan.declared import declared

TEXT = """
terraform {
  required_version = ">= 1.11"
}

variable "password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "aws_secret" "this" {
  name              = "n"
  secret_wo         = var.password
  secret_wo_version = 1

  lifecycle {
    prevent_destroy = true
  }
}

output "name" {
  value = aws_secret.this.name
}
"""


def test_what_no_plan_shows(tmp_path):
    """Versions, flags, lifecycles and write-only arguments, by folder; no value that a plan shows."""
    (tmp_path / "main.tf").write_text(TEXT)
    (tmp_path / "modules" / "plain").mkdir(parents=True)
    (tmp_path / "modules" / "plain" / "main.tf").write_text('resource "aws_queue" "this" { name = "n" }\n')
    assert {
        ".": {
            "terraform": [{"required_version": ">= 1.11"}],
            "resources": {
                "aws_secret.this": {
                    "secret_wo": "${var.password}",
                    "secret_wo_version": 1,
                    "lifecycle": [{"prevent_destroy": True}],
                }
            },
            "variables": {"password": {"sensitive": True, "ephemeral": True}},
        }
    } == declared(tmp_path)


def test_overrides_are_not_read(tmp_path):
    """What is laid over a copy is no part of the configuration."""
    (tmp_path / "offline_override.tf").write_text('provider "aws" {}\n')
    assert {} == declared(tmp_path)
