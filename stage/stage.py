"""A local Fargate: applies the real Terraform to an emulated AWS and runs what it declares."""

import os
import shutil
import signal
import tempfile
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from stage.alarms.loop import AlarmEvaluation
from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.control_plane.server import ControlPlane
from stage.cpu.machine import HostLoad
from stage.cpu.quota import choose_quota
from stage.errors import StageError
from stage.fit import Fit, fit
from stage.host.addresses import LoopbackBlock
from stage.host.interrupts import defer_signals, deliver_signals
from stage.load_balancer.loop import LoadBalancer
from stage.metrics.embedded import EmbeddedMetrics
from stage.metrics.loop import MetricsPublisher
from stage.scheduler.loop import Scheduler
from stage.settings import StageSettings
from stage.smtp_server.process import SmtpServerProcess
from stage.steady import require_hope, wait_until_steady
from stage.target_tracking.loop import TargetTracking
from stage.tasks.loop import Agent
from stage.terraform.inputs import make_api_key, stage_variables
from stage.terraform.messages import ApplyWatch
from stage.terraform.terraform_cli import Terraform


@dataclass(frozen=True)
class _Ground:
    """Everything that the rest of a stage stands on.

    Attributes:
        run_dir: Folder for logs, configuration and state.
        block: Loopback addresses.
        control: The emulated AWS.
        queues: Another one, for SQS alone.
        smtp: The mail server.
    """

    run_dir: Path
    block: LoopbackBlock
    control: ControlPlane
    queues: ControlPlane
    smtp: SmtpServerProcess


class Stage:
    """The stage as a context manager: up on entry, gone without trace on exit, whatever interrupts it.

    Everything it knows about the system it reads from the emulated AWS APIs; it takes nothing from the
    HCL itself but the output `cluster_name`. Tasks run as soon as there is a cluster for them, because
    `terraform apply` waits until they are steady.

    Attributes:
        aws: Clients for the emulated AWS.
        clock: AWS time on this stage.
        fit: Sizes and pace, as they fit this machine.
        outputs: The root module's outputs, by name.
        api_key: What the Notification API is called with, as `Authorization: Bearer`; this stage's alone.
        mail_log: JSON lines, one for each mail that reached the SMTP server.
        quota_method: How CPU quotas are enforced here.

    Raises:
        StageError: On entry, with what is missing or wrong in one line.
    """

    aws: Aws
    clock: Clock
    fit: Fit
    outputs: dict[str, Any]
    api_key: str
    mail_log: Path
    quota_method: str

    def __init__(self, settings: StageSettings) -> None:
        self._settings = settings
        self._exit = ExitStack()
        self._terraform: Terraform | None = None
        self._api_key = make_api_key()
        self.api_key = self._api_key.token

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

    def protect(self, pid: int) -> None:
        """Keep a process that drives or watches the stage from being starved by it."""
        self._quota.protect(pid)

    def kill_task(self, task_arn: str) -> None:
        """Send SIGKILL to a task's process, as a failing host would.

        Raises:
            StageError: No such task runs here.
        """
        for task in self._agent.running():
            if task.task_arn == task_arn:
                os.kill(task.pid, signal.SIGKILL)
                return
        raise StageError(f"no running task {task_arn}: list them with ecs.list_tasks")

    def plan_changes(self) -> list[str]:
        """Addresses of what a second plan would change; empty when the configuration is stable."""
        return self._applied.plan_changes()

    def destroy(self) -> list[str]:
        """Destroy everything with Terraform; returns the addresses that were left in its state."""
        return self._applied.destroy()

    @property
    def _applied(self) -> Terraform:
        if self._terraform is None:
            raise StageError("nothing is applied yet: enter the stage first")
        return self._terraform

    def _up(self) -> None:
        settings, say = self._settings, self._settings.progress
        # What can be refused is refused before the first long wait.
        settings.check()
        run_id = f"{os.getpid()}-{uuid.uuid4().hex[:6]}"
        ground = self._lay_ground(run_id)
        endpoints = Aws(ground.control.endpoint_url, ground.queues.endpoint_url).environment()
        terraform = Terraform(settings.terraform_dir, ground.run_dir / "terraform", endpoints)
        self._quota = choose_quota(run_id, settings.quota_method)
        self._exit.callback(self._quota.close)
        self._quota.protect(os.getpid())
        self.quota_method = self._quota.method

        say("installing the Terraform providers")
        with deliver_signals():
            terraform.init()
        say("measuring this machine")
        with deliver_signals():
            self.fit = fit(settings.measure(), settings.vcpu_cores, settings.minute_seconds)
        say(str(self.fit))
        say("starting the emulated AWS")
        for process in (ground.control, ground.queues, ground.smtp):
            self._exit.callback(process.stop)
            with deliver_signals():
                process.start()
            self._quota.protect(process.pid)
        reporter = Reporter(ground.control.endpoint_url)
        cluster = self._apply(terraform, ground, reporter)
        self._load_balancer.require_no_problem()
        self._measure_and_scale(reporter)
        with deliver_signals():
            wait_until_steady(self.aws.ecs, cluster, settings.steady_seconds, say)

    def _lay_ground(self, run_id: str) -> _Ground:
        run_dir = self._run_dir(run_id)
        block = LoopbackBlock()
        self._exit.callback(block.release)
        self.mail_log = run_dir / "mails.jsonl"
        control, queues = (
            ControlPlane(block.gateway, block.free_port(), run_dir / f"{name}.log")
            for name in ("control-plane", "sqs")
        )
        smtp = SmtpServerProcess(block.gateway, block.free_port(), self.mail_log)
        return _Ground(run_dir, block, control, queues, smtp)

    def _apply(self, terraform: Terraform, ground: _Ground, reporter: Reporter) -> str:
        """Apply, running tasks meanwhile as soon as there is a cluster; returns the cluster's name."""
        settings = self._settings

        def run_tasks(cluster_arn: str) -> None:
            with defer_signals():
                region = cluster_arn.split(":")[3]
                self.aws = Aws(ground.control.endpoint_url, ground.queues.endpoint_url, region)
                # AWS time starts with the tasks, so that no metric is older than what it measures.
                self.clock = Clock(self.fit.minute_seconds)
                settings.progress("running the declared services")
                self._run_tasks(reporter, ground)

        watch = ApplyWatch(run_tasks, self._require_hope)
        variables = stage_variables(self._api_key, ground.block.gateway, ground.smtp.port)
        with deliver_signals():
            terraform.apply(
                settings.var_files,
                {**variables, **settings.variables},
                lambda text: settings.progress(f"terraform apply: {text}"),
                watch,
            )
            self.outputs = terraform.outputs()
        self._terraform = terraform
        cluster = self._output("cluster_name")
        if not watch.cluster:
            raise StageError(f"{settings.terraform_dir} makes no ECS cluster: declare one")
        return cluster

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

    def _require_hope(self, cluster: str, waited_seconds: float) -> None:
        self._load_balancer.require_no_problem()
        require_hope(self.aws.ecs, cluster, waited_seconds, self._settings.steady_seconds)

    def _run_tasks(self, reporter: Reporter, ground: _Ground) -> None:
        settings, block, run_dir = self._settings, ground.block, ground.run_dir
        self._load_balancer = LoadBalancer(self.aws, reporter, self.clock, block, run_dir, settings.listen)
        self._exit.callback(self._load_balancer.close)
        self._load_balancer.start()
        self._quota.protect(self._load_balancer.pid)
        self._embedded = EmbeddedMetrics(self.clock)
        agent = self._agent = Agent(
            self.aws,
            reporter,
            self.clock,
            block,
            self._quota,
            services_root=settings.services_root,
            run_dir=run_dir,
            cores_per_vcpu=self.fit.vcpu_cores,
            routing=self._load_balancer,
            ingested=self._embedded.take,
        )
        self._exit.callback(agent.close)
        scheduler = Scheduler(self.aws, reporter, self.clock, agent)
        self._exit.callback(scheduler.close)
        scheduler.start()

    def _measure_and_scale(self, reporter: Reporter) -> None:
        self._metrics = MetricsPublisher(
            self.aws,
            self.clock,
            agent_running=self._agent.running,
            host_load=HostLoad(),
            load_balancer=self._load_balancer,
            embedded=self._embedded,
            cores_per_vcpu=self.fit.vcpu_cores,
            quota_is_exact=self.quota_method != "duty-cycle",
        )
        tracking = TargetTracking(self.aws, reporter, self.clock)
        for loop in (self._metrics, tracking, AlarmEvaluation(self.aws, self.clock)):
            self._exit.callback(loop.close)
            loop.start()

    def _run_dir(self, run_id: str) -> Path:
        if self._settings.run_dir is not None:
            self._settings.run_dir.mkdir(parents=True, exist_ok=True)
            return self._settings.run_dir
        run_dir = Path(tempfile.mkdtemp(prefix=f"stage-{run_id}-"))
        self._exit.callback(shutil.rmtree, run_dir, ignore_errors=True)
        return run_dir
