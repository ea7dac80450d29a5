"""A small system in an emulated AWS, and the state that Terraform would have of it."""

import json

from ops.drift.aws import addresses

SECRET = "geheim"
CLUSTER = "notifications-staging"
TAGS = {"Application": "notifications", "Environment": "staging", "ManagedBy": "terraform"}
ACCOUNT = "123456789012"
RESOURCE = f"service/{CLUSTER}/notification-api"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
CALLER = f"arn:aws:iam::{ACCOUNT}:role/caller"


def allow(action, resource="*"):
    """A policy with one statement."""
    statement = {"Effect": "Allow", "Principal": {"AWS": CALLER}, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def may(action):
    """A policy of a role."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}
    )


class System:
    """Resources of each kind that is looked at, made by boto3 as an apply would.

    Args:
        client: Gives boto3's clients.

    Attributes:
        client: The same.
        ids: Ids and ARNs by a short name, for whoever changes something by hand.
    """

    def __init__(self, client):
        self.client = client
        self.resources = []
        self.ids = {}
        self._key()
        self._network()
        self._role()
        self._cluster()
        self._load_balancer()
        self._service()
        self._scaling()
        self._monitoring()
        self._data()

    def document(self):
        """State as `terraform show -json` prints it."""
        return {"values": {"root_module": {"child_modules": [{"resources": self.resources}]}}}

    def declare(self, address, **values):
        """Put a resource into the state."""
        kind = address.removeprefix("module.x.").partition(".")[0]
        self.resources.append({"address": address, "mode": "managed", "type": kind, "values": values})

    def declared(self, address):
        """Attributes of a resource of the state, to be changed as an apply would."""
        return next(one["values"] for one in self.resources if one["address"] == address)

    def _key(self):
        kms, policy = self.client("kms"), allow("kms:Decrypt")
        key = kms.create_key(Policy=policy)["KeyMetadata"]
        kms.enable_key_rotation(KeyId=key["KeyId"])
        kms.create_alias(AliasName=f"alias/{CLUSTER}", TargetKeyId=key["KeyId"])
        self.ids |= {"key": key["KeyId"], "key_arn": key["Arn"]}
        self.declare(
            "aws_kms_key.this",
            key_id=key["KeyId"],
            id=key["KeyId"],
            arn=key["Arn"],
            policy=policy,
            enable_key_rotation=True,
        )
        self.declare("aws_kms_alias.this", name=f"alias/{CLUSTER}", target_key_id=key["KeyId"])

    def _network(self):
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        in_vpc = [{"Name": "vpc-id", "Values": [vpc]}]
        (main,) = ec2.describe_route_tables(Filters=in_vpc)["RouteTables"]
        (default,) = ec2.describe_security_groups(Filters=in_vpc)["SecurityGroups"]
        (acl,) = ec2.describe_network_acls(Filters=in_vpc)["NetworkAcls"]
        self.declare(
            "aws_vpc.this",
            id=vpc,
            default_route_table_id=main["RouteTableId"],
            default_security_group_id=default["GroupId"],
            default_network_acl_id=acl["NetworkAclId"],
        )
        self.ids |= {"main": main["RouteTableId"], "acl": acl["NetworkAclId"]}
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{i}.0/24", AvailabilityZone=f"eu-central-1{zone}")[
                "Subnet"
            ]["SubnetId"]
            for i, zone in enumerate("ab")
        ]
        for i, subnet in enumerate(subnets):
            self.declare(f"aws_subnet.private[{i}]", id=subnet)
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        self.declare("aws_internet_gateway.this", id=gateway)
        self.declare("aws_route_table.public", id=table)
        self.declare(
            "aws_route.internet", route_table_id=table, destination_cidr_block="0.0.0.0/0", gateway_id=gateway
        )
        group = ec2.create_security_group(GroupName=f"{CLUSTER}-api", Description="tasks", VpcId=vpc)[
            "GroupId"
        ]
        for rule in ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])[
            "SecurityGroupRules"
        ]:
            ec2.revoke_security_group_egress(
                GroupId=group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
            )
        permission = {
            "IpProtocol": "tcp",
            "FromPort": 80,
            "ToPort": 80,
            "IpRanges": [{"CidrIp": "10.20.0.0/16"}],
        }
        made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
        rule = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        self.declare("aws_security_group.this", id=group, name=f"{CLUSTER}-api")
        self.declare(
            "aws_vpc_security_group_ingress_rule.callers",
            id=rule,
            security_group_rule_id=rule,
            ip_protocol="tcp",
            from_port=80,
            to_port=80,
            cidr_ipv4="10.20.0.0/16",
        )
        self.ids |= {"vpc": vpc, "subnets": subnets, "table": table, "group": group, "rule": rule}
        self.ids |= {"gateway": gateway}

    def _role(self):
        iam, name = self.client("iam"), f"{CLUSTER}-api-task"
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        iam.put_role_policy(RoleName=name, PolicyName="run", PolicyDocument=may("sqs:SendMessage"))
        self.declare("aws_iam_role.task", name=name, assume_role_policy=TRUST, max_session_duration=3600)
        self.declare("aws_iam_role_policy.task", name="run", role=name, policy=may("sqs:SendMessage"))
        self.ids["role"] = name

    def _cluster(self):
        arn = self.client("ecs").create_cluster(clusterName=CLUSTER)["cluster"]["clusterArn"]
        self.declare("aws_ecs_cluster.this", id=arn, arn=arn, name=CLUSTER, tags_all=TAGS)
        discovery = self.client("servicediscovery")
        discovery.create_private_dns_namespace(Name=f"{CLUSTER}.internal", Vpc=self.ids["vpc"])
        (space,) = discovery.list_namespaces()["Namespaces"]
        self.declare("aws_service_discovery_private_dns_namespace.this", id=space["Id"], name=space["Name"])
        service = discovery.create_service(
            Name="notification-api",
            NamespaceId=space["Id"],
            DnsConfig={"NamespaceId": space["Id"], "DnsRecords": [{"Type": "A", "TTL": 10}]},
        )["Service"]
        self.declare(
            "aws_service_discovery_service.this",
            id=service["Id"],
            arn=service["Arn"],
            name="notification-api",
            dns_config=[{"dns_records": [{"ttl": 10, "type": "A"}]}],
        )
        self.ids |= {"discovery": service["Id"], "discovery_arn": service["Arn"], "namespace": space["Id"]}

    def _load_balancer(self):
        elb = self.client("elbv2")
        balancer = elb.create_load_balancer(Name=CLUSTER, Subnets=self.ids["subnets"])["LoadBalancers"][0]
        groups = {
            name: elb.create_target_group(
                Name=f"{CLUSTER}-{name}",
                Protocol="HTTP",
                Port=8080,
                VpcId=self.ids["vpc"],
                TargetType="ip",
            )["TargetGroups"][0]["TargetGroupArn"]
            for name in ("stable", "canary")
        }
        for name, arn in groups.items():
            self.declare(f'aws_lb_target_group.this["{name}"]', arn=arn, name=f"{CLUSTER}-{name}", port=8080)
        self.declare("aws_lb.this", arn=balancer["LoadBalancerArn"], name=CLUSTER)
        self.ids |= {"balancer": balancer["LoadBalancerArn"], **groups}
        listener = elb.create_listener(
            LoadBalancerArn=self.ids["balancer"],
            Port=80,
            Protocol="HTTP",
            DefaultActions=[{"Type": "forward", "ForwardConfig": self.shares(100, 0)}],
        )["Listeners"][0]["ListenerArn"]
        self.ids["listener"] = listener
        self.declare(
            "aws_lb_listener.this",
            arn=listener,
            load_balancer_arn=self.ids["balancer"],
            port=80,
            protocol="HTTP",
            ssl_policy="",
            default_action=[{"type": "forward", "forward": self.declared_shares(100, 0)}],
        )

    def shares(self, stable, canary):
        """Weights of both target groups as boto3 takes them."""
        weights = {"stable": stable, "canary": canary}
        return {
            "TargetGroups": [
                {"TargetGroupArn": self.ids[name], "Weight": weight} for name, weight in weights.items()
            ]
        }

    def declared_shares(self, stable, canary):
        """Weights of both target groups as a state has them."""
        weights = {"stable": stable, "canary": canary}
        return [
            {"target_group": [{"arn": self.ids[name], "weight": weight} for name, weight in weights.items()]}
        ]

    def register_task_definition(self, image="api:1"):
        """Register a revision; gives its ARN."""
        return self.client("ecs").register_task_definition(
            family=f"{CLUSTER}-notification-api",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "notification-api", "image": image}],
        )["taskDefinition"]["taskDefinitionArn"]

    def _service(self):
        self.ids["definition"] = self.register_task_definition()
        self.declare(
            "aws_ecs_task_definition.this",
            arn=self.ids["definition"],
            family=f"{CLUSTER}-notification-api",
        )
        network = {"subnets": self.ids["subnets"], "securityGroups": [self.ids["group"]]}
        arn = self.client("ecs").create_service(
            cluster=CLUSTER,
            serviceName="notification-api",
            taskDefinition=self.ids["definition"],
            desiredCount=2,
            networkConfiguration={"awsvpcConfiguration": {**network, "assignPublicIp": "DISABLED"}},
            deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
            serviceRegistries=[{"registryArn": self.ids["discovery_arn"]}],
            propagateTags="SERVICE",
        )["service"]["serviceArn"]
        self.ids["service"] = arn
        self.declare(
            "aws_ecs_service.this",
            id=arn,
            name="notification-api",
            task_definition=self.ids["definition"],
            desired_count=2,
            network_configuration=[
                {
                    "subnets": self.ids["subnets"],
                    "security_groups": [self.ids["group"]],
                    "assign_public_ip": False,
                }
            ],
            deployment_circuit_breaker=[{"enable": True, "rollback": True}],
            service_registries=[{"registry_arn": self.ids["discovery_arn"]}],
        )

    def _scaling(self):
        scaling = self.client("application-autoscaling")
        target = {
            "ServiceNamespace": "ecs",
            "ResourceId": RESOURCE,
            "ScalableDimension": "ecs:service:DesiredCount",
        }
        scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=10)
        configuration = {
            "TargetValue": 70.0,
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 60,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        }
        scaling.put_scaling_policy(
            **target,
            PolicyName="notification-api-cpu",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=configuration,
        )
        scaling.put_scheduled_action(
            **target,
            ScheduledActionName="notification-api-morning",
            Schedule="cron(0 7 * * ? *)",
            Timezone="Europe/Berlin",
            ScalableTargetAction={"MinCapacity": 6, "MaxCapacity": 10},
        )
        self.ids |= {"target": target, "configuration": configuration}
        self.declare(
            "module.x.aws_appautoscaling_target.this", resource_id=RESOURCE, min_capacity=2, max_capacity=10
        )
        self.declare(
            "aws_appautoscaling_policy.cpu",
            name="notification-api-cpu",
            resource_id=RESOURCE,
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=[
                {
                    "target_value": 70,
                    "scale_in_cooldown": 300,
                    "scale_out_cooldown": 60,
                    "predefined_metric_specification": [
                        {"predefined_metric_type": "ECSServiceAverageCPUUtilization"}
                    ],
                }
            ],
        )
        self.declare(
            "aws_appautoscaling_scheduled_action.minimum",
            name="notification-api-morning",
            resource_id=RESOURCE,
            schedule="cron(0 7 * * ? *)",
            timezone="Europe/Berlin",
            scalable_target_action=[{"min_capacity": "6", "max_capacity": "10"}],
        )

    def alarm(self, name="errors", **changed):
        """Put a metric alarm."""
        self.client("cloudwatch").put_metric_alarm(
            **{
                "AlarmName": f"{CLUSTER}-{name}",
                "Namespace": "AWS/ApplicationELB",
                "MetricName": "HTTPCode_Target_5XX_Count",
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 3,
                "Threshold": 5.0,
                "ComparisonOperator": "GreaterThanThreshold",
                "AlarmActions": [self.ids["topic"]],
                "Dimensions": [{"Name": "LoadBalancer", "Value": "app/x"}],
                "TreatMissingData": "notBreaching",
            }
            | changed
        )

    def _monitoring(self):
        topic = self.client("sns").create_topic(
            Name=f"{CLUSTER}-alarms", Attributes={"Policy": allow("sns:Publish")}
        )["TopicArn"]
        self.ids["topic"] = topic
        self.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
        self.declare("aws_sns_topic.alarms", arn=topic, name=f"{CLUSTER}-alarms", policy=allow("sns:Publish"))
        self.declare(
            "aws_sns_topic_subscription.email", topic_arn=topic, protocol="email", endpoint="ops@example.com"
        )
        self.alarm()
        self.declare(
            "aws_cloudwatch_metric_alarm.errors",
            alarm_name=f"{CLUSTER}-errors",
            actions_enabled=True,
            alarm_actions=[topic],
            namespace="AWS/ApplicationELB",
            metric_name="HTTPCode_Target_5XX_Count",
            statistic="Sum",
            period=60,
            evaluation_periods=3,
            threshold=5,
            comparison_operator="GreaterThanThreshold",
            dimensions={"LoadBalancer": "app/x"},
            treat_missing_data="notBreaching",
        )
        rule = f"ALARM({CLUSTER}-errors)"
        self.client("cloudwatch").put_composite_alarm(
            AlarmName=f"{CLUSTER}-user-impact", AlarmRule=rule, AlarmActions=[topic]
        )
        self.declare(
            "aws_cloudwatch_composite_alarm.user_impact",
            alarm_name=f"{CLUSTER}-user-impact",
            alarm_rule=rule,
            alarm_actions=[topic],
        )
        logs, name = self.client("logs"), f"/ecs/{CLUSTER}/notification-api"
        logs.create_log_group(logGroupName=name, kmsKeyId=self.ids["key_arn"])
        logs.put_retention_policy(logGroupName=name, retentionInDays=30)
        self.declare(
            "aws_cloudwatch_log_group.this", name=name, retention_in_days=30, kms_key_id=self.ids["key_arn"]
        )
        self.ids["log_group"] = name

    def _data(self):
        sqs = self.client("sqs")
        dead = sqs.create_queue(QueueName=f"{CLUSTER}-dead")["QueueUrl"]
        redrive = json.dumps(
            {
                "deadLetterTargetArn": f"arn:aws:sqs:eu-central-1:{ACCOUNT}:{CLUSTER}-dead",
                "maxReceiveCount": 5,
            }
        )
        attributes = {"RedrivePolicy": redrive, "Policy": allow("sqs:SendMessage"), "VisibilityTimeout": "60"}
        queue = sqs.create_queue(QueueName=f"{CLUSTER}-mail", Attributes=attributes)["QueueUrl"]
        arns = {name: f"arn:aws:sqs:eu-central-1:{ACCOUNT}:{CLUSTER}-{name}" for name in ("dead", "mail")}
        self.declare("aws_sqs_queue.dead_letter", name=f"{CLUSTER}-dead", arn=arns["dead"])
        self.declare(
            "aws_sqs_queue.this",
            name=f"{CLUSTER}-mail",
            arn=arns["mail"],
            policy=allow("sqs:SendMessage"),
            redrive_policy=redrive,
            visibility_timeout_seconds=60,
        )
        self.ids |= {"queue": queue, "dead": dead, "queue_arn": arns["mail"]}
        self._ledger()
        secret = self.client("secretsmanager").create_secret(
            Name=f"{CLUSTER}/api-keys", SecretString=SECRET, KmsKeyId=self.ids["key_arn"]
        )["ARN"]
        self.ids["secret"] = secret
        self.declare(
            "aws_secretsmanager_secret.api_keys",
            arn=secret,
            name=f"{CLUSTER}/api-keys",
            kms_key_id=self.ids["key_arn"],
        )
        self.declare("aws_secretsmanager_secret_version.api_keys", secret_id=secret)
        parameter = f"/{CLUSTER}/LOG_LEVEL"
        self.client("ssm").put_parameter(Name=parameter, Value="INFO", Type="String")
        self.declare("aws_ssm_parameter.this", name=parameter, type="String")
        self._images_and_access_logs()
        self._mail()

    def _mail(self):
        ses, name = self.client("sesv2"), f"{CLUSTER}-mail"
        ses.create_configuration_set(ConfigurationSetName=name, SendingOptions={"SendingEnabled": True})
        ses.create_email_identity(EmailIdentity="example.com")
        self.event_destination("events")
        self.declare("aws_sesv2_configuration_set.this", configuration_set_name=name, id=name)
        self.declare(
            "aws_sesv2_configuration_set_event_destination.this",
            configuration_set_name=name,
            event_destination_name="events",
        )
        self.declare("aws_sesv2_email_identity.this", email_identity="example.com", id="example.com")

    def event_destination(self, name):
        """Have SES tell a topic what becomes of mails."""
        self.client("sesv2").create_configuration_set_event_destination(
            ConfigurationSetName=f"{CLUSTER}-mail",
            EventDestinationName=name,
            EventDestination={
                "Enabled": True,
                "MatchingEventTypes": ["BOUNCE"],
                "SnsDestination": {"TopicArn": self.ids["topic"]},
            },
        )

    def _ledger(self):
        dynamodb, name = self.client("dynamodb"), f"{CLUSTER}-deliveries"
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=True,
            SSESpecification={"Enabled": True, "KMSMasterKeyId": self.ids["key_arn"]},
        )
        dynamodb.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        dynamodb.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
        )
        arn = dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
        self.ids |= {"table_name": name, "table_arn": arn}
        self.declare(
            "aws_dynamodb_table.this",
            name=name,
            billing_mode="PAY_PER_REQUEST",
            deletion_protection_enabled=True,
            point_in_time_recovery=[{"enabled": True}],
            ttl=[{"enabled": True, "attribute_name": "expires_at"}],
            server_side_encryption=[{"kms_key_arn": self.ids["key_arn"]}],
        )

    def _images_and_access_logs(self):
        ecr, name = self.client("ecr"), f"{CLUSTER}/notification-api"
        ecr.create_repository(
            repositoryName=name,
            imageTagMutability="IMMUTABLE",
            imageScanningConfiguration={"scanOnPush": True},
        )
        self.declare(
            "aws_ecr_repository.this",
            name=name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=[{"scan_on_push": True}],
        )
        s3, bucket = self.client("s3"), f"{CLUSTER}-access-logs"
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        blocks = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(blocks, True))
        policy = allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*")
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)
        self.declare("aws_s3_bucket.access_logs", bucket=bucket)
        self.declare("aws_s3_bucket_policy.access_logs", bucket=bucket, policy=policy)
        self.declare(
            "aws_s3_bucket_public_access_block.access_logs",
            bucket=bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        self.ids |= {"repository": name, "bucket": bucket}


def start(system, count=1, **changed):
    """Start tasks of the service as ECS does, registered where they can be found; gives their ARNs."""
    request = {
        "cluster": CLUSTER,
        "launchType": "FARGATE",
        "taskDefinition": system.ids["definition"],
        "group": "service:notification-api",
        "startedBy": "ecs-svc/1",
        "count": count,
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": system.ids["subnets"]}},
    }
    tasks = system.client("ecs").run_task(**request | changed)["tasks"]
    for task in tasks:
        (address,) = addresses([task])
        # The stage's scheduler does so once the task's process answers.
        system.client("ecs").submit_task_state_change(cluster=CLUSTER, task=task["taskArn"], status="RUNNING")
        system.client("servicediscovery").register_instance(
            ServiceId=system.ids["discovery"],
            InstanceId=task["taskArn"].rpartition("/")[2],
            Attributes={"AWS_INSTANCE_IPV4": address},
        )
        system.client("elbv2").register_targets(
            TargetGroupArn=system.ids["stable"], Targets=[{"Id": address, "Port": 8080}]
        )
    return [task["taskArn"] for task in tasks]
