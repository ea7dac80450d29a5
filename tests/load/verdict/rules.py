"""The figures that a run is held against; none of them is read from the system under test."""

# "Set auto-scaling based on 70% CPU usage", step 8 of the deployment process that this system implements.
TARGET_PERCENT = 70.0
CPU_METRIC = "ECSServiceAverageCPUUtilization"
# Target tracking's own alarms: out after 3 of 3 one-minute datapoints above the target, in after 15 of
# 15 below 90 % of it
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-create-policy.html).
SCALE_OUT_DATAPOINTS = 3
SCALE_IN_DATAPOINTS = 15
SCALE_IN_BELOW_PERCENT = 0.9 * TARGET_PERCENT
# The load balancer does not repeat a request, so those on a killed task are lost; no more than these.
LOST_SHARE = 0.001
# A request may be sent to a killed task until the load balancer has heard of its end.
KILL_SLACK_SECONDS = 0.25
# Beyond these a run says nothing about the system.
STARVED_SHARE = 0.1
GENERATOR_LAG_SECONDS = 1.0
OBSERVER_GAP_MINUTES = 5.0
