"""Drifts as somebody brings them about by hand: how, and the resource and attribute to be named."""

import json

from tests.unit.ops.drift.system import CLUSTER, TAGS, TRUST, allow, may, start

ANYONE = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
EVERYTHING = "arn:aws:iam::123456789012:policy/everything"
ELSEWHERE = json.dumps(
    {"deadLetterTargetArn": f"arn:aws:sqs:eu-central-1:123456789012:{CLUSTER}-dead", "maxReceiveCount": 99}
)


def _modify(system, **changed):
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIpv4": "10.20.0.0/16"} | changed
    system.client("ec2").modify_security_group_rules(
        GroupId=system.ids["group"],
        SecurityGroupRules=[{"SecurityGroupRuleId": system.ids["rule"], "SecurityGroupRule": rule}],
    )


def _attach(system):
    iam = system.client("iam")
    iam.create_policy(PolicyName="everything", PolicyDocument=may("*"))
    iam.attach_role_policy(RoleName=system.ids["role"], PolicyArn=EVERYTHING)


def _profile(system):
    iam = system.client("iam")
    iam.create_instance_profile(InstanceProfileName="x")
    iam.add_role_to_instance_profile(InstanceProfileName="x", RoleName=system.ids["role"])


def _policy(system, **changed):
    system.client("application-autoscaling").put_scaling_policy(
        **system.ids["target"],
        PolicyName="notification-api-cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=system.ids["configuration"] | changed,
    )


def _another_policy(system):
    system.client("application-autoscaling").put_scaling_policy(
        **system.ids["target"],
        PolicyName="memory",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"},
        },
    )


def _bounds(system, **changed):
    system.client("application-autoscaling").register_scalable_target(**system.ids["target"], **changed)


def _schedule(system, name, **changed):
    system.client("application-autoscaling").put_scheduled_action(
        **system.ids["target"],
        **{
            "ScheduledActionName": name,
            "Schedule": "cron(0 7 * * ? *)",
            "Timezone": "Europe/Berlin",
            "ScalableTargetAction": {"MinCapacity": 6, "MaxCapacity": 10},
        }
        | changed,
    )


def _rule(system):
    system.client("elbv2").create_rule(
        ListenerArn=system.ids["listener"],
        Priority=7,
        Conditions=[{"Field": "path-pattern", "Values": ["/admin"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": system.ids["canary"]}],
    )


def _listener(system):
    system.client("elbv2").create_listener(
        LoadBalancerArn=system.ids["balancer"],
        Port=8080,
        Protocol="HTTP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": system.ids["stable"]}],
    )


def _weights(system):
    system.client("elbv2").modify_listener(
        ListenerArn=system.ids["listener"],
        DefaultActions=[{"Type": "forward", "ForwardConfig": system.shares(50, 50)}],
    )


def _target(system):
    system.client("elbv2").register_targets(
        TargetGroupArn=system.ids["stable"], Targets=[{"Id": "10.20.0.99", "Port": 8080}]
    )


def _service(system, **changed):
    system.client("ecs").update_service(cluster=CLUSTER, service="notification-api", **changed)


def _revision(system):
    _service(system, taskDefinition=system.register_task_definition("api:evil"))


def _another_service(system):
    system.client("ecs").create_service(
        cluster=CLUSTER, serviceName="miner", taskDefinition=system.ids["definition"], desiredCount=0
    )


def _instance(system):
    system.client("servicediscovery").register_instance(
        ServiceId=system.ids["discovery"],
        InstanceId="by-hand",
        Attributes={"AWS_INSTANCE_IPV4": "10.20.0.99"},
    )


def _deregistered(system):
    (arn,) = start(system)
    system.client("servicediscovery").deregister_instance(
        ServiceId=system.ids["discovery"], InstanceId=arn.rpartition("/")[2]
    )


def _discovery_service(system):
    system.client("servicediscovery").create_service(Name="rogue", NamespaceId=system.ids["namespace"])


def _subscription_filter(system):
    system.client("logs").put_subscription_filter(
        logGroupName=system.ids["log_group"],
        filterName="copy",
        filterPattern="",
        destinationArn=_stream(system),
        roleArn="arn:aws:iam::123456789012:role/x",
    )


def _stream(system):
    kinesis = system.client("kinesis")
    kinesis.create_stream(StreamName="elsewhere", ShardCount=1)
    return kinesis.describe_stream(StreamName="elsewhere")["StreamDescription"]["StreamARN"]


def _queue(system, **attributes):
    system.client("sqs").set_queue_attributes(QueueUrl=system.ids["queue"], Attributes=attributes)


def _table(system, **changed):
    system.client("dynamodb").update_table(TableName=system.ids["table_name"], **changed)


def _named(kind, operation, **request):
    return lambda system: getattr(system.client(kind), operation)(**request)


def _with(kind, operation, **request):
    """A call whose texts name ids of the system: "{group}"."""

    def act(system):
        filled = {
            name: system.ids[value[1:-1]]
            if isinstance(value, str) and value[:1] == "{" and value[1:-1] in system.ids
            else value
            for name, value in request.items()
        }
        getattr(system.client(kind), operation)(**filled)

    return act


TAG_LIST = [{"Key": name, "Value": value} for name, value in TAGS.items()]

# Name, what is done, resource (as it ends), attribute (as it begins).
PLANTED = (
    (
        "ingress open to anyone",
        _with("ec2", "authorize_security_group_ingress", GroupId="{group}", IpPermissions=ANYONE),
        "aws_security_group.this",
        "ingress[sgr-",
    ),
    (
        "egress open to anyone",
        _with("ec2", "authorize_security_group_egress", GroupId="{group}", IpPermissions=ANYONE),
        "aws_security_group.this",
        "egress[sgr-",
    ),
    (
        "rule revoked",
        lambda s: s.client("ec2").revoke_security_group_ingress(
            GroupId=s.ids["group"], SecurityGroupRuleIds=[s.ids["rule"]]
        ),
        "aws_vpc_security_group_ingress_rule.callers",
        "resource",
    ),
    (
        "group added",
        _with("ec2", "create_security_group", GroupName="x", Description="x", VpcId="{vpc}"),
        "sg-",
        "resource",
    ),
    (
        "subnet added",
        _with("ec2", "create_subnet", VpcId="{vpc}", CidrBlock="10.20.9.0/24"),
        "subnet-",
        "resource",
    ),
    ("network ACL added", _with("ec2", "create_network_acl", VpcId="{vpc}"), "acl-", "resource"),
    ("route table added", _with("ec2", "create_route_table", VpcId="{vpc}"), "rtb-", "resource"),
    (
        "endpoint added",
        _with(
            "ec2",
            "create_vpc_endpoint",
            VpcId="{vpc}",
            ServiceName="com.amazonaws.eu-central-1.s3",
            VpcEndpointType="Gateway",
        ),
        "vpce-",
        "resource",
    ),
    (
        "route added",
        _with(
            "ec2",
            "create_route",
            RouteTableId="{table}",
            DestinationCidrBlock="9.9.9.0/24",
            GatewayId="{gateway}",
        ),
        "aws_route_table.public",
        "route[9.9.9.0/24]",
    ),
    (
        "route taken away",
        _with("ec2", "delete_route", RouteTableId="{table}", DestinationCidrBlock="0.0.0.0/0"),
        "aws_route.internet",
        "resource",
    ),
    (
        "inline policy added",
        _with("iam", "put_role_policy", RoleName="{role}", PolicyName="back-door", PolicyDocument=may("*")),
        "aws_iam_role.task",
        "inline_policy[back-door]",
    ),
    (
        "inline policy changed",
        _with("iam", "put_role_policy", RoleName="{role}", PolicyName="run", PolicyDocument=may("sqs:*")),
        "aws_iam_role_policy.task",
        "policy.Statement[0].Action",
    ),
    (
        "inline policy taken away",
        _with("iam", "delete_role_policy", RoleName="{role}", PolicyName="run"),
        "aws_iam_role_policy.task",
        "policy",
    ),
    (
        "managed policy attached",
        _attach,
        "aws_iam_role.task",
        f"managed_policy_arns[{EVERYTHING}]",
    ),
    (
        "trust widened",
        _with(
            "iam",
            "update_assume_role_policy",
            RoleName="{role}",
            PolicyDocument=TRUST.replace("ecs-tasks", "ec2"),
        ),
        "aws_iam_role.task",
        "assume_role_policy.Statement[0].Principal.Service",
    ),
    (
        "session prolonged",
        _with("iam", "update_role", RoleName="{role}", MaxSessionDuration=43200),
        "aws_iam_role.task",
        "max_session_duration",
    ),
    (
        "role added",
        _named("iam", "create_role", RoleName=f"{CLUSTER}-x", AssumeRolePolicyDocument=TRUST),
        f"iam: {CLUSTER}-x",
        "resource",
    ),
    ("listener rule added", _rule, "aws_lb_listener.this", "rule[7]"),
    ("listener added", _listener, "aws_lb.this", "listener[8080]"),
    ("weights changed", _weights, "aws_lb_listener.this", "default_action"),
    (
        "listener deleted",
        _with("elbv2", "delete_listener", ListenerArn="{listener}"),
        "aws_lb_listener.this",
        "resource",
    ),
    ("target registered", _target, 'aws_lb_target_group.this["stable"]', "target[10.20.0.99:8080]"),
    (
        "scaling suspended",
        lambda s: _bounds(s, SuspendedState={"DynamicScalingInSuspended": True}),
        "aws_appautoscaling_target.this",
        "suspended_state.dynamic_scaling_in_suspended",
    ),
    (
        "minimum lowered",
        lambda s: _bounds(s, MinCapacity=1),
        "aws_appautoscaling_target.this",
        "min_capacity",
    ),
    (
        "maximum raised",
        lambda s: _bounds(s, MaxCapacity=99),
        "aws_appautoscaling_target.this",
        "max_capacity",
    ),
    ("scaling policy added", _another_policy, "aws_appautoscaling_target.this", "scaling_policy[memory]"),
    (
        "scaling policy changed",
        lambda s: _policy(s, TargetValue=95.0),
        "aws_appautoscaling_policy.cpu",
        "target_tracking_scaling_policy_configuration.target_value",
    ),
    (
        "scaling in disabled",
        lambda s: _policy(s, DisableScaleIn=True),
        "aws_appautoscaling_policy.cpu",
        "target_tracking_scaling_policy_configuration.disable_scale_in",
    ),
    (
        "scaling policy deleted",
        lambda s: s.client("application-autoscaling").delete_scaling_policy(
            **s.ids["target"], PolicyName="notification-api-cpu"
        ),
        "aws_appautoscaling_policy.cpu",
        "resource",
    ),
    (
        "schedule added",
        lambda s: _schedule(s, "by-hand"),
        "aws_appautoscaling_target.this",
        "scheduled_action[by-hand]",
    ),
    (
        "schedule changed",
        lambda s: _schedule(s, "notification-api-morning", Schedule="cron(0 9 * * ? *)"),
        "aws_appautoscaling_scheduled_action.minimum",
        "schedule",
    ),
    (
        "alarm disabled",
        _named("cloudwatch", "disable_alarm_actions", AlarmNames=[f"{CLUSTER}-errors"]),
        "aws_cloudwatch_metric_alarm.errors",
        "actions_enabled",
    ),
    (
        "alarm tells nobody",
        lambda s: s.alarm(AlarmActions=[]),
        "aws_cloudwatch_metric_alarm.errors",
        "alarm_actions",
    ),
    (
        "threshold raised",
        lambda s: s.alarm(Threshold=500.0),
        "aws_cloudwatch_metric_alarm.errors",
        "threshold",
    ),
    (
        "missing data ignored",
        lambda s: s.alarm(TreatMissingData="ignore"),
        "aws_cloudwatch_metric_alarm.errors",
        "treat_missing_data",
    ),
    (
        "alarm deleted",
        _named("cloudwatch", "delete_alarms", AlarmNames=[f"{CLUSTER}-errors"]),
        "aws_cloudwatch_metric_alarm.errors",
        "resource",
    ),
    ("alarm added", lambda s: s.alarm("by-hand"), f"cloudwatch: {CLUSTER}-by-hand", "resource"),
    (
        "composite alarm changed",
        lambda s: s.client("cloudwatch").put_composite_alarm(
            AlarmName=f"{CLUSTER}-user-impact", AlarmRule="FALSE", AlarmActions=[s.ids["topic"]]
        ),
        "aws_cloudwatch_composite_alarm.user_impact",
        "alarm_rule",
    ),
    ("another revision runs", _revision, "aws_ecs_service.this", "task_definition"),
    (
        "ECS Exec enabled",
        lambda s: _service(s, enableExecuteCommand=True),
        "aws_ecs_service.this",
        "enable_execute_command",
    ),
    ("scaled to nothing", lambda s: _service(s, desiredCount=0), "aws_ecs_service.this", "desired_count"),
    ("service added", _another_service, "service/notifications-staging/miner", "resource"),
    ("instance registered", _instance, "aws_service_discovery_service.this", "instance[by-hand]"),
    (
        "Cloud Map service added",
        _discovery_service,
        "aws_service_discovery_private_dns_namespace.this",
        "service[rogue]",
    ),
    (
        "retention changed",
        _with("logs", "put_retention_policy", logGroupName="{log_group}", retentionInDays=1),
        "aws_cloudwatch_log_group.this",
        "retention_in_days",
    ),
    ("logs copied", _subscription_filter, "aws_cloudwatch_log_group.this", "subscription_filter[copy]"),
    (
        "log group added",
        _named("logs", "create_log_group", logGroupName=f"/ecs/{CLUSTER}/x"),
        f"logs: /ecs/{CLUSTER}/x",
        "resource",
    ),
    (
        "secret shared",
        _with(
            "secretsmanager",
            "put_resource_policy",
            SecretId="{secret}",
            ResourcePolicy=allow("secretsmanager:GetSecretValue"),
        ),
        "aws_secretsmanager_secret.api_keys",
        "policy",
    ),
    (
        "secret deleted",
        _with("secretsmanager", "delete_secret", SecretId="{secret}"),
        "aws_secretsmanager_secret.api_keys",
        "resource",
    ),
    (
        "secret added",
        _named("secretsmanager", "create_secret", Name=f"{CLUSTER}/x", SecretString="y"),
        f"secretsmanager: {CLUSTER}/x",
        "resource",
    ),
    (
        "parameter made secret",
        _named(
            "ssm",
            "put_parameter",
            Name=f"/{CLUSTER}/LOG_LEVEL",
            Value="x",
            Type="SecureString",
            Overwrite=True,
        ),
        "aws_ssm_parameter.this",
        "type",
    ),
    (
        "queue opened",
        lambda s: _queue(s, Policy=allow("sqs:*")),
        "aws_sqs_queue.this",
        "policy.Statement[0].Action",
    ),
    (
        "redrive changed",
        lambda s: _queue(s, RedrivePolicy=ELSEWHERE),
        "aws_sqs_queue.this",
        "redrive_policy.maxReceiveCount",
    ),
    (
        "visibility timeout changed",
        lambda s: _queue(s, VisibilityTimeout="5"),
        "aws_sqs_queue.this",
        "visibility_timeout_seconds",
    ),
    ("queue added", _named("sqs", "create_queue", QueueName=f"{CLUSTER}-x"), f"sqs: {CLUSTER}-x", "resource"),
    (
        "topic subscribed",
        _with("sns", "subscribe", TopicArn="{topic}", Protocol="https", Endpoint="https://example.org/x"),
        "aws_sns_topic.alarms",
        "subscription[https:https://example.org/…]",
    ),
    (
        "topic opened",
        _with(
            "sns",
            "set_topic_attributes",
            TopicArn="{topic}",
            AttributeName="Policy",
            AttributeValue=allow("sns:*"),
        ),
        "aws_sns_topic.alarms",
        "policy.Statement[0].Action",
    ),
    (
        "table unprotected",
        lambda s: _table(s, DeletionProtectionEnabled=False),
        "aws_dynamodb_table.this",
        "deletion_protection_enabled",
    ),
    (
        "no backups",
        _with(
            "dynamodb",
            "update_continuous_backups",
            TableName="{table_name}",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
        ),
        "aws_dynamodb_table.this",
        "point_in_time_recovery.enabled",
    ),
    (
        "nothing expires",
        _with(
            "dynamodb",
            "update_time_to_live",
            TableName="{table_name}",
            TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires_at"},
        ),
        "aws_dynamodb_table.this",
        "ttl.enabled",
    ),
    (
        "tags may move",
        _with("ecr", "put_image_tag_mutability", repositoryName="{repository}", imageTagMutability="MUTABLE"),
        "aws_ecr_repository.this",
        "image_tag_mutability",
    ),
    (
        "images shared",
        _with("ecr", "set_repository_policy", repositoryName="{repository}", policyText=allow("ecr:*")),
        "aws_ecr_repository.this",
        "policy",
    ),
    ("key disabled", _with("kms", "disable_key", KeyId="{key}"), "aws_kms_key.this", "is_enabled"),
    (
        "key shared",
        _with("kms", "put_key_policy", KeyId="{key}", PolicyName="default", Policy=allow("kms:*")),
        "aws_kms_key.this",
        "policy.Statement[0].Action",
    ),
    (
        "key does not rotate",
        _with("kms", "disable_key_rotation", KeyId="{key}"),
        "aws_kms_key.this",
        "enable_key_rotation",
    ),
    (
        "alias added",
        _with("kms", "create_alias", AliasName="alias/other", TargetKeyId="{key}"),
        "aws_kms_key.this",
        "alias",
    ),
    (
        "bucket opened",
        _with("s3", "delete_public_access_block", Bucket="{bucket}"),
        "aws_s3_bucket_public_access_block.access_logs",
        "block_public_acls",
    ),
    (
        "bucket policy gone",
        _with("s3", "delete_bucket_policy", Bucket="{bucket}"),
        "aws_s3_bucket.access_logs",
        "policy",
    ),
    (
        "topic tagged as ours",
        _named("sns", "create_topic", Name="elsewhere", Tags=TAG_LIST),
        ":elsewhere",
        "resource",
    ),
    (
        "key tagged as ours",
        _named("kms", "create_key", Tags=[{"TagKey": k, "TagValue": v} for k, v in TAGS.items()]),
        ":key/",
        "resource",
    ),
    ("instance deregistered", _deregistered, "aws_service_discovery_service.this", "instance["),
    (
        "task started by hand",
        lambda s: start(s, group="family:x", startedBy="me"),
        "aws_ecs_cluster.this",
        "task[",
    ),
    (
        "mails told elsewhere",
        lambda s: s.event_destination("elsewhere"),
        "aws_sesv2_configuration_set.this",
        "event_destination[elsewhere]",
    ),
    (
        "mails told nobody",
        _named(
            "sesv2",
            "delete_configuration_set_event_destination",
            ConfigurationSetName=f"{CLUSTER}-mail",
            EventDestinationName="events",
        ),
        "aws_sesv2_configuration_set.this",
        "event_destination[events]",
    ),
    (
        "domain shared",
        _named(
            "sesv2",
            "create_email_identity_policy",
            EmailIdentity="example.com",
            PolicyName="x",
            Policy=allow("ses:SendEmail"),
        ),
        "aws_sesv2_email_identity.this",
        "policy[x]",
    ),
    (
        "grant of a key",
        _with(
            "kms",
            "create_grant",
            KeyId="{key}",
            GranteePrincipal="arn:aws:iam::123456789012:role/x",
            Operations=["Decrypt"],
        ),
        "aws_kms_key.this",
        "grant[",
    ),
    ("instance profile", _profile, "aws_iam_role.task", "instance_profile[x]"),
    (
        "policy added",
        _named("iam", "create_policy", PolicyName=f"{CLUSTER}-x", PolicyDocument=may("*")),
        f"iam: {CLUSTER}-x",
        "resource",
    ),
    (
        "network closed",
        _with(
            "ec2",
            "create_network_acl_entry",
            NetworkAclId="{acl}",
            RuleNumber=50,
            Protocol="-1",
            RuleAction="deny",
            Egress=False,
            CidrBlock="10.20.0.0/24",
        ),
        "aws_vpc.this",
        "default_network_acl.ingress[50]",
    ),
    (
        "network not open any more",
        _with("ec2", "delete_network_acl_entry", NetworkAclId="{acl}", RuleNumber=100, Egress=True),
        "aws_vpc.this",
        "default_network_acl.egress[100]",
    ),
    (
        "route of the main table",
        _with(
            "ec2",
            "create_route",
            RouteTableId="{main}",
            DestinationCidrBlock="9.9.9.0/24",
            GatewayId="{gateway}",
        ),
        "aws_vpc.this",
        "route[9.9.9.0/24]",
    ),
)
