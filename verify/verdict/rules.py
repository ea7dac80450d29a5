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
# A request may be sent to a killed task until the load balancer has heard of its end; on a slow
# machine it hears later.
KILL_SLACK_SECONDS = 0.25
# So long may a task have been sending a mail when it is killed: the rehearsal's server takes milliseconds.
IN_FLIGHT_SECONDS = 10.0
# What a client meets of a system that has too little time: no answer (0), no target that passed its
# health check in time (503), a target that did not answer in time (504). A 502 comes of a connection
# that a target closed on a request, which no lack of time does
# (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html).
STARVED_STATUSES = (0, 503, 504)
# Beyond these a run says nothing about the system.
STARVED_SHARE = 0.1
# Half a minute on the stage; where minutes are real ones, a load is no longer the planned one sooner.
GENERATOR_LAG_MINUTES = 0.5
GENERATOR_LAG_SECONDS = 5.0
OBSERVER_GAP_MINUTES = 5.0
