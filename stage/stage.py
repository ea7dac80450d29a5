"""A local Fargate: applies the real Terraform to an emulated AWS and runs what it declares."""

import os
import signal
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from stage.alarms.loop import AlarmEvaluation
from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.cpu.machine import HostLoad
from stage.cpu.quota import choose_quota
from stage.dependencies import Dependencies
from stage.deploying import Deployer, deploying
from stage.errors import StageError
from stage.fit import Fit, fit
from stage.ground import Ground, lay, make_run_dir
from stage.host.interrupts import defer_signals, deliver_signals
from stage.images.build import Built, build_image
from stage.images.pull import Images
from stage.images.registry import declared_images
from stage.images.store import ImageStore
from stage.images.working_tree import WorkingTree
from stage.kept_state.keep import keep
from stage.kept_state.kept import Facts
from stage.kept_state.origin import Origin, find_origin
from stage.kept_state.proof import Proof
from stage.load_balancer.loop import LoadBalancer
from stage.metrics.embedded import EmbeddedMetrics
from stage.metrics.lag import AT_ONCE, Lags
from stage.metrics.loop import MetricsPublisher
from stage.scheduler.loop import Scheduler
from stage.settings import StageSettings
from stage.steady import require_hope, wait_until_steady
from stage.target_tracking.loop import TargetTracking
from stage.tasks.credentials_endpoint import CredentialsEndpoint
from stage.tasks.loop import Agent
from stage.tasks.model import RunningTask
from stage.terraform.apply_watch import ApplyWatch
from stage.terraform.bootstrap import Bootstrap
from stage.terraform.inputs import LIMITED_REQUESTS_PER_SECOND, make_api_key, stage_variables
from stage.terraform.rehearsed_module import Terraform
from stage.terraform.second_apply import Changes, apply_on_top
from stage.terraform.setting import declared_in, setting


class Stage:
    """The stage as a context manager: up on entry, gone without trace on exit, whatever interrupts it.

    Everything it knows about the system it reads from the emulated AWS APIs; it takes nothing from the
    HCL itself but the output `cluster_name`. Tasks run as soon as there is a cluster for them, because
    `terraform apply` waits until they are steady.

    Attributes:
        aws: Clients for the emulated AWS.
        clock: AWS time on this stage.
        lags: How late metrics come.
        fit: Sizes and pace, as they fit this machine.
        outputs: The root module's outputs, by name, as of this process's last apply.
        api_key: What the Notification API is called with, as `Authorization: Bearer`; this stage's alone.
        limited_api_key: Another one, whose client may ask seldom.
        limited_rate: Requests a second that this client may make at each task.
        mail_log: JSON lines, one for each mail that reached the SMTP server.
        smtp_address: That server's, as host:port.
        quota_method: How CPU quotas are enforced here.
        services_root: Folder with one folder a service.
        images_folder: Folder of the images that were built.
        copy: Folder of the copy of the root module that is applied.
        origin: A kept state that it began with, or why it did not, as a sentence.

    Raises:
        StageError: On entry, with what is missing or wrong in one line.
    """

    aws: Aws
    clock: Clock
    fit: Fit
    outputs: dict[str, Any]
    api_key: str
    limited_api_key: str
    limited_rate = LIMITED_REQUESTS_PER_SECOND
    mail_log: Path
    smtp_address: str
    quota_method: str
    services_root: Path
    images_folder: Path
    copy: Path
    origin: Origin

    def __init__(self, settings: StageSettings) -> None:
        self._settings = settings
        self._exit = ExitStack()
        self._terraform: Terraform | None = None
        self._proof: Proof | None = None
        self.services_root = settings.services_root.absolute()
        self.lags = Lags() if settings.metric_lag else AT_ONCE

    def __enter__(self) -> Self:
        """Bring everything up and wait until the declared services are steady."""
        try:
            with defer_signals():
                self._up()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop every process and remove every file and cgroup that this stage made."""
        self._close()

    @property
    def url(self) -> str:
        """URL of the declared load balancer.

        Raises:
            StageError: None is declared.
        """
        return self._load_balancer.url

    @property
    def metrics(self) -> MetricsPublisher:
        """The publisher of datapoints, for whoever shows them."""
        return self._metrics

    @property
    def attempts(self) -> Path:
        """JSON lines, one for each time that the load balancer sent a request to a task."""
        return self._load_balancer.attempts

    def running_tasks(self) -> list[RunningTask]:
        """Every task whose process is alive, for whoever reads the machine's own account of it."""
        return self._agent.running()

    def protect(self, pid: int) -> None:
        """Keep a process that drives or watches the stage from being starved by it."""
        self._quota.protect(pid)

    def kill_task(self, task_arn: str) -> None:
        """Send SIGKILL to all processes of a task, as a failing host would.

        Raises:
            StageError: No such task runs here.
        """
        self.signal_task(task_arn, signal.SIGKILL)

    def signal_task(self, task_arn: str, number: signal.Signals) -> None:
        """Send a signal to all processes of a task.

        Raises:
            StageError: No such task runs here.
        """
        self._agent.send(task_arn, number)

    def exhaust_memory(self, task_arn: str) -> None:
        """Start a process in a task's container that takes memory until the task has more than it may.

        Raises:
            StageError: No such task runs here.
        """
        self._agent.exhaust_memory(task_arn)

    def take_back(self, task_arn: str) -> None:
        """Take a task back as Fargate Spot does: out of its target groups, SIGTERM, SIGKILL in the end.

        Raises:
            StageError: No such task runs here.
        """
        self._agent.take_back(task_arn)

    def disturb(self, dependency: str, toxics: Sequence[Mapping[str, Any]]) -> None:
        """Have a dependency of the tasks suffer from these toxics from now on; none heals it.

        Raises:
            StageError: There is no such dependency or toxic (`stage.dependencies`).
        """
        self._dependencies.disturb(dependency, toxics)

    def calls(self) -> dict[str, dict[int, int]]:
        """Calls of tasks by dependency and second since the Unix epoch; of the relay, connections opened."""
        return self._dependencies.calls()

    def wait_for_proof(self) -> None:
        """Wait until a plan has shown that what was restored is what is declared; at once if nothing was.

        Raises:
            StageError: It is not, or there can be no plan.
        """
        if self._proof is not None:
            self._proof.wait()

    @property
    def proven(self) -> bool:
        """Whether what is up is known to be what is declared: it was applied, or a plan has shown it."""
        return self._proof is None or self._proof.holds

    def when_proven(self, tell: Callable[[str], None]) -> None:
        """Have it told, from another thread, whether what was restored is what is declared."""
        if self._proof is not None:
            self._proof.when_done(tell)

    def plan_changes(self) -> list[str]:
        """Addresses of what a second plan would change; empty when the configuration is stable."""
        terraform = self._applied
        terraform.call_as(self.deploying())
        return terraform.plan_changes()

    def deploying(self) -> Mapping[str, str]:
        """Environment variables of whoever deploys here, with keys that are new if it is the deploy role."""
        return deploying(self.aws, self.deploy_role)

    @property
    def deploy_role(self) -> str:
        """ARN of the role that applies; empty where the account's administrator does."""
        return self._deployer.role

    def apply(self, variables: Mapping[str, object], progress: Callable[[str], None]) -> Changes:
        """Apply what is out with these variables set on top, and remember them if that succeeds.

        Args:
            variables: Values by name; they win over all that the stage was brought up with.
            progress: Told of each resource, e.g. "updated 1 of 2: aws_ecs_service".

        Raises:
            StageError: The first error that Terraform met, another one is at work, or there is no such
                variable.
        """
        terraform = self._applied
        declared = declared_in(self.copy)
        settings = [setting(name, value, declared) for name, value in variables.items()]
        changes = apply_on_top(self.copy, self.deploying(), settings, progress)
        self.outputs = terraform.outputs()
        return changes

    def build_image(self, image: str, source: Path) -> Built:
        """Build an image of a service and put it into ECR, for tasks that are started from then on.

        Args:
            image: Repository and tag, such as `notification-api:1.1.0`.
            source: The service's folder, or a changed copy of it.

        Raises:
            StageError: It cannot be built so, or the tag is another image's.
        """
        return build_image(
            self.aws.ecr, ImageStore(self.images_folder), WorkingTree(self.services_root), image, source
        )

    @property
    def _applied(self) -> Terraform:
        if self._terraform is None:
            raise StageError("nothing is applied yet: enter the stage first")
        # Terraform locks its state against a second one.
        self.wait_for_proof()
        return self._terraform

    def _up(self) -> None:
        settings, say = self._settings, self._settings.progress
        # What can be refused is refused before the first long wait.
        settings.check()
        run_id = f"{os.getpid()}-{uuid.uuid4().hex[:6]}"
        self.origin = find_origin(settings)
        self._exit.callback(self.origin.block.release)
        kept = self.origin.kept
        self._api_key = make_api_key() if kept is None else kept.facts.api_key
        self.api_key, self.limited_api_key = self._api_key.token, self._api_key.limited_token
        run_dir = make_run_dir(settings.run_dir, run_id, self._exit)
        self.images_folder, self.copy = run_dir / "images", run_dir / "terraform"
        ground = lay(run_dir, self.origin.block, kept, enforce_rights=settings.enforce_rights)
        self.mail_log = ground.smtp.log_path
        self._dependencies = Dependencies(
            ground.smtp, *(Reporter(process.endpoint_url) for process in (ground.control, ground.queues))
        )
        self.smtp_address = f"{ground.smtp.host}:{ground.smtp.port}"
        terraform = Terraform(settings.terraform_dir, self.copy, ground.aws().environment())
        self._deployer = Deployer(terraform, ground.aws(), kept, wants_role=settings.as_deploy_role)
        self._quota = choose_quota(run_id, settings.quota_method)
        self._exit.callback(self._quota.close)
        self._quota.protect(os.getpid())
        self.quota_method = self._quota.method

        if kept is not None:
            terraform.resume(kept.state, kept.lock, settings.var_files, self._variables(ground))
        if kept is None or self.origin.differs:
            say("installing the Terraform providers")
            with deliver_signals():
                terraform.init()
        say("measuring this machine")
        with deliver_signals():
            self.fit = fit(settings.measure(), settings.vcpu_cores, settings.minute_seconds)
        say(str(self.fit))
        say("starting the emulated AWS")
        self._start(ground)
        reporter = Reporter(ground.control.endpoint_url)
        if kept is None or self.origin.differs:
            self._apply(terraform, ground, reporter)
        else:
            self._restore(kept.facts, terraform, ground, reporter)
        self._terraform = terraform
        self._load_balancer.require_no_problem()
        # A task that starts takes up more of its minute here than on AWS, so nothing is scaled until then.
        self._tracking.start()
        with deliver_signals():
            wait_until_steady(self.aws.ecs, self._output("cluster_name"), self._steady_within, say)
            self._images.publish(declared_images(self.aws.ecs))

    def _start(self, ground: Ground) -> None:
        """Start what stands by itself, side by side: most of it is imports."""
        for process in (ground.control, ground.queues, ground.smtp):
            self._exit.callback(process.stop)
        ground.control.begin()
        ground.queues.begin()
        with deliver_signals():
            ground.smtp.start()
            try:
                ground.control.wait()
                ground.queues.wait()
            except StageError as error:
                if self.origin.kept is None:
                    raise
                self._discard()
                raise StageError(f"{error}; its kept state is removed: start again") from None
        for process in (ground.control, ground.queues, ground.smtp):
            self._quota.protect(process.pid)

    def _variables(self, ground: Ground) -> dict[str, object]:
        given = stage_variables(self._api_key, ground.block.gateway, ground.places.smtp_port)
        return {**given, **self._settings.variables}

    def _apply(self, terraform: Terraform, ground: Ground, reporter: Reporter) -> None:
        """Apply, running tasks meanwhile as soon as there is a cluster."""
        settings, kept = self._settings, self.origin.kept
        clusters = []

        def run_tasks(cluster_arn: str) -> None:
            clusters.append(cluster_arn)
            with defer_signals():
                self._run_tasks(cluster_arn, reporter, ground)

        watch = ApplyWatch(run_tasks, self._require_hope)
        if kept is not None:
            watch.have(kept.facts.cluster_arn)
        bootstrap = self._bootstrap(ground)
        with deliver_signals():
            with self._deployer.prepared(bootstrap):
                terraform.apply(
                    settings.var_files,
                    self._variables(ground),
                    lambda text: settings.progress(f"terraform apply: {text}"),
                    watch,
                )
            self.outputs = terraform.outputs()
        self._output("cluster_name")
        if not clusters:
            raise StageError(f"{settings.terraform_dir} makes no ECS cluster: declare one")
        if settings.kept_states is not None and kept is None:
            made_of = self.origin.made_of
            facts = Facts(
                made_of,
                time.time(),
                ground.places,
                clusters[0],
                self.outputs,
                self._api_key,
                bootstrap.deploy_role,
            )
            with deliver_signals():
                keep(settings.kept_states, facts, ground, terraform)

    def _bootstrap(self, ground: Ground) -> Bootstrap:
        settings = self._settings
        return Bootstrap(
            settings.terraform_dir,
            self.copy.with_name("bootstrap"),
            ground.aws(),
            settings.var_files,
            settings.variables,
            settings.progress,
        )

    def _restore(self, facts: Facts, terraform: Terraform, ground: Ground, reporter: Reporter) -> None:
        """Run the tasks of what is there already, while a plan proves that it is what is declared."""
        self._settings.progress(str(self.origin))
        self._deployer.take_role(facts.deploy_role)
        self.outputs = dict(facts.outputs)
        self._run_tasks(facts.cluster_arn, reporter, ground)
        self._proof = Proof(terraform, self._discard)
        self._proof.start()
        self._exit.callback(self._proof.close)

    def _discard(self) -> None:
        if self.origin.file is not None:
            self.origin.file.unlink(missing_ok=True)

    def _close(self) -> None:
        with defer_signals():
            self._exit.close()

    def _output(self, name: str) -> str:
        try:
            return str(self.outputs[name])
        except KeyError:
            raise StageError(
                f"{self._settings.terraform_dir} has no output {name}: declare it, the stage needs it"
            ) from None

    @property
    def _steady_within(self) -> float:
        return self._settings.steady_within(self.fit.minute_seconds)

    def _require_hope(self, cluster: str, waited_seconds: float) -> None:
        self._load_balancer.require_no_problem()
        require_hope(self.aws.ecs, cluster, waited_seconds, self._steady_within)

    def _run_tasks(self, cluster_arn: str, reporter: Reporter, ground: Ground) -> None:
        settings, block, run_dir = self._settings, ground.block, ground.run_dir
        self.aws = ground.aws(cluster_arn.split(":")[3])
        # AWS time starts with the tasks, so that no metric is older than what it measures.
        self.clock = Clock(self.fit.minute_seconds)
        settings.progress("running the declared services")
        self._load_balancer = LoadBalancer(self.aws, reporter, self.clock, block, run_dir, settings.listen)
        self._exit.callback(self._load_balancer.close)
        self._load_balancer.start()
        self._quota.protect(self._load_balancer.pid)
        self._embedded = EmbeddedMetrics(self.clock)
        self._images = Images(self.aws.ecr, ImageStore(self.images_folder), WorkingTree(self.services_root))
        endpoint = CredentialsEndpoint(block.gateway, (reporter, Reporter(ground.queues.endpoint_url)))
        self._exit.callback(endpoint.close)
        agent = self._agent = Agent(
            self.aws,
            reporter,
            self.clock,
            block,
            self._quota,
            images=self._images,
            credentials=endpoint.credentials,
            run_dir=run_dir,
            cores_per_vcpu=self.fit.vcpu_cores,
            routing=self._load_balancer,
            ingested=self._embedded.take,
            trusted=ground.trusted,
        )
        self._exit.callback(agent.close)
        scheduler = Scheduler(self.aws, reporter, self.clock, agent)
        self._exit.callback(scheduler.close)
        scheduler.start()
        self._measure(reporter)

    def _measure(self, reporter: Reporter) -> None:
        self._metrics = MetricsPublisher(
            self.aws,
            self.clock,
            agent_running=self._agent.running,
            host_load=HostLoad,
            load_balancer=self._load_balancer,
            embedded=self._embedded,
            queue_ages=Reporter(self.aws.sqs_endpoint_url).queue_ages,
            lags=self.lags,
            cores_per_vcpu=self.fit.vcpu_cores,
            quota_is_exact=self.quota_method != "duty-cycle",
        )
        self._tracking = TargetTracking(self.aws, reporter, self.clock)
        alarms = AlarmEvaluation(self.aws, self.clock, self.lags, self._tracking.trigger)
        for loop in (self._metrics, alarms, self._tracking):
            self._exit.callback(loop.close)
        self._metrics.start()
        alarms.start()
