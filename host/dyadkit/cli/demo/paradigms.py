"""demo --paradigm: a laboratory's paradigm, rehearsed with people of the right ages."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dyadkit.cli.output import emit, progress, say, stopping

if TYPE_CHECKING:
    from dyadkit.demo.paradigms import Kit
    from dyadkit.dyad.traces import Dyad
    from dyadkit.sim.loop import Pace


class Rehearsal:
    """Rehearsal of one paradigm: its papers, its sessions, and what they end in."""

    def __init__(self, name: str, folder: Path, seed: int) -> None:
        from dyadkit.demo.paradigms import KITS, Paradigm

        self.kit: Kit = KITS[Paradigm(name)]
        self.folder = folder
        self.seed = seed

    def as_series(self, as_json: bool) -> None:
        """Without wearables: both people's beats, skin or movement, stored and analysed."""
        from dyadkit.demo.paradigms import Truth, rehearse

        papers = self._papers()
        dyads = []
        with progress("rehearsing (simulated)", self.kit.visits) as advance:
            for place, dyad in enumerate(rehearse(self.kit, Truth.EFFECT, self.seed), start=1):
                dyads.append(dyad)
                advance(place)
        emit(*self._ended(dyads, papers, as_json))

    def through_wearables(self, pace: "Pace", as_json: bool) -> None:
        """Through two virtual wearables, with marks set as it goes."""
        from dyadkit.demo.paradigms import Truth
        from dyadkit.demo.paradigms.recorded import record_kit
        from dyadkit.demo.simulated import Circumstances
        from dyadkit.sessions.loading import load

        session = self.folder / "session"
        circumstances = Circumstances(seed=self.seed, pace=pace)
        papers = self._papers()
        with progress("recording (simulated)", self.kit.seconds) as advance, stopping() as stop:
            record_kit(
                self.kit, Truth.EFFECT, circumstances, session,
                lambda now: advance(now.elapsed_s), stop,
            )  # fmt: skip
        if stop.is_set():
            say(f"stopped; what was recorded until then: dyadkit analyze {session}", err=True)
            raise KeyboardInterrupt
        emit(*self._ended([load(session)], papers, as_json))

    def _papers(self) -> list[str]:
        from dyadkit.demo.paradigms import write_papers

        return [str(file) for file in write_papers(self.kit, self.folder)]

    def _ended(
        self, dyads: "list[Dyad]", papers: list[str], as_json: bool
    ) -> tuple[dict[str, Any], bool, list[str]]:
        sentences, reports = self._answered(dyads)
        gives = any(one.startswith(self.kit.sentence) for one in sentences)
        end = "ends in the kit's sentence" if gives else "does not end in the kit's sentence"
        said: dict[str, Any] = {
            "paradigm": self.kit.paradigm.value, "simulated": True, "folder": str(self.folder),
            "papers": papers, "reports": reports, "sentences": sentences, "gives_sentence": gives,
        }  # fmt: skip
        lines = [
            f"{self.kit.title}: simulated people, {self.kit.people[0].sentence()} and "
            f"{self.kit.people[1].sentence()}; {self.kit.seconds / 60:g} minutes"
            + (f", {self.kit.visits} visits" if self.kit.visits > 1 else ""),
            *sentences,
            f"This rehearsal {end}: “{self.kit.sentence} …” (declared: {self.kit.primary}). "
            "How often it does: docs/accuracy/paradigms.md",
            *(f"written: {one}" for one in (*papers, *reports)),
        ]
        return said, as_json, lines

    def _answered(self, dyads: "list[Dyad]") -> tuple[list[str], list[str]]:
        """Sentences of the analysis that fits the kit, and the reports it wrote."""
        from dyadkit.analysis.night import analyze_night
        from dyadkit.analysis.whole import analyze
        from dyadkit.demo.paradigms import Paradigm
        from dyadkit.study.weeks import Visit, over_weeks

        report = self.folder / "report.html"
        if self.kit.paradigm is Paradigm.NIGHT:
            return analyze_night(dyads[0]).sentences(), []
        if self.kit.visits > 1:
            with progress("analyzing", len(dyads)) as advance:
                visits = []
                for place, dyad in enumerate(dyads):
                    visits.append(Visit(7.0 * place, analyze(dyad)))
                    advance(place + 1)
            found = over_weeks(visits, primary=self.kit.primary)
            found.save(report)
            return found.sentences(), [str(report)]
        with progress("analyzing", 1):
            result = analyze(dyads[0], primary=self.kit.primary)
        result.save(report)
        result.save(self.folder / "report.json")
        return result.sentences(), [str(report), str(self.folder / "report.json")]
