# What stands for a task on this machine has no Service Connect proxy in it, so it gets the application's share
# of the default size alone: without the 256 units that
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html adds for a proxy.
notification_api = { cpu = 256, memory = 512 }
# The stage's mail server answers at once: a mail, and with it a task's end, needs not the two minutes that
# Fargate grants and that a real one may take.
email_sender = { cpu = 256, memory = 512, send_timeout = 10 }
