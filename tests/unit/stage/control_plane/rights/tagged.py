"""Makers of tagged resources, one for each type that authorization asks the tags of.

A maker takes what gives boto3 clients; it gives the ARN, and what takes the resource away again.
"""

import json

from tests.unit.stage.control_plane.extensions.gaps.world import REGION

TAGS = {"Application": "notifications", "Environment": "staging"}
ACCOUNT = "123456789012"
MAKERS = {}
"""By the type, such as "sqs:queue"."""

_UPPER = [{"Key": key, "Value": value} for key, value in TAGS.items()]
_LOWER = [{"key": key, "value": value} for key, value in TAGS.items()]
_TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)
_LISTENER = {"portMapping": {"port": 8081, "protocol": "http"}}
_MESH = {"meshName": "mesh"}
_ROUTER = {**_MESH, "virtualRouterName": "router"}


def makes(*kinds):
    """Mark the maker of some types."""

    def mark(maker):
        MAKERS.update(dict.fromkeys(kinds, maker))
        return maker

    return mark


def regional(service, resource):
    """ARN of a resource in the emulated account."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


# Load


@makes("sqs:queue")
def _queue(aws):
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="mail", tags=TAGS)["QueueUrl"]
    return regional("sqs", "mail"), lambda: sqs.delete_queue(QueueUrl=url)


@makes("dynamodb:table")
def _table(aws):
    dynamodb = aws("dynamodb")
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    found = dynamodb.create_table(
        TableName="ledger",
        KeySchema=key,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        GlobalSecondaryIndexes=[
            {"IndexName": "by-id", "KeySchema": key, "Projection": {"ProjectionType": "ALL"}}
        ],
        BillingMode="PAY_PER_REQUEST",
        Tags=_UPPER,
    )
    return found["TableDescription"]["TableArn"], lambda: dynamodb.delete_table(TableName="ledger")


@makes("dynamodb:index")
def _index(aws):
    arn, forget = _table(aws)
    return f"{arn}/index/by-id", forget


@makes("secretsmanager:Secret")
def _secret(aws):
    secrets = aws("secretsmanager")
    arn = secrets.create_secret(Name="mail/smtp", SecretString="s", Tags=_UPPER)["ARN"]
    return arn, lambda: secrets.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


@makes("ssm:parameter")
def _parameter(aws):
    ssm = aws("ssm")
    ssm.put_parameter(Name="/mail/sender", Value="v", Type="String", Tags=_UPPER)
    return regional("ssm", "parameter/mail/sender"), lambda: ssm.delete_parameter(Name="/mail/sender")


@makes("sns:topic")
def _topic(aws):
    sns = aws("sns")
    arn = sns.create_topic(Name="alarms", Tags=_UPPER)["TopicArn"]
    return arn, lambda: sns.delete_topic(TopicArn=arn)


@makes("ses:identity")
def _identity(aws):
    ses = aws("sesv2")
    ses.create_email_identity(EmailIdentity="example.org", Tags=_UPPER)
    arn = regional("ses", "identity/example.org")
    return arn, lambda: ses.delete_email_identity(EmailIdentity="example.org")


@makes("ses:configuration-set")
def _configuration_set(aws):
    ses, name = aws("sesv2"), {"ConfigurationSetName": "mail"}
    ses.create_configuration_set(**name, Tags=_UPPER)
    return regional("ses", "configuration-set/mail"), lambda: ses.delete_configuration_set(**name)


# Keys and roles


@makes("kms:key")
def _key(aws):
    kms = aws("kms")
    tags = [{"TagKey": key, "TagValue": value} for key, value in TAGS.items()]
    arn = kms.create_key(Tags=tags)["KeyMetadata"]["Arn"]
    return arn, None


@makes("iam:role", "sts:role")
def _role(aws):
    iam, name = aws("iam"), {"RoleName": "task"}
    made = iam.create_role(**name, Path="/system/", AssumeRolePolicyDocument=_TRUST, Tags=_UPPER)
    return made["Role"]["Arn"], lambda: iam.delete_role(**name)


@makes("iam:user")
def _user(aws):
    iam, name = aws("iam"), {"UserName": "mailer"}
    made = iam.create_user(**name, Path="/system/", Tags=_UPPER)
    return made["User"]["Arn"], lambda: iam.delete_user(**name)


@makes("iam:policy")
def _policy(aws):
    iam = aws("iam")
    made = iam.create_policy(PolicyName="send", Path="/system/", PolicyDocument=POLICY, Tags=_UPPER)
    arn = made["Policy"]["Arn"]
    return arn, lambda: iam.delete_policy(PolicyArn=arn)


@makes("iam:instance-profile")
def _instance_profile(aws):
    iam, name = aws("iam"), {"InstanceProfileName": "host"}
    made = iam.create_instance_profile(**name, Path="/system/", Tags=_UPPER)
    return made["InstanceProfile"]["Arn"], lambda: iam.delete_instance_profile(**name)


@makes("iam:oidc-provider")
def _oidc_provider(aws):
    iam = aws("iam")
    made = iam.create_open_id_connect_provider(
        Url="https://token.example.org", ThumbprintList=["a" * 40], ClientIDList=["sts"], Tags=_UPPER
    )
    arn = made["OpenIDConnectProviderArn"]
    return arn, lambda: iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


# Containers; ECS shows clusters, services, tasks and task definitions for a while after they are gone.


@makes("ecr:repository")
def _repository(aws):
    ecr, name = aws("ecr"), {"repositoryName": "mail/api"}
    arn = ecr.create_repository(**name, tags=_UPPER)["repository"]["repositoryArn"]
    return arn, lambda: ecr.delete_repository(**name)


@makes("ecs:cluster")
def _cluster(aws):
    return aws("ecs").create_cluster(clusterName="main", tags=_LOWER)["cluster"]["clusterArn"], None


@makes("ecs:task-definition")
def _definition(aws, **more):
    made = aws("ecs").register_task_definition(
        family="api", containerDefinitions=[{"name": "api", "image": "api", "memory": 1}], tags=_LOWER, **more
    )
    return made["taskDefinition"]["taskDefinitionArn"], None


@makes("ecs:service")
def _service(aws):
    _cluster(aws)
    definition, _ = _definition(aws)
    made = aws("ecs").create_service(
        cluster="main", serviceName="api", taskDefinition=definition, desiredCount=1, tags=_LOWER
    )
    return made["service"]["serviceArn"], None


@makes("ecs:task")
def _task(aws):
    _cluster(aws)
    definition, _ = _definition(
        aws, networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512"
    )
    subnet, _ = _subnet(aws)
    made = aws("ecs").run_task(
        cluster="main",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet.rpartition("/")[2]]}},
        tags=_LOWER,
    )
    return made["tasks"][0]["taskArn"], None


@makes("application-autoscaling:ScalableTarget")
def _scalable_target(aws):
    _service(aws)
    autoscaling = aws("application-autoscaling")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/main/api",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    made = autoscaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=4, Tags=TAGS)
    return made["ScalableTargetARN"], lambda: autoscaling.deregister_scalable_target(**target)


# Mesh


@makes("appmesh:mesh")
def _mesh(aws):
    app_mesh = aws("appmesh")
    arn = app_mesh.create_mesh(**_MESH, tags=_LOWER)["mesh"]["metadata"]["arn"]
    return arn, lambda: app_mesh.delete_mesh(**_MESH)


@makes("appmesh:virtualNode")
def _virtual_node(aws):
    _mesh(aws)
    app_mesh, name = aws("appmesh"), {**_MESH, "virtualNodeName": "node"}
    spec = {"listeners": [_LISTENER], "serviceDiscovery": {"dns": {"hostname": "sender.internal"}}}
    made = app_mesh.create_virtual_node(**name, spec=spec, tags=_LOWER)
    return made["virtualNode"]["metadata"]["arn"], lambda: app_mesh.delete_virtual_node(**name)


@makes("appmesh:virtualRouter")
def _virtual_router(aws):
    _mesh(aws)
    app_mesh = aws("appmesh")
    made = app_mesh.create_virtual_router(**_ROUTER, spec={"listeners": [_LISTENER]}, tags=_LOWER)
    return made["virtualRouter"]["metadata"]["arn"], lambda: app_mesh.delete_virtual_router(**_ROUTER)


@makes("appmesh:route")
def _route(aws):
    _virtual_node(aws)
    app_mesh, name = aws("appmesh"), {**_ROUTER, "routeName": "all"}
    app_mesh.create_virtual_router(**_ROUTER, spec={"listeners": [_LISTENER]})
    action = {"weightedTargets": [{"virtualNode": "node", "weight": 1}]}
    spec = {"httpRoute": {"match": {"prefix": "/"}, "action": action}}
    made = app_mesh.create_route(**name, spec=spec, tags=_LOWER)
    return made["route"]["metadata"]["arn"], lambda: app_mesh.delete_route(**name)


@makes("appmesh:virtualService")
def _virtual_service(aws):
    _mesh(aws)
    app_mesh, name = aws("appmesh"), {**_MESH, "virtualServiceName": "sender.internal"}
    made = app_mesh.create_virtual_service(**name, spec={}, tags=_LOWER)
    return made["virtualService"]["metadata"]["arn"], lambda: app_mesh.delete_virtual_service(**name)


@makes("servicediscovery:namespace")
def _namespace(aws):
    cloud_map = aws("servicediscovery")
    operation = cloud_map.create_http_namespace(Name="mail", Tags=_UPPER)["OperationId"]
    made = cloud_map.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
    return regional("servicediscovery", f"namespace/{made}"), lambda: cloud_map.delete_namespace(Id=made)


@makes("servicediscovery:service")
def _discovered_service(aws):
    namespace, _ = _namespace(aws)
    cloud_map = aws("servicediscovery")
    within = {"NamespaceId": namespace.rpartition("/")[2]}
    made = cloud_map.create_service(Name="sender", **within, Tags=_UPPER)["Service"]
    return made["Arn"], lambda: cloud_map.delete_service(Id=made["Id"])


# Logs and alarms


@makes("logs:log-group")
def _log_group(aws):
    logs, name = aws("logs"), {"logGroupName": "/mail/api"}
    logs.create_log_group(**name, tags=TAGS)
    return regional("logs", "log-group:/mail/api"), lambda: logs.delete_log_group(**name)


@makes("logs:log-stream")
def _log_stream(aws):
    arn, forget = _log_group(aws)
    return f"{arn}:log-stream:api/1", forget


@makes("cloudwatch:alarm")
def _alarm(aws):
    cloudwatch = aws("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="mail: backlog",
        MetricName="Backlog",
        Namespace="Mail",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        Statistic="Sum",
        ComparisonOperator="GreaterThanThreshold",
        Tags=_UPPER,
    )
    arn = regional("cloudwatch", "alarm:mail: backlog")
    return arn, lambda: cloudwatch.delete_alarms(AlarmNames=["mail: backlog"])


# Load balancing


@makes("elasticloadbalancing:loadbalancer/app/")
def _load_balancer(aws):
    elbv2 = aws("elbv2")
    subnet, _ = _subnet(aws)
    made = elbv2.create_load_balancer(Name="front", Subnets=[subnet.rpartition("/")[2]], Tags=_UPPER)
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]
    return arn, lambda: elbv2.delete_load_balancer(LoadBalancerArn=arn)


@makes("elasticloadbalancing:targetgroup")
def _target_group(aws):
    elbv2 = aws("elbv2")
    vpc, _ = _vpc(aws)
    made = elbv2.create_target_group(
        Name="api", Protocol="HTTP", Port=80, VpcId=vpc.rpartition("/")[2], Tags=_UPPER
    )
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    return arn, lambda: elbv2.delete_target_group(TargetGroupArn=arn)


_ACTIONS = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]


@makes("elasticloadbalancing:listener/app")
def _listener(aws):
    elbv2 = aws("elbv2")
    balancer, _ = _load_balancer(aws)
    made = elbv2.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=_ACTIONS, Tags=_UPPER
    )
    arn = made["Listeners"][0]["ListenerArn"]
    return arn, lambda: elbv2.delete_listener(ListenerArn=arn)


@makes("elasticloadbalancing:listener-rule/app")
def _rule(aws):
    elbv2 = aws("elbv2")
    listener, _ = _listener(aws)
    paths = [{"Field": "path-pattern", "Values": ["/v1/*"]}]
    made = elbv2.create_rule(
        ListenerArn=listener, Priority=1, Conditions=paths, Actions=_ACTIONS, Tags=_UPPER
    )
    arn = made["Rules"][0]["RuleArn"]
    return arn, lambda: elbv2.delete_rule(RuleArn=arn)


# Networks


def _tagged(kind):
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": _UPPER}]}


def _part(kind, identifier, delete, **name):
    return regional("ec2", f"{kind}/{identifier}"), lambda: delete(**name)


@makes("ec2:vpc")
def _vpc(aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", **_tagged("vpc"))["Vpc"]["VpcId"]
    return _part("vpc", vpc, ec2.delete_vpc, VpcId=vpc)


@makes("ec2:subnet")
def _subnet(aws):
    ec2, vpc = aws("ec2"), _id(_vpc(aws))
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24", **_tagged("subnet"))["Subnet"]["SubnetId"]
    return _part("subnet", made, ec2.delete_subnet, SubnetId=made)


@makes("ec2:internet-gateway")
def _internet_gateway(aws):
    ec2 = aws("ec2")
    made = ec2.create_internet_gateway(**_tagged("internet-gateway"))["InternetGateway"]["InternetGatewayId"]
    return _part("internet-gateway", made, ec2.delete_internet_gateway, InternetGatewayId=made)


@makes("ec2:elastic-ip")
def _address(aws):
    ec2 = aws("ec2")
    made = ec2.allocate_address(Domain="vpc", **_tagged("elastic-ip"))["AllocationId"]
    return _part("elastic-ip", made, ec2.release_address, AllocationId=made)


@makes("ec2:natgateway")
def _nat_gateway(aws):
    ec2 = aws("ec2")
    made = ec2.create_nat_gateway(
        SubnetId=_id(_subnet(aws)), AllocationId=_id(_address(aws)), **_tagged("natgateway")
    )["NatGateway"]["NatGatewayId"]
    return _part("natgateway", made, ec2.delete_nat_gateway, NatGatewayId=made)


@makes("ec2:network-interface")
def _network_interface(aws):
    ec2 = aws("ec2")
    made = ec2.create_network_interface(SubnetId=_id(_subnet(aws)), **_tagged("network-interface"))
    name = {"NetworkInterfaceId": made["NetworkInterface"]["NetworkInterfaceId"]}
    return _part("network-interface", *name.values(), ec2.delete_network_interface, **name)


@makes("ec2:route-table")
def _route_table(aws):
    ec2 = aws("ec2")
    made = ec2.create_route_table(VpcId=_id(_vpc(aws)), **_tagged("route-table"))["RouteTable"][
        "RouteTableId"
    ]
    return _part("route-table", made, ec2.delete_route_table, RouteTableId=made)


@makes("ec2:security-group")
def _security_group(aws):
    ec2 = aws("ec2")
    made = ec2.create_security_group(
        GroupName="tasks", Description="tasks", VpcId=_id(_vpc(aws)), **_tagged("security-group")
    )["GroupId"]
    return _part("security-group", made, ec2.delete_security_group, GroupId=made)


def _group_rule(aws, direction):
    ec2, group = aws("ec2"), _id(_security_group(aws))
    traffic = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    made = getattr(ec2, f"authorize_security_group_{direction}")(
        GroupId=group, IpPermissions=[traffic], **_tagged("security-group-rule")
    )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    name = {"GroupId": group, "SecurityGroupRuleIds": [made]}
    return _part("security-group-rule", made, getattr(ec2, f"revoke_security_group_{direction}"), **name)


@makes("ec2:security-group-rule")
def _ingress(aws):
    return _group_rule(aws, "ingress")


@makes("ec2:security-group-rule of what goes out")
def _egress(aws):
    return _group_rule(aws, "egress")


@makes("ec2:vpc-endpoint")
def _vpc_endpoint(aws):
    ec2 = aws("ec2")
    made = ec2.create_vpc_endpoint(
        VpcId=_id(_vpc(aws)),
        ServiceName=f"com.amazonaws.{REGION}.s3",
        VpcEndpointType="Gateway",
        **_tagged("vpc-endpoint"),
    )["VpcEndpoint"]["VpcEndpointId"]
    return _part("vpc-endpoint", made, ec2.delete_vpc_endpoints, VpcEndpointIds=[made])


@makes("ec2:vpc-flow-log")
def _flow_log(aws):
    ec2 = aws("ec2")
    _log_group(aws)
    role, _ = _role(aws)
    made = ec2.create_flow_logs(
        ResourceType="VPC",
        TrafficType="ALL",
        ResourceIds=[_id(_vpc(aws))],
        LogGroupName="/mail/api",
        DeliverLogsPermissionArn=role,
        **_tagged("vpc-flow-log"),
    )["FlowLogIds"][0]
    return _part("vpc-flow-log", made, ec2.delete_flow_logs, FlowLogIds=[made])


@makes("ec2:prefix-list")
def _prefix_list(aws):
    ec2 = aws("ec2")
    made = ec2.create_managed_prefix_list(
        PrefixListName="known", MaxEntries=1, AddressFamily="IPv4", **_tagged("prefix-list")
    )["PrefixList"]["PrefixListId"]
    return _part("prefix-list", made, ec2.delete_managed_prefix_list, PrefixListId=made)


def _id(made):
    arn, _ = made
    return arn.rpartition("/")[2]
