from stage.metrics.read import oldest_messages, queue_depths, task_counts


def test_tasks_are_counted_for_every_service_of_every_cluster(aws):
    """More services than one DescribeServices call takes are all counted."""
    for cluster, services in (("notifications", 11), ("other", 1), ("empty", 0)):
        aws.ecs.create_cluster(clusterName=cluster)
        aws.ecs.register_task_definition(
            family="f", containerDefinitions=[{"name": "c", "image": "i", "memory": 64}]
        )
        for number in range(services):
            aws.ecs.create_service(
                cluster=cluster, serviceName=f"s{number}", taskDefinition="f", desiredCount=number
            )
    desired = {d.dimensions: d.value for d in task_counts(aws.ecs) if d.name == "DesiredTaskCount"}
    assert 12 == len(desired)
    assert 7.0 == desired[("ClusterName", "notifications"), ("ServiceName", "s7")]
    running = [d for d in task_counts(aws.ecs) if d.name == "RunningTaskCount"]
    assert {"ECS/ContainerInsights"} == {d.namespace for d in running}
    assert 12 == len(running)


def test_queues_tell_what_waits_and_what_is_in_flight(aws):
    """A received and undeleted message is no longer visible."""
    url = aws.sqs.create_queue(QueueName="notifications")["QueueUrl"]
    for body in "abc":
        aws.sqs.send_message(QueueUrl=url, MessageBody=body)
    aws.sqs.receive_message(QueueUrl=url)
    assert {
        "ApproximateNumberOfMessagesVisible/notifications": 2.0,
        "ApproximateNumberOfMessagesNotVisible/notifications": 1.0,
    } == {datapoint.key: datapoint.value for datapoint in queue_depths(aws.sqs)}


def test_no_queues_are_no_datapoints(aws):
    """A stage that has declared none yet is no error."""
    assert [] == queue_depths(aws.sqs)


def test_each_queue_tells_its_oldest_message():
    """In seconds, under the dimension that alarms name."""
    (age,) = oldest_messages({"mail": 90.0})

    assert ("ApproximateAgeOfOldestMessage/mail", "Seconds", 90.0) == (age.key, age.unit, age.value)
