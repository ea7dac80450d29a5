import math

from stage.cpu.usage import Utilisation, cpu_clock_seconds, process_cpu_seconds

from .conftest import percents_between


def test_descendants_count(burn):
    """What a shell's child uses is the shell's."""
    burner = burn(math.inf, wrapper=("sh", "-c", '"$0" "$@"; true'))
    used = burner.reading().cpu

    assert cpu_clock_seconds(burner.pid) < used <= process_cpu_seconds(burner.pid)


def test_utilisation_is_percent_of_the_reservation(burn):
    """A saturated core is 400 % of a quarter of a core."""
    burner = burn(math.inf)
    since = burner.reading()
    utilisation = Utilisation(burner.pid, 0.25)
    before = burner.reading()
    while (until := burner.reading()).wall - before.wall < 0.5:
        pass
    read = utilisation.percent()

    least, most = percents_between((since, before), (until, burner.reading()), 0.25)
    assert 0.9 * least < read < 1.1 * most


def test_utilisation_of_an_ended_task_is_missing(burn):
    """A task that has ended yields no figure rather than a low one."""
    burner = burn(0.0)
    utilisation = Utilisation(burner.pid, 0.25)
    burner.end()

    assert utilisation.percent() is None
