# What stands for a task on this machine has no Service Connect proxy in it, so it gets the application's share
# of the default size alone: without the 256 units that
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html adds for a proxy.
notification_api = { cpu = 256, memory = 512 }
email_sender     = { cpu = 256, memory = 512 }
