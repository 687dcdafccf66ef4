"""References of the methods, as a reader wants them and as BibTeX."""

from dataclasses import dataclass

from dyadkit.version import __version__


@dataclass(frozen=True, slots=True)
class Reference:
    """One publication; `key` is its name in BibTeX."""

    key: str
    authors: str
    year: int
    title: str
    journal: str
    volume: str
    pages: str
    doi: str

    @property
    def text(self) -> str:
        """The reference in a line."""
        return (
            f"{self._authors} ({self.year}). {self.title}. {self.journal} "
            f"{self.volume}, {self.pages}. https://doi.org/{self.doi}"
        )

    @property
    def _authors(self) -> str:
        """Authors as text; braces keep a body's name whole in BibTeX."""
        return (
            self.authors.strip("{}") if "{" in self.authors else self.authors.replace(" and ", ", ")
        )

    @property
    def bibtex(self) -> str:
        """The entry for a bibliography."""
        fields = {
            "author": self.authors, "year": str(self.year), "title": "{" + self.title + "}",
            "journal": self.journal, "volume": self.volume,
            "pages": self.pages.replace("–", "--"), "doi": self.doi,
        }  # fmt: skip
        lines = ",\n".join(f"  {name:7} = {{{value}}}" for name, value in fields.items())
        return f"@article{{{self.key},\n{lines}\n}}"


BEATS = Reference(
    "taskforce1996", "{Task Force of the ESC and NASPE}", 1996,
    "Heart rate variability: Standards of measurement, physiological interpretation, and clinical "
    "use", "Circulation", "93", "1043–1065", "10.1161/01.CIR.93.5.1043",
)  # fmt: skip
SKIN = Reference(
    "boucsein2012", "Boucsein, W. and Fowles, D. C. and Grimnes, S. and Ben-Shakhar, G. and Roth, "
    "W. T. and Dawson, M. E. and Filion, D. L.", 2012,
    "Publication recommendations for electrodermal measurements", "Psychophysiology", "49",
    "1017–1034", "10.1111/j.1469-8986.2012.01384.x",
)  # fmt: skip
DECOMPOSITION = Reference(
    "greco2016", "Greco, A. and Valenza, G. and Lanata, A. and Scilingo, E. P. and Citi, L.", 2016,
    "cvxEDA: A convex optimization approach to electrodermal activity processing",
    "IEEE Transactions on Biomedical Engineering", "63", "797–804", "10.1109/TBME.2015.2474131",
)  # fmt: skip
WHITENED = Reference(
    "haugh1976", "Haugh, L. D.", 1976,
    "Checking the independence of two covariance-stationary time series: A univariate residual "
    "cross-correlation approach", "Journal of the American Statistical Association", "71",
    "378–385", "10.1080/01621459.1976.10480353",
)  # fmt: skip
JACKKNIFE = Reference(
    "kunsch1989", "Künsch, H. R.", 1989,
    "The jackknife and the bootstrap for general stationary observations", "The Annals of "
    "Statistics", "17", "1217–1241", "10.1214/aos/1176347265",
)  # fmt: skip
LIKELIHOOD = Reference(
    "whittle1953", "Whittle, P.", 1953, "Estimation and information in stationary time series",
    "Arkiv för Matematik", "2", "423–434", "10.1007/BF02590998",
)  # fmt: skip
FAMILY = Reference(
    "bretz2009", "Bretz, F. and Maurer, W. and Brannath, W. and Posch, M.", 2009,
    "A graphical approach to sequentially rejective multiple test procedures",
    "Statistics in Medicine", "28", "586–604", "10.1002/sim.3495",
)  # fmt: skip
TREND = Reference(
    "sen1968", "Sen, P. K.", 1968,
    "Estimates of the regression coefficient based on Kendall's tau", "Journal of the American "
    "Statistical Association", "63", "1379–1389", "10.1080/01621459.1968.10480934",
)  # fmt: skip
OF_A_SESSION = (SKIN, FAMILY, DECOMPOSITION, WHITENED, JACKKNIFE, BEATS, LIKELIHOOD)


def software_entry() -> str:
    """The entry of this version of dyadkit for a bibliography."""
    return (
        "@software{dyadkit,\n  title   = {dyadkit: physiological coregulation of two people},\n"
        f"  author  = {{{{The dyadkit contributors}}}},\n  version = {{{__version__}}}\n}}"
    )
