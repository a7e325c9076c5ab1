"""What several test files share: the sample data, trained once a session."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from fastapi.testclient import TestClient

from recommender.config import Config, SparkSection, load_config
from recommender.models.engine import IMPLICIT, Engine
from recommender.release.opening import Release, open_release
from recommender.train import train
from service.compiled import load_beside
from service.records.database import Database, database_at
from service.records.migrate import migrate
from service.records.schema import metadata
from tests.postgres import server_programs, throwaway_postgres
from tests.small_release import publish_small_release
from tests.telling import service_of
from tests.two_ways import Ways, both_ways

# a kernel compiled on its first call, or a busy machine, is no failure
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "datasets" / "sample"


@pytest.fixture(scope="session", autouse=True)
def _lists_are_read_off_from_the_first() -> Iterator[None]:
    """Services in these processes wait for their compiled code, so that it is known which way a
    list is made; and while a thread imports, no other may say which warnings are errors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.app.load_beside", lambda release: load_beside(release).join())
        yield


def copy_sample(folder: Path) -> Path:
    """The sample tables in a folder of their own; the path of the config there."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in SAMPLE.iterdir():
        if file.suffix in {".csv", ".toml"}:
            shutil.copyfile(file, folder / file.name)
    return folder / "recommender.toml"


def skip_or_fail(reason: str) -> None:
    """Skips with the reason; where REQUIRE_ALL is set, as in CI, a skip is a failure."""
    if os.environ.get("REQUIRE_ALL"):
        pytest.fail(f"REQUIRE_ALL is set, but {reason}")
    pytest.skip(reason)


def raw_dataset(name: str) -> Path:
    """The raw files of a real data set, which are no part of the project."""
    place = os.environ.get("RECOMMENDER_RAW_DATASETS", str(ROOT.parent / "shared" / "datasets"))
    folder = Path(place) / name
    if not folder.is_dir():
        skip_or_fail(f"the raw files of {name} are not in {place}")
    return folder


@pytest.fixture(scope="session")
def sample_config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The sample data with one release of it."""
    config = load_config(copy_sample(tmp_path_factory.mktemp("sample")))
    train(config)
    return config


@pytest.fixture(scope="session")
def sample_release(sample_config: Config) -> Release:
    return open_release(sample_config.releases_directory)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real server for the session."""
    programs = server_programs()
    if programs is None:
        skip_or_fail("PostgreSQL is not installed")
    with throwaway_postgres(programs) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of this version's schema, once embedded and once on a server."""
    is_embedded = request.param == "sqlite"
    url = "sqlite:///records.db" if is_embedded else request.getfixturevalue("postgres_url")
    found = database_at(url, tmp_path)
    migrate(found)
    with found.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    yield found
    found.close()


@pytest.fixture(scope="session")
def spark_installed() -> None:
    if importlib.util.find_spec("pyspark") is None:
        skip_or_fail("pyspark is not installed: make EXTRAS=service,postgres,dev,spark install")
    if shutil.which("java") is None:
        skip_or_fail("Java is not installed, which Spark needs")


@pytest.fixture(scope="session")
def spark(spark_installed: None) -> Iterator[Engine]:
    """A Spark of one session on two cores."""
    spark_als = importlib.import_module("recommender.models.spark_als")
    with spark_als.spark_engine(SparkSection()) as engine:
        yield engine


@pytest.fixture(params=["implicit", pytest.param("spark", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn: what a release must be, it must be with every one."""
    found: Engine = IMPLICIT if request.param == "implicit" else request.getfixturevalue("spark")
    return found


@pytest.fixture(scope="session")
def spark_sample_config(spark: Engine, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The sample data with one release of it that Spark fitted, by settings given as numbers."""
    path = copy_sample(tmp_path_factory.mktemp("spark-sample"))
    text = path.read_text(encoding="utf-8")
    few = "[train]\nhalf_life_days = 60\nfactors = 16\n"
    numbers = "[train.spark]\nalpha = 4\nregularization = 20\n"
    path.write_text(text.replace("[train]", few, 1) + numbers, encoding="utf-8")
    config = load_config(path)
    train(config, engine=spark)
    return config


@pytest.fixture(scope="session")
def small_releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of releases with the small one in it, for tests that publish no other."""
    directory = tmp_path_factory.mktemp("small") / "releases"
    publish_small_release(directory)
    return directory


@pytest.fixture
def service(database: Database, small_releases: Path) -> Iterator[TestClient]:
    """The service on each sort of database, asked by a manager unless told otherwise."""
    with service_of(database, small_releases) as client:
        yield client


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    """Lists answered early and by the layers, for tests that change nothing."""
    with both_ways(tmp_path_factory.mktemp("ways")) as found:
        yield found


@pytest.fixture
def own_ways(tmp_path: Path) -> Iterator[Ways]:
    with both_ways(tmp_path) as found:
        yield found
