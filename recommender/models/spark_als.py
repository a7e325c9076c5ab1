"""The engine for data past one machine: Spark, and the ALS of its MLlib.

The one file that talks to pyspark. Executors run the functions of `spark_tasks`; what they and the
driver send each other is Spark's own transport, and none of it is kept.

MLlib counts a rating r with confidence 1 + alpha * r, and multiplies its regularisation for each
row by the number of ratings there. So numbers that are good for implicit are not good here.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import sparse

from recommender.config import SparkSection
from recommender.errors import BadDataError, ConfigError, ReadWriteError
from recommender.matrix.purchase_matrix import Pairs, PurchaseMatrix, matrix_of
from recommender.matrix.weights import RecencyQuantity
from recommender.models.als import AlsSettings, Factors, fold_in
from recommender.models.engine import EngineName, Past
from recommender.models.liked import Liked
from recommender.models.spark_rows import customers_of, lines_of, ratings_of
from recommender.models.spark_tasks import LIKED, PAIRS, Summing, liked_most, summed_pairs

try:
    with warnings.catch_warnings():
        # pandas is newer than pyspark knows; no row here passes through it
        warnings.filterwarnings("ignore", "PySpark does not yet", FutureWarning)
        from py4j.java_gateway import JavaGateway
        from py4j.protocol import Py4JError
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import PySparkException
        from pyspark.java_gateway import launch_gateway
        from pyspark.ml.recommendation import ALS
        from pyspark.sql import DataFrame, SparkSession
except ModuleNotFoundError as error:
    raise ConfigError(
        "--engine spark needs pyspark, which is not installed; pip install 'recommender[spark]'"
    ) from error

INSTALL_JAVA = (
    "install Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless), "
    "or set JAVA_HOME to where it is"
)
CHECKPOINT_EVERY = 3
"""Iterations: without, what a lost executor takes to repair grows with each of them."""


@dataclass(frozen=True)
class Spark:
    session: SparkSession
    folder: Path
    """That executors can read; what is handed to them lies there."""

    @property
    def name(self) -> EngineName:
        return "spark"

    @property
    def starts_warm(self) -> bool:
        """MLlib begins at random, whatever was known before."""
        return False

    @property
    def versions(self) -> Mapping[str, str]:
        return {"pyspark": str(self.session.version)}

    def matrix(self, past: Past, weighting: RecencyQuantity) -> PurchaseMatrix:
        """Netted, weighed and summed on executors, each of whom has all lines of some products."""
        if weighting.value_power:
            raise ValueError("Spark splits lines by product, and value_power compares customers'")
        purchases = past.purchases
        task = partial(summed_pairs, summing=Summing(weighting, past.begins, past.now))
        with _told_plainly():
            lines = self._frame(lines_of(purchases)).repartition(self._parts, "product")
            found = lines.mapInArrow(task, PAIRS).toArrow()
        found = found.sort_by([("customer", "ascending"), ("product", "ascending")])
        columns = (found.column(name).to_numpy() for name in found.column_names)
        return matrix_of(Pairs(*columns), weighting, purchases.customers, purchases.products)

    def fit(
        self, weights: sparse.csr_matrix, settings: AlsSettings, start: Factors | None = None
    ) -> Factors:
        """Products by MLlib; customers solved anew against them, as every release has them."""
        del start
        if weights.nnz == 0:
            raise BadDataError("no purchase came to stay, so there is nothing to learn from")
        products = self._products(weights, settings)
        customers = fold_in(products, weights, settings)
        if not (np.isfinite(customers).all() and np.isfinite(products).all()):
            raise BadDataError(
                f"the fit did not stay finite with {settings}; raise regularization or lower alpha"
            )
        return Factors(customers, products)

    def most_liked(self, factors: Factors, closed: tuple[sparse.csr_matrix, ...], n: int) -> Liked:
        """Executors get the products' factors once, and customers by blocks."""
        unsold = np.logical_not(factors.products.any(axis=1))
        with _told_plainly():
            shared = self.session.sparkContext.broadcast((factors.products, unsold))
            rows = self._frame(customers_of(factors, closed)).repartition(self._parts)
            found = rows.mapInArrow(partial(liked_most, shared=shared, n=n), LIKED).toArrow()
            shared.destroy()
        found = found.sort_by("customer")
        lists = found.column("products").combine_chunks()
        lengths = np.zeros(len(factors.customers), np.int64)
        lengths[found.column("customer").to_numpy()] = lists.value_lengths().to_numpy()
        return Liked(np.append(0, np.cumsum(lengths)), lists.flatten().to_numpy())

    def _products(self, weights: sparse.csr_matrix, settings: AlsSettings) -> Any:
        als = ALS(
            rank=settings.factors,
            maxIter=settings.iterations,
            regParam=settings.regularization / _usual_length(weights),
            alpha=settings.alpha,
            implicitPrefs=True,
            nonnegative=False,
            coldStartStrategy="drop",
            seed=settings.seed,
            checkpointInterval=CHECKPOINT_EVERY,
            numUserBlocks=self._parts,
            numItemBlocks=self._parts,
            userCol="customer",
            itemCol="product",
            ratingCol="weight",
        )
        with _told_plainly():
            found = als.fit(self._frame(ratings_of(weights))).itemFactors.toArrow()
        factors = np.zeros((weights.shape[1], settings.factors), np.float32)
        rows = found.column("features").combine_chunks().flatten().to_numpy()
        factors[found.column("id").to_numpy()] = rows.reshape(-1, settings.factors)
        return factors

    @property
    def _parts(self) -> int:
        return int(self.session.sparkContext.defaultParallelism)

    def _frame(self, table: pa.Table) -> DataFrame:
        """By way of a file: what the driver sends itself may not exceed 128 MB a task."""
        file = self.folder / "rows.parquet"
        pq.write_table(table, file)
        return self.session.read.parquet(str(file))


@contextmanager
def spark_engine(
    section: SparkSection, shared: Path | None = None, *, is_loud: bool = False
) -> Iterator[Spark]:
    """An engine with a session of its own; what it wrote, below `shared`, is removed when it ends.

    What Java says goes to stderr if it `is_loud`, else to a file that is removed too. Raises
    `ConfigError` where there is no Java, or none that Spark starts with.
    """
    if not _has_java():
        raise ConfigError(f"--engine spark needs Java, and there is none; {INSTALL_JAVA}")
    with TemporaryDirectory(prefix="recommender-spark-", dir=shared) as name:
        folder = Path(name)
        with (folder / "log").open("wb") as log:
            session, gateway = _started(section, folder, sys.stderr if is_loud else log)
            try:
                yield Spark(session, folder)
            finally:
                _stop(session, gateway)


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin" if home else None) is not None


def _started(section: SparkSection, folder: Path, log: IO[Any]) -> tuple[SparkSession, JavaGateway]:
    warnings.filterwarnings("ignore", "PySpark does not yet", FutureWarning)  # as above
    conf = SparkConf().setAll(list(_options(section, folder).items()))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # it would take any python3
    gateway = None
    try:
        gateway = launch_gateway(conf, {"stdout": log.fileno(), "stderr": log.fileno()})
        context = SparkContext(conf=conf, gateway=gateway)
    except (PySparkException, Py4JError, OSError) as error:
        if gateway:
            _end(gateway)
        raise ConfigError(
            f"Spark did not start on {section.master!r}: {_reason(folder) or error}; {INSTALL_JAVA}"
        ) from error
    context.setCheckpointDir(str(folder / "checkpoints"))
    return SparkSession(context), gateway


def _options(section: SparkSection, folder: Path) -> dict[str, str]:
    memory = section.memory.replace(" ", "").removesuffix("B").lower()  # as Java writes it
    here = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return (here if section.master.startswith("local") else {}) | {
        "spark.app.name": "recommender",
        "spark.master": section.master,
        "spark.driver.memory": memory,
        "spark.executor.memory": memory,
        "spark.driver.extraJavaOptions": f"-Djava.io.tmpdir={folder}",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


def _reason(folder: Path) -> str | None:
    """The line of Java's talk that says what went wrong."""
    said = (folder / "log").read_text(errors="replace").splitlines()
    return next((line.strip() for line in said if "Exception" in line or "Error" in line), None)


def _stop(session: SparkSession, gateway: JavaGateway) -> None:
    with suppress(PySparkException, Py4JError, ConnectionError):  # it may have died before
        session.stop()
    _end(gateway)


def _end(gateway: JavaGateway) -> None:
    """Of Java too: pyspark would leave it running, and start no other with other settings."""
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None


@contextmanager
def _told_plainly() -> Iterator[None]:
    """What Spark raises is a page of Java."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PySpark does not yet", FutureWarning)
            yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        said = next((line for line in str(error).splitlines() if "Error" in line), str(error))
        raise ReadWriteError(
            f"Spark gave up: {said.strip()[:200]}; raise [train.spark] memory if it ran out, "
            "or run again with --debug"
        ) from error


def _usual_length(weights: sparse.csr_matrix) -> float:
    """Products of the mean customer that has any."""
    return weights.nnz / max(int((np.diff(weights.indptr) > 0).sum()), 1)
